"""A small load generator: keep-alive sockets, prepared requests, one thread per connection.

It shares the machine with the server, so its own cost is in every figure alike; only ratios mean anything.
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Result:
    """What one round saw."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    #: Of the answers with status 2xx those that said something else than they should.
    wrong: int = 0

    @property
    def done(self) -> int:
        """Answers with status 2xx that said what they should."""
        return sum(count for status, count in self.statuses.items() if 200 <= status < 300) - self.wrong

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return self.done / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in milliseconds below which `share` of the answers lie."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def request(method: str, path: str, *, port: int, headers: dict[str, str], body: bytes) -> bytes:
    """One prepared HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.sock = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.closing = False

    def exchange(self, message: bytes) -> tuple[int, bytes]:
        """Send one request, read its whole answer: status and body. A server that ends the connection with each
        answer, as werkzeug's does, is called anew."""
        if self.closing:
            self.sock.close()
            self._open()
        self.sock.sendall(message)
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"connection":
                self.closing = value.strip().lower() == b"close"
        while len(rest) < length:
            self.buffer = b""
            self._more()
            rest += self.buffer
        self.buffer = rest[length:]
        return int(head.split(b" ", 2)[1]), rest[:length]

    def _more(self) -> None:
        chunk = self.sock.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self.buffer += chunk


def drive(
    port: int, requests: Iterator[bytes], *, connections: int, seconds: float,
    right: Callable[[bytes], bool] | None = None, pace: float = 0,
) -> Result:  # fmt: skip
    """Send from `requests` over `connections` sockets for `seconds`, each waiting for its answer; `right`, asked when
    the time is over, says whether the body of an answer with status 2xx is what it should be.

    With `pace`, so many a second: each is due at its moment and its wait counts from there, also where every socket is
    still waiting for an answer then. Counted from the sending, a server that stands still would keep back the very
    requests that show it. All that fell due within `seconds` are sent, however late.
    """
    result, lock, numbers = Result(), threading.Lock(), itertools.count()
    bodies: list[bytes] = []
    begin = time.perf_counter()

    def one() -> None:
        connection = _Connection(port)
        statuses: dict[int, int] = {}
        latencies = []
        while True:
            with lock:
                due = begin + next(numbers) / pace if pace else time.perf_counter()
                message = next(requests, None) if due - begin < seconds else None
            if message is None:
                break
            if pace:
                time.sleep(max(0.0, due - time.perf_counter()))
            since = due if pace else time.perf_counter()
            status, body = connection.exchange(message)
            latencies.append(time.perf_counter() - since)
            if right is not None and 200 <= status < 300:
                bodies.append(body)
            statuses[status] = statuses.get(status, 0) + 1
        connection.sock.close()
        with lock:
            result.latencies += latencies
            for status, count in statuses.items():
                result.statuses[status] = result.statuses.get(status, 0) + count

    threads = [threading.Thread(target=one) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begin
    result.wrong = sum(not right(body) for body in bodies) if right is not None else 0
    return result
