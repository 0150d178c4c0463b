"""全部退出 in the chat ends what is open elsewhere; the chat goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import Session, WechatIdentity
from services.accounts import sessions
from tests.bot.chat import Phone, WeChat
from tests.support.world import World

Of = Callable[[Any], Phone]


def test_every_log_in_of_the_sender_ends(phone: Of, cast: World, at: datetime) -> None:
    for person in (cast.ali, cast.xiaobo):
        mine = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
        for kind in ("h5", "console"):
            sessions.open_session(kind=kind, identity_id=mine.id, at=at)
    leader = phone(cast.ali)
    assert leader.says("退出登录").startswith("好了，2 处登录都退出了")
    left = Session.select().where(Session.revoked_at.is_null())
    assert [row.identity.volunteer_id for row in left] == [cast.xiaobo.id] * 2
    assert leader.says("全部退出").startswith("您现在没有登录在任何地方。")


def test_stranger_is_shown_the_way_in(wechat: WeChat, cast: World) -> None:
    assert "登记" in wechat.phone("o-new").says("全部退出")
