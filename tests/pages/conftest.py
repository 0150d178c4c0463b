"""The pages on a bare application with a WeChat of straw.

`phone()` opens a WeChat browser of its own; `phone(person)` one in which that person is logged in;
`phone(wechat=False)` any other browser. An undefined value in a template is an error here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined
from werkzeug.test import TestResponse

import migrations
from handlers import errors, requests
from handlers.pages import register_pages
from models import Volunteer, WechatIdentity
from services.accounts import sessions
from tests.support.fakes import FakeGateway, make_parts
from tests.support.lent_app import lent_app

WECHAT = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 MicroMessenger/8.0.56.2800 Language/zh_CN"
OTHER = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"


class Phone:
    """One browser with its own cookies; `text` is the page last shown."""

    def __init__(self, app: APIFlask, agent: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.agent = agent
        self.csrf = ""

    def log_in(self, person: Volunteer | None, at: datetime, identity: WechatIdentity | None = None) -> None:
        """A session of this person's official-account identity."""
        own = identity or WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
        opened = sessions.open_session(kind="h5", identity_id=own.id, at=at)
        self.client.set_cookie("h5", opened.token)
        self.csrf = opened.csrf

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers={"User-Agent": self.agent, **more.pop("headers", {})}, **more)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, csrf: bool = True, **more: Any
    ) -> TestResponse:
        sent = {**({"csrf": self.csrf} if csrf else {}), **(data or {})}
        return self.client.post(
            path, data=sent, headers={"User-Agent": self.agent, **more.pop("headers", {})}, **more
        )


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def app(db: Any, frozen: Any, gateway: FakeGateway) -> APIFlask:
    return lent_app("pages", _application, parts=make_parts(gateway))


def _application() -> APIFlask:
    made = APIFlask("hongyao", root_path=str(migrations.HERE.parent), docs_path=None, json_errors=False)
    made.testing = True
    made.jinja_env.undefined = StrictUndefined
    requests.register(made)
    errors.register(made)
    register_pages(made)
    return made


@pytest.fixture
def phone(app: APIFlask, at: datetime) -> Callable[..., Phone]:
    def make(person: Volunteer | None = None, *, wechat: bool = True) -> Phone:
        made = Phone(app, WECHAT if wechat else OTHER)
        if person is not None:
            made.log_in(person, at)
        return made

    return make
