"""What a person wants pushed: a switch stops the push of a group, never the inbox, never safety or decisions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import MessageChoice, SubscriptionCredit, WechatIdentity, store
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import choices, credits, digests, outbox
from tests.services.messaging.outbox_cases import (
    TEMPLATE,
    deliver,
    give_credit,
    queue,
    reminder,
    state,
    unfollow,
)
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World
from wechat.gateway import WechatFailure


def off(cast: World, at: datetime, group: str, on: bool = False) -> None:
    choices.switch(actor=cast.actor(cast.xiaobo), group=group, on=on, at=at)


def shown(cast: World) -> dict[str, bool]:
    return {each.group: each.on for each in choices.choices(volunteer_id=cast.xiaobo.id).groups}


def test_everything_is_on_at_the_beginning(cast: World) -> None:
    assert shown(cast) == dict.fromkeys(("safety", "decision", "activity", "hours", "team", "work"), True)
    fixed = [each.group for each in choices.choices(volunteer_id=cast.xiaobo.id).groups if each.fixed]
    assert (fixed, MessageChoice.select().count()) == (["safety", "decision"], 0)


def test_group_turned_off_is_in_the_inbox_alone(cast: World, at: datetime, gateway: FakeGateway) -> None:
    off(cast, at, "hours")
    news, other = queue(cast, at, kind="hours_confirmed"), queue(cast, at, kind="merged")
    deliver(gateway, at)
    assert (state(news), state(other)) == (("inbox", ""), ("sent", "tpl"))
    assert len(outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)) == 2


def test_group_turned_off_waits_for_no_evening(cast: World, at: datetime, gateway: FakeGateway) -> None:
    off(cast, at, "hours")
    for kind in ("merged", "merged", "hours_confirmed", "merged"):
        queue(cast, at, kind=kind)
    deliver(gateway, at)
    digests.make_due(at=at.replace(hour=10, minute=30))
    deliver(gateway, at.replace(hour=10, minute=30))
    assert gateway.named("send_template")[2]["data"]["thing1"] == "今天还有1条消息"


def test_group_turned_off_while_it_waited_is_not_named_in_the_evening(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    for kind in ("merged", "merged", "hours_confirmed"):
        queue(cast, at, kind=kind)
    deliver(gateway, at)
    off(cast, at, "hours")
    assert digests.make_due(at=at.replace(hour=10, minute=30)) == 0
    assert len(outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)) == 3


def test_emergency_of_a_group_turned_off_goes_out(cast: World, at: datetime, gateway: FakeGateway) -> None:
    off(cast, at, "team")
    usual, urgent = queue(cast, at, kind="broadcast"), queue(cast, at, kind="broadcast", priority=outbox.SAFETY)
    deliver(gateway, at)
    assert (state(usual)[0], state(urgent)[0]) == ("inbox", "sent")


def test_switch_of_one_is_not_that_of_another(cast: World, at: datetime, gateway: FakeGateway) -> None:
    off(cast, at, "hours")
    ident = queue(cast, at, cast.chali)
    deliver(gateway, at)
    assert state(ident)[0] == "sent"


@pytest.mark.parametrize("group", ["safety", "decision", "digest", "nonsense", ""])
def test_safety_and_decisions_cannot_be_turned_off(cast: World, at: datetime, group: str) -> None:
    with pytest.raises(Refusal) as caught:
        off(cast, at, group)
    assert (caught.value.code, MessageChoice.select().count()) == (RefusalCode.NOT_FOUND, 0)


def test_stranger_has_nothing_to_turn_off(db: Any, at: datetime) -> None:
    with pytest.raises(Refusal) as caught:
        choices.fewer(actor=Actor(door="bot", volunteer_id=None), on=True, at=at)
    assert caught.value.code is RefusalCode.NOT_REGISTERED


def test_groups_are_turned_off_and_on_one_by_one(cast: World, at: datetime) -> None:
    for group in ("team", "activity", "team"):
        off(cast, at, group)
    off(cast, at, "activity", on=True)
    choices.fewer(actor=cast.actor(cast.xiaobo), on=True, at=at)
    assert MessageChoice.get().off == ",team,"
    choices.reopen(actor=cast.actor(cast.xiaobo), at=at)
    assert (set(shown(cast).values()), choices.choices(volunteer_id=cast.xiaobo.id).fewer) == ({True}, False)


@pytest.mark.parametrize("kept_first", [True, False])
def test_merged_person_keeps_what_either_entry_had_turned_off(cast: World, at: datetime, kept_first: bool) -> None:
    off(cast, at, "hours")
    if kept_first:
        choices.switch(actor=cast.actor(cast.chali), group="team", on=False, at=at)
    store.write(lambda: choices.adopt(kept=cast.chali.id, dropped=cast.xiaobo.id, at=at))
    mine = choices.choices(volunteer_id=cast.chali.id)
    assert [each.group for each in mine.groups if not each.on] == (["hours", "team"] if kept_first else ["hours"])


# credits, and whether a reminder reaches him


def standing(cast: World, at: datetime) -> credits.Standing:
    return credits.standing(parts=make_parts(FakeGateway()), volunteer_id=cast.xiaobo.id, at=at)


def test_follower_is_reached(cast: World, at: datetime) -> None:
    assert standing(cast, at) == credits.Standing(True, False, 0, True)


def test_credit_reaches_who_does_not_follow(cast: World, at: datetime) -> None:
    unfollow(cast.xiaobo)
    assert standing(cast, at) == credits.Standing(False, False, 0, False)
    give_credit(cast.xiaobo, at, template="sub_reminder", change=2)
    assert standing(cast, at) == credits.Standing(False, False, 2, True)


def test_refused_account_template_is_remembered_until_he_opens_it_again(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, 43101))
    words: dict[str, Any] = {"form": "reminder", "values": {"thing1": "x", "time2": "09:00", "thing3": "y"}}
    first = reminder(cast, at, **words)
    deliver(gateway, at)
    second = queue(cast, at, **words)
    deliver(gateway, at + timedelta(seconds=1))
    assert (state(first)[0], state(second)[0], len(gateway.calls)) == ("inbox", "inbox", 1)
    assert standing(cast, at) == credits.Standing(True, True, 0, False)
    other = queue(cast, at)  # of another template: nothing is known to be refused
    deliver(gateway, at + timedelta(seconds=2))
    assert state(other) == ("sent", "tpl")
    choices.reopen(actor=cast.actor(cast.xiaobo), at=at)
    assert standing(cast, at).reached is True


def test_refusal_of_the_mini_program_stays_with_its_credits(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    give_credit(cast.xiaobo, at, change=2)
    gateway.fail("send_subscribe", WechatFailure("/cgi-bin/message/subscribe/send", 43101))
    queue(cast, at)
    deliver(gateway, at)
    choices.reopen(actor=cast.actor(cast.xiaobo), at=at)
    assert [row.remaining for row in SubscriptionCredit.select()] == [0]


@pytest.mark.parametrize(
    ("moment", "names"),
    [("signup", ["sub_reminder", "sub_notice"]), ("checkin", ["sub_notice"]), ("never", [])],
)
def test_asked_for_what_the_moment_is_about(cast: World, moment: str, names: list[str]) -> None:
    mini = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "mp")
    asked = credits.to_ask(parts=make_parts(FakeGateway()), identity_id=mini.id, moment=moment)
    assert [each.name for each in asked] == names
    assert {each.remaining for each in asked} <= {0}


def test_nobody_is_asked_who_has_enough(cast: World, at: datetime) -> None:
    mini = give_credit(cast.xiaobo, at, template="sub_reminder", change=3)
    asked = credits.to_ask(parts=make_parts(FakeGateway()), identity_id=mini.id, moment="remind")
    assert [(each.name, each.template_id) for each in asked] == [("sub_notice", "demo-sub-notice")]


def test_template_that_the_account_has_not_is_not_asked_for(cast: World, at: datetime) -> None:
    parts = make_parts(FakeGateway(), templates={"sub_notice": "N"})
    assert [each.name for each in credits.to_ask(parts=parts, identity_id=None, moment="signup")] == ["sub_notice"]
