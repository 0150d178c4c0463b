"""One running house for all bad input: application, worker and sandbox as processes, a small world inside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from models import WechatIdentity, store
from settings import load
from tests.support.stack import Stack, running
from tests.support.world import World, make_identity, small_world


def seed(at: datetime) -> World:
    """The small world; the member's identities belong to the demo's accounts."""
    world = small_world(at.replace(second=0, microsecond=0))
    settings = load(demo=True)

    def act() -> None:
        for kind, appid in (("oa", settings.wechat_oa_appid), ("mp", settings.wechat_mp_appid)):
            WechatIdentity.update(appid=appid, openid=f"{kind}-member", union_checked=True).where(
                WechatIdentity.volunteer == world.xiaobo, WechatIdentity.kind == kind
            ).execute()
        if not WechatIdentity.select().where(WechatIdentity.openid == "mp-member").exists():
            make_identity(at, world.xiaobo, "mp", appid=settings.wechat_mp_appid, openid="mp-member")

    store.write(act)
    return world


def users(_world: World) -> list[dict[str, Any]]:
    return [
        {"n": 2, "name": "小波", "mp_openid": "mp-member", "oa_openid": "oa-member", "phone": "13800000002",
         "following": True},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("house"), seed, users) as stack:
        yield stack
