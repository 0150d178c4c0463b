"""Two workers are as good as one: one leads, a stalled leader changes nothing, each message goes once."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest

import clock
from models import Delivery, JobRun, store
from schedulers.jobs import JOBS, Job
from schedulers.worker import BEAT_SECONDS, Worker, build
from services.operation import health
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, join, make_identity, make_volunteer, sign_up


def worker(gateway: FakeGateway | None = None) -> Worker:
    return Worker(make_parts(gateway or FakeGateway()))


def test_first_worker_leads_and_second_stands_by(cast: World, frozen: Any) -> None:
    one, two = worker(), worker()
    one.beat()
    two.beat()
    assert (one.held is not None, two.held) == (True, None)


def test_lead_passes_on_when_the_leader_is_gone(cast: World, at: datetime, frozen: Any) -> None:
    one, two = worker(), worker()
    one.beat()
    frozen(at + timedelta(minutes=2))
    two.beat()
    assert two.held is not None
    assert one.held is not None
    assert two.held.epoch == one.held.epoch + 1


def test_leader_that_slept_changes_nothing(cast: World, at: datetime, frozen: Any) -> None:
    one, two = worker(), worker()
    one.beat()
    frozen(at + timedelta(minutes=2))
    two.beat()
    ran: list[str] = []
    job = Job("probe", lambda _parts, _at, write: write(lambda: ran.append("ran") or 1), seconds=60)
    assert one.run(job) is None
    assert (ran, one.held) == ([], None)
    assert two.run(job) == 1


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_job_runs_and_is_noted(cast: World, frozen: Any, job: Job) -> None:
    leader = worker()
    leader.beat()
    assert leader.run(job) is not None
    assert JobRun.get(JobRun.name == job.name).outcome == "ok"


def test_every_job_is_on_the_schedule_once(cast: World) -> None:
    scheduler = build(worker())
    assert sorted(job.id for job in scheduler.get_jobs()) == sorted(
        ["heartbeat", "drain_outbox", *(job.name for job in JOBS)]
    )


def soon(at: datetime) -> set[str]:
    """What a worker that starts now makes up."""
    scheduler = build(worker())
    scheduler.start(paused=True)
    try:
        due = {job.id for job in scheduler.get_jobs() if job.next_run_time <= at + timedelta(seconds=BEAT_SECONDS)}
    finally:
        scheduler.shutdown(wait=False)
    return due - {"heartbeat", "drain_outbox"}


def ran(name: str, at: datetime, outcome: str = "ok") -> None:
    health.note_run(name=name, started_at=at, ended_at=at, outcome=outcome, late_after=9)


def test_leader_says_which_jobs_are_waited_for(cast: World, at: datetime, frozen: Any) -> None:
    ran("former", at)
    one, two = worker(), worker()
    one.beat()
    two.beat()
    found = {row.name: (row.late_after, row.runs) for row in JobRun.select()}
    assert "former" not in found
    assert {name: found[name] for name in ("heartbeat", "dispatch", "purge", "backup", "count_months")} == {
        "heartbeat": (0, 2), "dispatch": (3600, 0), "purge": (172_800, 0), "backup": (43_200, 0),
        "count_months": (3600, 0),
    }  # fmt: skip
    purge = next(each for each in JOBS if each.name == "purge")
    assert one.run(purge) == 0
    assert JobRun.get(JobRun.name == "purge").late_after == 172_800


def test_worker_that_starts_makes_up_what_failed_and_what_was_missed(cast: World, at: datetime, frozen: Any) -> None:
    for name in ("purge", "count_months", "pick_ups"):
        ran(name, at - timedelta(hours=23) if name == "purge" else at)
    frozen(at)
    assert soon(at) == set()
    ran("purge", at - timedelta(hours=25))
    ran("count_months", at - timedelta(minutes=1), "error")
    ran("pick_ups", at - timedelta(hours=25))
    assert soon(at) == {"purge", "count_months", "pick_ups"}
    night = at + timedelta(hours=17)  # two in the night in Shanghai
    frozen(night)
    assert "pick_ups" not in soon(night)
    assert "purge" in soon(night)


def test_what_is_made_up_comes_soon_also_where_the_clock_is_shifted(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo whose clock went on by two days."""
    real = clock.now() + timedelta(seconds=30)
    monkeypatch.setattr(clock, "shift", lambda: timedelta(days=2))
    ran("purge", clock.now() - timedelta(hours=25))
    assert "purge" in soon(real)


def test_books_are_proved_once_a_night_and_made_up_by_whoever_leads_later(cast: World, at: datetime) -> None:
    job = next(each for each in JOBS if each.name == "verify_books")

    def proved(moment: datetime) -> datetime | None:
        job.run(make_parts(FakeGateway()), moment, store.write)
        row = JobRun.get_or_none(JobRun.name == health.BOOKS)
        return None if row is None else row.started_at

    night = at.replace(hour=19)  # three, of the next day, in Shanghai
    assert proved(night) is None
    first = night + timedelta(minutes=30)
    assert [proved(first), proved(first + timedelta(minutes=10)), proved(first + timedelta(hours=20))] == [first] * 3
    late = first + timedelta(hours=30)  # nobody led at half past three
    assert proved(late) == late


def test_reminders_of_forty_people_go_once_from_two_workers(cast: World, at: datetime, frozen: Any) -> None:
    def crowd() -> None:
        for _ in range(40):
            person = make_volunteer(at)
            make_identity(at, person, "oa")
            join(at, cast.team, person)
            sign_up(at, cast.shift, person)

    store.write(crowd)
    frozen(cast.shift.starts_at - timedelta(hours=1, minutes=50))
    gateway = FakeGateway()
    one, two = worker(gateway), worker(gateway)
    one.beat()
    two.beat()
    job = next(each for each in JOBS if each.name == "enqueue_reminders")
    assert (one.run(job), two.run(job), one.run(job)) == (40, None, 0)
    threads = [Thread(target=each.drain) for each in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [facts["openid"] for name, facts in gateway.calls if name == "send_template"]
    assert (len(sent), len(set(sent))) == (40, 40)
    assert {row.state for row in Delivery.select()} == {"sent"}


def test_health_is_bad_without_a_worker_and_good_with_one(client: Any, cast: World) -> None:
    assert client.get("/healthz").status_code == 503
    worker().beat()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["ok"]) == (200, True)


def test_live_answers_whatever_the_worker_does(client: Any, cast: World) -> None:
    assert client.get("/livez").json == {"ok": True}
