"""Two pushes a day that are no emergency, the rest in one evening digest; nothing lost, exact under two workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from clock import SHANGHAI
from models import Delivery, DeliveryTry, MessageChoice, PushDay, Volunteer, store
from queries import outbox as sql
from services.messaging import digests, outbox
from tests.services.messaging.outbox_cases import TEMPLATE, deliver, queue, state, unfollow
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, make_identity, make_volunteer
from wechat.gateway import WechatFailure


def moment(hour: int, minute: int = 0, day: int = 10) -> datetime:
    """A moment of June 2026 in Shanghai; `at` is the tenth at nine."""
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


EVENING = moment(18, 30)


def three(cast: World, at: datetime, gateway: FakeGateway, **more: Any) -> list[int]:
    """Three messages to 小博, sent as far as the day allows."""
    idents = [queue(cast, at, title=title, **more) for title in ("时长已确认", "您升星了", "请您评价")]
    deliver(gateway, at)
    return idents


def evening(gateway: FakeGateway, at: datetime = EVENING) -> int:
    made = digests.make_due(at=at)
    deliver(gateway, at)
    return made


def test_third_waits_for_the_evening_and_is_in_the_inbox_at_once(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    third = three(cast, at, gateway)[2]
    row: Any = Delivery.get_by_id(third)
    assert (row.state, row.held_until, len(gateway.calls)) == ("inbox", EVENING, 2)
    assert outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)[0].id == third
    assert digests.make_due(at=EVENING - timedelta(seconds=1)) == 0
    assert evening(gateway) == 1
    assert state(third) == ("sent", "digest")
    assert gateway.named("send_template")[2]["data"]["thing1"] == "今天还有1条消息"
    assert gateway.named("send_template")[2]["url"] == "http://localhost:8000/m/inbox"


def test_digest_names_what_it_holds_once(cast: World, at: datetime, gateway: FakeGateway) -> None:
    three(cast, at, gateway)
    for title in ("入队申请", "时长已确认", "请您核对", "喜报", "请您评价"):
        queue(cast, at, title=title)
    deliver(gateway, at)
    assert evening(gateway) == 1
    digest: Any = Delivery.get(Delivery.kind == "digest")
    assert (digest.title, digest.body) == ("今天还有6条消息", "请您评价、入队申请、时长已确认等。点开就能看。")
    assert (evening(gateway), len(gateway.calls)) == (0, 3)
    assert {row.state for row in Delivery.select()} == {"sent"}


def test_digest_is_no_item_of_the_inbox(cast: World, at: datetime, gateway: FakeGateway) -> None:
    three(cast, at, gateway)
    evening(gateway)
    assert len(outbox.inbox(volunteer_id=cast.xiaobo.id, at=EVENING)) == 3
    assert outbox.unread(cast.xiaobo.id) == 3


def test_what_was_read_meanwhile_makes_no_digest(cast: World, at: datetime, gateway: FakeGateway) -> None:
    third = three(cast, at, gateway)[2]
    outbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[third], at=at)
    assert (evening(gateway), Delivery.get_by_id(third).held_until) == (0, None)


def test_what_was_taken_back_meanwhile_is_not_named(cast: World, at: datetime, gateway: FakeGateway) -> None:
    third = three(cast, at, gateway)[2]
    notice_id = Delivery.get_by_id(third).notice_id
    assert outbox.withdraw(notice_id=notice_id, at=at) == 1
    assert (evening(gateway), state(third)[0]) == (0, "withdrawn")


def test_nobody_who_can_be_pushed_to_waits_for_no_evening(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    unfollow(cast.xiaobo)
    idents = three(cast, at, gateway)
    assert {(state(ident), Delivery.get_by_id(ident).held_until) for ident in idents} == {(("inbox", ""), None)}
    assert PushDay.select().count() == 0


def test_third_after_the_evening_waits_for_the_next(cast: World, gateway: FakeGateway) -> None:
    late = moment(19)
    third = three(cast, late, gateway)[2]
    assert Delivery.get_by_id(third).held_until == moment(18, 30, day=11)


def test_what_the_next_evening_would_bring_too_late_goes_at_once(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    three(cast, at, gateway)
    pressing = queue(cast, at, expires_at=EVENING)
    can_wait = queue(cast, at, expires_at=EVENING + timedelta(minutes=1))
    deliver(gateway, at)
    assert (state(pressing)[0], state(can_wait)[0], PushDay.get().pushed) == ("sent", "inbox", 3)


def test_day_begins_anew_at_midnight_in_shanghai(cast: World, at: datetime, gateway: FakeGateway) -> None:
    three(cast, moment(21), gateway)
    ident = queue(cast, moment(8, day=11))
    deliver(gateway, moment(8, day=11))
    assert state(ident)[0] == "sent"
    assert [(row.day, row.pushed) for row in PushDay.select().order_by(PushDay.day)] == [
        ("2026-06-10", 2),
        ("2026-06-11", 1),
    ]


def test_who_wants_fewer_gets_the_evening_alone_but_every_emergency(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    store.write(lambda: MessageChoice.create(volunteer=cast.xiaobo, fewer=1, changed_at=at))
    idents = three(cast, at, gateway)
    urgent = queue(cast, at, kind="recovery_waiting")
    deliver(gateway, at)
    assert ([state(ident)[0] for ident in idents], state(urgent)[0]) == (["inbox"] * 3, "sent")
    assert evening(gateway) == 1
    assert [state(ident) for ident in idents] == [("sent", "digest")] * 3


def test_failed_push_gives_its_place_back(cast: World, at: datetime, gateway: FakeGateway) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, 47003))
    idents = [queue(cast, at) for _ in range(3)]
    deliver(gateway, at)
    assert [state(ident)[0] for ident in idents] == ["failed", "sent", "sent"]


def test_push_tried_again_takes_one_place(cast: World, at: datetime, gateway: FakeGateway) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, -1), WechatFailure(TEMPLATE, -1))
    ident = queue(cast, at)
    for seconds in (0, 10, 60):
        deliver(gateway, at + timedelta(seconds=seconds))
    assert (state(ident)[0], PushDay.get().pushed) == ("sent", 1)


def test_digest_that_did_not_arrive_leaves_what_it_named_unreached(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    third = three(cast, at, gateway)[2]
    evening(gateway)
    msgid = DeliveryTry.select().order_by(DeliveryTry.id.desc()).first().msgid
    outbox.result_event(msgid=msgid, status="failed:user block", at=EVENING)
    assert state(third) == ("inbox", "")


def test_digest_of_somebody_who_died_goes_to_nobody(cast: World, at: datetime, gateway: FakeGateway) -> None:
    three(cast, at, gateway)
    store.write(lambda: Volunteer.update(state="deceased").where(Volunteer.id == cast.xiaobo.id).execute())
    evening(gateway)
    assert (Delivery.get(Delivery.kind == "digest").state, len(gateway.calls)) == ("withdrawn", 2)


def test_digest_waits_for_the_morning_when_the_worker_was_down(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    three(cast, at, gateway)
    assert evening(gateway, moment(22)) == 1
    assert len(gateway.calls) == 2
    deliver(gateway, moment(7, 30, day=11))
    assert len(gateway.calls) == 3


# races


def pushes_by_two_workers(cast: World, at: datetime, people: int) -> dict[str, int]:
    """Two workers drain five messages to each of `people`; how many pushes each person got."""
    gateway = FakeGateway()
    them = [store.write(lambda: make_volunteer(at)) for _ in range(people)]
    for person in them:
        store.write(lambda p=person: make_identity(at, p, "oa"))  # type: ignore[misc]
        for _ in range(5):
            queue(cast, at, person)

    def drain(owner: str) -> None:
        with store.session():
            while outbox.deliver_due(parts=make_parts(gateway), owner=owner, at=at, limit=7):
                pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(drain, ("w1", "w2")))
    # Somebody whose messages both workers had claimed at once waits a second.
    later = at + timedelta(seconds=30)
    while outbox.deliver_due(parts=make_parts(gateway), owner="w3", at=later, limit=50):
        pass
    got: dict[str, int] = {}
    for call in gateway.named("send_template"):
        got[call["openid"]] = got.get(call["openid"], 0) + 1
    return got


def test_two_workers_push_to_each_person_twice_exactly(cast: World, at: datetime) -> None:
    got = pushes_by_two_workers(cast, at, 12)
    assert sorted(got.values()) == [2] * 12
    assert Delivery.select().where(Delivery.held_until.is_null(False)).count() == 36
    assert {row.pushed for row in PushDay.select()} == {2}


def _slots_taken_at_once(cast: World, take: Any) -> int:
    """How many of eight threads got one of two places."""

    def one(_: int) -> bool:
        with store.session():
            return bool(take())

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(one, range(8)))


def test_last_place_of_the_day_is_taken_once(cast: World) -> None:
    facts = (cast.xiaobo.id, "2026-06-10", 2)
    assert _slots_taken_at_once(cast, lambda: store.write(lambda: sql.one(sql.TAKE_SLOT, facts))) == 2
    assert PushDay.get().pushed == 2


def test_counting_before_taking_would_let_more_through(cast: World) -> None:
    """The control: look, then count up, as the guard is not."""
    ready = Barrier(8)

    def take() -> bool:
        seen = PushDay.select().where(PushDay.volunteer == cast.xiaobo).first()
        ready.wait(10)
        if seen is not None and seen.pushed >= 2:
            return False
        add = sql.TAKE_SLOT.replace(" WHERE push_day.pushed < ?", "")
        return store.write(lambda: sql.one(add, (cast.xiaobo.id, "2026-06-10"))) is not None

    assert _slots_taken_at_once(cast, take) == 8


# one person's messages, one after the other


def both_in_flight(cast: World, at: datetime) -> tuple[int, int]:
    """Two messages of one person, claimed by two workers at the same moment."""
    first, second = queue(cast, at), queue(cast, at)
    for ident, owner in ((first, "w1"), (second, "w2")):
        store.write(
            lambda i=ident, o=owner: Delivery.update(  # type: ignore[misc]
                state="inflight", lease_owner=o, lease_until=at + timedelta(minutes=1), tries=1
            )
            .where(Delivery.id == i)
            .execute()
        )
    return first, second


def finish(gateway: FakeGateway, at: datetime, ident: int, owner: str) -> None:
    from services import rules
    from services.messaging import delivering

    delivering.deliver_one(
        parts=make_parts(gateway), owner=owner, delivery_id=ident, now=lambda: at,
        numbers=rules.Everywhere("reminders", at),
    )  # fmt: skip


def test_later_message_of_a_person_waits_for_the_one_before(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    first, second = both_in_flight(cast, at)
    finish(gateway, at, second, "w2")
    assert (state(second), gateway.calls) == (("queued", ""), [])
    finish(gateway, at, first, "w1")
    deliver(gateway, at + timedelta(seconds=1), owner="w2")
    assert [state(ident)[0] for ident in (first, second)] == ["sent", "sent"]


def test_without_the_look_ahead_the_later_one_would_go_first(
    cast: World, at: datetime, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = both_in_flight(cast, at)
    monkeypatch.setattr(sql, "LOOK", sql.LOOK.replace("f.lease_owner <> d.lease_owner", "1 = 0"))
    finish(gateway, at, second, "w2")
    assert (state(first)[0], state(second)[0]) == ("inflight", "sent")


def test_whoever_has_a_message_in_flight_is_claimed_by_nobody_else(cast: World, at: datetime) -> None:
    mine, other = queue(cast, at - timedelta(seconds=1)), queue(cast, at, cast.chali)
    queue(cast, at)
    assert outbox.claim(owner="w1", at=at, limit=1) == [mine]
    assert outbox.claim(owner="w2", at=at, limit=5) == [other]


def test_pool_sends_one_persons_messages_in_order(cast: World, at: datetime, gateway: FakeGateway) -> None:
    for title in ("一", "二"):
        for person in (cast.xiaobo, cast.chali):
            queue(cast, at, person, kind="recovery_waiting", values={"thing1": title, "thing2": "x", "time3": "09:00"})
    with ThreadPoolExecutor(4) as pool:
        outbox.deliver_due(parts=make_parts(gateway), owner="w1", at=at, limit=20, pool=pool)
    sent: dict[str, list[str]] = {}
    for call in gateway.named("send_template"):
        sent.setdefault(call["openid"], []).append(call["data"]["thing1"])
    assert list(sent.values()) == [["一", "二"]] * 2


def test_statements_of_a_push_are_few(cast: World, at: datetime, gateway: FakeGateway, count_statements: Any) -> None:
    """Look, doors, pause, place, begin; try, close, early report: eight, and two for the batch."""
    people = [store.write(lambda: make_volunteer(at)) for _ in range(20)]
    for person in people:
        store.write(lambda p=person: make_identity(at, p, "oa"))  # type: ignore[misc]
        queue(cast, at, person)
    with count_statements() as seen:
        assert deliver(gateway, at) == 20
    work = [sql for sql in seen if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(work) <= 8 * 20 + 3
