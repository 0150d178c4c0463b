"""The console on a bare application with a WeChat of straw.

`desk(person)` is a browser in which that person is logged in, `desk()` one without a session. An undefined value
in a template is an error here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import pytest
import zxingcpp
from apiflask import APIFlask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

import migrations
from handlers import errors, requests
from handlers.console import register_console
from handlers.pages import register_pages
from models import Volunteer, WechatIdentity
from services.accounts import sessions
from tests.support.fakes import FakeGateway, make_parts
from tests.support.lent_app import lent_app


class Desk:
    """One browser at a desk, with its own cookies."""

    def __init__(self, app: APIFlask) -> None:
        self.client: FlaskClient = app.test_client()
        self.csrf = ""

    def log_in(self, person: Volunteer, at: datetime, kind: str = "console") -> None:
        """A session of the console, or of the phone's pages (`h5`)."""
        own = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
        opened = sessions.open_session(kind=kind, identity_id=own.id, at=at)
        self.client.set_cookie(kind, opened.token)
        self.csrf = opened.csrf

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, csrf: bool = True, **headers: str
    ) -> TestResponse:
        sent = {**({"csrf": self.csrf} if csrf else {}), **(data or {})}
        return self.client.post(path, data=sent, headers=headers)


def read_qr(picture: str) -> str:
    """What a scanner reads from an SVG of handlers/qr.py that stands in an <img>: it is drawn and decoded."""
    import re

    svg = unquote(picture.partition(",")[2])
    size = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1))  # type: ignore[union-attr]
    image = Image.new("L", (size * 4, size * 4), 255)
    pen = ImageDraw.Draw(image)
    for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", svg):
        pen.rectangle((int(x) * 4, int(y) * 4, int(x) * 4 + 3, int(y) * 4 + 3), fill=0)
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return str(found[0].text)


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def app(db: Any, frozen: Any, gateway: FakeGateway) -> APIFlask:
    return lent_app("console", _application, parts=make_parts(gateway))


def _application() -> APIFlask:
    made = APIFlask("hongyao", root_path=str(migrations.HERE.parent), docs_path=None, json_errors=False)
    made.testing = True
    made.jinja_env.undefined = StrictUndefined
    requests.register(made)
    errors.register(made)
    register_console(made)
    register_pages(made)
    return made


@pytest.fixture
def desk(app: APIFlask, at: datetime) -> Callable[..., Desk]:
    def make(person: Volunteer | None = None) -> Desk:
        made = Desk(app)
        if person is not None:
            made.log_in(person, at)
        return made

    return make
