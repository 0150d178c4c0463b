"""What WeChat's status events do to credits and deliveries; an event it has nothing to say about does nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Delivery, DeliveryTry, SubscriptionCredit, WechatIdentity
from services.conversation import callbacks
from services.parts import Parts
from tests.services.messaging.outbox_cases import deliver, queue
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World
from wechat.inbound import Inbound


@pytest.fixture
def parts() -> Parts:
    return make_parts()


def event(cast: World, name: str, *items: dict[str, str], msg_id: str = "", **raw: Any) -> Inbound:
    """An event from 小博's mini-program (or, without items, from the official account)."""
    identity = WechatIdentity.get(
        WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == ("mp" if items else "oa")
    )
    return Inbound(
        openid=identity.openid, account="gh", created_at=1, kind="event", event=name, msg_id=msg_id,
        raw={"List": list(items), **raw},
    )  # fmt: skip


def popup(template: str, status: str) -> dict[str, str]:
    return {"TemplateId": template, "SubscribeStatusString": status}


def tell(parts: Parts, inbound: Inbound, at: datetime, kind: str = "mp") -> bool:
    return callbacks.status_event(parts=parts, kind=kind, inbound=inbound, at=at)


def credits_left() -> list[tuple[str, int]]:
    return [(row.template, row.remaining) for row in SubscriptionCredit.select()]


def test_accepted_dialog_allows_one_more_message(parts: Parts, cast: World, at: datetime) -> None:
    accepted = event(cast, "subscribe_msg_popup_event", popup("demo-sub-reminder", "accept"))
    assert tell(parts, accepted, at)
    assert credits_left() == [("sub_reminder", 1)]


def test_dialog_for_two_templates_counts_each_by_its_answer(parts: Parts, cast: World, at: datetime) -> None:
    both = event(
        cast, "subscribe_msg_popup_event",
        popup("demo-sub-reminder", "accept"), popup("demo-sub-notice", "reject"),
    )  # fmt: skip
    assert tell(parts, both, at)
    assert credits_left() == [("sub_reminder", 1)]


def test_refused_dialog_changes_nothing(parts: Parts, cast: World, at: datetime) -> None:
    assert not tell(parts, event(cast, "subscribe_msg_popup_event", popup("demo-sub-reminder", "reject")), at)
    assert credits_left() == []


def test_refusal_in_the_settings_takes_all_back(parts: Parts, cast: World, at: datetime) -> None:
    for _ in range(2):
        tell(parts, event(cast, "subscribe_msg_popup_event", popup("demo-sub-reminder", "accept")), at)
    assert tell(parts, event(cast, "subscribe_msg_change_event", popup("demo-sub-reminder", "reject")), at)
    assert credits_left() == [("sub_reminder", 0)]


def test_template_that_is_not_ours_is_passed_over(parts: Parts, cast: World, at: datetime) -> None:
    assert not tell(parts, event(cast, "subscribe_msg_popup_event", popup("somebody's", "accept")), at)
    assert credits_left() == []


def test_event_of_another_kind_is_not_for_here(parts: Parts, cast: World, at: datetime) -> None:
    assert not tell(parts, event(cast, "view"), at, "oa")


def sent(cast: World, at: datetime) -> tuple[int, str]:
    """A template message that WeChat took: (delivery, its message id)."""
    ident = queue(cast, at)
    deliver(FakeGateway(), at)
    return ident, str(DeliveryTry.get(DeliveryTry.delivery == ident).msgid)


def test_arrival_of_a_template_message_is_noted(parts: Parts, cast: World, at: datetime) -> None:
    ident, msgid = sent(cast, at)
    done = event(cast, "templatesendjobfinish", msg_id=msgid, Status="success")
    assert tell(parts, done, at, "oa")
    assert (DeliveryTry.get().outcome, Delivery.get_by_id(ident).state) == ("delivered", "sent")


def test_blocked_template_message_goes_to_its_next_channel(parts: Parts, cast: World, at: datetime) -> None:
    ident, msgid = sent(cast, at)
    assert tell(
        parts, event(cast, "templatesendjobfinish", msg_id=msgid, Status="failed:user block"), at, "oa"
    )
    row = Delivery.get_by_id(ident)
    assert (row.state, row.skip, DeliveryTry.get().outcome) == ("queued", "tpl", "refused")


@pytest.mark.parametrize(("code", "outcome"), [("0", "delivered"), ("43101", "refused")])
def test_result_of_a_subscription_message_is_noted(
    parts: Parts, cast: World, at: datetime, code: str, outcome: str
) -> None:
    _, msgid = sent(cast, at)
    item = {"TemplateId": "demo-sub-notice", "MsgID": msgid, "ErrorCode": code, "ErrorStatus": "x"}
    assert tell(parts, event(cast, "subscribe_msg_sent_event", item), at)
    assert DeliveryTry.get().outcome == outcome


def test_result_without_a_message_id_is_passed_over(parts: Parts, cast: World, at: datetime) -> None:
    assert not tell(parts, event(cast, "subscribe_msg_sent_event", {"MsgID": "", "ErrorCode": "43101"}), at)
