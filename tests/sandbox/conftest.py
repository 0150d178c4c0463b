"""One sandbox and one fake app for the whole file set, wiped before every test."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.sandbox.fake_app import FakeApp


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


class Platform:
    """The sandbox as an app and as a test see it."""

    def __init__(self, sandbox: Sandbox, app: FakeApp) -> None:
        self.sandbox, self.app, self.config = sandbox, app, sandbox.world.config
        self.http = requests.Session()
        self.http.trust_env = False
        self._tokens: dict[str, str] = {}

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        answer = self.http.request(method, f"{self.sandbox.url}/_control/{path}", json=body or {}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def read(self, path: str) -> Any:
        return self.http.get(f"{self.sandbox.url}/_control/{path}", timeout=30).json()

    def get(self, path: str, **args: str) -> Any:
        return self.http.get(self.sandbox.url + path, params=args, timeout=30).json()

    def post(self, path: str, body: Any, **args: str) -> Any:
        return self.http.post(self.sandbox.url + path, json=body, params=args, timeout=30).json()

    def token(self, side: str) -> str:
        if side not in self._tokens:
            account = self.config.oa if side == "oa" else self.config.mp
            body = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret}
            self._tokens[side] = self.post("/cgi-bin/stable_token", body)["access_token"]
        return self._tokens[side]

    def new_token(self, side: str) -> str:
        self._tokens.pop(side, None)
        return self.token(side)

    def oa(self, path: str, body: Any) -> Any:
        return self.post(path, body, access_token=self.token("oa"))

    def mp(self, path: str, body: Any) -> Any:
        return self.post(path, body, access_token=self.token("mp"))

    def user(self, **more: Any) -> dict[str, Any]:
        return dict(self.control("users", more))

    def bubbles(self, n: int) -> list[tuple[str, str]]:
        return [(entry["side"], entry.get("text", "")) for entry in self.read(f"users/{n}/chat")["entries"]]

    def phone(self, n: int, path: str, body: Any = None, **more: Any) -> requests.Response:
        """A request of phone n's browser; redirects are not followed."""
        headers = {"Host": f"p{n}.localhost:{self.sandbox.port}", **more.pop("headers", {})}
        method = "GET" if body is None else "POST"
        return self.http.request(
            method,
            self.sandbox.url + path,
            json=body,
            headers=headers,
            timeout=30,
            allow_redirects=False,
            **more,
        )

    def forget(self) -> None:
        self.control("reset")
        self._tokens.clear()
        self.app.received.clear()
        self.app.raw.clear()
        self.app.answers.clear()
        self.app.requests.clear()


@pytest.fixture(scope="session")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("clock") / "clock"


@pytest.fixture(scope="session")
def running(clock_file: Any) -> Iterator[Platform]:
    plain = Config()
    app = FakeApp(plain.oa, plain.mp)
    port = free_port()
    config = Config(
        app_url=f"http://127.0.0.1:{app.port}",
        public_url=app.url,
        base_url=f"http://localhost:{port}",
        callback_timeout=0.4,
        callback_gap=0.05,
        clock_file=str(clock_file),
    )
    sandbox = Sandbox(config, port=port).start()
    app.sandbox_url = config.base_url
    yield Platform(sandbox, app)
    sandbox.stop()
    app.stop()


@pytest.fixture
def platform(running: Platform, clock_file: Any) -> Platform:
    clock_file.write_text("0")
    running.forget()
    return running


@pytest.fixture
def later(clock_file: Any) -> Callable[[float], None]:
    """Move the phones' clock forward by whole seconds, added up."""
    moved = [0.0]

    def move(seconds: float) -> None:
        moved[0] += seconds
        clock_file.write_text(str(int(moved[0])))

    return move


def until(true: Callable[[], Any], seconds: float = 5.0) -> Any:
    """Wait for something that happens in the background; its last value."""
    end = time.monotonic() + seconds
    while not (value := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return value
