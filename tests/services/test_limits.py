"""Limits on tries count across processes and begin anew with each window."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import RateBucket, store
from models.dialect import Database
from services import limits
from services.errors import Refusal, RefusalCode


def test_the_try_after_the_limit_is_refused_and_kept(db: Database, at: datetime) -> None:
    for _ in range(3):
        limits.count(key="a", limit=3, seconds=60, at=at)
    with pytest.raises(Refusal) as no:
        limits.count(key="a", limit=3, seconds=60, at=at)
    assert no.value.code is RefusalCode.TOO_MANY_TRIES
    assert RateBucket.get().tries == 4
    limits.count(key="b", limit=3, seconds=60, at=at)


def test_a_new_window_begins_anew(db: Database, at: datetime) -> None:
    limits.count(key="a", limit=1, seconds=60, at=at)
    with pytest.raises(Refusal):
        limits.count(key="a", limit=1, seconds=60, at=at + timedelta(seconds=59))
    limits.count(key="a", limit=1, seconds=60, at=at + timedelta(seconds=60))
    assert RateBucket.get().window_at == at + timedelta(seconds=60)


def test_parallel_tries_all_count(db: Database, at: datetime) -> None:
    def attempt(_: int) -> bool:
        with store.session():
            try:
                limits.count(key="a", limit=5, seconds=60, at=at)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(attempt, range(20)))
    assert (passed, RateBucket.get().tries) == (5, 20)


def test_count_of_one_process_costs_no_statement_and_begins_anew(
    db: Database, at: datetime, count_statements: Callable[[], Any]
) -> None:
    with count_statements() as seen:
        for _ in range(2):
            limits.here(key="a", limit=2, seconds=60, at=at)
        with pytest.raises(Refusal) as no:
            limits.here(key="a", limit=2, seconds=60, at=at + timedelta(seconds=59))
        limits.here(key="b", limit=2, seconds=60, at=at)
        limits.here(key="a", limit=2, seconds=60, at=at + timedelta(seconds=60))
    assert (no.value.code, no.value.facts, seen) == (
        RefusalCode.TOO_MANY_TRIES, {"seconds": 1, "wait": "1分钟"}, []
    )  # fmt: skip


def test_counts_of_one_process_stay_few(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROOM", 10)
    for number in range(100):
        limits.here(key=f"k{number}", limit=1, seconds=1, at=at + timedelta(milliseconds=200 * number))
    assert len(limits._counted) <= 10
    with pytest.raises(Refusal):  # what still runs is not forgotten for room
        limits.here(key="k99", limit=1, seconds=1, at=at + timedelta(milliseconds=200 * 99))
