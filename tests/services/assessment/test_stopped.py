"""A worker that dies at any write, and goes on: every phase, card, pair, letter and result exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import (
    AssessmentCard,
    AssessmentExit,
    AssessmentPeer,
    AssessmentPhase,
    Delivery,
    Honour,
    PointEntry,
    store,
)
from queries import assessment as sql
from services.assessment import assigning, cards, cycles, phases, reminding, results
from tests.services.assessment.conftest import DAYS, Year, moment
from tests.support.world import CITY

MOMENTS = (moment(11, 1), moment(11, 12), moment(11, 16), moment(12, 1), moment(12, 21), moment(12, 30))


class Killed(Exception):
    """The worker's end."""


def go(at: datetime, write: Any) -> None:
    phases.work(at=at, write=write)
    reminding.remind_due(at=at, write=write)
    results.tell_due(at=at, write=write)
    results.finish_due(at=at, write=write)


def dying(after: int) -> Callable[[Any], Any]:
    """A door through which only so many writes go."""
    left = [after]

    def write(act: Any) -> Any:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return store.write(act)

    return write


@pytest.mark.parametrize("each_time", [lambda lives: lives, lambda _: 2], ids=["one later", "after two"])
def test_a_worker_that_dies_at_every_write_does_everything_once(
    year: Year, each_time: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its first write, then at its second, and so on; or always after two: it comes to the end all the same."""
    monkeypatch.setattr(sql, "PART", 2)
    monkeypatch.setattr(assigning, "ARROWS", 5)
    good, weak = year.people[2], year.people[4]
    for at in MOMENTS:
        if at == MOMENTS[4]:
            _decide(good, weak)
        assert _lives(at, each_time)
    told = Counter(row.kind for row in Delivery.select().where(Delivery.kind.startswith("assessment_")))
    assert told == {
        "assessment_self": 6, "assessment_self_left": 6, "assessment_peer": 6, "assessment_counts": 3,
        "assessment_review": 2, "assessment_result": 6, "assessment_honour": 1, "assessment_exit_proposed": 1,
        "assessment_exit_waiting": 2,
    }  # fmt: skip
    assert (AssessmentCard.select().count(), AssessmentPeer.select().count()) == (6, 24)
    assert {row.state for row in AssessmentPhase.select()} == {"closed"}
    assert (Honour.select().count(), PointEntry.select().count(), AssessmentExit.select().count()) == (
        1,
        1,
        1,
    )
    assert {row.state for row in AssessmentCard.select()} == {"final"}
    assert year.cycle.state == "closed"


def test_a_cycle_that_goes_wrong_keeps_no_other_waiting(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    other = cycles.create(actor=year.above, region_code=CITY, year="2026", phases=DAYS, at=moment(10, 1))
    make = cards.make

    def broken(cycle: Any, **more: Any) -> int:
        if cycle.code == year.code:
            raise ZeroDivisionError
        return make(cycle, **more)

    monkeypatch.setattr(cards, "make", broken)
    with pytest.raises(ZeroDivisionError):
        phases.work(at=moment(11, 1))
    own = AssessmentPhase.number == 1
    states = {row.cycle.code: row.state for row in AssessmentPhase.select().where(own)}
    assert states == {year.code: "opening", other: "open"}


def _lives(at: datetime, each_time: Callable[[int], int]) -> int:
    for lives in range(500):
        try:
            go(at, dying(each_time(lives)))
        except Killed:
            continue
        return lives
    pytest.fail("the worker never came to an end")


def _decide(good: Any, weak: Any) -> None:
    def act() -> None:
        AssessmentCard.update(state="decided", grade="pass").execute()
        AssessmentCard.update(grade="excellent").where(AssessmentCard.volunteer == good).execute()
        AssessmentCard.update(grade="fail").where(AssessmentCard.volunteer == weak).execute()

    store.write(act)
