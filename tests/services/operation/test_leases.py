"""Who leads: one at a time, and a worker that slept through its lease writes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import RateBucket, store
from services.operation import leases
from services.operation.leases import LASTS, Held, LeaseLost


def _take(owner: str, at: datetime) -> Held | None:
    return leases.take(owner=owner, at=at)


def test_first_worker_leads(db: Any, at: datetime) -> None:
    assert _take("a", at) == Held("leader", "a", 1)


def test_second_worker_waits_while_the_first_leads(db: Any, at: datetime) -> None:
    _take("a", at)
    assert _take("b", at + LASTS / 2) is None


def test_leader_keeps_its_lease_and_its_epoch(db: Any, at: datetime) -> None:
    _take("a", at)
    assert _take("a", at + LASTS / 2) == Held("leader", "a", 1)
    assert _take("b", at + LASTS) is None


def test_second_worker_leads_after_the_lease_has_ended_with_a_new_epoch(db: Any, at: datetime) -> None:
    _take("a", at)
    assert _take("b", at + LASTS) == Held("leader", "b", 2)


def test_released_lease_is_free_at_once(db: Any, at: datetime) -> None:
    held = _take("a", at)
    assert held is not None
    leases.release(held=held)
    assert _take("b", at) == Held("leader", "b", 2)


def test_release_by_one_who_lost_it_takes_nothing_away(db: Any, at: datetime) -> None:
    old = _take("a", at)
    new = _take("b", at + LASTS)
    assert old is not None
    assert new is not None
    leases.release(held=old)
    store.write(lambda: leases.require(held=new, at=at + LASTS))


def test_lease_of_a_clock_that_was_set_back_does_not_last_for_ever(db: Any, at: datetime, frozen: Any) -> None:
    _take("a", at + timedelta(days=1))
    assert _take("b", at) == Held("leader", "b", 2)


def test_worker_that_stood_still_behind_its_look_at_the_clock_takes_nothing(
    db: Any, at: datetime, frozen: Any
) -> None:
    """Of a moment some minutes old the end of a living lease looks as if a clock had been set back."""
    later = at + 4 * LASTS
    _take("b", later)
    frozen(later)
    assert _take("a", at) is None
    store.write(lambda: leases.require(held=Held("leader", "b", 1), at=later))


def test_worker_that_slept_through_its_lease_writes_nothing(db: Any, at: datetime, frozen: Any) -> None:
    held = _take("a", at)
    assert held is not None
    frozen(at + LASTS)
    _take("b", at + LASTS)
    write = leases.fenced(held)
    with pytest.raises(LeaseLost):
        write(lambda: RateBucket.create(key="k", window_at=at, tries=1))
    assert RateBucket.select().count() == 0


def test_leader_writes_through_its_fence(db: Any, at: datetime, frozen: Any) -> None:
    held = _take("a", at)
    assert held is not None
    leases.fenced(held)(lambda: RateBucket.create(key="k", window_at=at, tries=1))
    assert RateBucket.select().count() == 1
