"""The three processes of the demo, started together, watched, and ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from urllib.request import ProxyHandler, build_opener

from settings import Settings

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
#: How long application and sandbox may take to answer, and everybody to end before being killed.
START_SECONDS, STOP_SECONDS = 30, 8
#: Straight to this machine, whatever proxy the terminal is set to.
_open = build_opener(ProxyHandler({})).open


def commands(settings: Settings, *, state: Path, program: Path) -> dict[str, list[str]]:
    """What is started, by name; the sandbox keeps its phones in `state` and finds the mini-program in `program`."""
    play = [
        sys.executable, "-m", "sandbox", "--port", str(settings.sandbox_port), "--app", settings.public_url,
        "--state", str(state), "--program", str(program),
    ]  # fmt: skip
    serve = [
        str(BIN / "granian"), "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--host",
        "127.0.0.1", "--port", str(settings.port), "--no-access-log", "--log-level", "warning", "--factory",
        "app:create_app",
    ]  # fmt: skip
    return {
        "sandbox": play + (["--clock-file", settings.clock_file] if settings.clock_file else []),
        "app": serve,
        "worker": [str(BIN / "flask"), "--app", "app", "worker"],
    }


class Children:
    """Started processes by name; each has a log in `folder` and a process group of its own.

    So Ctrl-C in the terminal reaches the parent alone, and the parent decides who ends when.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """First Ctrl-C: end in order. Second: at once."""
        if self.stopping:
            self._signal_all(signal.SIGKILL)
            os._exit(1)
        self.stopping = True

    def start(self, wanted: dict[str, list[str]]) -> None:
        """Start each command with its output in `<name>.log`."""
        env = {**os.environ, "DEMO": "true", "WECHAT_MP_LINKED": "true", "PYTHONUNBUFFERED": "1"}
        for name, command in wanted.items():
            with (self.folder / f"{name}.log").open("wb") as log:
                self.processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    start_new_session=True,
                )  # fmt: skip

    def wait_for(self, addresses: dict[str, str]) -> str | None:
        """Wait until every named child answers at its address; the name of one that did not, or None.

        None also when Ctrl-C came meanwhile.
        """
        end = time.monotonic() + START_SECONDS
        for name, address in addresses.items():
            while not self.stopping and not _answers(address):
                dead = self.dead()
                if dead or time.monotonic() > end:
                    return dead or name
                time.sleep(0.05)
        return None

    def watch(self) -> str | None:
        """Wait for Ctrl-C (None) or for the first child that ends by itself (its name)."""
        while not self.stopping:
            dead = self.dead()
            if dead:
                return dead
            time.sleep(0.2)
        return None

    def dead(self) -> str | None:
        """The name of a child that has ended."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), None)

    def last_words(self, name: str, lines: int = 15) -> str:
        """The end of a child's log."""
        text = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def end(self) -> None:
        """Ask everybody to end; kill who has not after some seconds."""
        self._signal_all(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, end - time.monotonic()))
        self._signal_all(signal.SIGKILL)

    def _signal_all(self, number: signal.Signals) -> None:
        """To the whole group when killing: a server's own children must not outlive it."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                if number == signal.SIGKILL:
                    os.killpg(process.pid, number)
                elif process.poll() is None:
                    process.send_signal(number)


def _answers(address: str) -> bool:
    try:
        _open(address, timeout=2).close()
    except OSError:
        return False
    return True
