"""Points put to the book and taken from it: each entry with its reason in words, the balance with it, debts marked.

Everything here runs inside the caller's write.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from clock import to_millis
from queries import books as sql
from queries import points as guarded
from services import rules
from services.bookkeeping import debts
from services.dates import last_day_of, month_after

#: The last day of points that never expire.
FOREVER = "9999-12-31"


def lasts_until(*, local_day: str, months: int) -> str:
    """The last day of points: the end of the month `months` after the one they were earned in; 0 = for good."""
    return last_day_of(month_after(local_day[:7], months)).isoformat() if months else FOREVER


def lasting(*, region_code: str, local_day: str, at: datetime) -> str:
    """`lasts_until` by the rule of a division at `at`."""
    months = int(rules.rule("points", region_code, at).params["expiry_months"])
    return lasts_until(local_day=local_day, months=months)


def post(entry: sql.Entry, *, at: datetime) -> bool:
    """Put an entry in the book; what falls below zero is marked as a debt. False if its key is there already."""
    balance = sql.post_points(entry, now=to_millis(at))
    if balance is None:
        return False
    debts.follow(
        volunteer_id=entry.volunteer_id, before=balance - entry.amount, balance=balance, reason=entry.note, at=at
    )
    return True


def hold(volunteer_id: int) -> int | None:
    """Let nobody else touch a person's points until the write ends; his balance, None for nobody."""
    return guarded.hold(volunteer_id)


def balance(volunteer_id: int) -> int:
    """The points a person has; below zero while he owes some."""
    return guarded.balance(volunteer_id)


def spend(entry: sql.Entry, *, at: datetime) -> int | None:
    """Take what an entry of a positive amount says, if it is there; what is left, None (and nothing done) if not."""
    left = guarded.spend(volunteer_id=entry.volunteer_id, points=entry.amount)
    if left is None:
        return None
    if not sql.write_points(replace(entry, amount=-entry.amount), now=to_millis(at)):
        raise ValueError(f"spent twice under one key: {entry.idem_key}")
    return left
