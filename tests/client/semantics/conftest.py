"""The small program that tests the runtime, built and served once, before a server that answers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.client import runtime
from tests.support.browser import new_context, require_browser

APP = Path(__file__).parent / "app"


class Echo(BaseHTTPRequestHandler):
    """Answers what it was asked; /html answers a page that no program can read."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        told = {"method": self.command, "path": self.path, "body": body, "token": self.headers.get("Authorization")}
        broken = self.path.startswith("/html")
        self.send_response(500 if broken else 200)
        self.end_headers()
        self.wfile.write(b"<h1>500</h1>" if broken else json.dumps(told).encode())

    do_GET = do_PUT = do_POST

    def log_message(self, *_args: Any) -> None:
        """Quiet: a failing test shows what matters."""


@pytest.fixture(scope="session")
def phone_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[runtime.Phone]:
    """The program on a phone; made once, since the first page of a context is slow."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=server.serve_forever, daemon=True).start()
    out = runtime.build(APP, tmp_path_factory.mktemp("semantics"))
    with (
        runtime.served(out, backend=f"http://127.0.0.1:{server.server_port}") as address,
        new_context(require_browser(), **runtime.PHONE) as context,
    ):
        yield runtime.open_phone(context, address)
    server.shutdown()


@pytest.fixture
def phone(phone_of_all: runtime.Phone) -> Iterator[runtime.Phone]:
    """The phone, to be started by the test: `phone.start("pages/…")`."""
    yield phone_of_all
    phone_of_all.offline(False)
