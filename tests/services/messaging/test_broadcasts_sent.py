"""From the yes to the outbox: consent, moment, parts, WeChat's check, stopping, and a right that ended meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Broadcast,
    Delivery,
    History,
    Notice,
    RoleGrant,
    Session,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from queries import broadcasts as sql
from services.errors import Refusal
from services.messaging import broadcasts, outbox
from services.messaging.broadcasts import Choice, approvals, lists, sending
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import CITY, COUNTY, grant, join, make_team, make_volunteer
from wechat.gateway import TextVerdict, WechatFailure


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return str(no.value.code.value)


def yes(cast: Any, at: datetime, choice: Choice | None = None, **more: Any) -> int:
    """The officer's broadcast to the county, confirmed; its id."""
    actor = cast.actor(cast.officer, "console")
    chosen = choice or Choice("area", COUNTY)
    drafted = broadcasts.draft(actor=actor, choice=chosen, text="全县明早七点值守", at=at, **more)
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    return drafted.notice_id


def state(notice_id: int) -> str:
    return str(Broadcast.get(Broadcast.notice == notice_id).state)


@pytest.fixture
def city(cast: Any, at: datetime) -> Any:
    """Somebody who manages the city above."""
    return store.write(lambda: grant(at, make_volunteer(at, "市局长"), "director", region=CITY).volunteer)


def agree(cast: Any, city: Any, notice_id: int, at: datetime) -> None:
    approvals.agree(actor=cast.actor(city, "console"), notice_id=notice_id, at=at)


def work(at: datetime, gateway: FakeGateway | None = None) -> int:
    return sending.work(parts=make_parts(gateway or FakeGateway()), at=at)


def test_beyond_one_team_waits_for_somebody_else(cast: Any, city: Any, at: datetime) -> None:
    notice_id = yes(cast, at)
    assert (state(notice_id), work(at)) == ("waiting", 0)
    asked = Delivery.get()
    assert (asked.kind, asked.volunteer_id, asked.body) == (
        "broadcast_waiting", city.id, "孙主任要给2人发通知。请您看一看，同意了才发。",
    )  # fmt: skip
    assert refused(lambda: agree(cast, cast.officer, notice_id, at)) == "own_record"
    assert refused(lambda: agree(cast, cast.ali, notice_id, at)) == "not_found"
    agree(cast, city, notice_id, at)
    outbox.deliver_due(parts=make_parts(FakeGateway()), owner="w", at=at, limit=5)
    assert Delivery.get_by_id(asked.id).state == "withdrawn"  # somebody has looked meanwhile
    assert (state(notice_id), work(at), state(notice_id)) == ("due", 2, "sent")


def test_whoever_may_agree_has_it_on_his_list(cast: Any, city: Any, at: datetime) -> None:
    notice_id = yes(cast, at)
    assert lists.broadcast(actor=cast.actor(cast.officer), notice_id=notice_id, at=at).asked == ("市局长",)
    waiting = {
        person.name: [line.id for line in lists.waiting(actor=cast.actor(person, "console"), at=at)]
        for person in (city, cast.officer, cast.ali)
    }
    assert waiting == {"市局长": [notice_id], "孙主任": [], "李阿丽": []}


def test_no_wants_a_reason_and_the_sender_reads_it(cast: Any, city: Any, at: datetime) -> None:
    notice_id, actor = yes(cast, at), cast.actor(city, "console")
    assert (
        refused(lambda: approvals.refuse(actor=actor, notice_id=notice_id, reason=" ", at=at))
        == "reason_required"
    )
    approvals.refuse(actor=actor, notice_id=notice_id, reason="时间写错了", at=at)
    told = Delivery.get(Delivery.kind == "broadcast_refused")
    assert (state(notice_id), told.volunteer_id, told.body) == (
        "refused", cast.officer.id, "没有同意的理由：时间写错了",
    )  # fmt: skip
    assert History.select().where(History.verb == "broadcast.refused").count() == 1
    assert refused(lambda: agree(cast, city, notice_id, at)) == "notice_state"


def test_moment_that_was_chosen_is_kept(cast: Any, at: datetime) -> None:
    moment = at + timedelta(hours=3)
    notice_id = yes(cast, at, Choice("team", cast.team.code), send_at=moment)
    assert (state(notice_id), work(at), work(moment - timedelta(seconds=1))) == ("due", 0, 0)
    assert (work(moment), state(notice_id), Notice.get_by_id(notice_id).recipients) == (2, "sent", 2)


@pytest.mark.parametrize("hours", [-1, 0, 24 * 61])
def test_moment_in_the_past_or_far_away_is_none(cast: Any, at: datetime, hours: int) -> None:
    choice = Choice("team", cast.team.code)
    assert refused(lambda: yes(cast, at, choice, send_at=at + timedelta(hours=hours))) == "send_at_wrong"


def test_right_that_ended_before_the_moment_sends_nothing(cast: Any, at: datetime) -> None:
    moment = at + timedelta(hours=3)
    notice_id = yes(cast, at, Choice("team", cast.team.code), send_at=moment)
    store.write(RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.officer).execute)
    assert (work(moment), state(notice_id)) == (0, "refused")
    assert [row.title for row in Delivery.select()] == ["您的通知没有发出"]


def test_keys_come_in_the_order_of_the_people(cast: Any, at: datetime) -> None:
    """So that each goes to the end of its index; ids of one figure and of two are among them."""
    crowd(cast, at, 25)
    yes(cast, at, Choice("team", cast.team.code))
    people = [row.volunteer_id for row in Delivery.select().order_by(Delivery.dedupe_key)]
    assert (len(people) > 20, people) == (True, sorted(people))


def test_many_go_in_parts_and_spread_over_the_minutes(
    cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast, at, 25)
    for name, value in (("AT_ONCE", 5), ("PART", 10)):
        monkeypatch.setattr(sending, name, value)
    notice_id = yes(cast, at, Choice("team", cast.team.code))
    assert state(notice_id) == "due"
    assert sending.work(parts=make_parts(broadcast_a_minute=20), at=at) == 27
    due = [(row.due_at - at) // timedelta(minutes=1) for row in Delivery.select()]
    assert (due.count(0), due.count(1), len(set(due)), state(notice_id)) == (20, 7, 2, "sent")
    assert len({row.due_at for row in Delivery.select()}) == 27


def test_division_in_parts_tells_each_member_once_and_nobody_else(
    cast: Any, city: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast, at, 7)

    def more() -> None:
        twice, left, gone, elsewhere = (make_volunteer(at) for _ in range(4))
        join(at, cast.team, twice)
        join(at, cast.other_team, twice)
        join(at, cast.team, left, to_at=at)
        join(at, cast.team, gone)
        Volunteer.update(state="left").where(Volunteer.id == gone.id).execute()
        join(at, make_team(at, cast.centre, "别处的队", region_code="341503001"), elsewhere)

    store.write(more)
    for name, value in (("AT_ONCE", 2), ("PART", 3)):
        monkeypatch.setattr(sending, name, value)
    monkeypatch.setattr(sql, "_WIDE", 4)
    notice_id = yes(cast, at)
    agree(cast, city, notice_id, at)
    expected = Volunteer.select().join(TeamMember).where(
        TeamMember.to_at.is_null(), Volunteer.state == "active", Volunteer.id != cast.officer.id,
        TeamMember.team.in_((cast.team, cast.other_team)),
    ).distinct()  # fmt: skip
    assert work(at) == expected.count()
    told = Delivery.select(Delivery.volunteer).where(Delivery.notice == notice_id).tuples()
    assert sorted(number for (number,) in told) == sorted(person.id for person in expected)


def test_worker_that_died_goes_on_where_it_stood_and_doubles_nobody(
    cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast, at, 25)
    for name, value in (("AT_ONCE", 5), ("PART", 10)):
        monkeypatch.setattr(sending, name, value)
    notice_id = yes(cast, at, Choice("team", cast.team.code))
    writes = [0]

    def dies(act: Any) -> Any:
        writes[0] += 1
        if writes[0] == 4:  # the verdict, two parts, and then
            raise RuntimeError("killed")
        return store.write(act)

    with pytest.raises(RuntimeError):
        sending.work(parts=make_parts(FakeGateway()), at=at, write=dies)
    assert (Delivery.select().count(), state(notice_id)) == (20, "due")
    assert (work(at), Delivery.select().count(), state(notice_id)) == (7, 27, "sent")
    assert Delivery.select(Delivery.volunteer).distinct().count() == 27


def test_stop_in_the_middle_puts_no_more_and_takes_back_what_waits(
    cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast, at, 25)
    for name, value in (("AT_ONCE", 5), ("PART", 10)):
        monkeypatch.setattr(sending, name, value)
    notice_id = yes(cast, at, Choice("team", cast.team.code))
    writes = [0]

    def stops(act: Any) -> Any:
        writes[0] += 1
        if writes[0] == 3:
            broadcasts.stop(actor=cast.actor(cast.officer, "console"), notice_id=notice_id, at=at)
        return store.write(act)

    assert sending.work(parts=make_parts(FakeGateway()), at=at, write=stops) == 10
    assert {row.state for row in Delivery.select()} == {"withdrawn"}
    assert (state(notice_id), work(at)) == ("stopped", 0)


def test_turn_that_is_over_leaves_the_rest_to_the_next_one(
    cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast, at, 25)
    for name, value in (("AT_ONCE", 5), ("PART", 10)):
        monkeypatch.setattr(sending, name, value)
    notice_id = yes(cast, at, Choice("team", cast.team.code))
    parts = make_parts(FakeGateway())
    put = [sending.work(parts=parts, at=at, seconds=0) for _ in range(4)]
    assert (put, state(notice_id)) == ([10, 10, 7, 0], "sent")


def test_worker_rests_between_two_parts_but_not_in_an_emergency(
    cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast, at, 25)
    rested: list[float] = []
    for name, value in (("AT_ONCE", 5), ("PART", 10)):
        monkeypatch.setattr(sending, name, value)
    monkeypatch.setattr("services.messaging.broadcasts.sending.time.sleep", rested.append)
    for urgent in (False, True):
        notice_id = yes(cast, at, Choice("team", cast.team.code))
        store.write(lambda: Broadcast.update(urgent=urgent).where(Broadcast.notice == notice_id).execute())  # noqa: B023
        assert work(at) == 27
        assert [0 < rest <= sending.LONGEST_REST for rest in rested] == [True, True]


def crowd(cast: Any, at: datetime, count: int) -> None:
    store.write(lambda: [join(at, cast.team, make_volunteer(at)) for _ in range(count)])


@pytest.mark.parametrize(
    ("verdict", "ends"), [(TextVerdict("pass", 100), "sent"), (TextVerdict("review", 1), "waiting"),
                          (TextVerdict("risky", 20001), "refused")],
)  # fmt: skip
def test_wechats_check_is_asked_before_many_are_told(
    cast: Any, city: Any, at: datetime, verdict: TextVerdict, ends: str
) -> None:
    gateway = FakeGateway()
    gateway.verdict = verdict
    notice_id = yes(cast, at, Choice("team", cast.team.code), send_at=at + timedelta(minutes=1))
    work(at + timedelta(minutes=1), gateway)
    assert (state(notice_id), len(gateway.named("check_text"))) == (ends, 1)
    mini = WechatIdentity.get(WechatIdentity.volunteer == cast.officer, WechatIdentity.kind == "mp")
    assert gateway.named("check_text")[0]["openid"] == mini.openid
    if ends == "waiting":  # a person looked at it and lets it go
        agree(cast, city, notice_id, at)
        assert (work(at + timedelta(minutes=2), gateway), state(notice_id)) == (2, "sent")


def test_few_wait_for_wechats_check_if_the_writer_is_in_the_mini_program(cast: Any, at: datetime) -> None:
    mini = WechatIdentity.get(WechatIdentity.volunteer == cast.officer, WechatIdentity.kind == "mp")
    session = {"token_hash": "x", "kind": "api", "identity": mini, "created_at": at, "expires_at": at}
    store.write(lambda: Session.create(**session, seen_at=at - timedelta(hours=1)))
    gateway = FakeGateway()
    gateway.verdict = TextVerdict("risky", 20001)
    notice_id = yes(cast, at, Choice("team", cast.team.code))
    assert (state(notice_id), work(at, gateway), state(notice_id)) == ("due", 0, "refused")
    later = at + timedelta(hours=2)
    assert state(yes(cast, later, Choice("team", cast.team.code))) == "sent"


def test_check_that_cannot_be_asked_holds_nothing_up(cast: Any, at: datetime) -> None:
    gateway = FakeGateway()
    gateway.fail("check_text", WechatFailure("/wxa/msg_sec_check", 61010))
    notice_id = yes(cast, at, Choice("team", cast.team.code), send_at=at + timedelta(minutes=1))
    assert work(at + timedelta(minutes=1), gateway) == 2
    assert Broadcast.get(Broadcast.notice == notice_id).verdict == "pass"


def test_centre_stops_what_a_leader_wrote(cast: Any, at: datetime) -> None:
    actor = cast.actor(cast.ali)
    drafted = broadcasts.draft(actor=actor, choice=Choice("team", cast.team.code), text="聚餐收费", at=at)
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    stopped = broadcasts.stop(actor=cast.actor(cast.officer, "console"), notice_id=drafted.notice_id, at=at)
    assert (stopped, state(drafted.notice_id)) == (1, "stopped")
    stranger = cast.actor(cast.chali)
    assert refused(lambda: broadcasts.stop(actor=stranger, notice_id=drafted.notice_id, at=at)) == "not_found"


def test_receivers_and_what_came_of_each(cast: Any, at: datetime) -> None:
    from services.listing import Wanted

    notice_id = yes(cast, at, Choice("team", cast.team.code))
    gateway = FakeGateway()
    outbox.deliver_due(parts=make_parts(gateway), owner="w", at=at, limit=5)
    row = Delivery.get(Delivery.volunteer == cast.xiaobo)
    outbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[row.id], at=at)
    actor = cast.actor(cast.officer, "console")

    def found(**chosen: str) -> list[tuple[str, str, bool]]:
        page = lists.receivers(actor=actor, notice_id=notice_id, wanted=Wanted(filters=chosen), at=at)
        return [(line.name, line.state, line.read_at is not None) for line in page.rows]

    assert sorted(found()) == [("李阿丽", "sent", False), ("王小博", "sent", True)]
    assert found(read="yes") == [("王小博", "sent", True)]
    assert found(state="failed") == []
