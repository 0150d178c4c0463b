"""The worker makes backups by the clock, keeps so many, and tells when one is missing or was not copied away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from models import store
from services.operation import alarms, backups, doctor, health
from services.operation.backups import Made
from services.parts import Backups
from tests.services.operation.backup_house import KEY, House, house
from tests.support.fakes import make_parts

__all__ = ["house"]


def test_worker_makes_one_a_night_and_keeps_so_many(house: House) -> None:
    run = lambda at: backups.work(parts=house.parts, at=at, write=store.write)  # noqa: E731
    at = house.at  # nine in the morning
    assert [run(at), run(at + timedelta(minutes=10))] == [1, 0]  # there was none yet
    night = at.replace(hour=17)  # one in the night, in Shanghai
    assert [run(night), run(night + timedelta(hours=1)), run(night + timedelta(hours=2))] == [0, 1, 0]
    for day in (1, 2, 3):
        assert run(night + timedelta(days=day, hours=1)) == 1
    assert [each.name[:16] for each in house.kept()] == ["hongyao-20260612", "hongyao-20260613", "hongyao-20260614"]
    assert backups.work(parts=make_parts(), at=night + timedelta(days=9), write=store.write) == 0


def test_worker_makes_one_an_hour_where_that_is_asked_for(house: House) -> None:
    hourly = replace(house.parts, backups=replace(house.backups, hours=1, keep=2))
    made = []
    for tenth in range(3 * 24 * 6):  # three days, a beat every ten minutes
        at = house.at + tenth * timedelta(minutes=10)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(backups, "make", lambda at=at, **_: made.append(at) or pretended(house, at))
            backups.work(parts=hourly, at=at, write=store.write)
    assert max(later - sooner for sooner, later in pairwise(made)) <= timedelta(hours=1)
    assert 68 <= len(made) <= 90


def pretended(house: House, at: datetime) -> Made:
    health.note_run(name=health.BACKUP, started_at=at, ended_at=at, outcome="ok")
    return Made(Path("x"), 0, backups.Inside({}, 0, 0, 0, 0, {}, {}))


def test_of_those_by_the_hour_a_whole_day_stays_and_each_days_last(house: House) -> None:
    def names(hours: int, keep: int) -> list[str]:
        made = [Path(f"hongyao-202606{day}-{hour:02}0000.backup") for day in (10, 11, 12) for hour in range(0, 24, 6)]
        own = replace(house.backups, hours=hours, keep=keep)
        return [each.name[14:19] for each in made if each not in backups._surplus(made, own)]

    assert names(24, 2) == ["12-12", "12-18"]
    assert names(6, 3) == ["10-18", "11-18", "12-00", "12-06", "12-12", "12-18"]
    assert names(12, 2) == ["11-18", "12-12", "12-18"]


def test_alarm_follows_the_hours_between_two(house: House) -> None:
    hourly = replace(house.parts, backups=replace(house.backups, hours=1))
    health.note_run(name=health.BACKUP, started_at=house.at, ended_at=house.at, outcome="ok")
    for minutes, well in ((180, True), (181, False)):
        every = alarms.backup_every(hourly)
        late = house.at + timedelta(minutes=minutes)
        checks = {each.name: each.ok for each in health.health(at=late, backup_every=every).checks}
        assert checks["backup"] is well
        assert next(doctor._backups(hourly, late)).state == ("ok" if well else "wrong")


def test_copy_elsewhere_is_expected_every_day_once_it_was_told(app: Any, house: House) -> None:
    def said(after: timedelta) -> tuple[bool, str]:
        found = {each.name: each for each in health.health(at=house.at + after).checks}["copy"]
        return found.ok, [each.state for each in doctor._backups(house.parts, house.at + after)][-1]

    health.note_run(name=health.BACKUP, started_at=house.at, ended_at=house.at, outcome="ok")
    assert said(timedelta(days=9)) == (True, "unsure")
    assert app.test_cli_runner().invoke(args=["backup", "--copied"]).exit_code == 0
    assert said(timedelta(hours=26)) == (True, "ok")
    assert said(timedelta(hours=27)) == (False, "wrong")


def test_old_backup_is_an_alarm_where_the_worker_makes_them(house: House) -> None:
    def said(after: timedelta, every: timedelta | None = timedelta(hours=24)) -> tuple[bool, str]:
        check = {each.name: each for each in health.health(at=house.at + after, backup_every=every).checks}["backup"]
        return check.ok, check.detail

    assert said(timedelta(0)) == (True, "none yet")
    Path(house.backups.folder).write_text("no folder")
    assert backups.work(parts=house.parts, at=house.at, write=store.write) == 0
    assert said(timedelta(0)) == (False, "none yet, the last try failed")
    assert backups.work(parts=house.parts, at=house.at + timedelta(minutes=50), write=store.write) == 0
    Path(house.backups.folder).unlink()
    later = house.at + timedelta(minutes=61)
    assert backups.work(parts=house.parts, at=later, write=store.write) == 1
    assert said(timedelta(hours=27)) == (True, "the last one was made 25 h ago")
    assert said(timedelta(hours=28)) == (False, "the last one was made 26 h ago")
    assert said(timedelta(hours=28), None) == (True, "the last one was made 26 h ago")
    assert health.figures(at=later + timedelta(hours=1)).backup_seconds == 3600.0
    late = house.at + timedelta(hours=28)
    found = [*doctor._backups(house.parts, later), *doctor._backups(house.parts, late)]
    found += doctor._backups(make_parts(), late)
    assert [(each.state, each.name) for each in found] == [
        ("ok", "backup"), ("unsure", "copy"), ("wrong", "backup"), ("unsure", "copy"), ("unsure", "backup_none"),
    ]  # fmt: skip
    parts = replace(house.parts, operator_openid="oa-operator", templates={})
    alarms.tell_operator(parts=parts, at=late)
    told_ = [each["text"] for each in parts.gateway.named("send_text")]  # type: ignore[attr-defined]
    assert [text for text in told_ if "备份过了时候没有做成" in text] != []


def test_healthz_and_metrics_tell_of_an_old_backup(app: Any, client: Any, at: datetime) -> None:
    health.note_run(name=health.BACKUP, started_at=at - timedelta(hours=30), ended_at=at, outcome="ok")
    parts = app.extensions["parts"]
    for own, well in ((None, True), (Backups("", KEY), True), (Backups("var/backup", KEY), False)):
        app.extensions["parts"] = replace(parts, backups=own)
        checks = {each["name"]: each for each in client.get("/healthz").get_json()["checks"]}
        assert checks["backup"] == {"name": "backup", "ok": well, "detail": "the last one was made 30 h ago"}
    assert "hongyao_backup_age_seconds 108000.0" in client.get("/metrics").text
