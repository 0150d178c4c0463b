"""Limits on tries count across processes and begin anew with each window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

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
