"""Scans at the same moment: one record, one last place, one ticket; each with a control whose guard is off.

SQLite has one writer, so nobody races there whatever the guard; the controls are PostgreSQL's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from models import Attempt, ServiceRecord, Shift, Volunteer, store
from models.dialect import Database
from queries import attendance as sql
from queries import change, one
from services.actors import Actor
from services.errors import Refusal
from services.participation import attendance, scan_codes
from tests.services.participation.test_attendance import code
from tests.support.world import World, make_volunteer

POSTGRES = pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
MEETING = 0.7  # seconds that one waits for the other, where writes take turns and the other never comes


def meet(monkeypatch: pytest.MonkeyPatch, name: str, many: int) -> None:
    """All have come as far as `sql.<name>` before any goes on, where nothing keeps them apart."""
    whole, meeting = getattr(sql, name), Barrier(many)

    def late(*args: Any, **more: Any) -> Any:
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=MEETING)
        return whole(*args, **more)

    monkeypatch.setattr(sql, name, late)


def at_once(people: Sequence[Volunteer | None], act: Callable[[Any], attendance.Scanned]) -> list[str]:
    """Everybody on a thread of his own; the outcome or the refusal of each, sorted."""

    def one_of(person: Any) -> str:
        with store.session():
            try:
                return act(person).outcome
            except Refusal as refusal:
                return refusal.code.value

    with ThreadPoolExecutor(len(people)) as threads:
        return sorted(threads.map(one_of, people))


def scan(cast: World, person: Volunteer) -> attendance.Scanned:
    start = cast.shift.starts_at
    actor = Actor(door="api", volunteer_id=person.id)
    return attendance.scan(actor=actor, code=code(cast.shift, "in", start), at=start)


# one record


def test_five_parallel_scans_make_one_record(cast: World, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, "check_in", 5)
    told = at_once([cast.xiaobo] * 5, lambda person: scan(cast, person))
    assert told == ["accepted"] + ["repeat"] * 4
    assert ServiceRecord.select().count() == 1
    assert Attempt.select().count() == 5


@POSTGRES
def test_without_the_unique_key_each_scan_makes_a_record(
    db: Database, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(monkeypatch, "check_in", 5)
    loose = sql.CHECK_IN.replace("'scan'", "'transferred'", 1).split("ON CONFLICT")[0] + "RETURNING id"
    monkeypatch.setattr(sql, "CHECK_IN", loose)
    at_once([cast.xiaobo] * 5, lambda person: scan(cast, person))
    assert ServiceRecord.select().count() > 1


# one last place


@pytest.fixture
def eight(cast: World) -> list[Volunteer]:
    """Eight people walk in, and one place is left."""
    at = cast.activity.created_at
    store.write(Shift.update(taken=Shift.quota - 1).where(Shift.id == cast.shift.id).execute)
    return store.write(lambda: [make_volunteer(at) for _ in range(8)])


def test_last_place_goes_to_one_of_many_walk_ins(
    cast: World, eight: list[Volunteer], monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(monkeypatch, "take_place", 8)
    assert at_once(eight, lambda person: scan(cast, person)) == ["accepted"] + ["shift_full"] * 7
    assert Shift.get_by_id(cast.shift.id).taken == cast.shift.quota


@POSTGRES
def test_place_that_is_read_and_then_taken_goes_to_several(
    db: Database, cast: World, eight: list[Volunteer], monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Barrier(8)

    def read_then_write(*, shift_id: int, beyond_quota: bool) -> bool:
        taken, quota = one("SELECT taken, quota FROM shift WHERE id = ?", (shift_id,)) or (0, 0)
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=MEETING)
        if taken < quota:
            change("UPDATE shift SET taken = ? WHERE id = ?", (taken + 1, shift_id))
        return bool(taken < quota)

    monkeypatch.setattr(sql, "take_place", read_then_write)
    assert at_once(eight, lambda person: scan(cast, person)).count("accepted") > 1


# one ticket


def redeem(cast: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """小博 and 查理 send the same ticket; both have been judged before either spends it."""
    start = cast.shift.starts_at
    meet(monkeypatch, "use_ticket", 2)
    ticket = scan_codes.open_scan(code=code(cast.shift, "in", start), door="pages", at=start).token

    def send(person: Volunteer) -> attendance.Scanned:
        return attendance.scan_with_ticket(actor=cast.actor(person), ticket=ticket, at=start)

    return at_once([cast.xiaobo, cast.chali], send)


def test_ticket_sent_by_two_at_once_checks_in_one(cast: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert redeem(cast, monkeypatch) == ["accepted", "ticket_invalid"]
    assert ServiceRecord.select().count() == 1
    assert sorted(each.outcome for each in Attempt.select()) == ["accepted", "refused"]


@POSTGRES
def test_ticket_that_is_not_marked_used_once_checks_in_both(
    db: Database, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "USE_TICKET", sql.USE_TICKET.replace("AND used_at IS NULL", ""))
    assert redeem(cast, monkeypatch) == ["accepted", "accepted"]
