"""Who leads: one worker at a time runs the timed jobs, and its writes carry the proof (reliability.md §1.2).

A lease has an owner, an end and an epoch that grows with every new owner. A worker that slept through its
lease may believe that it still leads; `require`, inside the transaction of its write, finds out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import clock
from frozen import dataclass
from models import Lease, store
from models.dialect import PostgresDatabase

LEADER = "leader"
LASTS = timedelta(seconds=30)
#: A job steps back after each of its writes for as long as the write took, at most so many seconds.
STEP_BACK = 0.2

T = TypeVar("T")


class LeaseLost(Exception):
    """Another worker leads now: what was about to be written must not be."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease as its owner holds it."""

    name: str
    owner: str
    epoch: int


def take(*, name: str = LEADER, owner: str, at: datetime) -> Held | None:
    """Take the lease if nobody holds it, or keep it if `owner` does; None while another leads."""

    def act() -> Held | None:
        Lease.insert(name=name, owner="", epoch=0, until=0).on_conflict_ignore().execute()
        kept = _where(Lease.update(until=at + LASTS), name, Lease.owner == owner, Lease.until > at)
        if kept is not None:
            return Held(name, owner, kept)
        taken = _where(_to(owner, at), name, Lease.until <= at)
        if taken is None:
            row = Lease.get(Lease.name == name)
            # An end beyond any we give comes from a clock that was set back since. Whether it is, a clock tells that
            # is read after the row: `at` may be minutes old where this process stood still behind it.
            moment = clock.now()
            if row.until > moment + 4 * LASTS:
                taken = _where(_to(owner, moment), name, Lease.epoch == row.epoch, Lease.until == row.until)
        return None if taken is None else Held(name, owner, taken)

    return store.write(act)


def _to(owner: str, at: datetime) -> object:
    return Lease.update(owner=owner, epoch=Lease.epoch + 1, until=at + LASTS)


def _where(update: object, name: str, *conditions: object) -> int | None:
    changed = update.where(Lease.name == name, *conditions).execute()  # type: ignore[attr-defined]
    if not changed:
        return None
    epoch: int = Lease.select(Lease.epoch).where(Lease.name == name).scalar()
    return epoch


def release(*, held: Held) -> None:
    """Give the lease back at once, so that another worker need not wait for its end."""
    store.write(
        lambda: (
            Lease.update(until=0)
            .where(Lease.name == held.name, Lease.owner == held.owner, Lease.epoch == held.epoch)
            .execute()
        )
    )


def require(*, held: Held, at: datetime) -> None:
    """Inside a write: LeaseLost unless `held` still stands at `at`. The row stays locked until the commit."""
    query = Lease.select(Lease.epoch).where(
        Lease.name == held.name, Lease.owner == held.owner, Lease.epoch == held.epoch, Lease.until > at
    )
    if isinstance(store.current(), PostgresDatabase):
        query = query.for_update()
    if query.first() is None:
        raise LeaseLost(held.name)


def step_back(took: float) -> None:
    """Leave SQLite's file alone after a write of so many seconds."""
    if not isinstance(store.current(), PostgresDatabase):
        time.sleep(min(took, STEP_BACK))


def fenced(held: Held) -> store.Write:
    """`store.write` for the leader's jobs: each write carries the proof that `held` still stands, else LeaseLost.

    A job makes many short writes. On SQLite they would take turns with nobody, for whoever finds the file locked
    sleeps and asks again; so after each of them the job steps back for as long as it held the file. PostgreSQL locks
    rows, and lets the others through by itself.
    """

    def write(act: Callable[[], T], /) -> T:
        def proved() -> T:
            require(held=held, at=clock.now())
            return act()

        began = time.monotonic()
        done = store.write(proved)
        step_back(time.monotonic() - began)
        return done

    return write
