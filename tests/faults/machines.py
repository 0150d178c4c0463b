"""Several machines, played by processes of one: three web processes behind nginx, two workers, PostgreSQL, the sandbox
as WeChat. Under a steady load of check-ins and pushes each of them is killed in turn; then what came of it is counted.

Used by a short test, which can be told to go more rounds.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as time_of_day
from itertools import count, pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import requests

import clock
import migrations
from models import store
from models.dialect import open_database
from services import codes
from services.messaging import outbox
from tests.deploy.stage import Stage, certify, configure, free_ports
from tests.faults.ground import BRISK, WORKER
from tests.faults.machines_world import seed
from tests.support.postgres import PostgresServer

WEB, WORKERS = 3, 2
SCANS, SEND = "/api/v1/attendance/scans", "/cgi-bin/message/template/send"
#: Check-ins a second, from so many phones at a time.
A_SECOND, PHONES = 20, 8
#: How long the platform thinks about each push, so that a kill finds some of them on their way.
SECONDS = 0.1
#: A phone that was told to wait, or heard nothing, asks again after so long.
AGAIN = 0.2
#: … and gives up after so long.
PATIENCE = 40


@dataclass
class Load:
    """What the phones were told: (when, status) of every answer, 0 for none; who was told that he is checked in."""

    answers: list[tuple[float, int]] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


@dataclass
class Outcome:
    """`lost`: told and not in the database; `twice`: people with more than one record or accepted attempt."""

    told: int
    lost: int
    twice: int
    odd: list[str]
    #: Of each restart of the database: seconds it was away, and from its answering again to the last 5xx.
    away: list[float]
    after: list[float]
    #: Seconds that nginx was away.
    front: list[float]
    #: 5xx, and no answer at all, at any other moment; all that were asked again.
    other_failures: int
    again: int
    #: People who got the push, those who got it more than once, deliveries by state.
    pushed: int
    pushed_twice: int
    states: dict[str, int]
    #: Epochs of the lead at the beginning and at the end.
    epochs: tuple[int, int]
    longest_wait: float = 0.0


class Machines:
    """The running house and its killers."""

    def __init__(self, stage: Stage, server: PostgresServer, url: str, world: dict[str, Any]) -> None:
        self.stage, self.server, self.url, self.world = stage, server, url, world
        self.ports: list[int] = []
        #: When the database, and nginx in front, went away and answered again.
        self.restarts: list[tuple[float, float]] = []
        self.fronts: list[tuple[float, float]] = []

    def ask(self, query: str) -> list[Any]:
        """Rows of the house's database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    @property
    def clock_file(self) -> Path:
        return self.stage.folder / "clock"

    def now(self) -> datetime:
        return clock.now() + timedelta(seconds=int(self.clock_file.read_text()))

    def pass_time(self, seconds: int) -> None:
        new = self.clock_file.with_name("clock.new")
        new.write_text(str(int(self.clock_file.read_text()) + seconds))
        new.replace(self.clock_file)  # nobody reads half of it

    def sent(self) -> list[str]:
        """Whom the platform got a push for, in order."""
        answer = requests.get(f"http://localhost:{self.stage.sandbox_port}/_control/log", timeout=20)
        return [entry["openid"] for entry in answer.json()["sent"] if entry["api"] == "template"]

    def start_worker(self, number: int) -> None:
        self.stage.start(f"worker{number}", [sys.executable, "-c", BRISK + WORKER])

    def lead(self) -> tuple[int, str]:
        """(epoch, the name of the process that holds the lease)."""
        rows = self.ask("SELECT epoch, owner FROM lease WHERE name = 'leader'")
        if not rows:
            return 0, ""
        epoch, owner = rows[0]
        pids = {str(each.pid): name for name, each in self.stage.processes.items()}
        return epoch, pids.get(owner.split(":")[1], "")

    def kill(self, name: str) -> None:
        """kill -9, of the server and what it started."""
        process = self.stage.processes.pop(name)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait(timeout=10)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    def kill_web(self, port: int) -> None:
        self.kill(f"web{port}")
        self.stage.serve(port)
        self.stage.wait(f"http://127.0.0.1:{port}/readyz")

    def kill_leader(self) -> int:
        """The leading worker dies, its lease ends and it comes back; the epoch it led in."""
        epoch, name = self.lead()
        assert name, "nobody leads"
        self.kill(name)
        self.pass_time(31)  # the lease's thirty seconds; a code on a phone's screen lives longer
        self.start_worker(int(name[-1]))
        return epoch

    def kill_follower(self) -> None:
        """The worker that does not lead dies and comes back."""
        leader = self.lead()[1]
        name = next(each for each in self.stage.processes if each.startswith("worker") and each != leader)
        self.kill(name)
        self.start_worker(int(name[-1]))

    def restart_front(self) -> None:
        """nginx dies with all its processes and is started again, as systemd does it."""
        begin = time.monotonic()
        self.kill("nginx")
        self.stage.proxy()
        self.stage.wait(f"{self.stage.site}/livez")
        self.fronts.append((begin, time.monotonic()))

    def await_leader(self, epoch: int) -> None:
        """Until somebody leads in a later epoch; a worker that met no database when it started is started again."""

        def led() -> bool:
            for number in range(WORKERS):
                process = self.stage.processes.get(f"worker{number}")
                if process is not None and process.poll() is not None:
                    self.start_worker(number)
            return self.lead()[0] > epoch

        until("a new leader", led)

    def restart_database(self) -> None:
        begin = time.monotonic()
        self.server.restart()
        self.restarts.append((begin, time.monotonic()))


def until(what: str, check: Callable[[], Any], seconds: float = 60) -> Any:
    """What `check` answers as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


@contextmanager
def standing(folder: Path, *, people: int, pushes: int) -> Iterator[Machines]:
    """The whole house, on a clock that shows tomorrow morning; ended with the block."""
    server = PostgresServer.start(durable=True)
    tls, plain, sandbox_port, *ports = free_ports(3 + WEB)
    stage = Stage(folder, tls, plain, ports[0], sandbox_port)
    try:
        url = server.create("machines")
        begin = datetime.combine(clock.today() + timedelta(days=1), time_of_day(8), clock.SHANGHAI)
        (folder / "clock").write_text(str(int((begin - clock.now()).total_seconds())))
        certify(folder / "tls")
        configure(
            stage, DATABASE_URL=url, CLOCK_FILE=str(folder / "clock"), WECHAT_TEMPLATES="notice=demo-notice",
        )  # fmt: skip
        stage.lead_to(*ports)
        stage.proxy()
        state = {"users": [
            {"n": number + 1, "name": f"手机{number}", "oa_openid": f"oa-{number}", "mp_openid": f"mp-{number}",
             "following": True}
            for number in range(pushes)
        ]}  # fmt: skip
        (folder / "sandbox.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        stage.start("sandbox", [
            sys.executable, "-m", "sandbox", "--port", str(sandbox_port), "--app", stage.site,
            "--state", str(folder / "sandbox.json"), "--clock-file", str(folder / "clock"),
        ])  # fmt: skip
        database = open_database(url)
        store.bind(database)
        try:
            migrations.apply(database)
            world = seed(begin, people, pushes)
        finally:
            store.release()
        machines = Machines(stage, server, url, world)
        machines.ports = ports
        for port in ports:
            stage.serve(port)
        stage.wait(f"http://localhost:{sandbox_port}/")
        stage.control("POST", "faults", api=SEND, kind="delay", seconds=SECONDS, times=100 * pushes)
        for number in range(WORKERS):
            machines.start_worker(number)
        for port in ports:
            stage.wait(f"http://127.0.0.1:{port}/readyz")
        until("a leader", lambda: machines.lead()[1])
        yield machines
    finally:
        for name in list(stage.processes):
            stage.stop(name)
        server.stop()


def goes_on(found: Load, after: str) -> None:
    """Every phone is told of check-ins again."""
    before = len(found.told)
    until(f"check-ins after {after}", lambda: len(found.told) > before + 2 * PHONES)


def _check_in(machines: Machines, found: Load, line: requests.Session, who: int, token: str) -> None:
    """One person's scan: asked again under the same key until there is a word, with a new code if this one is over."""
    code, key = machines.world["shift"]
    end, scan, mark = time.monotonic() + PATIENCE, "", ""
    while time.monotonic() < end:
        if not scan:
            scan = codes.venue_code(shift_code=code, shift_key=key, direction="in", at=machines.now())
            mark = str(uuid4())
        try:
            answer = line.post(
                machines.stage.site + SCANS, json={"code": scan}, timeout=10, verify=machines.stage.ca,
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": mark},
            )  # fmt: skip
            status, said = answer.status_code, answer.text
        except requests.RequestException as broken:
            status, said = 0, repr(broken)
        found.answers.append((time.monotonic(), status))
        if status == 200:
            found.told.append(who)
            if '"accepted"' not in said:
                found.odd.append(said)
            return
        if status == 410:
            scan = ""
        elif 400 <= status < 500 and status != 409:
            found.odd.append(said)
            return
        else:
            time.sleep(AGAIN)
    found.odd.append("no word")


@contextmanager
def load(machines: Machines) -> Iterator[Load]:
    """Phones that check people in, one after the other, and ask again with the same key until they are told."""
    found, numbers, begin = Load(), count(), time.monotonic()
    people = machines.world["people"]

    def phone() -> None:
        line = requests.Session()
        line.trust_env = False
        while not found.done.is_set() and (number := next(numbers)) < len(people):
            time.sleep(max(0.0, begin + number / A_SECOND - time.monotonic()))
            _check_in(machines, found, line, *people[number])

    threads = [threading.Thread(target=phone) for _ in range(PHONES)]
    for each in threads:
        each.start()
    try:
        yield found
    finally:
        found.done.set()
        for each in threads:
            each.join()


def ordeal(folder: Path, *, people: int, pushes: int, rounds: int = 1) -> Outcome:
    """Kill the leading worker, the database, each web process, the other worker and nginx, `rounds` times; each comes
    back. Then count."""
    with standing(folder, people=people, pushes=pushes) as machines:
        first = machines.lead()[0]
        with load(machines) as found:
            until("pushes on their way", machines.sent)
            for _ in range(rounds):
                epoch = machines.kill_leader()
                goes_on(found, "the leader's death")
                machines.restart_database()
                goes_on(found, "the restart of the database")
                for port in machines.ports:
                    machines.kill_web(port)
                    goes_on(found, "the death of a web process")
                machines.await_leader(epoch)
                machines.kill_follower()
                machines.restart_front()
                goes_on(found, "the death of nginx")
        return _count(machines, found, first)


def _count(machines: Machines, found: Load, first: int) -> Outcome:
    _send_the_rest(machines)
    kept = Counter(row[0] for row in machines.ask("SELECT volunteer_id FROM service_record"))
    tries = Counter(row[0] for row in machines.ask("SELECT volunteer_id FROM attempt WHERE outcome = 'accepted'"))
    pushed = Counter(machines.sent())
    failed = [when for when, status in found.answers if status >= 500 or status == 0]
    for begin, back in machines.fronts:  # who waited for its word when it died hears nothing a moment later
        failed = [when for when in failed if not begin <= when < back + 1]
    after: list[float] = []
    for begin, back in machines.restarts:
        mine = [when for when in failed if begin <= when < back + 10]
        after.append(max(0.0, max(mine, default=back) - back))
        failed = [when for when in failed if when not in mine]
    times = sorted(when for when, status in found.answers if status == 200)
    return Outcome(
        told=len(found.told), lost=len(set(found.told) - set(kept)),
        twice=sum(each > 1 for each in kept.values()) + sum(each > 1 for each in tries.values()), odd=found.odd,
        away=[back - begin for begin, back in machines.restarts],
        front=[back - begin for begin, back in machines.fronts], after=after, other_failures=len(failed),
        again=sum(status != 200 for _, status in found.answers),
        pushed=len(pushed), pushed_twice=sum(each > 1 for each in pushed.values()),
        states=dict(machines.ask("SELECT state, COUNT(*) FROM delivery GROUP BY state")),
        epochs=(first, machines.lead()[0]),
        longest_wait=max(b - a for a, b in pairwise(times)),
    )  # fmt: skip


def _send_the_rest(machines: Machines) -> None:
    """The minute of what the dead held passes; the leader's job for that runs once a minute, so it is done here."""
    until("the last push", lambda: not machines.ask("SELECT 1 FROM delivery WHERE state = 'queued'"), 90)
    machines.pass_time(65)
    store.bind(open_database(machines.url))
    try:
        with store.session():
            outbox.requeue_stale(at=machines.now())
    finally:
        store.release()
    left = "SELECT 1 FROM delivery WHERE state IN ('queued', 'inflight')"
    until("what the dead held", lambda: not machines.ask(left))
