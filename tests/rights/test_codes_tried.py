"""Every kind of code that opens something: how many there are to guess from, and who tries one too many waits.

`bits` is what a stranger has to guess who knows all the rest. The door of each kind is tried as he would try it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest

from services import codes, guessing, limits
from services.certificates import checking, deciding
from services.errors import RefusalCode as C
from services.evaluation import complaints, links
from services.participation import digits
from services.planning import need_doors
from tests.bot import chat
from tests.rights.stage import AT, Stage, standing

LETTERS = math.log2(len(codes.ALPHABET))
MAC, TOKEN, SIGNATURE = 80.0, 192.0, 256.0
Try = Callable[[Stage, int], Any]


@dataclass(frozen=True)
class Kind:
    """A kind of code: how a stranger tries the wrong one of this number, and after how many he waits."""

    name: str
    bits: float
    limit: int
    wrong: Try


def _get(path: str, role: str = "anonymous") -> Try:
    return lambda stage, number: stage.call(role, "GET", path.format(number=number))


def _post(path: str, role: str, **body: Callable[[Stage, int], dict[str, Any]]) -> Try:
    (kind, make), = body.items()
    return lambda stage, number: stage.call(
        role, "POST", path.format(number=number), **{kind: make(stage, number)}
    )


def _guess(number: int) -> str:
    return f"{'a' * 12}{number:04d}".replace("0", "b").replace("1", "c").replace("8", "d").replace("9", "e")


def _venue(stage: Stage, number: int) -> dict[str, Any]:
    return {"code": f"i1.{stage.shift.code}.{codes.step_of(AT):x}.{_guess(number)}"}


def _scanned(code: str, stage: Stage) -> dict[str, Any]:
    return {"code": code, "shift_code": stage.shift.code, "direction": "in"}


OF_ACCOUNT, OF_ADDRESS = guessing.MOST, guessing.FROM_ONE_ADDRESS
KINDS = [
    Kind("venue code", MAC, OF_ACCOUNT, _post("/api/v1/attendance/scans", "member", json=_venue)),
    Kind("venue code, before anybody is known", MAC, OF_ADDRESS, _post(
        "/api/v1/scan-tickets", "anonymous", json=_venue)),
    Kind("venue code, on a page", MAC, OF_ACCOUNT, lambda s, n: s.call("member", "GET", f"/q/{_venue(s, n)['code']}")),
    Kind("poster", MAC, OF_ACCOUNT, _post(
        "/api/v1/attendance/scans", "member", json=lambda s, n: {"code": f"p1.{s.shift.code}.i.{_guess(n)}"})),
    Kind("ticket of a scan", TOKEN, OF_ACCOUNT, _post(
        "/api/v1/attendance/scans", "member", json=lambda s, n: {"ticket": f"{'t' * 28}{n:04d}"})),
    Kind("a person's own code", SIGNATURE, OF_ACCOUNT, _post(
        "/api/v1/attendance/person-scans", "leader",
        json=lambda s, n: _scanned(f"v1.{s.person.public_no}.ffffffff.{'A' * 82}{n:04d}", s))),
    Kind("printed card", MAC, OF_ACCOUNT, _post(
        "/api/v1/attendance/person-scans", "leader", json=lambda s, n: _scanned(f"k1.abcdefgh.{_guess(n)}", s))),
    Kind("printed card, on a page", MAC, OF_ACCOUNT, lambda s, n: s.call(
        "leader", "GET", f"/q/k1.abcdefgh.{_guess(n)}")),
    Kind("computer's log-in", TOKEN, OF_ACCOUNT, _get("/l/no-such-ticket-{number}", "leader")),
    Kind("computer's log-in, answered", TOKEN, OF_ACCOUNT, _post(
        "/l/no-such-ticket-{number}", "leader", data=lambda s, n: {"answer": "yes"})),
    Kind("one-time link", TOKEN, OF_ADDRESS, _post(
        "/console/once/no-such-{number}", "anonymous", data=lambda s, n: {})),
    Kind("link to a list without a network", TOKEN, OF_ADDRESS, _post(
        "/api/v1/offline/open", "anonymous", json=lambda s, n: {"link": f"no-such-link-{n:06d}", "secret": "s" * 43})),
    Kind("link to judge a service", links.LENGTH * LETTERS, OF_ADDRESS, _get("/e/nosuch{number}")),
    Kind("code of a complaint", complaints.LENGTH * LETTERS, OF_ADDRESS, _get("/m/complaints/nosuch{number}")),
    Kind("code of a complaint, by the API", complaints.LENGTH * LETTERS, OF_ADDRESS, _get(
        "/api/v1/complaints/nosuch{number}")),
    Kind("code of a need", need_doors.LENGTH * LETTERS, OF_ADDRESS, _get("/n/of/nosuch{number}")),
    Kind("certificate", deciding.CODE * LETTERS, checking.LOOKS, _get("/v/nosuchcertificat{number}")),
    Kind("provider's code of a benefit", SIGNATURE, 20, _get("/b/forged-{number}")),
    Kind("digits of a redemption", math.log2(10**8), OF_ACCOUNT, _post(
        "/console/mall/desk", "officer", data=lambda s, n: {"code": f"{n:08d}"})),
]  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("codes")) as made:
        yield made


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_one_wrong_more_than_allowed_waits(stage: Stage, kind: Kind) -> None:
    try:
        answers = [kind.wrong(stage, number).status_code for number in range(kind.limit + 1)]
    finally:
        stage.restore()
    assert (429 in answers[:-1], answers[-1]) == (False, 429), answers


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_year_of_guessing_as_fast_as_allowed_finds_none(kind: Kind) -> None:
    """One in a million at most, by one account or address; but for digits that only an office may type."""
    chance = kind.limit * 60 * 24 * 365 / 2**kind.bits
    assert chance < 1e-6 or kind.name == "digits of a redemption"


def test_six_digits_wait_after_five(stage: Stage) -> None:
    """20 bits, ten minutes: five of nine hundred thousand."""
    wrong = [stage.says("member", f"绑定 {900_000 + number}") for number in range(digits.TRIES + 1)]
    heard = list(stage.refusals)
    stage.restore()
    assert (len(wrong), heard[-1]) == (6, C.TOO_MANY_TRIES)


def test_invitation_that_is_tried_waits(stage: Stage) -> None:
    """192 bits: who scans codes of his own making is told to wait, as with any other."""
    numbers, phone = count(), _phone(stage, "stranger")
    for _ in range(OF_ACCOUNT + 1):
        stage.refusals.clear()
        phone.event("SCAN", EventKey=f"b.no-such-invitation-{next(numbers)}", Ticket=f"t{next(numbers)}")
    heard = list(stage.refusals)
    stage.restore()
    assert heard == [C.TOO_MANY_TRIES]


def _phone(stage: Stage, role: str) -> Any:
    return chat.WeChat(stage.app.test_client(), AT).phone(stage.openids[role])


def test_without_the_guard_nobody_waits(stage: Stage) -> None:
    """The control."""
    venue = KINDS[0]
    with patch.object(limits, "check"):
        answers = {venue.wrong(stage, number).status_code for number in range(venue.limit + 1)}
    stage.restore()
    assert 429 not in answers
