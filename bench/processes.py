"""Processes: what starting the web process and the worker costs, and the memory they hold, beside bare Flask + peewee.

Starting is counted in seconds of processor of a fresh process, from nothing to the application that could answer.
Memory is resident megabytes of the shipped server's largest process after 10,000 requests over 8 connections (a third
each: who is alive, what I signed up for, a sealed `时长`), after ten times as many, and of the worker after its first
beats.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path

import settings
from bench import figures, load, world
from bench.chat import Chat
from bench.figures import SECONDS, Row, Sample, Side
from bench.scale import memory_mb
from bench.serving import ROOT, flask, free_port, serve, stop

REQUESTS = 10_000 if SECONDS >= 1 else 1_000
CONNECTIONS = 8
PEOPLE = 2_000
#: Seconds: the worker drains every two, and beats at once.
BEATS = 6
WEB = "from app import create_app; create_app()"
OPEN = f"{WEB}.open_all()"
WORKER = "from app import create_app; create_app(); import schedulers"
BARE = "from bench.bare import create_bare; create_bare()"
#: The requests for a server at a port.
Requests = Callable[[int], Iterator[bytes]]
#: A process that stays, to be looked at.
BARE_STAYS = f"{BARE}; import time; time.sleep(600)"


def rows(_missing: list[str]) -> list[Row]:
    """Start-up in every round; memory, which takes longer and varies little, once."""
    folder = Path(tempfile.mkdtemp(prefix="hongyao-processes-"))
    try:
        url, config = f"sqlite:///{folder / 'some.db'}", settings.load(demo=True, clock_file="")
        shown = world.build(url, people=PEOPLE, mp_appid=config.wechat_mp_appid, oa_appid=config.wechat_oa_appid)
        # With bytecode at hand, as an installed machine has it (`deploy/upgrade.sh`), whatever this shell says.
        env = {
            "DEMO": "true", "DATABASE_URL": url, "CLOCK_FILE": "", "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        }  # fmt: skip
        bare = _start(BARE, env)
        started = figures.alternate([
            Row("start of the web process ÷ bare Flask + peewee", _start(WEB, env), bare, "≤ 1.6", "s"),
            Row("the same with every door open ÷ bare Flask + peewee", _start(OPEN, env), bare, "", "s"),
            Row("start of the worker ÷ bare Flask + peewee", _start(WORKER, env), bare, "", "s"),
        ])  # fmt: skip
        # What is loaded when first asked for has its bytecode then, too: a process that compiles it holds 14 MB more.
        _web("app:create_app", env, _everywhere(config, shown)).act(1)
        held = figures.alternate([
            Row(f"web process after {REQUESTS:,} requests ÷ bare Flask + peewee",
                _web("app:create_app", env, _asked(config, shown)), _web("bench.bare:create_bare", env, _alive),
                "≤ 120 MB", "MB"),
            Row("the same with every door open ÷ bare Flask + peewee",
                _web("app:create_app", env, _everywhere(config, shown)), _web("bench.bare:create_bare", env, _alive),
                "≤ 120 MB", "MB"),
            Row("worker after its first beats ÷ bare Flask + peewee", _worker(env), _stays(), "≤ 120 MB", "MB"),
        ], rounds=1, warm=False)  # fmt: skip
        return [*started, *held, _flat(config, shown, env)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(code: str, env: dict[str, str]) -> Side:
    def measure(_share: float) -> Sample:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **env})
        _, status, spent = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{code} ended with {process.returncode}")
        return Sample(spent.ru_utime + spent.ru_stime)

    return Side(measure)


def _alive(port: int) -> Iterator[bytes]:
    for _ in range(REQUESTS):
        yield load.request("GET", "/livez", port=port, headers={}, body=b"")


def _asked(config: settings.Settings, shown: world.World) -> Requests:
    chat, people = Chat(config), count(1)

    def each(port: int) -> Iterator[bytes]:
        for number in range(REQUESTS):
            person = next(people) % shown.people + 1
            if number % 3 == 0:
                yield load.request("GET", "/livez", port=port, headers={}, body=b"")
            elif number % 3 == 1:
                headers = {"Authorization": f"Bearer {world.token(person)}"}
                yield load.request("GET", "/api/v1/me/signups", port=port, headers=headers, body=b"")
            else:
                yield chat.message(port, "/wechat/callback", world.openid(person), "时长")

    return each


def _everywhere(config: settings.Settings, shown: world.World) -> Requests:
    """The same, the first of them the question that opens every door (`deploy/restart.sh` asks it)."""

    def each(port: int) -> Iterator[bytes]:
        yield load.request("GET", "/readyz", port=port, headers={}, body=b"")
        yield from islice(_asked(config, shown)(port), REQUESTS - 1)

    return each


def _web(target: str, env: dict[str, str], requests: Requests) -> Side:
    def measure(_share: float) -> Sample:
        port = free_port()
        running = [serve(target, port, env)]
        try:
            found = load.drive(port, requests(port), connections=CONNECTIONS, seconds=600)
            if found.done != REQUESTS:
                raise RuntimeError(f"{target} answered {found.statuses}")
            return Sample(memory_mb(running[0])[0])
        finally:
            stop(running)

    return Side(measure)


def _flat(config: settings.Settings, shown: world.World, env: dict[str, str]) -> Row:
    """One process after ten times as many requests, beside itself after the first tenth of them."""
    port, asked, held = free_port(), _asked(config, shown), []
    running = [serve("app:create_app", port, env)]
    try:
        for times in (1, 9):
            for _ in range(times):
                load.drive(port, asked(port), connections=CONNECTIONS, seconds=600)
            held.append(memory_mb(running[0])[0])
    finally:
        stop(running)
    first, last = ([each] for each in held)
    name = f"web process after {10 * REQUESTS:,} requests ÷ after {REQUESTS:,}"
    return Row(name, figures.kept(last), figures.kept(first), "≤ 1.05", "MB")


def _worker(env: dict[str, str]) -> Side:
    return Side(lambda _share: _held(flask("worker", env=env)))


def _stays() -> Side:
    return Side(lambda _share: _held(
        subprocess.Popen([sys.executable, "-c", BARE_STAYS], cwd=ROOT, stderr=subprocess.DEVNULL)
    ))  # fmt: skip


def _held(process: subprocess.Popen[bytes]) -> Sample:
    """Megabytes of a process that has run for some beats; it is stopped."""
    try:
        time.sleep(BEATS)
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        return Sample(memory_mb(process)[0])
    finally:
        stop([process])
