"""The callback alone, on the fresh database: `phone(person)` is somebody's WeChat, `wechat` the platform."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from apiflask import APIFlask

from handlers import errors, requests
from handlers.bot import callback, register_bot
from handlers.push_door import PushDoor
from models import WechatIdentity
from models.dialect import Database
from settings import Secret
from tests.bot.chat import AES_KEY, APPID, MP, MP_APPID, TOKEN, Phone, WeChat
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for two seconds is not what these tests are about, where they do not say so."""
    monkeypatch.setattr(callback, "DEADLINE", 30)


@pytest.fixture
def bot(db: Database, gateway: FakeGateway) -> APIFlask:
    """An application with nothing but the callback in it."""
    app = APIFlask("bot")
    app.config.update(TESTING=True, MAX_CONTENT_LENGTH=1024 * 1024)
    app.extensions["parts"] = make_parts(gateway)
    app.extensions["settings"] = SimpleNamespace(
        wechat_token=Secret(TOKEN), wechat_aes_key=Secret(AES_KEY), wechat_oa_appid=APPID,
        wechat_mp_token=Secret(TOKEN), wechat_mp_aes_key=Secret(AES_KEY), wechat_mp_appid=MP_APPID,
    )  # fmt: skip
    requests.register(app)
    errors.register(app)
    register_bot(app)
    app.wsgi_app = PushDoor(app, app.wsgi_app)  # type: ignore[method-assign]
    return app


@pytest.fixture
def wechat(bot: APIFlask, frozen: Callable[[datetime], None], at: datetime) -> WeChat:
    return WeChat(bot.test_client(), at)


@pytest.fixture
def mini(bot: APIFlask, frozen: Callable[[datetime], None], at: datetime) -> WeChat:
    """The platform as it pushes about the mini-program."""
    return WeChat(bot.test_client(), at, MP)


@pytest.fixture
def phone(wechat: WeChat, cast: World) -> Callable[[Any], Phone]:
    def of(person: Any) -> Phone:
        identity = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
        return wechat.phone(identity.openid)

    return of


@pytest.fixture
def later(wechat: WeChat, frozen: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """Let it be later, for the house and for the platform."""

    def move(moment: datetime) -> None:
        frozen(moment)
        wechat.now = moment

    return move


@pytest.fixture(autouse=True)
def no_hidden_fault(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Any:
    """A fault is answered kindly, so a test that does not mean one must look for it in the log."""
    yield
    if "fault_meant" not in request.fixturenames:
        faults = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
        assert [record.getMessage() for record in faults if record.name == "hongyao.bot"] == []


@pytest.fixture
def fault_meant() -> None:
    """Asked for by tests that break something on purpose."""
