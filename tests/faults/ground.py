"""A proving ground: web processes, workers, WeChat and the database as processes that a test may hurt.

    with standing(tmp_path, people=200, template=sqlite_template, web=4, workers=2) as ground:
        ground.kill("worker0")

On SQLite or PostgreSQL; there is a line (`proxy.Line`) before the platform, and before PostgreSQL.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import apsw
import psycopg
import requests

import clock
import migrations
from models import store
from models.dialect import open_database
from settings import load
from tests.deploy.stage import free_ports
from tests.faults import crowd
from tests.faults.proxy import Line
from tests.support import personal
from tests.support.postgres import PostgresServer
from tests.support.processes import spawn

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
APP = "app:create_app"
#: A worker whose turns come soon, as many things are waited for here; what it does in them is what a house does.
BRISK = """
import dataclasses
import os
import schedulers.worker as worker
SOON = ("enqueue_reminders", "broadcasts", "requeue_stale")
worker.DRAIN_SECONDS, worker.BEAT_SECONDS = 0.5, 1
worker.JOBS = tuple(dataclasses.replace(each, seconds=1) if each.name in SOON else each for each in worker.JOBS)
beat = worker.Worker.beat
worker.Worker.beat = lambda self: (beat(self), os.write(1, b"awake\\n"))
"""
WORKER = """
from app import create_app
create_app().test_cli_runner().invoke(args=["worker"])
"""
#: libfaketime takes a short sleep whose end has passed for an impossible one.
AWAKE = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], max(0, seconds)) and None
"""
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


@dataclass
class Ground:
    """The running house: its addresses, its people, its processes."""

    folder: Path
    #: The database as the house reaches it, and as the test does.
    url: str
    own_url: str
    web_port: int
    platform: Line
    database: Line | None = None
    server: PostgresServer | None = None
    people: crowd.People = field(default_factory=crowd.People)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    faked: bool = False
    #: What the web processes run, where not told otherwise.
    target: str = APP

    @property
    def app(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def ask(self, query: str) -> list[Any]:
        """Rows of the house's database."""
        if self.server is not None:
            with psycopg.connect(self.own_url) as connection:
                return connection.execute(query.encode()).fetchall()
        # The house's own library: where there are two in one process, one drops the locks of the other.
        file = apsw.Connection(self.own_url.removeprefix("sqlite:///"), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            file.set_busy_timeout(10_000)
            return list(file.execute(query))
        finally:
            file.close()

    @contextmanager
    def bound(self) -> Iterator[None]:
        """The house's database, bound in this process."""
        store.bind(open_database(self.own_url))
        try:
            with store.session():
                yield
        finally:
            store.release()

    def control(self, method: str, path: str, **body: Any) -> Any:
        """A call of the sandbox's control API, past the line."""
        url = f"http://127.0.0.1:{self.platform.target}/_control/{path}"
        answer = requests.request(method, url, json=body or None, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def sent(self) -> list[str]:
        """Whom the platform got a template message for, in order."""
        return [each["openid"] for each in self.taken()]

    def taken(self) -> list[dict[str, Any]]:
        """The template messages that the platform took, in order."""
        return [each for each in self.control("GET", "log")["sent"] if each["api"] == "template"]

    def repeats(self) -> list[str]:
        """The numbers of the template messages that the platform dropped, since it had them already, in order."""
        return [each["client_msg_id"] for each in self.control("GET", "repeats")["repeats"]]

    def now(self) -> datetime:
        return clock.now() + timedelta(seconds=int((self.folder / "clock").read_text()))

    def pass_time(self, **delta: float) -> None:
        """Let the clock of the whole house jump ahead."""
        shown = int((self.folder / "clock").read_text())
        _write(self.folder / "clock", shown + int(timedelta(**delta).total_seconds()))

    def step(self, seconds: int) -> None:
        """Let the system's clock of the faked processes differ from ours by so much."""
        _write(self.folder / "faketime", seconds)

    def start(self, name: str, command: list[str], **more: str) -> None:
        env = {
            **os.environ, "DEMO": "true", "DATABASE_URL": self.url, "PORT": str(self.web_port), "NO_PROXY": "*",
            "SANDBOX_PORT": str(self.platform.port), "CLOCK_FILE": str(self.folder / "clock"),
            "FILES_DIR": str(self.folder / "files"), "PYTHONPATH": str(ROOT), **more,
        }  # fmt: skip
        self.processes[name] = spawn(command, log=self.folder / f"{name}.log", cwd=ROOT, env=env)

    def start_web(self, workers: int, target: str = "") -> None:
        """Start the web server with so many processes, and wait until it answers."""
        self.start("web", [
            str(BIN / "granian"), "--interface", "wsgi", "--workers", str(workers), "--blocking-threads", "8", "--host",
            "127.0.0.1", "--port", str(self.web_port), "--no-access-log", "--log-level", "warning", "--no-ws",
            "--factory", target or self.target,
        ])  # fmt: skip
        self.wait("the web server", self.answers)

    def answers(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{self.app}/readyz", timeout=10).ok
        return False

    def platform_answers(self) -> bool:
        with suppress(requests.RequestException):
            return bool(self.control("GET", "routes"))
        return False

    def start_worker(self, name: str, program: str = "") -> None:
        """Start a worker; `program`: a text to run in its place. With a faked clock where the ground is faked."""
        program = program or BRISK + WORKER
        command, more = [sys.executable, "-c", program], {}
        if self.faked:
            command = [sys.executable, "-c", AWAKE + program]
            more = {
                "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.folder / "faketime"),
                "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
            }  # fmt: skip
        self.start(name, command, **more)

    def kill(self, name: str) -> None:
        """kill -9, of the process and what it started."""
        _, *children = self.pids(name)
        process = self.processes.pop(name)
        process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.wait(timeout=10)

    def pids(self, name: str) -> list[int]:
        """The process and those it started."""
        first = self.processes[name].pid
        with suppress(FileNotFoundError):
            return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
        return [first]

    def signal(self, name: str, number: int) -> None:
        self.processes[name].send_signal(number)

    def lead(self) -> tuple[int, str]:
        """(epoch, the name of the process that holds the lease)."""
        for epoch, owner in self.ask("SELECT epoch, owner FROM lease WHERE name = 'leader'"):
            pids = {str(each.pid): name for name, each in self.processes.items()}
            return epoch, pids.get(owner.split(":")[1], "") if owner else ""
        return 0, ""

    def wait(self, what: str, check: Callable[[], Any], seconds: float = 150) -> Any:
        """What `check` answers as soon as it is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := check():
                return found
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s in vain for {what}\n{self.logs()}")

    def logs(self) -> str:
        """The last lines of every process, for a failing test."""
        tails = [f"--- {each.name}\n{each.read_text(errors='replace')[-2000:]}" for each in self.folder.glob("*.log")]
        return "\n".join(tails)


def _write(path: Path, seconds: int) -> None:
    new = path.with_suffix(".new")
    new.write_text(f"{seconds:+d}" if path.name == "faketime" else str(seconds))
    new.replace(path)  # nobody reads half of it


@contextmanager
def standing(
    folder: Path, *, people: int, template: Path | None = None, web: int = 1, workers: int = 0, reminded: int = 0,
    where: Path | None = None, target: str = APP, faked: bool = False,
) -> Iterator[Ground]:  # fmt: skip
    """Everything started, on a clock that shows tomorrow at eight; ended with the block.

    `template`: a migrated file of SQLite; without one it is a PostgreSQL of its own. `where`: the file's folder.
    `reminded`: so many people have signed up for the day after and will be reminded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    web_port, sandbox_port = free_ports(2)
    server, line, url = None, None, f"sqlite:///{(where or folder) / 'story.db'}"
    own_url = url
    if template is None:
        server = PostgresServer.start(durable=True)
        personal.follow(server.home / "log")
        line = Line(server.port)
        own_url = server.create("ground")
        url = own_url.replace(f":{server.port}/", f":{line.port}/")
    else:
        shutil.copyfile(template, (where or folder) / "story.db")
    ground = Ground(folder, url, own_url, web_port, Line(sandbox_port), line, server, faked=faked, target=target)
    try:
        begin = datetime.combine(clock.today() + timedelta(days=1), time_of_day(8), clock.SHANGHAI).astimezone(UTC)
        _write(folder / "clock", int((begin - clock.now()).total_seconds()))
        _write(folder / "faketime", 0)
        with ground.bound():
            migrations.apply(store.current())
            ground.people = crowd.seed(begin, people=people, reminded=reminded, appid=load(demo=True).wechat_oa_appid)
        state = json.dumps({"users": ground.people.phones()}, ensure_ascii=False)
        (folder / "sandbox.json").write_text(state, encoding="utf-8")
        ground.start("sandbox", [
            sys.executable, "-m", "sandbox", "--port", str(sandbox_port), "--app", ground.app,
            "--state", str(folder / "sandbox.json"), "--clock-file", str(folder / "clock"),
        ])  # fmt: skip
        for number in range(workers):
            ground.start_worker(f"worker{number}")
        if web:
            ground.start_web(web)
        ground.wait("the platform", ground.platform_answers)
        if workers:
            ground.wait("a leader", lambda: ground.lead()[1])
        yield ground
    finally:
        _end(ground)


def _end(ground: Ground) -> None:
    for process in ground.processes.values():
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.terminate()
    for name in list(ground.processes):
        with suppress(subprocess.TimeoutExpired):
            ground.processes[name].wait(timeout=8)
        ground.kill(name)
    for line in (ground.platform, ground.database):
        if line is not None:
            line.close()
    if ground.server is not None:
        ground.server.stop()
