"""Minutes that are in the book stay as they are for the leader who confirmed them, and whoever has the database open is
found; what changes them is a correction with its reversal (`tests/services/review`). On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models import Balance, History, MinuteEntry, ServiceRecord, store
from services.bookkeeping import books, records
from services.errors import Refusal, RefusalCode
from services.participation import attendance, undoing
from tests.services.bookkeeping.test_records import confirm, serve
from tests.support.world import World


def _state(cast: World) -> Any:
    record = ServiceRecord.get()
    entries = [(each.amount, each.kind) for each in MinuteEntry.select().order_by(MinuteEntry.id)]
    return record.state, record.minutes, record.in_at, record.out_at, entries, History.select().count()


TRIES: dict[str, Callable[[World, Any], object]] = {
    "a later end": lambda cast, facts: records.set_end(
        **facts, out_at=cast.shift.ends_at + timedelta(minutes=20), reason="补时间"
    ),
    "said to be there": lambda cast, facts: records.name_present(**facts),
    "check-in taken back": lambda cast, facts: undoing.undo(**facts, side="in", reason="点错了"),
    "check-out taken back": lambda cast, facts: undoing.undo(**facts, side="out", reason="点错了"),
    "looked at": lambda cast, facts: undoing.review(**facts, believe=True, reason="问过"),
    "ticked in again": lambda cast, facts: _tick(cast, facts, "in"),
    "ticked out again": lambda cast, facts: _tick(cast, facts, "out"),
}


def _tick(cast: World, facts: dict[str, Any], direction: str) -> object:
    return attendance.tick(
        actor=facts["actor"], shift_code=cast.shift.code, public_no=cast.xiaobo.public_no, direction=direction,
        at=facts["at"],
    )  # fmt: skip


@pytest.mark.parametrize("what", TRIES)
def test_leader_changes_nothing_of_what_he_confirmed(cast: World, what: str) -> None:
    number = serve(cast, cast.xiaobo, 60)
    confirm(cast)
    before = _state(cast)
    facts = {"actor": cast.actor(cast.ali), "record_id": number, "at": cast.shift.ends_at + timedelta(minutes=30)}
    if what.startswith("ticked"):
        del facts["record_id"]
    refused: RefusalCode | None = None
    try:
        TRIES[what](cast, facts)
    except Refusal as no:
        refused = no.code
    # A second tick is the first one's answer.
    assert refused is (None if what.startswith("ticked") else RefusalCode.RECORD_STATE)
    assert _state(cast) == before
    assert (Balance.get_by_id(cast.xiaobo.id).minutes, books.verify()) == (60, [])


def test_minutes_written_into_a_confirmed_record_behind_the_house_are_found(cast: World) -> None:
    serve(cast, cast.xiaobo, 60)
    confirm(cast)
    assert books.verify() == []
    store.write(lambda: ServiceRecord.update(minutes=600).execute())
    [found] = [each for each in books.verify() if each.what.startswith("record")]
    assert (found.volunteer_id, found.kept, found.proved) == (cast.xiaobo.id, 600, 60)


def test_record_confirmed_behind_the_house_is_found(cast: World) -> None:
    """Without an entry in the book it counts for nothing, and is told."""
    serve(cast, cast.xiaobo, 60)
    store.write(lambda: ServiceRecord.update(state="confirmed").execute())
    [found] = [each for each in books.verify() if each.what.startswith("record")]
    assert (found.kept, found.proved, MinuteEntry.select().count()) == (60, 0, 0)
