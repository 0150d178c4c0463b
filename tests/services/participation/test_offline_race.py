"""The same piece sent twice at once, as a phone does whose first answer is slow; with a control, the guard off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from models import Attempt, ScanAnswer, ServiceRecord, store
from models.dialect import Database
from services.participation import offline
from tests.services.participation.offline_phone import Phone
from tests.support.world import World


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> Barrier:
    """Both uploads have asked what is answered already before either goes on, where nothing keeps them apart."""
    meeting = Barrier(2)
    whole = offline._answered

    def slow(*args: Any) -> Any:
        found = whole(*args)
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=0.7)
        return found

    monkeypatch.setattr(offline, "_answered", slow)
    return meeting


def twice(phone: Phone, cast: World, start: datetime) -> list[Any]:
    """What the two uploads answered, or raised."""
    items = [phone.scan(cast.xiaobo, start), phone.tick(cast.chali, start, "out"), {"nonce": "bad"}]

    def bring(_: int) -> Any:
        with store.session():
            return phone.bring(*items, at=start + timedelta(hours=1))

    with ThreadPoolExecutor(2) as phones:
        return list(phones.map(bring, range(2)))


def test_same_piece_twice_at_once_is_judged_once(
    cast: World, phone: Phone, start: datetime, met: Barrier
) -> None:
    first, second = twice(phone, cast, start)
    assert first == second
    assert (Attempt.select().count(), ScanAnswer.select().count()) == (3, 3)
    assert ServiceRecord.select().count() == 1


@pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_without_the_hold_the_piece_is_judged_twice(
    db: Database, cast: World, phone: Phone, start: datetime, met: Barrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: SQLite has one writer anyway, so it is PostgreSQL's."""
    monkeypatch.setattr(offline.late_sql, "hold_kit", lambda **_: None)
    monkeypatch.setattr(offline.ScanAnswer, "insert_many", lambda rows: _Quiet())
    twice(phone, cast, start)
    assert Attempt.select().count() == 6


class _Quiet:
    """Answers that are not written: their key alone would hold the second upload back."""

    def execute(self) -> None:
        """Nothing."""
