"""Two at the same moment: the last place, an ending during a wave, two officers; each with its guard, and without.

SQLite has one writer, so nobody races there whatever the guard; the controls are PostgreSQL's.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest

from models import Delivery, Dispatch, PersonCall, Signup, TeamCall, store
from queries import dispatch as sql
from queries import one
from services.actors import Actor
from services.dispatch import calls, lending, standing_down, waves
from services.dispatch.calls import Refusal
from tests.services.dispatch.conftest import HOUR, MINUTE, Flood
from tests.services.participation.test_attendance_race import MEETING, POSTGRES

#: Found, not held: what an act would see without the guard.
UNHELD = "SELECT id FROM dispatch WHERE code = ?"
UNHELD_ID = "SELECT id FROM dispatch WHERE id = ? AND state = 'calling'"


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Each on a thread of its own; its answer or its refusal."""

    def run(act: Callable[[], Any]) -> str:
        with store.session():
            try:
                return str(act())
            except Refusal as no:
                return no.code.value

    with ThreadPoolExecutor(len(acts)) as threads:
        return sorted(threads.map(run, acts))


def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    def free(code: str) -> int | None:
        row = one(UNHELD, (code,))
        return row and row[0]

    monkeypatch.setattr(sql, "hold", free)
    monkeypatch.setattr(sql, "hold_calling", lambda number: one(UNHELD_ID, (number,)) is not None)


def meet(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Both have come as far as `sql.<name>` before either goes on, where nothing keeps them apart."""
    whole, meeting = getattr(sql, name), Barrier(2)

    def late(*args: Any, **more: Any) -> Any:
        found = whole(*args, **more)
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=MEETING)
        return found

    monkeypatch.setattr(sql, name, late)


def last_place(flood: Flood, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two teams promised one person each, one is wanted, and one of each says yes."""
    code = flood.start(people=1)
    flood.comes(code, "城东", 1)
    waves.ask_team(actor=flood.officer, code=code, team_code=flood.teams["城西"].code, at=flood.at)
    flood.comes(code, "城西", 1)
    meet(monkeypatch, "accepted")
    pair = (flood.members["城东"][1], flood.members["城西"][1])
    return at_once(*(lambda p=person: flood.goes(code, p).state for person in pair))  # type: ignore[misc]


def test_two_for_the_last_place_of_a_call_get_one(flood: Flood, monkeypatch: pytest.MonkeyPatch) -> None:
    assert last_place(flood, monkeypatch) == ["accepted", "dispatch_full"]
    assert Signup.select().where(Signup.state == "confirmed").count() == 1


@POSTGRES
def test_control_without_holding_the_call_both_get_it(flood: Flood, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch)
    assert last_place(flood, monkeypatch) == ["accepted", "accepted"]


def ended_in_a_wave(flood: Flood, at: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """The clock has seen that the call runs and is about to choose, when an officer cancels; the state, and how many
    were asked by the wave and never told that it is over."""
    code = flood.start(people=6)
    whole, reached, cancelled = sql.joint, Event(), Event()

    def late(**facts: Any) -> set[int]:
        reached.set()
        cancelled.wait(timeout=MEETING)
        return whole(**facts)

    monkeypatch.setattr(sql, "joint", late)

    def cancel() -> bool:
        reached.wait(timeout=5)
        when = at + 16 * MINUTE
        done = standing_down.close(actor=flood.officer, code=code, outcome="cancelled", reason="误报", at=when)
        cancelled.set()
        return done

    at_once(lambda: waves.run_due(at=at + 16 * MINUTE), cancel)
    return Dispatch.get(Dispatch.code == code).state, _untold()


def _untold() -> int:
    told = {row.volunteer_id for row in Delivery.select().where(Delivery.kind == "dispatch_cancelled")}
    asked = Delivery.select().where(Delivery.kind == "dispatch_team", Delivery.state == "queued")
    return len({row.volunteer_id for row in asked} - told)


def test_call_cancelled_during_a_wave_leaves_nobody_asked_and_untold(
    flood: Flood, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ended_in_a_wave(flood, at, monkeypatch) == ("cancelled", 0)


@POSTGRES
def test_control_without_holding_the_call_the_wave_goes_out_untold(
    flood: Flood, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch)
    state, late = ended_in_a_wave(flood, at, monkeypatch)
    assert (state, late > 0) == ("cancelled", True)


def test_two_officers_send_one_wave_and_decide_once(flood: Flood, at: datetime) -> None:
    draft = calls.write_down(actor=flood.officer, draft=flood.draft(people=6), at=at)
    start = lambda: calls.start(actor=flood.officer, code=draft, at=at)  # noqa: E731
    assert at_once(start, start) == ["False", "True"]
    more = lambda: waves.ask_more(actor=flood.officer, code=draft, after=1, at=at)  # noqa: E731
    assert at_once(more, more) == ["0", "2"]
    assert TeamCall.select().count() == 4
    for minutes in (16, 32):
        flood.beat(at + minutes * MINUTE)
    city = Actor("console", flood.city.id)
    yes = lambda: lending.decide(actor=city, code=draft, agrees=True, at=at + HOUR)  # noqa: E731
    assert at_once(yes, yes) == ["1", "dispatch_decided"]
    assert (TeamCall.select().count(), PersonCall.select().count()) == (5, 0)


def two_officers(flood: Flood, at: datetime, monkeypatch: pytest.MonkeyPatch, other: Callable[[str], Any]) -> list[str]:
    """One stands the call down while the other does something else; both have read it before either writes, where
    nothing keeps them apart."""
    code, meeting = flood.start(people=6), Barrier(2)

    def late(**facts: Any) -> None:
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=MEETING)

    for room in (standing_down, calls):
        monkeypatch.setattr(room, "require_command", late)
    end = lambda: standing_down.close(  # noqa: E731
        actor=flood.officer, code=code, outcome="stood_down", reason="水退了", at=at
    )
    return at_once(end, lambda: other(code))


def cancel(flood: Flood, at: datetime) -> Callable[[str], bool]:
    return lambda code: standing_down.close(
        actor=flood.officer, code=code, outcome="cancelled", reason="误报", at=at
    )


def raise_number(flood: Flood, at: datetime) -> Callable[[str], None]:
    return lambda code: calls.set_wanted(actor=flood.officer, code=code, people=9, at=at)


def test_of_two_officers_who_end_a_call_one_ends_it(
    flood: Flood, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_officers(flood, at, monkeypatch, cancel(flood, at)) == ["False", "True"]
    assert len({row.kind for row in Delivery.select().where(Delivery.kind.startswith("dispatch_"))}) == 2


def test_number_raised_while_another_stands_down_calls_nobody(
    flood: Flood, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = two_officers(flood, at, monkeypatch, raise_number(flood, at))
    assert came in (["None", "True"], ["True", "dispatch_closed"])  # before the end, or refused after it
    call = Dispatch.get()
    assert (call.state, call.wave_due_at) == ("stood_down", None)


@POSTGRES
def test_control_without_holding_the_call_both_end_it(
    flood: Flood, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch)
    assert two_officers(flood, at, monkeypatch, cancel(flood, at)) == ["True", "True"]
