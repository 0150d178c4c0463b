"""Messages in people's hands: whom to ring up, sent again, dropped, in the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, Delivery, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.messaging import by_hand, outbox
from tests.console.conftest import Desk
from tests.services.messaging.outbox_cases import deliver, queue, state, unfollow
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World
from wechat.gateway import WechatFailure

PHONE = "13812340001"


@pytest.fixture
def missed(cast: World, at: datetime) -> int:
    """An emergency that reached 小博 by no way."""
    sealed, _ = make_parts().vault.seal(PHONE, f"volunteer.phone:{cast.xiaobo.public_no}")
    store.write(
        lambda: Volunteer.update(phone_sealed=sealed, phone_proof="wechat").where(
            Volunteer.id == cast.xiaobo.id
        ).execute()
    )  # fmt: skip
    unfollow(cast.xiaobo)
    ident = queue(cast, at, kind="activity_cancelled", title="活动取消", starts_at=at + timedelta(hours=2))
    deliver(FakeGateway(), at)
    return ident


def listed(cast: World, at: datetime, person: Volunteer, **filters: str) -> list[int]:
    found = by_hand.calls(actor=cast.actor(person, "console"), wanted=Wanted(filters=filters), at=at)
    return [line.id for line in found.rows]


def call(cast: World, at: datetime, ident: int, person: Volunteer) -> str:
    actor = cast.actor(person, "console")
    return by_hand.telephone(parts=make_parts(), actor=actor, delivery_id=ident, at=at)


def test_leader_rings_up_whom_an_emergency_did_not_reach(cast: World, at: datetime, missed: int) -> None:
    assert listed(cast, at, cast.ali) == [missed]
    assert call(cast, at, missed, cast.ali) == PHONE
    assert [listed(cast, at, cast.ali, done=done) for done in ("no", "yes")] == [[], [missed]]
    entry = AuditEntry.get(AuditEntry.verb == "message.call")
    assert (entry.subject, entry.detail["message"]) == (f"volunteer:{cast.xiaobo.id}", missed)


def test_who_has_read_it_need_not_be_called(cast: World, at: datetime, missed: int) -> None:
    outbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[missed], at=at)
    assert listed(cast, at, cast.ali) == []
    with pytest.raises(Refusal) as caught:
        call(cast, at, missed, cast.ali)
    assert caught.value.code is RefusalCode.MESSAGE_STATE


def test_what_is_no_emergency_is_on_no_list(cast: World, at: datetime) -> None:
    unfollow(cast.xiaobo)
    ident = queue(cast, at)
    deliver(FakeGateway(), at)
    assert (state(ident)[0], listed(cast, at, cast.ali)) == ("inbox", [])


def test_stranger_sees_nothing(cast: World, at: datetime, missed: int) -> None:
    assert listed(cast, at, cast.chali) == []
    with pytest.raises(Refusal) as caught:
        call(cast, at, missed, cast.chali)
    assert caught.value.code is RefusalCode.NOT_FOUND


def test_centre_sees_those_of_its_division_and_nobody_after_a_week(
    cast: World, at: datetime, missed: int
) -> None:
    assert listed(cast, at, cast.officer) == [missed]
    assert listed(cast, at + timedelta(days=8), cast.officer) == []


def test_failed_message_is_sent_again(cast: World, at: datetime, gateway: FakeGateway) -> None:
    gateway.fail("send_template", WechatFailure("/cgi-bin/message/template/send", 47003))
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident)[0] == "failed"
    by_hand.send_again(actor=cast.actor(cast.ali, "console"), delivery_id=ident, at=at)
    deliver(gateway, at)
    assert state(ident) == ("sent", "tpl")
    with pytest.raises(Refusal) as caught:
        by_hand.send_again(actor=cast.actor(cast.ali, "console"), delivery_id=ident, at=at)
    assert caught.value.code is RefusalCode.MESSAGE_STATE


def test_message_that_may_have_arrived_is_not_sent_again(cast: World, at: datetime) -> None:
    ident = queue(cast, at)
    store.write(lambda: Delivery.update(state="unknown", channel="cs").execute())
    with pytest.raises(Refusal) as caught:
        by_hand.send_again(actor=cast.actor(cast.ali, "console"), delivery_id=ident, at=at)
    assert caught.value.code is RefusalCode.MESSAGE_STATE


def test_message_that_waits_is_dropped_with_a_reason(cast: World, at: datetime, gateway: FakeGateway) -> None:
    ident = queue(cast, at, due_at=at + timedelta(hours=1))
    actor = cast.actor(cast.ali, "console")
    with pytest.raises(Refusal) as caught:
        by_hand.drop(actor=actor, delivery_id=ident, reason=" ", at=at)
    assert caught.value.code is RefusalCode.REASON_REQUIRED
    by_hand.drop(actor=actor, delivery_id=ident, reason="写错了", at=at)
    deliver(gateway, at + timedelta(hours=2))
    assert (state(ident), gateway.calls) == (("withdrawn", ""), [])
    assert AuditEntry.get(AuditEntry.verb == "message.drop").detail["reason"] == "写错了"


def test_message_of_another_team_is_nobodys(cast: World, at: datetime, missed: int) -> None:
    with pytest.raises(Refusal) as caught:
        by_hand.message(parts=make_parts(), actor=cast.actor(cast.chali), delivery_id=missed, at=at)
    assert caught.value.code is RefusalCode.NOT_FOUND


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_pages_show_the_list_and_the_number_once(
    desk: Callable[[Any], Desk], cast: World, at: datetime, missed: int
) -> None:
    mine = desk(cast.ali)
    assert "王小博" in mine.get("/console/calls").text
    page = mine.get(f"/console/outbox/{missed}").text
    assert ("看号码，打电话" in page, PHONE in page, "138****0001" in page) == (True, False, True)
    assert PHONE in mine.post(f"/console/outbox/{missed}/call").text
    assert "没有要打电话的人" in mine.get("/console/calls?done=no").text
    assert "王小博" in mine.get("/console/calls?done=yes").text
