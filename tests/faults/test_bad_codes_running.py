"""Codes over real HTTP: expired, foreign, forged or misused ones change nothing; a good one counts once.

The numbers in the names are those of the list of fault cases. The house's clock is moved to the activity's start.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Shift
from services.codes import person_code, poster_code, venue_code
from tests.faults.knock import SCANS, ask, counts, now, said, timed
from tests.support.stack import Stack

#: Never shown by anybody: 80 bits of a MAC under another key.
FOREIGN_KEY = "00" * 16


@pytest.fixture
def begun(house: Stack) -> datetime:
    """The activity has begun; what the clock shows."""
    if now(house) < house.world.shift.starts_at:
        house.set_clock(house.world.shift.starts_at)
    return now(house)


@pytest.fixture(autouse=True)
def patience(house: Stack) -> None:
    """Each test begins as somebody who has sent no wrong code yet (`services.guessing`)."""
    with sqlite3.connect(house.folder / "story.db") as database:
        database.execute("DELETE FROM rate_bucket WHERE key LIKE 'code%'")
    database.close()


def rotating(shift: Shift, at: datetime, direction: str = "in", **other: str) -> str:
    """The code that the screen shows at that moment."""
    fields = {"shift_code": shift.code, "shift_key": shift.code_key} | other
    return venue_code(direction=direction, at=at, **fields)


def scan(house: Stack, bearer: dict[str, str], code: str) -> Any:
    return timed("POST", f"{house.app}{SCANS}", json={"code": code}, headers=bearer)


def refused(house: Stack, bearer: dict[str, str], code: str) -> tuple[int, str]:
    """The refusal of a scan, which is kept with its reason and changes nothing else."""
    before, tries = counts(house), len(ask(house, "SELECT id FROM attempt"))
    answer = said(scan(house, bearer, code))
    assert counts(house) == before
    kept = ask(house, "SELECT outcome, reason FROM attempt ORDER BY id")
    assert (len(kept), kept[-1]) == (tries + 1, ("refused", answer[1]))
    return answer


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "code",
    [
        "i1.zzzzzzzz.1.abcdef",
        "i9.a.b.c",
        "xxxx",
        "o1.%00.1.2",
        "v1.nobody.1.2",
        "../../etc/passwd",
        "i1....",
        "....",
    ],
)
def test_case_22_code_that_is_not_ours_is_unknown(house: Stack, bearer: dict[str, str], code: str) -> None:
    assert refused(house, bearer, code) == (404, "code_unknown")


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "path",
    [
        "/q/i1.zzzzzzzz.1.abcdef",
        "/q/zz",
        "/q/" + "a" * 3000,
        "/q/%ff%fe",
        "/q/%00",
        "/q/v1.a.b.c",
        "/l/nobody",
    ],
)
def test_case_22_page_of_a_code_that_is_not_ours_says_so(house: Stack, path: str) -> None:
    answer = timed("GET", f"{house.app}{path}")
    assert 300 <= answer.status_code < 500
    assert "Traceback" not in answer.text


def test_case_22_screenshot_of_a_code_is_refused_after_its_life(
    house: Stack, bearer: dict[str, str], begun: datetime
) -> None:
    code = rotating(house.world.shift, begun - timedelta(seconds=76))
    assert refused(house, bearer, code) == (410, "code_expired")
    assert timed("GET", f"{house.app}/q/{code}").status_code == 410


def test_case_22_code_of_a_step_to_come_is_refused(house: Stack, bearer: dict[str, str], begun: datetime) -> None:
    code = rotating(house.world.shift, begun + timedelta(seconds=60))
    assert refused(house, bearer, code) == (400, "code_forged")


def test_case_22_forged_codes_are_refused(house: Stack, bearer: dict[str, str], begun: datetime) -> None:
    shift = house.world.shift
    good = rotating(shift, begun)
    for code in (
        rotating(shift, begun, shift_key=FOREIGN_KEY),
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        "o" + good[1:],  # a code to check in, used to check out
        poster_code(shift_code=shift.code, shift_key=FOREIGN_KEY, direction="in"),
        poster_code(shift_code=shift.code, shift_key=shift.code_key, direction="in").replace(".i.", ".o."),
        good.replace(good.split(".")[2], "-1"),
        good.replace(good.split(".")[2], "f" * 200),
    ):
        assert refused(house, bearer, code) == (400, "code_forged"), code


def test_case_22_code_of_another_activity_checks_in_nobody_here(
    house: Stack, bearer: dict[str, str], begun: datetime
) -> None:
    (other,) = ask(
        house,
        "SELECT s.code, s.code_key FROM shift s JOIN activity a ON a.id = s.activity_id WHERE a.title = ?",
        "另一场活动",
    )
    mixed = rotating(house.world.shift, begun, shift_key=other[1])
    assert refused(house, bearer, mixed) == (400, "code_forged")


def test_case_22_persons_code_opens_no_venue(house: Stack, bearer: dict[str, str], begun: datetime) -> None:
    key = bytes(32)
    code = person_code(
        sign_key=key, public_no=house.world.xiaobo.public_no, expires_at=begun + timedelta(days=1)
    )
    assert refused(house, bearer, code) == (404, "code_unknown")


def test_case_22_check_out_before_any_check_in_is_refused(
    house: Stack, bearer: dict[str, str], begun: datetime
) -> None:
    assert refused(house, bearer, rotating(house.world.shift, begun, "out")) == (409, "no_check_in")


@pytest.mark.usefixtures("unharmed")
def test_case_22_eleventh_wrong_code_of_a_minute_is_not_looked_at(house: Stack, bearer: dict[str, str]) -> None:
    answers = [said(scan(house, bearer, f"i1.zzzzzzzz.1.{number}")) for number in range(11)]
    assert answers == [(404, "code_unknown")] * 10 + [(429, "too_many_tries")]


@pytest.mark.usefixtures("unharmed")
def test_case_22_ticket_nobody_gave_is_refused(house: Stack, bearer: dict[str, str]) -> None:
    for ticket in ("a" * 32, "é" * 20, "/" * 64):
        answer = timed("POST", f"{house.app}{SCANS}", json={"ticket": ticket}, headers=bearer)
        assert said(answer) == (404, "ticket_invalid")


def test_case_22_five_scans_of_a_good_code_are_one_check_in(
    house: Stack, bearer: dict[str, str], begun: datetime
) -> None:
    code = rotating(house.world.shift, now(house) - timedelta(seconds=12))  # the step before, mostly
    answers = [scan(house, bearer, code) for _ in range(5)]
    assert [each.status_code for each in answers] == [200] * 5
    assert [each.json().pop("outcome") for each in answers] == ["accepted"] + ["repeat"] * 4
    assert len({(each.json()["record_id"], each.json()["in_at"]) for each in answers}) == 1
    assert ask(house, "SELECT COUNT(*) FROM service_record") == [(1,)]
