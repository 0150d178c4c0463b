"""`make demo` as its user meets it: three addresses, the same data again, a clean end, and plain words otherwise."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from demo.launch import LOGS, PHONES, throw_away
from tests.support import personal

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
#: The last words of the welcome.
READY = "Ctrl-C stops"

#: Five seconds on a quiet machine; other tests run beside this one.
PATIENCE = 20


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@dataclass
class Demo:
    """A demo in a folder of its own; `start` waits for the welcome."""

    folder: Path
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def run(self, *options: str, **more: str) -> subprocess.Popen[str]:
        own = {
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "DATABASE_URL": f"sqlite:///{self.folder / 'demo.db'}",
            "CLOCK_FILE": str(self.folder / "clock"),
        }
        for log in LOGS:
            personal.follow(self.folder / log)
        self.process = subprocess.Popen(
            [str(Path(sys.executable).parent / "flask"), "--app", "app", "demo", *options],
            cwd=ROOT, env={**os.environ, **own, **more}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return self.process

    def start(self, *options: str) -> tuple[str, float]:
        """What it said until it was ready, and the seconds that took."""
        begun, said = time.monotonic(), ""
        process = self.run(*options)
        assert process.stdout is not None
        guard = threading.Timer(60, process.kill)
        guard.start()
        for line in process.stdout:
            said += line
            if READY in line:
                break
        guard.cancel()
        assert READY in said, said
        return said, time.monotonic() - begun

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, float]:
        """Exit code, last words and the seconds to the end."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=30)
        return self.process.returncode, said, time.monotonic() - begun

    def get(self, port: int, path: str) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://localhost:{port}{path}", timeout=10)

    def people(self) -> int:
        return len(self.get(self.sandbox_port, "/_control/users").json()["users"])

    def listens(self) -> list[int]:
        """Which of the two ports still answers."""
        return [port for port in (self.port, self.sandbox_port) if _open(port)]


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


def _children(process: subprocess.Popen[str]) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == process.pid:
                found.append(int(stat.parent.name))
    return found


def _books(folder: Path) -> tuple[int, int]:
    """(people, minutes of all) as another process sees them."""
    with sqlite3.connect(folder / "demo.db") as line:
        row = line.execute("SELECT COUNT(*), SUM(minutes) FROM balance").fetchone()
    return int(row[0]), int(row[1])


def _practice(folder: Path) -> list[str]:
    """The counties one can practise in."""
    with sqlite3.connect(folder / "demo.db") as line:
        rows = line.execute("SELECT code FROM region WHERE code LIKE '9901__' AND closed_on IS NULL")
        return [str(row[0]) for row in rows]


def test_demo_starts_answers_stops_and_starts_again_with_the_same_data(demo: Demo) -> None:
    said, _ = demo.start()
    addresses = [
        f"http://localhost:{demo.sandbox_port}/",
        f"http://localhost:{demo.port}/console",
        f"http://localhost:{demo.port}/api/v1/openapi.json",
    ]
    assert [address for address in addresses if address not in said] == []
    assert said.count("http://") == 3
    assert ("“清洁东湖河岸”" in said) or ("“夜间治安巡查”" in said), "what is on now"
    assert demo.get(demo.port, "/livez").status_code == 200
    assert demo.get(demo.port, "/api/v1/openapi.json").json()["info"]["title"]
    assert "周建国" in demo.get(demo.sandbox_port, "/").text
    assert demo.people() == 12
    code, last, seconds = demo.stop()
    assert (code, demo.listens(), "Traceback" in last) == (0, [], False)
    assert seconds < PATIENCE
    before = _books(demo.folder)
    assert _practice(demo.folder) == ["990101"]

    again, seconds = demo.start()
    assert seconds < PATIENCE
    assert "making a small world" not in again
    assert _books(demo.folder) == before
    assert _practice(demo.folder) == ["990101"]
    code, last, seconds = demo.stop(signal.SIGTERM)
    assert (code, demo.listens(), "Traceback" in last) == (0, [], False)
    assert seconds < PATIENCE


def test_a_child_that_dies_is_named_with_its_last_words_and_takes_the_rest_along(demo: Demo) -> None:
    demo.start()
    assert demo.process is not None
    names = {
        pid: Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
        for pid in _children(demo.process)
    }
    sandbox = next(pid for pid, name in names.items() if "-m sandbox" in name)
    os.kill(sandbox, signal.SIGKILL)
    last, _ = demo.process.communicate(timeout=20)
    assert demo.process.returncode == 1
    assert "sandbox" in last
    assert "sandbox on http://localhost" in last
    assert demo.listens() == []


def test_reset_makes_a_new_world_and_leaves_other_files_alone(demo: Demo) -> None:
    demo.start()
    demo.stop()
    mine = demo.folder / "mine.txt"
    mine.write_text("keep")
    said, _ = demo.start("--reset")
    assert "making a small world" in said
    assert mine.read_text() == "keep"
    assert demo.stop()[0] == 0


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_port_in_use_is_said_in_one_sentence_and_nothing_is_touched(demo: Demo, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", demo.port if name == "PORT" else demo.sandbox_port))
        taken.listen()
        said, _ = demo.run("--reset").communicate(timeout=20)
    assert demo.process is not None
    assert demo.process.returncode == 1
    assert f"set {name} to another one" in said
    assert len(said.splitlines()) == 1
    assert list(demo.folder.iterdir()) == []


def test_a_database_that_is_not_the_demos_is_left_alone(demo: Demo) -> None:
    other = demo.folder / "demo.db"
    other.write_bytes(b"somebody's county")
    said, _ = demo.run("--reset").communicate(timeout=20)
    assert demo.process is not None
    assert demo.process.returncode == 1
    assert "left alone" in said
    assert other.read_bytes() == b"somebody's county"


def test_a_server_database_is_refused(demo: Demo) -> None:
    said, _ = demo.run(DATABASE_URL="postgresql://nobody@localhost:1/none").communicate(timeout=20)
    assert demo.process is not None
    assert demo.process.returncode == 1
    assert len(said.splitlines()) == 1
    assert "SQLite" in said


def test_throwing_away_takes_the_demos_own_files_only(tmp_path: Path) -> None:
    for name in ("demo.db", "demo.db-wal", "demo.db-shm", PHONES, *LOGS, "clock", "photo.jpg"):
        (tmp_path / name).write_text("x")
    throw_away(tmp_path / "demo.db")
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
