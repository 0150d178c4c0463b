"""The parent process of `make demo`: data, three children, three addresses, a clean end."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import clock
import migrations
from demo import cast, world
from models import Region, Team, store
from models.dialect import open_database
from services import chat, regions
from services.vault import Vault
from settings import Settings
from wording import say

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
REGIONS = ROOT / "data" / "regions-34.csv"
START_SECONDS, STOP_SECONDS = 30, 8


def launch(settings: Settings, *, reset: bool) -> None:
    """Make the world if there is none, start everything, stay until Ctrl-C. Ends the process."""
    folder = _folder(settings)
    store.release()
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name, port in (("PORT", settings.port), ("SANDBOX_PORT", settings.sandbox_port)):
        if _listening(port):
            sys.exit(say("demo.port_taken", port=port, name=name))
    _prepare(settings, folder)
    children = _Children(settings, folder)
    signal.signal(signal.SIGTERM, children.stop)
    signal.signal(signal.SIGINT, children.stop)
    sys.exit(children.run())


def _folder(settings: Settings) -> Path:
    """The folder of the demo's SQLite file, where state and logs lie too."""
    return Path(settings.database_url.removeprefix("sqlite:///")).parent


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _prepare(settings: Settings, folder: Path) -> None:
    """Schema, divisions, world and the simulator's phones; each only where it is missing."""
    clock_file = Path(settings.clock_file)
    if settings.clock_file and not clock_file.exists():
        clock_file.parent.mkdir(parents=True, exist_ok=True)
        clock_file.write_text("0\n")
    store.bind(open_database(settings.database_url))
    migrations.apply(store.current())
    at = clock.now()
    if not Region.select().exists():
        print(say("demo.regions"), flush=True)
        regions.load(path=str(REGIONS), at=at)
    if not Team.select().exists():
        print(say("demo.world"), flush=True)
        vault = Vault(settings.data_key_ring(), base64.b64decode(settings.index_key.get_secret_value()))
        world.make_world(
            vault=vault, mp_appid=settings.wechat_mp_appid, oa_appid=settings.wechat_oa_appid,
            brand=settings.brand, at=at,
        )  # fmt: skip
    phones = folder / "sandbox.json"
    if not phones.exists():
        state = {"users": cast.users(), "menu": chat.menu(settings.public_url)}
        phones.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    store.release()


class _Children:
    """Sandbox, application and worker, and how they end."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def run(self) -> int:
        """Start all, say where they are, wait; the exit code."""
        for name, command in self._commands().items():
            log = (self.folder / f"{name}.log").open("wb")
            env = {**os.environ, "DEMO": "true", "PYTHONUNBUFFERED": "1"}
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        if self._wait_until_ready():
            print(self._welcome(), flush=True)
        while not self.stopping:
            dead = next(
                (name for name, process in self.processes.items() if process.poll() is not None), None
            )
            if dead is not None:
                return self._give_up(dead)
            time.sleep(0.2)
        self._end()
        print(say("demo.stopped"), flush=True)
        return 0

    def _commands(self) -> dict[str, list[str]]:
        app, sandbox = self.settings.port, self.settings.sandbox_port
        state, moved = str(self.folder / "sandbox.json"), self.settings.clock_file
        play = [
            sys.executable, "-m", "sandbox", "--port", str(sandbox), "--app", self.settings.public_url,
            "--state", state,
        ]  # fmt: skip
        serve = [
            str(BIN / "granian"), "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--host",
            "127.0.0.1", "--port", str(app), "--no-access-log", "--log-level", "warning", "--factory",
            "app:create_app",
        ]  # fmt: skip
        return {
            "sandbox": play + (["--clock-file", moved] if moved else []),
            "app": serve,
            "worker": [str(BIN / "flask"), "--app", "app", "worker"],
        }

    def _wait_until_ready(self) -> bool:
        """True once application and sandbox answer; False if one of them died or Ctrl-C came."""
        end = time.monotonic() + START_SECONDS
        waiting = [f"{self.settings.public_url}/livez", f"http://localhost:{self.settings.sandbox_port}/"]
        while waiting and time.monotonic() < end and not self.stopping:
            if any(process.poll() is not None for process in self.processes.values()):
                return False
            try:
                urlopen(waiting[0], timeout=2).close()
                waiting.pop(0)
            except (URLError, OSError):
                time.sleep(0.05)
        return not waiting and not self.stopping

    def _welcome(self) -> str:
        return say(
            "demo.welcome", desk=f"http://localhost:{self.settings.sandbox_port}/",
            console=f"{self.settings.public_url}/console", api=f"{self.settings.public_url}/api/v1/openapi.json",
        )  # fmt: skip

    def _give_up(self, dead: str) -> int:
        lines = (self.folder / f"{dead}.log").read_text(errors="replace").splitlines()[-15:]
        self._end()
        print(say("demo.died", name=dead, log="\n".join(lines)), file=sys.stderr, flush=True)
        return 1

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """First Ctrl-C: end in order. Second: at once."""
        if self.stopping:
            for process in self.processes.values():
                process.kill()
            os._exit(1)
        self.stopping = True

    def _end(self) -> None:
        """Worker first, so that nothing is sent into a closed sandbox."""
        for name in ("worker", "app", "sandbox"):
            self.processes[name].send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            try:
                process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
