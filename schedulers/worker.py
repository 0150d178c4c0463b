"""The worker process: leads or stands by, drains the outbox, stops cleanly.

Starting it twice is safe: one leads (lease with epoch), both drain (each row by its own lease). What a killed
worker held comes back when its leases end.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

import clock
from models import store
from schedulers.jobs import JOBS, Job
from services.messaging import outbox
from services.operation import health, leases
from services.operation.leases import Held
from services.parts import Parts

log = logging.getLogger("hongyao.worker")

DRAIN_SECONDS, BEAT_SECONDS = 2, 10
BATCH, THREADS = 96, 12
#: One turn of draining ends after so long, so that a stop is not kept waiting.
TURN_SECONDS = 20
#: No beat for so long on the machine's own steady clock: the wall clock was set back, start the scheduler anew.
SILENCE_SECONDS = 40
#: Jobs that come more often than this have their next turn soon anyway.
SELDOM = 600
#: Hours in which a daily job that writes to people may be made up.
DAY = (8, 20)
#: A clock that falls behind the steady one by so much between two turns was set back.
STEP_SECONDS = 5


class Worker:
    """One worker: who it is, whether it leads, and its jobs."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.held: Held | None = None
        self.stopping = threading.Event()
        self.beat_at = time.monotonic()
        self._noted_drain = 0.0
        self._turns = count(1)
        self._ahead: float | None = None
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="send")

    def beat(self) -> None:
        """Keep or take the lead, and say that this worker lives."""
        self.beat_at = time.monotonic()
        with store.session():
            at = clock.now()
            before = self.held
            self.held = leases.take(owner=self.owner, at=at)
            if self.held != before:
                log.info("%s %s", self.owner, "leads" if self.held else "stands by")
                if self.held:
                    health.expect({job.name: job.late_after for job in JOBS}, at=at)
            health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")

    def drain(self) -> int:
        """Send what is due until nothing is, or the turn is over; how many rows were handled."""
        handled, end = 0, time.monotonic() + TURN_SECONDS
        # A name of its own for each turn: after the scheduler was started anew two of them may run side by side.
        owner = f"{self.owner}:{next(self._turns)}"
        with store.session():
            started = clock.now()
            self._mind_clock(started)
            while not self.stopping.is_set() and time.monotonic() < end:
                done = outbox.deliver_due(
                    parts=self.parts, owner=owner, at=clock.now(), limit=BATCH, pool=self._pool
                )
                handled += done
                if done < BATCH:
                    break
            if handled or time.monotonic() - self._noted_drain > BEAT_SECONDS:
                self._noted_drain = time.monotonic()
                health.note_run(name="drain_outbox", started_at=started, ended_at=clock.now(), outcome="ok")
        return handled

    def _mind_clock(self, at: datetime) -> None:
        """After a clock was set back, what was sent minutes ago looks as if it had just been: it is not repeated."""
        ahead, before = at.timestamp() - time.monotonic(), self._ahead
        self._ahead = ahead
        if before is not None and ahead < before - STEP_SECONDS:
            log.error("the clock was set back by %.0f s", before - ahead)
            outbox.doubt(at=at)

    def run(self, job: Job) -> int | None:
        """Run a leader's job; None if this worker does not lead (any more)."""
        held = self.held
        if held is None:
            return None
        with store.session():
            at = clock.now()
            try:
                done = job.run(self.parts, at, leases.fenced(held))
            except leases.LeaseLost:
                log.warning("%s: another worker leads now", job.name)
                self.held = None
                return None
            except Exception:
                self._note(job, at, "error")
                raise
            self._note(job, at, "ok")
            return done

    def _note(self, job: Job, at: datetime, outcome: str) -> None:
        health.note_run(
            name=job.name, started_at=at, ended_at=clock.now(), outcome=outcome, late_after=job.late_after
        )

    def close(self) -> None:
        """Hand over the lead and end the sending threads."""
        self._pool.shutdown(wait=True)
        if self.held is not None:
            with store.session():
                leases.release(held=self.held)


def build(worker: Worker) -> BackgroundScheduler:
    """The scheduler over the worker's jobs, not yet started: memory store, one instance each, late ones run."""
    scheduler = BackgroundScheduler(
        timezone="Asia/Shanghai",
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    add = scheduler.add_job
    add(worker.beat, "interval", seconds=BEAT_SECONDS, id="heartbeat", replace_existing=True)
    add(worker.drain, "interval", seconds=DRAIN_SECONDS, id="drain_outbox", replace_existing=True)
    overdue = _overdue()
    # APScheduler waits by the machine's own clock.
    in_a_moment = {"next_run_time": clock.now() - clock.shift() + timedelta(seconds=BEAT_SECONDS)}
    for job in JOBS:
        soon = in_a_moment if job.name in overdue else {}
        add(worker.run, args=[job], id=job.name, replace_existing=True, **job.trigger, **soon)
    scheduler.add_listener(_listen, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    return scheduler


def _overdue() -> set[str]:
    """What failed the last time or missed its turn while no worker ran is made up at the start: the next turn of a
    daily job would be tomorrow's. By night only what works by night: nobody is written to at three."""
    try:
        with store.session():
            runs = health.last_runs()
    except Exception:  # the database is away: every job has its turn when it is back
        log.exception("looking for jobs that are overdue")
        return set()
    at = clock.now()
    by_day = DAY[0] <= at.astimezone(clock.SHANGHAI).hour < DAY[1]
    found = set()
    for job in JOBS:
        began, outcome = runs.get(job.name, (at, ""))
        missed = outcome == "error" or at - began > timedelta(seconds=max(job.every, SELDOM))
        if missed and (by_day or job.daily is None or job.daily[0] < DAY[0]):
            found.add(job.name)
    return found


def _listen(event: JobExecutionEvent) -> None:
    if event.code == EVENT_JOB_ERROR:
        log.error("job %s failed: %s", event.job_id, event.exception)
    elif event.code == EVENT_JOB_MAX_INSTANCES:
        log.info("job %s still runs, this beat is left out", event.job_id)


def run_worker(parts: Parts, *, ready: Callable[[Worker], None] | None = None) -> None:
    """Be the worker until SIGTERM or SIGINT (or `worker.stopping`). The database must be bound."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    worker = Worker(parts)
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stopping.set())
    scheduler = _started(worker)
    if ready is not None:
        ready(worker)
    try:
        while not worker.stopping.wait(1):
            if time.monotonic() - worker.beat_at > SILENCE_SECONDS:
                log.error("no heartbeat for %s s, starting the scheduler anew", SILENCE_SECONDS)
                scheduler.shutdown(wait=False)
                scheduler = _started(worker)
    finally:
        worker.stopping.set()
        scheduler.shutdown(wait=True)
        worker.close()


def _started(worker: Worker) -> BackgroundScheduler:
    """A running scheduler, with the first beat done: a lone worker leads from its first second."""
    worker.beat_at = time.monotonic()
    try:
        worker.beat()
    except Exception:
        log.exception("first heartbeat")
    scheduler = build(worker)
    scheduler.start()
    return scheduler
