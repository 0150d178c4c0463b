"""The web runtime of the mini-program for tests: Node and its packages found or installed, one build, one server.

    with served(build("miniprogram", folder), backend=stack.app) as address:
        phone = open_phone(context, address, "pages/home/home?from=test", login=lambda: "code")
        phone.page.get_by_role("button", name="扫码签到").tap()
        assert phone.errors() == []

What the program asks of the phone (a login code, a scanned code, a place) comes from the functions given to
`open_phone`; each may be changed later in `phone.answers`. The server hands `/mp/…` out of the build and passes
everything else on to the backend, so that the program speaks to its API at its own address, as WeChat lets it.
"""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Locator, Page

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "mpweb"
#: A common small phone of today; pages are looked at in this size.
VIEWPORT = {"width": 390, "height": 844}
PHONE: dict[str, Any] = {"viewport": VIEWPORT, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "host"}


@functools.cache
def require_node() -> str:
    """The path of a Node of at least 18 with the packages of tools/mpweb; installs what is missing.

    Where that cannot be, the test is skipped, as without Chromium; tools/test.sh has said so at the start.
    """
    done = subprocess.run([str(TOOL / "install.sh")], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = f"the mini-program's runtime needs Node and its packages: {done.stderr.strip()[-300:]}"
        pytest.skip(reason)
    return done.stdout.strip().splitlines()[-1]


def build(source: Path, out: Path) -> Path:
    """Build a mini-program into a folder; fails with its problems, each as file:line."""
    done = run_build(source, out)
    assert done.returncode == 0, done.stderr
    return out


def run_build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build and tell how it went; the folder is written even when there are problems."""
    command = [require_node(), str(TOOL / "build.mjs"), str(source), str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the build under /mp/; everything else is the backend's."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, directory: str, backend: str | None, **kwargs: Any) -> None:
        self.backend = backend
        super().__init__(*args, directory=directory, **kwargs)

    def handle(self) -> None:
        """A phone that is closed in the middle of an answer is no fault."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_args: Any) -> None:
        """Quiet: a failing test shows what matters."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/mp"))

    def end_headers(self) -> None:
        # WeChat keeps the package on the phone; only the page itself is asked for again.
        kept = self.path.startswith("/mp/") and self.path != "/mp/"
        self.send_header("Cache-Control", "max-age=3600" if kept else "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        if self.path.startswith("/mp/"):
            super().do_GET()
        else:
            self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    do_PUT = do_DELETE = do_OPTIONS = do_POST

    def _pass_on(self) -> None:
        if self.backend is None:
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        answer = requests.request(
            self.command, self.backend + self.path, data=body, headers=headers, allow_redirects=False, timeout=60
        )
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in HOP_BY_HOP | {"cache-control"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)


@contextmanager
def served(out: Path, backend: str | None = None) -> Iterator[str]:
    """Serve a build on a free port; the address of its page. `backend` is an address without a path."""
    handler = functools.partial(_Handler, directory=str(out), backend=backend)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mp/"
    finally:
        server.shutdown()
        server.server_close()


Answer = Callable[..., Any]
#: What the phone is asked for, and what it answers where the test says nothing.
ASKED: dict[str, Answer] = {
    "login": lambda: "code-of-nobody",
    "scan": lambda _how: None,
    "location": lambda *_how: None,
    "phoneCode": lambda: "phone-code-of-nobody",
    "subscribe": lambda _templates: None,
}
#: Runs before the program: its settings come in the window's name, which a reload keeps.
START = """window.__mpInit = {
    ...JSON.parse(window.name || '{}'),
    host: { HOOKS, tell: (...values) => void mpAsk('tell', ...values) },
}""".replace("HOOKS", ", ".join(f"{name}: (...values) => mpAsk('{name}', ...values)" for name in ASKED))


@dataclass
class Phone:
    """One phone with the program open on it."""

    page: Page
    #: What the phone answers when the program asks; may be changed at any time.
    answers: dict[str, Answer] = field(default_factory=dict)
    #: What the program told the phone: ("share", {...}), ("phoneCall", "110") …
    told: list[tuple[str, Any]] = field(default_factory=list)

    def errors(self) -> list[str]:
        """What would be broken in WeChat too."""
        return list(self.page.evaluate("window.__mp.errors"))

    def shown(self, selector: str = "") -> Locator:
        """Elements of the page on top."""
        return self.page.locator(f".mp-page:not([hidden]) {selector}".strip())

    def route(self) -> str:
        """The path of the page on top."""
        return str(self.page.evaluate("getCurrentPages().at(-1).route"))

    def open(self, path: str, scene: int = 1001) -> None:
        """Open the running program anew, as a card, a message or a scanned code does."""
        self.page.evaluate("asked => window.__mp.open(asked)", {"path": path, "scene": scene})

    def offline(self, cut: bool = True) -> None:
        """Really cut this phone's net, or give it back."""
        self.page.context.set_offline(cut)

    @contextmanager
    def slow_line(self, latency: int = 300, kilobytes: int = 50) -> Iterator[None]:
        """A 3G line for the length of the block: milliseconds to and fro, kilobytes a second each way."""
        session = self.page.context.new_cdp_session(self.page)
        line = {"offline": False, "downloadThroughput": kilobytes * 1024, "uploadThroughput": kilobytes * 1024}
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", line | {"latency": latency})
        try:
            yield
        finally:
            session.detach()

    def swipe(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a finger from one point to another, in steps as a finger goes."""
        session = self.page.context.new_cdp_session(self.page)

        def send(kind: str, *points: tuple[float, float]) -> None:
            touches = [{"x": x, "y": y} for x, y in points]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

        send("touchStart", start)
        for step in range(1, 9):
            send("touchMove", (start[0] + (end[0] - start[0]) * step / 8, start[1] + (end[1] - start[1]) * step / 8))
        send("touchEnd")
        session.detach()

    def start(
        self,
        path: str = "",
        *,
        scene: int = 1001,
        init: dict[str, Any] | None = None,
        keep: bool = False,
        **answers: Answer,
    ) -> Phone:
        """End the program and start it cold; forgets what it stored unless `keep`. Much quicker than a new context."""
        self.answers.clear()
        self.answers.update(answers)
        self.told.clear()
        settings = {**(init or {}), "open": {"path": path, "scene": scene}}
        forget = "" if keep else "localStorage.clear();"
        self.page.evaluate(f"settings => {{ {forget} window.name = settings }}", json.dumps(settings))
        self.page.reload()
        self.page.locator(".mp-page:not([hidden])").wait_for()
        return self

    def _ask(self, name: str, *values: Any) -> Any:
        if name == "tell":
            self.told.append((values[0], values[1] if len(values) > 1 else None))
            return None
        return self.answers.get(name, ASKED[name])(*values)


def open_phone(
    context: BrowserContext,
    address: str,
    path: str = "",
    *,
    scene: int = 1001,
    init: dict[str, Any] | None = None,
    **answers: Answer,
) -> Phone:
    """Open the program on a page of its own.

    `init` are further settings of `window.__mpInit` (tools/mpweb/README.md). Further names are what the phone answers,
    as functions: `login=lambda: code`, `scan=lambda how: text`.
    """
    page = context.new_page()
    phone = Phone(page, dict(answers))
    page.expose_function("mpAsk", phone._ask)
    settings = json.dumps({**(init or {}), "open": {"path": path, "scene": scene}})
    page.add_init_script(f"window.name ||= {json.dumps(settings)}")
    page.add_init_script(START)
    page.goto(address)
    page.locator(".mp-page:not([hidden])").wait_for()
    return phone
