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


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(target: str, port: int, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the shipped server, as shipped: one process, eight threads."""
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", "1",
        "--blocking-threads", "8", "--host", "127.0.0.1", "--port", str(port), "--no-access-log",
        "--log-level", "error", "--factory", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env})
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{target} did not start")


def flask(*command: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start `flask --app app …`, as an operator would."""
    binary = str(Path(sys.executable).parent / "flask")
    return subprocess.Popen(
        [binary, "--app", "app", *command], cwd=ROOT, env={**os.environ, **env},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End what was started here, the last one first."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    while processes:
        processes.pop().wait(timeout=20)
