"""The shipped nginx configuration under a real nginx: TLS, doors, limits, and a restart that nobody notices."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.deploy.places import DEPLOY
from tests.deploy.stage import Stage, free_ports

pytestmark = pytest.mark.xdist_group("deploy")


def test_people_reach_the_application_by_https_and_nothing_else_answers(stage: Stage) -> None:
    page = stage.get("/")
    assert (page.status_code, page.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert "nginx/" not in page.headers["Server"]
    led = requests.get(f"http://localhost:{stage.plain}/q/x?a=1", timeout=5, allow_redirects=False)
    assert (led.status_code, led.headers["Location"]) == (301, "https://localhost/q/x?a=1")
    with pytest.raises(requests.exceptions.SSLError):  # another name: not even a handshake
        requests.get(f"https://127.0.0.1:{stage.tls}/", timeout=5, verify=False)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{stage.plain}/", timeout=5)


def test_figures_are_for_the_machine_and_bodies_have_limits(stage: Stage) -> None:
    assert stage.get("/metrics").status_code == 200
    elsewhere = requests.Session()
    elsewhere.get_adapter("https://").poolmanager.connection_pool_kw["source_address"] = ("127.0.0.2", 0)  # type: ignore[attr-defined]
    assert elsewhere.get(f"{stage.site}/metrics", verify=stage.ca, timeout=5).status_code == 403
    large = requests.post(f"{stage.site}/wechat/callback", data=b"x" * 70_000, verify=stage.ca, timeout=5)
    assert large.status_code == 413


def test_log_holds_no_key(stage: Stage) -> None:
    stage.get("/console/once/SECRETLINK?code=SECRETCODE")
    stage.get("/api/v1/activities?near=SECRETPLACE")
    log = logged(stage, "GET /api/v1/activities 401")
    assert "GET /console/once/... " in log
    assert "GET /api/v1/activities 401" in log
    assert "SECRET" not in log


def logged(stage: Stage, line: str) -> str:
    """The access log, as soon as it holds the line: nginx writes one after the answer has gone out."""
    end = time.monotonic() + 10
    while line not in (log := (stage.folder / "access.log").read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    return log


def test_stopped_application_is_told_to_people_and_to_programs(stage: Stage) -> None:
    upstream = stage.folder / "upstream.conf"
    upstream.write_text(upstream.read_text().replace("max_fails=0;", "max_fails=0 down;"))
    stage.reread()
    page, program = until(stage, "/", 503), until(stage, "/api/v1/me", 503)
    stage.lead_to(stage.web, stage.web)
    until(stage, "/", 200)
    assert (page.status_code, page.headers["Retry-After"], program.status_code) == (503, "30", 503)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "系统正在升级，一两分钟就好。" in page.content.decode()
    assert program.json() == {"code": "busy", "message": "系统正在升级，请过一分钟再试。", "facts": {}}


def until(stage: Stage, path: str, status: int) -> requests.Response:
    """The page, as soon as nginx answers it by its new list."""
    end = time.monotonic() + 20
    while (answer := stage.get(path)).status_code != status and time.monotonic() < end:
        time.sleep(0.02)
    return answer


@contextmanager
def answering(stage: Stage) -> Iterator[None]:
    """Behind nginx something that says 200 to everything at once: what is tried is nginx alone."""

    class Yes(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Yes)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    stage.lead_to(server.server_address[1])
    try:
        until(stage, "/console/answering", 200)
        yield
    finally:
        stage.lead_to(stage.web, stage.web)
        until(stage, "/", 200)
        server.shutdown()
        server.server_close()


class Line:
    """One connection from this address to the site."""

    def __init__(self, stage: Stage) -> None:
        context = ssl.create_default_context(cafile=stage.ca)
        self.line = HTTPSConnection("localhost", stage.tls, context=context, timeout=30)

    def ask(self, path: str, **headers: str) -> tuple[int, str, str]:
        """(status, Retry-After, body)."""
        self.line.request("GET", path, headers=headers)
        answer = self.line.getresponse()
        return answer.status, answer.headers.get("Retry-After", ""), answer.read().decode()

    def flood(self, path: str, **headers: str) -> tuple[int, str, str]:
        """The first answer that is no yes, however fast this machine asks."""
        end = time.monotonic() + 30
        while (told := self.ask(path, **headers))[0] == 200 and time.monotonic() < end:
            pass
        return told


def test_flood_of_one_account_is_stopped_and_the_others_at_its_address_go_on(stage: Stage) -> None:
    with answering(stage):
        line = Line(stage)
        status, after, said = line.flood("/api/v1/me", Authorization="Bearer flood")
        assert (status, after, json.loads(said)) == (
            429, "5", {"code": "too_many_tries", "message": "点得太快了，请等几秒再试。", "facts": {"seconds": 5}},
        )  # fmt: skip
        assert line.ask("/api/v1/me", Authorization="Bearer other")[0] == 200
        for cookie in ("console=flood", "a=1; __Host-h5=flood2"):
            status, after, page = line.flood("/console/regions", Cookie=cookie)
            assert (status, after, "请等几秒，再点一次。" in page) == (429, "5", True)
        assert line.ask("/console/regions", Cookie="__Host-console=other")[0] == 200
        assert line.ask("/static/console.css", Cookie="console=flood")[0] == 200
    assert "flood" not in (stage.folder / "error.log").read_text()


def test_two_hundred_phones_behind_one_address_and_wechat_itself_are_not_limited(stage: Stage) -> None:
    with answering(stage):
        line = Line(stage)
        phones = [line.ask("/api/v1/me", Authorization=f"Bearer {n % 200}")[0] for n in range(1000)]
        newcomers = [line.ask("/m/login")[0] for _ in range(300)]
        pushed = [line.ask("/wechat/callback", Authorization="")[0] for _ in range(300)]
    assert set(phones) | set(newcomers) | set(pushed) == {200}


def test_web_processes_restart_one_by_one_without_a_failed_answer(stage: Stage) -> None:
    ports = free_ports(2)
    for port in ports:
        stage.serve(port, "tests.deploy.small:create_app")
        stage.wait(f"http://127.0.0.1:{port}/livez")
    stage.lead_to(*ports)
    for _ in range(5):
        until(stage, "/x", 200)
    try:
        _restart_under_load(stage, ports)
    finally:
        for port in ports:
            stage.stop(f"web{port}")
        stage.lead_to(stage.web, stage.web)


def _restart_under_load(stage: Stage, ports: list[int]) -> None:
    again = stage.folder / "again"  # what systemctl restart is elsewhere: asks this test, and waits
    again.write_text("#!/bin/sh\ntouch asked.$1; while [ -e asked.$1 ]; do sleep 0.05; done\n")
    again.chmod(0o755)
    done, answers, seen = threading.Event(), [], set()

    def knock() -> None:
        while not done.is_set():
            try:
                # A write of a page: nginx never sends one twice, so a process that dies with it is a failed answer.
                answer = requests.post(f"{stage.site}/x", data=b"a=1", verify=stage.ca, timeout=30)
                answers.append(answer.status_code)
                seen.add(answer.text)
            except requests.RequestException as broken:
                answers.append(repr(broken))

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(knock)
        script = subprocess.Popen(
            [str(DEPLOY / "restart.sh")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=stage.folder, env=stage.environment | {
                "HONGYAO_UPSTREAM": str(stage.folder / "upstream.conf"),
                "HONGYAO_NGINX_PID": str(stage.folder / "nginx.pid"),
                "HONGYAO_RELOAD": f"kill -HUP {stage.processes['nginx'].pid}",
                "HONGYAO_RESTART": f"{again} ", "HONGYAO_RESTART_WORKER": "",
            },
        )  # fmt: skip
        asked: list[int] = []
        while script.poll() is None:
            for port in ports:
                if (stage.folder / f"asked.{port}").exists():
                    asked.append(port)
                    stage.stop(f"web{port}")
                    stage.serve(port, "tests.deploy.small:create_app")
                    (stage.folder / f"asked.{port}").unlink()
            time.sleep(0.02)
        time.sleep(0.2)
        done.set()
    assert script.stdout is not None
    assert (script.returncode, asked) == (0, ports), script.stdout.read()
    assert "down" not in (stage.folder / "upstream.conf").read_text().split("{")[1]
    assert [answer for answer in answers if answer != 200] == []
    assert len(answers) > 50
    assert len(seen) == 4  # both before, and both after
