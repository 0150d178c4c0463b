"""Is the house well: each check fails by itself and says what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import ApiPause, Delivery, DeliveryTry, ImportBatch, Notice, store
from services import limits
from services.conversation.wechat_tokens import REFUSED, REFUSED_SECONDS
from services.messaging import telling
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


def proved(at: datetime, outcome: str = "ok") -> None:
    health.note_run(name=health.BOOKS, started_at=at, ended_at=at, outcome=outcome)


def test_books_that_were_proved_ten_days_ago_are_proved_no_more(db: Any, at: datetime) -> None:
    proved(at - timedelta(hours=26))
    beat(at)
    assert bad(at) == {}
    proved(at - timedelta(days=10))
    assert bad(at) == {"proof": "not proved since 2026-05-31T01:00:00+00:00"}


def test_books_that_did_not_agree_stay_the_trouble_however_old(db: Any, at: datetime) -> None:
    proved(at - timedelta(days=10), "error")
    beat(at)
    assert list(bad(at)) == ["books"]


def ran(name: str, at: datetime, outcome: str = "ok", late_after: int = 7200) -> None:
    health.note_run(name=name, started_at=at, ended_at=at, outcome=outcome, late_after=late_after)


def test_job_whose_last_run_failed_is_told(db: Any, at: datetime) -> None:
    beat(at)
    for name in ("verify_books", "purge"):
        ran(name, at - timedelta(days=10), "error")
    ran("digests", at)
    assert bad(at) == {"jobs": "failed: purge, verify_books"}
    ran("purge", at)
    ran("verify_books", at)
    assert bad(at) == {}


def test_job_that_missed_its_turns_is_told_and_one_that_never_ran(db: Any, at: datetime) -> None:
    ran("digests", at - timedelta(hours=2))
    health.expect({"digests": 7200, "purge": 172_800}, at=at - timedelta(hours=3))
    beat(at)
    assert bad(at) == {}
    assert bad(at + timedelta(seconds=1))["jobs"] == "late: digests (2 h)"
    assert bad(at + timedelta(days=2))["jobs"] == "late: digests (50 h), purge (51 h)"


def test_job_that_is_no_more_is_not_waited_for(db: Any, at: datetime) -> None:
    ran("former", at - timedelta(days=9))
    proved(at)
    health.expect({"digests": 7200}, at=at)
    beat(at)
    assert bad(at) == {}
    assert set(health.last_runs()) == {"digests", "heartbeat", health.BOOKS}


def test_token_that_wechat_refuses_again_and_again_is_told(db: Any, at: datetime) -> None:
    beat(at)
    for count in range(health.TOKENS_AN_HOUR + 1):
        assert bad(at) == {}, count
        store.write(lambda: limits.tries(key=REFUSED, seconds=REFUSED_SECONDS, at=at))
    assert bad(at) == {"tokens": "refused by WeChat 6 times within an hour"}
    beat(at + timedelta(hours=1))
    assert bad(at + timedelta(hours=1)) == {}


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


def test_figures_tell_each_queue_by_its_oldest(cast: World, at: datetime) -> None:
    assert set(health.figures(at=at).queues.values()) == {0.0}
    store.write(
        lambda: ImportBatch.create(
            code="b", kind="people", region_code="3415", file_name="x.xlsx", file_hash="h", state="reading",
            created_at=at - timedelta(minutes=5),
        )
    )
    assert health.figures(at=at).queues == {
        "outbox": 0.0, "imports": 300.0, "references": 0.0, "broadcasts": 0.0, "mass_sends": 0.0,
    }  # fmt: skip


def test_figures_count_wechats_error_codes_of_a_day(cast: World, at: datetime) -> None:
    def act() -> None:
        telling.tell(
            kind="gap_reminder", people=[cast.ali.id], key="k", at=at, place="县", count=1, level="村", day="2027-01-01"
        )
        told = Delivery.get()
        for code, hours in ((43101, 1), (43101, 2), (45009, 1), (0, 1), (None, 1), (43101, 25)):
            DeliveryTry.create(
                delivery=told, channel="template", outcome="x", errcode=code, at=at - timedelta(hours=hours)
            )

    store.write(act)
    assert health.figures(at=at).errors == {("template", 43101): 2, ("template", 45009): 1}


def test_figures_tell_of_deliveries_on_their_way_and_of_a_week_those_gone_amiss(cast: World, at: datetime) -> None:
    notice = Notice.create(kind="reminder", team=cast.team, title="提醒", text="明天", state="sent", created_at=at)
    for number, (state, days) in enumerate(
        [("queued", 30), ("queued", 0), ("inflight", 0), ("sent", 0), ("failed", 1), ("failed", 8), ("unknown", 6)]
    ):
        Delivery.create(
            notice=notice, volunteer=cast.ali, kind="reminder", dedupe_key=f"d{number}", state=state, priority=5,
            title="提醒", body="明天", data={}, due_at=at, created_at=at - timedelta(days=days),
        )  # fmt: skip
    assert health.figures(at=at).states == {"queued": 2, "inflight": 1, "failed": 1, "unknown": 1}
