"""Five thousand scans of one phone, in pieces: in under ten seconds, and again without a change (fault case 25)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Attempt, RoleGrant, ScanAnswer, ServiceRecord, Shift, store
from services.participation import offline
from tests.services.participation.offline_phone import Phone, open_phone
from tests.support.world import World, make_volunteer, sign_up

PEOPLE = 1700
PIECE = 200
SECONDS = 10


@pytest.fixture
def phone(cast: World, at: datetime) -> Phone:
    store.write(RoleGrant.update(from_at=at - timedelta(days=30)).execute)
    store.write(Shift.update(quota=PEOPLE).execute)
    return open_phone(cast, at)


@pytest.fixture
def items(cast: World, at: datetime, phone: Phone) -> list[dict[str, Any]]:
    """1,700 people, every twentieth a walk-in: in, out (of every tenth the other way round), then again or nonsense."""
    people = store.write(lambda: [make_volunteer(at, f"志愿者{n}") for n in range(PEOPLE)])
    store.write(lambda: [sign_up(at, cast.shift, person) for number, person in enumerate(people) if number % 20])
    start = cast.shift.starts_at
    kept: list[dict[str, Any]] = []
    for number, person in enumerate(people):
        moment = start + timedelta(seconds=number)
        both = [phone.scan(person, moment), phone.scan(person, moment + timedelta(hours=1), "out")]
        kept += reversed(both) if number % 10 == 0 else both
        again = phone.tick(person, moment + timedelta(hours=1, minutes=5), "out")
        kept.append(again if number % 2 else {**again, "direction": "?"})
    return kept[:5000]


def bring(phone: Phone, items: list[dict[str, Any]], at: datetime) -> list[offline.Answer]:
    return [
        answer
        for first in range(0, len(items), PIECE)
        for answer in phone.bring(*items[first : first + PIECE], at=at)
    ]


def rows() -> tuple[int, int, int, int]:
    """How many tries, answers and records there are, and the minutes of all records."""
    minutes = sum(record.minutes for record in ServiceRecord.select(ServiceRecord.minutes))
    return Attempt.select().count(), ScanAnswer.select().count(), ServiceRecord.select().count(), minutes


@pytest.mark.case(25)
def test_five_thousand_scans_cut_in_the_middle_and_repeated(
    cast: World, phone: Phone, items: list[dict[str, Any]]
) -> None:
    later = cast.shift.starts_at + timedelta(hours=3)
    half = bring(phone, items[:2500], later)
    whole = bring(phone, items, later)
    assert whole[:2500] == half
    assert len(whole) == len({answer.nonce for answer in whole}) == 5000
    before = rows()
    assert before[:2] == (5000, 5000)
    assert before[2:] == (1667, 1667 * 60)
    assert bring(phone, items, later) == whole
    assert rows() == before


def test_five_thousand_scans_at_once(
    cast: World, phone: Phone, items: list[dict[str, Any]]
) -> None:
    begin = time.perf_counter()
    bring(phone, items, cast.shift.starts_at + timedelta(hours=3))
    seconds = time.perf_counter() - begin
    assert seconds < SECONDS
