"""Whatever a scanner reads is refused in words or opens a page, and nobody is checked in by what we never showed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import ServiceRecord
from services import codes
from tests.support.world import World, make_activity, sign_up

pytestmark = [pytest.mark.case(22), pytest.mark.parametrize("db", ["sqlite"], indirect=True)]
FUZZ = settings(
    max_examples=120, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
ANY = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=120)


@pytest.fixture
def shown(cast: World, at: datetime) -> list[str]:
    """Codes as the house shows them, of an activity that begins in ten minutes and that 小博 signed up for."""
    _, shift = make_activity(at, cast.team, starts_in=timedelta(minutes=10))
    sign_up(at, shift, cast.xiaobo)
    key = {"shift_code": shift.code, "shift_key": shift.code_key}
    return [
        codes.venue_code(direction="in", at=at, **key), codes.venue_code(direction="out", at=at, **key),
        codes.poster_code(direction="in", **key), f"a1.{shift.activity.code}",
        codes.person_code(sign_key=b"k" * 32, public_no=cast.xiaobo.public_no, expires_at=at + timedelta(days=1)),
        codes.card_code(sign_key=b"k" * 32, serial="card0001"),
    ]  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[int, int, str, int]:
    """(which code, where, what is put in there, how many letters of it go)."""
    return draw(st.integers(0, 5)), draw(st.integers(0, 200)), draw(st.text(max_size=12)), draw(st.integers(0, 9))


def misread(shown: list[str], how: tuple[int, int, str, int]) -> str:
    which, place, put, gone = how
    code = shown[which]
    place %= len(code)
    return code[:place] + put + code[place + gone :]


def opened(phone: Any, cast: World, code: str) -> None:
    mine = phone(cast.xiaobo)
    first = mine.get(f"/q/{quote(code, safe='')}")
    assert first.status_code < 500, code
    if first.location == "/m/scan":
        assert mine.get("/m/scan").status_code < 500
        assert mine.post("/m/scan").status_code < 500


@FUZZ
@given(ANY)
def test_any_text_behind_the_address_of_codes_is_answered(phone: Any, cast: World, text: str) -> None:
    opened(phone, cast, text)
    assert ServiceRecord.select().count() == 0


@FUZZ
@given(spoiled())
def test_code_that_was_changed_checks_nobody_in(
    phone: Any, cast: World, shown: list[str], how: tuple[int, int, str, int]
) -> None:
    code = misread(shown, how)
    if code not in shown:
        opened(phone, cast, code)
    assert ServiceRecord.select().count() == 0


def test_code_as_it_was_shown_checks_in(phone: Any, cast: World, shown: list[str]) -> None:
    opened(phone, cast, shown[0])
    assert ServiceRecord.select().count() == 1
