"""The net that every test hangs in finds what it is for: a number in a log, an address, a QR code, a push, an error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from services import printing
from services.errors import Refusal, RefusalCode
from tests.services.privacy.people import NUMBER, PHONE
from tests.support import personal
from tests.support.fakes import FakeGateway
from tests.support.processes import spawn
from tests.support.world import World

ROOT = Path(__file__).parents[3]
TESTS = ROOT / "tests"
#: Where else a process is started, and who reads what it writes.
ELSEWHERE = {
    "support/processes.py": "here",
    "support/postgres.py": "followed where it is started (conftest.py, faults/ground.py)",
    "demo/test_launch.py": "its children's logs are followed; it says the numbers of made-up people itself",
    "deploy/test_nginx.py": "a script of the shell that speaks of ports",
    "sandbox/test_platform.py": "the sandbox, whose only person is made up",
    "models/test_many_processes.py": "counts, in processes without a log",
    "bot/test_database_locked.py": "a few lines that hold the write lock and say held",
    "support/test_postgres.py": "a child that tells a process id",
    "client/semantics/test_build.py": "a server of files",
    "services/privacy/test_personal_data_stays_in.py": "this list",
}
log = logging.getLogger("hongyao.test")
#: A state of OAuth, a picture's name and a mark that came up once.
RANDOM = ("state=18755274738e9f526e428b5ddac998baa4a857a8", "02d0e6a5.f15273644902f475.sealed", "4f0c-13812345678e")


@pytest.fixture
def caught() -> Iterator[list[str]]:
    """What the net caught; it is emptied afterwards, for here it is what was wanted."""
    yield personal.faults
    personal.faults.clear()


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
@pytest.mark.parametrize("said", [NUMBER, NUMBER.lower(), PHONE, "王小博"])
def test_line_of_any_level_is_heard_before_anything_is_cut(caught: list[str], level: str, said: str) -> None:
    getattr(log, level)("somebody: %s", said)
    assert [said in each for each in caught] == [True]


def test_words_of_an_error_are_heard_too(caught: list[str]) -> None:
    try:
        raise ValueError(f"no such phone {PHONE}")
    except ValueError:
        log.exception("broken")
    assert [PHONE in each for each in caught] == [True]


@pytest.mark.parametrize("said", ["110105194912310022", "1781053200000", "0564-6000000", "0.13812345678", *RANDOM])
def test_other_numbers_are_nobodys(caught: list[str], said: str) -> None:
    log.info("somebody: %s", said)
    assert caught == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_error_of_the_api_is_looked_at(
    caught: list[str], app: Any, client: Any, monkeypatch: pytest.MonkeyPatch, cast: World, bearer: Any
) -> None:
    def told(**_: Any) -> None:
        raise Refusal(RefusalCode.CLOSING_POST, posts=f"王小博 {PHONE}")

    monkeypatch.setattr("services.privacy.closing.look", told)
    client.get("/api/v1/me/closing", headers=bearer(cast.xiaobo))
    assert [each.split(":")[0] for each in caught] == ["error of /api/v1/me/closing"]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (f'<a href="/console/people?q={PHONE}">他</a>', True), (f"<img src='/photos/{NUMBER}.jpg'>", True),
        (f'<form method="post" action="/x/%31{PHONE[1:]}"></form>', True), (f'<a hx-get="/x?n={NUMBER}">他</a>', True),
        (f'<a href="tel:{PHONE}">打电话</a>', False), (f"<p>{PHONE}</p>", False), ('<a href="/m">回去</a>', False),
    ],
)  # fmt: skip
def test_addresses_on_a_page_are_looked_at(caught: list[str], page: str, found: bool) -> None:
    flask = Flask("small")
    flask.add_url_rule("/page", view_func=lambda: page)
    flask.test_client().get("/page")
    assert [each.split(":")[0] for each in caught] == ["link on /page"] * found


def test_path_of_a_request_is_looked_at_where_it_is_one_of_ours(caught: list[str]) -> None:
    flask = Flask("small")
    flask.add_url_rule("/people/<number>", view_func=lambda number: "", methods=["GET", "POST"])
    for path in (f"/people/{PHONE}", "/people/12", f"/tried/{PHONE}"):
        flask.test_client().post(path)
    assert [each.split(":")[0] for each in caught] == ["path of POST"]


def test_code_and_push_are_looked_at(caught: list[str]) -> None:
    printing.code_png(f"https://example.cn/q/{NUMBER}")
    FakeGateway().send_text("oa-1", f"您的号码 {PHONE}")
    assert [each.split(":")[0] for each in caught] == ["QR code", "push send_text"]


def test_what_a_process_writes_is_read_when_the_test_is_over(caught: list[str], tmp_path: Path) -> None:
    """Twice: what was there before the process is not looked at, and each line once."""
    log_file = tmp_path / "app.log"
    log_file.write_text(f"before {NUMBER}\n")
    for said in (NUMBER, PHONE):
        program = f"print('somebody: {said}', flush=True)"
        spawn([sys.executable, "-c", program], log=log_file, cwd=tmp_path, env={}).wait(20)
        personal.read_on()
    personal.read_on()
    assert [(NUMBER in each, PHONE in each) for each in caught] == [(True, False), (False, True)]
    assert caught[0].startswith("app.log of a process")


def test_log_file_that_is_gone_is_read_no_more(caught: list[str], tmp_path: Path) -> None:
    log_file = tmp_path / "app.log"
    personal.follow(log_file)
    personal.read_on()
    log_file.write_text(f"{PHONE}\n")
    personal.follow(log_file)  # it has what a process before wrote
    personal.read_on()
    assert caught == []


def test_every_process_is_started_where_its_words_are_read() -> None:
    found = {str(path.relative_to(TESTS)) for path in TESTS.rglob("*.py") if "Popen(" in path.read_text("utf-8")}
    assert found == set(ELSEWHERE)


def test_house_never_turns_on_what_tells_statements_with_their_values() -> None:
    files = [*ROOT.glob("*.py"), *(ROOT / "services").rglob("*.py"), *(ROOT / "schedulers").rglob("*.py")]
    text = "\n".join(each.read_text(encoding="utf-8") for each in files)
    assert [word for word in ("DEBUG", 'getLogger("peewee")', "echo=True") if word in text] == []
