"""Wrong codes are counted by account, else by address; who sent too many waits with a right one too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from peewee import Database

from models import AuditEntry
from services import guessing
from services.errors import Refusal
from services.errors import RefusalCode as C
from services.guessing import FROM_ONE_ADDRESS, MOST, SECONDS
from tests.support.world import World


def send(at: datetime, wrong: C | None = C.CODE_FORGED, *, account: str = "", address: str = "") -> C | None:
    """One code; `wrong`: what it is answered with, None for a right one."""
    try:
        with guessing.watched(account=account, address=address, door="pages", at=at):
            if wrong is not None:
                raise Refusal(wrong)
    except Refusal as no:
        return no.code
    return None


@pytest.mark.parametrize("wrong", sorted(guessing.WRONG))
def test_one_more_than_allowed_is_refused_and_the_right_one_too(db: Database, at: datetime, wrong: C) -> None:
    answers = [send(at, wrong, account="7") for _ in range(MOST + 1)]
    assert answers == [wrong] * MOST + [C.TOO_MANY_TRIES]
    assert send(at, None, account="7") is C.TOO_MANY_TRIES


def test_a_minute_later_it_is_taken_again(db: Database, at: datetime) -> None:
    for _ in range(MOST):
        send(at, account="7")
    assert send(at + timedelta(seconds=SECONDS - 1), None, account="7") is C.TOO_MANY_TRIES
    assert send(at + timedelta(seconds=SECONDS), None, account="7") is None


def test_whoever_waits_is_told_how_long(db: Database, at: datetime) -> None:
    for _ in range(MOST):
        send(at, account="7")
    with pytest.raises(Refusal) as no, guessing.watched(account="7", door="pages", at=at + timedelta(seconds=20)):
        pass
    assert no.value.facts["seconds"] == 40


def test_account_counts_wherever_it_comes_from_and_nobody_else_waits(db: Database, at: datetime) -> None:
    for number in range(MOST):
        send(at, account="7", address=f"203.0.113.{number}")
    assert send(at, None, account="7", address="198.51.100.1") is C.TOO_MANY_TRIES
    assert send(at, None, account="8", address="203.0.113.1") is None
    assert send(at, None, address="203.0.113.1") is None


def test_hall_behind_one_address_has_more_room(db: Database, at: datetime) -> None:
    answers = [send(at, address="203.0.113.1") for _ in range(FROM_ONE_ADDRESS + 1)]
    assert answers == [C.CODE_FORGED] * FROM_ONE_ADDRESS + [C.TOO_MANY_TRIES]
    assert send(at, None, address="203.0.113.2") is None


def test_right_code_of_somebody_who_sent_no_wrong_one_costs_no_statement(
    db: Database, at: datetime, count_statements: Callable[[], Any]
) -> None:
    with count_statements() as seen:
        send(at, None, account="nobody yet")
    assert len(seen) == 0


def test_too_many_wrong_codes_stand_in_the_audit_once(cast: World, at: datetime) -> None:
    mine = cast.actor(cast.ali)
    for _ in range(MOST + 5):
        send(at, account=str(mine.identity_id))
    for _ in range(MOST):
        send(at, account=f"v{cast.chali.id}")
    for _ in range(MOST - 1):
        send(at, account=f"v{cast.xiaobo.id}")
    rows = AuditEntry.select().where(AuditEntry.verb == "codes.tried").order_by(AuditEntry.id)
    assert [(row.actor_id, row.subject) for row in rows] == [
        (cast.ali.id, "house:codes"), (cast.chali.id, "house:codes")
    ]  # fmt: skip
    send(at + timedelta(seconds=SECONDS), account=str(mine.identity_id))
    assert rows.count() == 2


def test_too_many_from_one_address_stand_in_the_audit_without_it(db: Database, at: datetime) -> None:
    for _ in range(FROM_ONE_ADDRESS):
        send(at, address="203.0.113.1")
    row = AuditEntry.get()
    assert (row.actor_id, row.detail) == (None, {"way": "address", "door": "pages"})


def test_wrong_codes_to_another_process_count(db: Database, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(MOST):
        send(at, account="7")
    monkeypatch.setattr(guessing, "_guessed", {})
    assert [send(at, account="7") for _ in range(2)] == [C.CODE_FORGED, C.TOO_MANY_TRIES]


@pytest.mark.parametrize("late", [C.CODE_EXPIRED, C.TICKET_EXPIRED, C.TOO_EARLY, C.NOT_ALLOWED, None])
def test_who_comes_late_or_with_a_right_code_guesses_nothing(db: Database, at: datetime, late: C | None) -> None:
    for _ in range(MOST + 5):
        assert send(at, late, account="7") is late
