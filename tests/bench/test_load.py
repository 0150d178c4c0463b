"""The load generator: what a wait is counted from."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from bench import load

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
STILL = 0.3


@pytest.fixture
def stalling() -> Iterator[int]:
    """The port of a server for one connection, still before its first answer and gives the others at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with server.accept()[0] as phone:
                time.sleep(STILL)
                while phone.recv(65536):
                    phone.sendall(ANSWER)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def _late(port: int, *, pace: float) -> int:
    """How many of some fifteen requests waited for a tenth of a second or longer."""
    asked = load.request("GET", "/", port=port, headers={}, body=b"")
    seen = load.drive(port, iter([asked] * 15), connections=1, seconds=1, pace=pace)
    assert seen.statuses == {200: 15}
    return sum(each >= 0.1 for each in seen.latencies)


def test_wait_at_a_pace_counts_from_the_moment_it_was_due(stalling: int) -> None:
    # Due every 20 ms: those of the first fifth of a second are all late by a tenth and more.
    assert _late(stalling, pace=50) >= 10


def test_wait_without_a_pace_counts_from_the_sending(stalling: int) -> None:
    assert _late(stalling, pace=0) < 5
