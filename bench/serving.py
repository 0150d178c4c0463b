"""The shipped server and worker as processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: What the units of deploy/systemd set.
SHIPPED = {"MALLOC_ARENA_MAX": "2"}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


#: How each server is started with one process and eight threads (werkzeug's: a thread for every request); the first is
#: the shipped one, with every option of deploy/systemd/hongyao-web@.service. {target} is a module and its factory.
SERVERS = {
    "granian": "granian --interface wsgi --workers 1 --blocking-threads 8 --host 127.0.0.1 --port {port} "
               "--no-access-log --log-level warning --no-ws --factory {target}",
    "gunicorn": "gunicorn --worker-class gthread --workers 1 --threads 8 --bind 127.0.0.1:{port} --log-level error "
                "{target}()",
    "waitress": "waitress-serve --threads=8 --listen=127.0.0.1:{port} --call {target}",
    "werkzeug": "flask --app {target} run --with-threads --no-reload --no-debugger --host 127.0.0.1 --port {port}",
}  # fmt: skip


def serve(target: str, port: int, env: dict[str, str], server: str = "granian") -> subprocess.Popen[bytes]:
    """Start the shipped server, as shipped, or another one of the list."""
    binary, *more = SERVERS[server].format(target=target, port=port).split()
    command = [str(Path(sys.executable).parent / binary), *more]
    # What another server says of every request, or of a queue that grows, goes nowhere.
    quiet = None if server == "granian" else subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **SHIPPED, **env}, stdout=quiet, stderr=quiet)
    wait_for(target, port)
    return process


def wait_for(name: str, port: int, *, seconds: int = 30) -> None:
    """Return when somebody listens there."""
    for _ in range(seconds * 20):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{name} did not start")


def flask(*command: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start `flask --app app …`, as an operator would."""
    binary = str(Path(sys.executable).parent / "flask")
    return subprocess.Popen(
        [binary, "--app", "app", *command], cwd=ROOT, env={**os.environ, **SHIPPED, **env},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End what was started here, the last one first; what does not end by itself is ended."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    while processes:
        process = processes.pop()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
