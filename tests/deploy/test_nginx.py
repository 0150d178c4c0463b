"""The shipped nginx configuration under a real nginx: TLS, doors, limits, and a restart that nobody notices."""

from __future__ import annotations

import itertools
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import clock
from tests.deploy.places import DEPLOY
from tests.deploy.stage import Stage
from tests.wechat import callback

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
    log = (stage.folder / "access.log").read_text()
    assert "GET /console/once/... " in log
    assert "GET /api/v1/activities 401" in log
    assert "SECRET" not in log


def test_stopped_application_is_told_to_people_and_to_programs(stage: Stage) -> None:
    upstream = stage.folder / "upstream.conf"
    before = upstream.read_text()

    def reload(text: str, path: str, status: int) -> requests.Response:
        upstream.write_text(text)
        stage.processes["nginx"].send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while (answer := stage.get(path)).status_code != status and time.monotonic() < end:
            time.sleep(0.02)
        return answer

    page = reload(before.replace("max_fails=0;", "max_fails=0 down;"), "/", 503)
    program = stage.get("/api/v1/me")
    reload(before, "/", 200)
    assert (page.status_code, page.headers["Retry-After"], program.status_code) == (503, "30", 503)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "系统正在升级，一两分钟就好。" in page.content.decode()
    assert program.json() == {"code": "busy", "message": "系统正在升级，请过一分钟再试。", "facts": {}}


def test_web_processes_restart_one_by_one_without_a_failed_answer(stage: Stage) -> None:
    before = {port: stage.processes[f"web{port}"].pid for port in stage.web}
    done, numbers, answers = threading.Event(), itertools.count(10**10), []
    again = stage.folder / "again"  # what systemctl restart is elsewhere: asks this test, and waits
    again.write_text('#!/bin/sh\ntouch asked.$1; while [ -e asked.$1 ]; do sleep 0.05; done\n')
    again.chmod(0o755)

    def knock() -> None:
        while not done.is_set():
            number = next(numbers)
            try:
                if number % 2:
                    answers.append(stage.get("/").status_code)
                else:
                    said = callback.push(callback.text("帮助", msg_id=str(number)), at=clock.now())
                    answer = requests.post(
                        f"{stage.site}/wechat/callback", params=said.args, data=said.body, verify=stage.ca, timeout=10
                    )  # fmt: skip
                    answers.append(answer.status_code if b"<xml>" in answer.content else 0)
            except requests.RequestException as broken:
                answers.append(type(broken).__name__)
            time.sleep(0.03)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(knock)
        script = subprocess.Popen(
            [str(DEPLOY / "restart.sh")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=stage.folder, env=stage.environment | {
                "HONGYAO_UPSTREAM": str(stage.folder / "upstream.conf"), "HONGYAO_PAUSE": "0.5",
                "HONGYAO_RELOAD": f"kill -HUP {stage.processes['nginx'].pid}",
                "HONGYAO_RESTART": f"{stage.folder}/again ", "HONGYAO_RESTART_WORKER": "",
            },
        )  # fmt: skip
        asked: list[int] = []
        while script.poll() is None:
            for port in stage.web:
                if (stage.folder / f"asked.{port}").exists():
                    asked.append(port)
                    stage.stop(f"web{port}")
                    stage.serve(port)
                    (stage.folder / f"asked.{port}").unlink()
            time.sleep(0.05)
        done.set()
    assert script.stdout is not None
    assert (script.returncode, asked) == (0, list(stage.web)), script.stdout.read()
    assert all(stage.processes[f"web{port}"].pid != pid for port, pid in before.items())
    assert "down" not in (stage.folder / "upstream.conf").read_text().split("{")[1]
    print(f"{len(answers)} answers")
    assert [answer for answer in answers if answer != 200] == []
    assert len(answers) > 100
