"""停止找回 in the chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import Recovery, store
from services.lives import recovery
from tests.bot.chat import Phone, WeChat
from tests.support.world import make_identity

Of = Callable[[Any], Phone]


def test_new_telephone_needs_nothing_and_a_new_wechat_the_way_back(phone: Of, wechat: WeChat, cast: Any) -> None:
    assert phone(cast.xiaobo).says("我换手机了").startswith("王小博，您的登记就在这个微信上，时长、积分都在。")
    assert "/m/recover" in wechat.phone("o-new").says("换微信了 找不到我的时长")


def test_the_old_wechat_stops_it_with_one_word(phone: Of, cast: Any, at: Any) -> None:
    assert "没有正在办理" in phone(cast.xiaobo).says("停止找回")
    new = store.write(lambda: make_identity(at, None, "oa"))
    recovery.request(
        actor=cast.actor(cast.officer, "console"), public_no=cast.xiaobo.public_no, reason="当面",
        digits=recovery.show_digits(identity_id=new.id, at=at), at=at,
    )  # fmt: skip
    assert "已经停止" in phone(cast.xiaobo).says("停止找回")
    assert Recovery.get().state == "stopped"
