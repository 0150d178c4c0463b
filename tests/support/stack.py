"""The whole house for a browser test: application, worker and sandbox as real processes on free ports.

    with running(tmp_path, seed) as stack:
        stack.move_clock(hours=2)
        stack.control("GET", "log")

`seed(at)` makes rows before anything starts; its answer is kept in `stack.world`. The clock of all three is
shifted by one file, so that a day passes when the test says so.
"""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import requests

import clock
import migrations
from models import store
from models.dialect import open_database
from tests.support.processes import spawn

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
START_SECONDS = 30


@dataclass
class Stack:
    """The running house: its addresses, its world, its log files."""

    folder: Path
    app_port: int
    sandbox_port: int
    world: Any = None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def app(self) -> str:
        """The application's address."""
        return f"http://localhost:{self.app_port}"

    @property
    def sandbox(self) -> str:
        """The sandbox's address."""
        return f"http://localhost:{self.sandbox_port}"

    def phone(self, number: int, path: str = "/") -> str:
        """The address of a phone, or of a page as its browser sees it."""
        return f"http://p{number}.localhost:{self.sandbox_port}{path}"

    def now(self) -> datetime:
        """What the clock of the whole house shows."""
        return clock.now() + timedelta(seconds=int((self.folder / "clock").read_text()))

    def move_clock(self, **delta: float) -> None:
        """Let the clock of the whole house jump ahead."""
        path = self.folder / "clock"
        seconds = int(path.read_text()) + int(timedelta(**delta).total_seconds())
        path.write_text(str(seconds))

    def set_clock(self, moment: Any) -> None:
        """Let the clock of the whole house show an aware moment, or less than a second after it."""
        (self.folder / "clock").write_text(str(math.ceil((moment - clock.now()).total_seconds())))

    def control(self, method: str, path: str, **body: Any) -> Any:
        """A call of the sandbox's control API."""
        answer = requests.request(
            method, f"{self.sandbox}/_control/{path}", json=body or None, timeout=20
        )  # fmt: skip
        answer.raise_for_status()
        return answer.json()

    def wait_for(self, what: str, check: Callable[[], Any], seconds: float = 20) -> Any:
        """Ask `check` until it answers something true; its answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = check()
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError(f"waited {seconds} s in vain for {what}\n{self.logs()}")

    def logs(self) -> str:
        """The last lines of every process, for a failing test."""
        tails = []
        for name in self.processes:
            lines = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()[-30:]
            tails.append(f"--- {name}\n" + "\n".join(lines))
        return "\n".join(tails)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None:
                return
            time.sleep(0.05)
        else:
            return


@contextmanager
def running(
    folder: Path, seed: Callable[[Any], Any], users: Callable[[Any], list[dict[str, Any]]], *, hour: int = 8,
    program: Path | None = None,
) -> Iterator[Stack]:  # fmt: skip
    """Seed a fresh database, start the three processes, stop them at the end of the block.

    With `program`, the built page of the mini-program, the phones have it and messages link to its pages.

    The story begins tomorrow at `hour` o'clock in Shanghai, whenever the test runs: nobody is reminded at night.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stack = Stack(folder, _free_port(), _free_port())
    begin = datetime.combine(clock.today() + timedelta(days=1), time_of_day(hour), clock.SHANGHAI)
    stack.set_clock(begin)
    url = f"sqlite:///{folder / 'story.db'}"
    database = open_database(url, durable=False)
    store.bind(database)
    migrations.apply(database)
    stack.world = seed(begin.astimezone(UTC))
    state = {"users": users(stack.world)}
    (folder / "sandbox.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    store.release()
    env = {
        **os.environ, "DEMO": "true", "DATABASE_URL": url, "PORT": str(stack.app_port),
        "SANDBOX_PORT": str(stack.sandbox_port), "CLOCK_FILE": str(folder / "clock"), "PYTHONPATH": str(ROOT),
        **({"WECHAT_MP_LINKED": "true"} if program else {}),
    }  # fmt: skip
    commands = {
        "sandbox": [
            sys.executable, "-m", "sandbox", "--port", str(stack.sandbox_port), "--app", stack.app,
            "--state", str(folder / "sandbox.json"), "--clock-file", str(folder / "clock"),
            *(["--program", str(program)] if program else []),
        ],
        "app": [
            str(BIN / "granian"), "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--host",
            "127.0.0.1", "--port", str(stack.app_port), "--no-access-log", "--log-level", "warning", "--factory",
            "app:create_app",
        ],
        "worker": [str(BIN / "flask"), "--app", "app", "worker"],
    }  # fmt: skip
    try:
        for name, command in commands.items():
            stack.processes[name] = spawn(command, log=folder / f"{name}.log", cwd=ROOT, env=env)
        _wait_for_port(stack.sandbox_port, stack.processes["sandbox"])
        _wait_for_port(stack.app_port, stack.processes["app"])
        for name, process in stack.processes.items():
            assert process.poll() is None, f"{name} ended at once\n{stack.logs()}"
        ready = requests.get(f"http://127.0.0.1:{stack.app_port}/readyz", timeout=START_SECONDS)  # every door is open
        assert ready.ok, stack.logs()
        yield stack
    finally:
        for process in stack.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in stack.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
