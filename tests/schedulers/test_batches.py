"""A job that touches many rows makes short writes, and each finds out whether its worker still leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, Notice, RateBucket, ServiceRecord, Shift, Volunteer, store
from schedulers.jobs import JOBS, Job
from schedulers.worker import Worker
from services.bookkeeping import records
from services.messaging import outbox, reminders
from services.operation import housekeeping
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, make_volunteer, sign_up

Due = Callable[[World, datetime], datetime]


def worker() -> Worker:
    return Worker(make_parts(FakeGateway()))


def crowd(at: datetime, number: int) -> list[Volunteer]:
    return [make_volunteer(at) for _ in range(number)]


def reminders_due(cast: World, at: datetime) -> datetime:
    """450 people to be reminded."""
    store.write(lambda: [sign_up(at, cast.shift, person) for person in crowd(at, 450)])
    return cast.shift.starts_at - timedelta(minutes=110)


def check_outs_forgotten(cast: World, at: datetime) -> datetime:
    """250 people who never checked out."""
    store.write(
        lambda: [
            ServiceRecord.create(
                shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=person,
                region_code=cast.activity.region_code, local_day=cast.activity.local_day,
                in_at=cast.shift.starts_at, minutes=0, rule_set=cast.hours_rule, created_at=at, updated_at=at,
            )
            for person in crowd(at, 250)
        ]
    )  # fmt: skip
    return cast.shift.ends_at + timedelta(hours=5)


def leases_run_out(cast: World, at: datetime) -> datetime:
    """450 messages claimed by a worker that died."""

    def act() -> None:
        notice = Notice.create(kind="broadcast", team=cast.team, created_at=at)
        for number in range(450):
            outbox.put(
                notice_id=notice.id, volunteer_id=cast.xiaobo.id, kind="broadcast", dedupe_key=f"k{number}",
                title="t", body="b", form="notice", values={}, at=at,
            )  # fmt: skip

    store.write(act)
    outbox.claim(owner="dead", at=at, limit=450)
    return at + timedelta(minutes=2)


def buckets_spent(cast: World, at: datetime) -> datetime:
    """1,200 rows to forget, and one to keep."""
    later = at + timedelta(days=3)

    def act() -> None:
        for number in range(1200):
            RateBucket.create(key=f"k{number}", window_at=at, tries=1)
        RateBucket.create(key="kept", window_at=later, tries=1)

    store.write(act)
    return later


#: name of the job, what makes it due, how many it does, in writes of at most so many
CASES = [
    pytest.param("enqueue_reminders", reminders_due, 450, reminders.BATCH, id="reminders"),
    pytest.param("close_forgotten", check_outs_forgotten, 250, records.AT_ONCE, id="check-outs"),
    pytest.param("requeue_stale", leases_run_out, 450, 200, id="leases"),
    pytest.param("prune", buckets_spent, 1200, housekeeping.AT_ONCE, id="old rows"),
]


def job_of(name: str) -> Job:
    return next(each for each in JOBS if each.name == name)


def between(job: Job, happens: Callable[[int], Any]) -> Job:
    """The same job, with something happening after each of its writes."""
    written: list[int] = []

    def run(parts: Any, at: datetime, write: store.Write) -> int:
        def door(act: Callable[[], Any], /) -> Any:
            done = write(act)
            written.append(done)
            happens(len(written))
            return done

        return job.run(parts, at, door)

    return Job(job.name, run, seconds=job.seconds)


@pytest.mark.parametrize(("name", "due", "many", "most"), CASES)
def test_many_rows_are_several_short_writes(
    cast: World, at: datetime, frozen: Any, name: str, due: Due, many: int, most: int
) -> None:
    frozen(due(cast, at))
    one, written = worker(), []
    one.beat()
    assert one.run(between(job_of(name), written.append)) == many
    assert written == list(range(1, -(-many // most) + 1))
    assert one.run(job_of(name)) == 0


@pytest.mark.parametrize(("name", "due", "many", "most"), CASES)
@pytest.mark.case(4)
def test_lead_lost_between_two_writes_stops_the_rest_and_the_next_leader_does_it(
    cast: World, at: datetime, frozen: Any, name: str, due: Due, many: int, most: int
) -> None:
    moment = due(cast, at)
    frozen(moment)
    one, two = worker(), worker()
    one.beat()

    def lose(number: int) -> None:
        if number == 1:
            frozen(moment + timedelta(minutes=2))
            two.beat()

    assert one.run(between(job_of(name), lose)) is None
    assert one.held is None
    assert two.run(job_of(name)) == many - most


@pytest.mark.case(4)
def test_without_the_fence_the_former_leader_would_go_on(cast: World, at: datetime, frozen: Any) -> None:
    """The control of the test above."""
    moment = reminders_due(cast, at)
    frozen(moment)
    one, two = worker(), worker()
    one.beat()
    frozen(moment + timedelta(minutes=2))
    two.beat()
    unfenced = Job(
        "enqueue_reminders", lambda _parts, when, _write: reminders.enqueue_due(at=when), seconds=20
    )
    assert one.run(unfenced) == 450


def test_crowd_is_reminded_once_each_over_the_change_of_leaders(
    cast: World, at: datetime, frozen: Any
) -> None:
    moment = reminders_due(cast, at)
    frozen(moment)
    one, two = worker(), worker()
    one.beat()

    def lose(number: int) -> None:
        if number == 2:
            frozen(moment + timedelta(minutes=2))
            two.beat()

    one.run(between(job_of("enqueue_reminders"), lose))
    two.run(job_of("enqueue_reminders"))
    told = [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "reminder")]
    assert (len(told), len(set(told))) == (450, 450)
    assert Notice.get(Notice.kind == "reminder").recipients == 450


def test_shift_is_closed_with_its_last_check_out_only(cast: World, at: datetime, frozen: Any) -> None:
    frozen(check_outs_forgotten(cast, at))
    one, closed = worker(), []
    one.beat()
    watched = between(
        job_of("close_forgotten"),
        lambda _: closed.append(Shift.get_by_id(cast.shift.id).closed_at is not None),
    )
    one.run(watched)
    assert closed == [False, False, True]
