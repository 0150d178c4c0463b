"""Is the house well: each check fails by itself and says what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import ApiPause, store
from services.operation import health
from services.operation.health import HEARTBEAT_WITHIN, OLDEST_WITHIN
from tests.support.world import World


def beat(at: datetime) -> None:
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")


def bad(at: datetime) -> dict[str, str]:
    return {check.name: check.detail for check in health.health(at=at).checks if not check.ok}


def test_house_with_a_living_worker_is_well(db: Any, at: datetime) -> None:
    beat(at)
    assert health.health(at=at).ok


def test_house_whose_worker_never_ran_is_not_well(db: Any, at: datetime) -> None:
    assert bad(at) == {"worker": "has never run"}


def test_house_whose_worker_stopped_is_not_well(db: Any, at: datetime) -> None:
    beat(at)
    assert health.health(at=at + HEARTBEAT_WITHIN).ok
    assert bad(at + HEARTBEAT_WITHIN + timedelta(seconds=1)) == {"worker": "last heartbeat 61 s ago"}


def test_house_with_a_delivery_waiting_too_long_is_not_well(cast: World, at: datetime) -> None:
    from services.messaging import telling

    store.write(
        lambda: telling.tell(
            kind="gap_reminder",
            people=[cast.ali.id],
            key="k",
            at=at,
            place="县",
            count=1,
            level="村",
            day="2027-01-01",
        )
    )
    later = at + OLDEST_WITHIN + timedelta(seconds=1)
    beat(later)
    assert bad(later) == {"outbox": "1 due, the oldest for 301 s"}


def test_house_with_a_resting_api_says_which_and_why(db: Any, at: datetime) -> None:
    beat(at)
    store.write(
        lambda: ApiPause.create(api="/cgi-bin/message", until=at + timedelta(hours=1), reason="quota")
    )
    assert list(bad(at)) == ["wechat"]
    assert "quota" in bad(at)["wechat"]
    beat(at + timedelta(hours=2))
    assert health.health(at=at + timedelta(hours=2)).ok


def test_house_behind_its_schema_is_not_well(db: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrations.missing", lambda _: ["0009_next"])
    assert bad(at) == {"migrations": "missing: 0009_next"}


def test_house_without_its_database_says_only_that(
    db: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> bool:
        raise OSError

    monkeypatch.setattr(health, "alive", away)
    assert bad(at) == {"database": "OSError"}


def test_runs_of_a_job_are_counted_and_the_last_one_kept(db: Any, at: datetime) -> None:
    beat(at)
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="error")
    assert health.figures(at=at).jobs == (("heartbeat", 2, 0.0, True),)
