"""Two workers are as good as one: one leads, a stalled leader changes nothing, each message goes once."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from models import Delivery, JobRun, store
from schedulers.jobs import JOBS, Job
from schedulers.worker import Worker, build
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
