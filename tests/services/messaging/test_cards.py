"""The mini-program's card behind a text in the chat: once an hour for a page, its picture kept, failing alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, WechatIdentity, WechatPicture, store
from services.messaging import cards, outbox
from services.parts import Parts
from tests.services.messaging.outbox_cases import open_window, queue
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World
from wechat.gateway import WechatFailure

CARD_API = "/cgi-bin/message/custom/send"
NIGHT = timedelta(hours=15)


def asked(parts: Parts, cast: World, at: datetime, text: str = "") -> list[str]:
    """小博's chat answered with these words (his hours); the titles of the cards that wait."""
    me = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    words = text or f'2 小时。<a href="{parts.public_url}/m/hours">看明细</a> <a href="weixin://bizmsgmenu?x">帮助</a>'
    store.write(
        lambda: cards.behind_answer(
            parts=parts, text=words, card=None, volunteer_id=cast.xiaobo.id, identity_id=me.id, at=at
        )
    )
    return [row.title for row in Delivery.select().where(Delivery.state == "queued", Delivery.kind == cards.KIND)]


def sent(parts: Parts, at: datetime) -> int:
    return outbox.deliver_due(parts=parts, owner="w", at=at + cards.BEHIND, limit=9)


def test_answer_that_leads_to_one_page_brings_its_card_once_an_hour(db: Any, cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway, mp_linked=True)
    night = at + NIGHT  # whoever has just written is not asleep, and this is none of his two messages a day
    open_window(cast.xiaobo, night + timedelta(hours=9))
    both = f'<a href="{parts.public_url}/m/hours">时长</a><a href="{parts.public_url}/m/points">积分</a>'
    assert asked(make_parts(gateway), cast, night) == asked(parts, cast, night, both) == []
    assert asked(parts, cast, night) == asked(parts, cast, night) == ["我的时长：看明细"]
    sent(parts, night)
    [card] = gateway.named("send_card")
    assert (card["title"], card["page"], card["cover"]) == ("我的时长：看明细", "recognition/hours/hours", "cover-1")
    assert outbox.unread(volunteer_id=cast.xiaobo.id) == 0
    assert asked(parts, cast, night + timedelta(hours=1)) == ["我的时长：看明细"]
    sent(parts, night + timedelta(hours=1))
    assert (len(gateway.named("send_card")), len(gateway.named("add_cover"))) == (2, 1)
    assert WechatIdentity.get(WechatIdentity.openid == card["openid"]).window_left == 3


def test_message_that_went_out_as_a_text_brings_the_card_of_its_page(db: Any, cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway, mp_linked=True, templates={})
    open_window(cast.xiaobo, at + timedelta(hours=9))
    call = "dispatch_person"
    for kind, url in ((call, "/m/dispatch/abc"), (call, "/console"), ("hours_confirmed", "/m/hours")):
        queue(cast, at, kind=kind, url=url, title="紧急调度")
    for seconds in (0, 5):
        sent(parts, at + timedelta(seconds=seconds))
    assert len(gateway.named("send_text")) == 3
    assert [each["page"] for each in gateway.named("send_card")] == ["year/dispatch/dispatch?code=abc"]


@pytest.mark.parametrize(("errcode", "kept"), [(40007, 0), (48001, 1), (45009, 1)])
def test_card_that_fails_rests_nothing_else(db: Any, cast: World, at: datetime, errcode: int, kept: int) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway, mp_linked=True, templates={})
    open_window(cast.xiaobo, at + timedelta(hours=9))
    gateway.fail("send_card", WechatFailure(CARD_API, errcode, "no"))
    asked(parts, cast, at)
    sent(parts, at)
    row = Delivery.get(Delivery.kind == cards.KIND)
    assert (row.state, WechatPicture.select().count()) == ("failed", kept)
    queue(cast, at)
    sent(parts, at)
    assert len(gateway.named("send_text")) == 1
