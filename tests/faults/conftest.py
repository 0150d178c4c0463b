"""One running house for all bad input: application, worker and sandbox as processes, a small world inside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests

from models import WechatIdentity, store
from settings import load
from tests.faults.knock import counts
from tests.support.stack import Stack, running
from tests.support.world import World, make_activity, make_identity, sign_up, small_world


def seed(at: datetime) -> World:
    """The small world; the member has signed up, and his identities belong to the demo's accounts."""
    at = at.replace(second=0, microsecond=0)
    world = small_world(at)
    settings = load(demo=True)

    def act() -> None:
        for kind, appid in (("oa", settings.wechat_oa_appid), ("mp", settings.wechat_mp_appid)):
            WechatIdentity.update(appid=appid, openid=f"{kind}-member", union_checked=True).where(
                WechatIdentity.volunteer == world.xiaobo, WechatIdentity.kind == kind
            ).execute()
        if not WechatIdentity.select().where(WechatIdentity.openid == "mp-member").exists():
            make_identity(at, world.xiaobo, "mp", appid=settings.wechat_mp_appid, openid="mp-member")
        sign_up(at, world.shift, world.xiaobo)
        make_activity(at, world.team, title="另一场活动")

    store.write(act)
    return world


def users(_world: World) -> list[dict[str, Any]]:
    return [
        {"n": 2, "name": "小波", "mp_openid": "mp-member", "oa_openid": "oa-member", "phone": "13800000002",
         "following": True},
    ]  # fmt: skip


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("house"), seed, users) as stack:
        yield stack


@pytest.fixture(scope="package")
def bearer(house: Stack) -> dict[str, str]:
    """The member, logged in from the mini-program."""
    code = house.control("POST", "users/2/login-code")["code"]
    answer = requests.post(f"{house.app}/api/v1/session", json={"code": code}, timeout=5)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
def unharmed(house: Stack) -> Iterator[None]:
    """Nothing half done: every count is what it was, and the house still answers."""
    before = counts(house)
    yield
    assert counts(house) == before
    assert requests.get(f"{house.app}/livez", timeout=5).status_code == 200
    assert house.processes["app"].poll() is None
