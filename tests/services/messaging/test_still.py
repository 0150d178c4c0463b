"""What waits for somebody is pushed while it waits, and for as long as its own states say so."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Application, ServiceRecord, Signup, store
from services.messaging import catalogue, still
from services.messaging.still import still_waits
from services.recruitment import applications
from tests.support.world import World, sign_up


def test_every_matter_is_a_kind_of_the_catalogue_and_a_row_with_a_state() -> None:
    for kind, matter in still._WAITING.items():
        assert kind in catalogue.kinds()
        assert {matter.column, "state"} <= set(matter.table._meta.fields)


def test_signup_application_and_hours_wait_until_they_are_decided(cast: World, at: datetime) -> None:
    start = cast.shift.starts_at
    signup = store.write(lambda: sign_up(at, cast.shift, cast.xiaobo, state="pending"))
    record = store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
            region_code=cast.team.region_code, local_day="2026-06-10", in_at=start, out_at=start + timedelta(hours=1),
            minutes=60, rule_set=cast.hours_rule, why="counted", created_at=at, updated_at=at,
        )
    )  # fmt: skip
    chali = cast.actor(cast.chali)
    applied = applications.apply(actor=chali, team_code=cast.team.code, promised=True, at=at)
    row = Application.get(Application.code == applied.code)
    keys = {
        "signup_waiting": f"signup_waiting:{signup.id}:17000:5", "confirm_nag": f"n:{cast.activity.id}:0:5",
        "application_waiting": f"application_waiting:{row.id}:5",
    }  # fmt: skip
    assert [still_waits(kind=kind, key=key) for kind, key in keys.items()] == [True] * 3
    store.write(Signup.update(state="confirmed").where(Signup.id == signup.id).execute)
    store.write(ServiceRecord.update(state="confirmed").where(ServiceRecord.id == record.id).execute)
    applications.withdraw(actor=chali, code=row.code, at=at)
    assert [still_waits(kind=kind, key=key) for kind, key in keys.items()] == [False] * 3
