"""A platform that does as a test tells it: a local HTTP server with scripted answers.

Tells apart what WeChat cannot: how often each path was asked, and with what.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "/cgi-bin/stable_token"
#: What an answer may be: JSON, raw bytes, or a function that gets the handler and does the worst.
Answer = dict[str, Any] | list[Any] | bytes | Callable[[BaseHTTPRequestHandler], None]


class Asked:
    """One request as it came."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        self.method, self.path = handler.command, parts.path
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.headers = handler.headers

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class Platform:
    """Answers each path from its script; the last answer of a script stays."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.scripts: dict[str, deque[Answer]] = defaultdict(deque)
        self.tokens = 0
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                platform._answer(self)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def will(self, path: str, *answers: Answer) -> None:
        """Script the answers of a path, in order."""
        self.scripts[path] = deque(answers)

    def count(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    def last(self, path: str) -> Asked:
        return [asked for asked in self.asked if asked.path == path][-1]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = Asked(handler)
        with self._lock:
            self.asked.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            script = self.scripts[asked.path]
            if asked.path == TOKEN and not script:
                self.tokens += 1
                answer: Answer = {"access_token": f"token-{self.tokens}", "expires_in": 7200}
            elif len(script) > 1:
                answer = script.popleft()
            else:
                answer = script[0] if script else {"errcode": 76021, "errmsg": "no script"}
        try:
            if callable(answer):
                answer(handler)
            else:
                say(handler, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        except OSError:
            handler.close_connection = True
        finally:
            with self._lock:
                self._at_once -= 1


def say(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    """Send a whole answer."""
    handler.send_response(status)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def status(code: int, body: bytes = b"<html>bad gateway</html>", **headers: str) -> Answer:
    return lambda handler: say(handler, body, status=code, **headers)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Take the request, say nothing, hang up."""
    handler.close_connection = True
    handler.connection.close()


def cut_half_way(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than comes."""
    say(handler, b'{"errcode": 0', Content_Length="5000")
    handler.close_connection = True


def slow(seconds: float, answer: dict[str, Any]) -> Answer:
    def act(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        say(handler, json.dumps(answer).encode())

    return act


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever: no single wait is too long."""
    say(handler, b"", Content_Length="100000")
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.05)
    handler.close_connection = True
