"""Honours of people: on the wall only as far as they agree, gone from it at once when revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import Commendation, Honour, Volunteer, store
from services.accounts import enrolment
from services.honours import consent, views
from tests.support.world import COUNTY, World


def give(person: Volunteer, at: datetime, **more: Any) -> Honour:
    facts = {
        "volunteer": person, "kind": "nomination", "name": "最美退役军人", "year": "2026", "region_code": COUNTY,
        "source": f"nomination:{person.id}", "awarded_by": "县中心", "awarded_on": "2026-06-10", "at": at,
    } | more  # fmt: skip
    return store.write(lambda: Honour.create(**facts))


def agree(person: Volunteer, given: bool, at: datetime) -> None:
    store.write(lambda: enrolment.keep_consents(
        volunteer_id=person.id, purposes=["honour_wall"], channel="h5", at=at, given=given
    ))  # fmt: skip


def test_own_honours_are_those_that_stand_also_of_a_merged_entry(cast: World, at: datetime) -> None:
    give(cast.xiaobo, at)
    give(cast.chali, at, name="优秀志愿者", revoked_at=at, revoked_why="材料不实")
    store.write(lambda: Volunteer.update(state="merged", merged_into=cast.xiaobo).where(
        Volunteer.id == cast.chali.id
    ).execute())  # fmt: skip
    store.write(lambda: Commendation.create(
        team=cast.team, title="先进队", awarded_by="县中心", awarded_on=at.date().isoformat(), at=at
    ))  # fmt: skip
    mine = views.mine(volunteer_id=cast.xiaobo.id, at=at)
    assert [(each.name, each.awarded_by) for each in mine.held] == [("最美退役军人", "县中心")]
    assert [(each.name, each.why) for each in mine.gone] == [("优秀志愿者", "材料不实")]
    assert [each[1] for each in mine.teams] == ["先进队"]
    assert not mine.on_wall


def test_name_is_shown_only_to_whom_agreed_and_is_grown_up_and_with_us(cast: World, at: datetime) -> None:
    person, day = cast.xiaobo, at.date().isoformat()

    def shown() -> str:
        return consent.shown([Volunteer.get_by_id(person.id)], day)[person.id]

    assert shown() == "王**"
    agree(person, True, at)
    assert shown() == person.name
    for change in ({"birth_date": "2010-01-01"}, {"birth_date": None}, {"state": "deceased"}):
        kept = {name: getattr(person, name) for name in change}
        store.write(lambda change=change: Volunteer.update(change).where(Volunteer.id == person.id).execute())  # type: ignore[misc]
        assert shown() == "王**"
        store.write(lambda kept=kept: Volunteer.update(kept).where(Volunteer.id == person.id).execute())  # type: ignore[misc]
    agree(person, False, at + timedelta(minutes=1))
    assert shown() == "王**"
