"""Recruitment drives: a code at the door, the application that says so, and what came of it (S87)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Application, DriveScan, RecruitmentDrive, ServiceRecord, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.recruitment import applications, drive_report, drives
from services.recruitment.drives import DriveDraft
from tests.services.training.world import make_course, make_session
from tests.support.world import COUNTY, World, make_identity, make_volunteer

C = RefusalCode
DAYS = timedelta(days=1)
DRIVE = DriveDraft("秋季退役军人适应性培训", "2026-06-10", "2026-06-12", "县委党校")


def begin(cast: World, at: datetime, **more: Any) -> str:
    return drives.create(actor=cast.actor(cast.officer), region_code=COUNTY, draft=replace(DRIVE, **more), at=at)


def newcomer(cast: World, at: datetime) -> Volunteer:
    def act() -> Volunteer:
        person = make_volunteer(at)
        make_identity(at, person, "oa")
        return person

    return store.write(act)


def scan(cast: World, code: str, person: Volunteer, at: datetime) -> None:
    drives.go_on(actor=cast.actor(person, "pages"), code=code, visitor=f"phone-{person.id}", at=at)


def join(cast: World, person: Volunteer, at: datetime) -> Application:
    made = applications.apply(
        actor=cast.actor(person, "pages"), team_code=cast.team.code, promised=True, at=at
    )
    return Application.get(Application.code == made.code)


def line(cast: World, at: datetime) -> drive_report.DriveLine:
    return drive_report.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=at).rows[0]


def test_drive_at_an_adaptation_training_is_followed_from_the_door_to_the_first_service(
    cast: World, at: datetime
) -> None:
    course = store.write(lambda: make_course(at, "适应性培训", kind="adaptation"))
    session, _ = make_session(cast, at, course)
    assert [code for code, _ in drives.offered_sessions(actor=cast.actor(cast.officer), at=at)] == [session.code]
    code = begin(cast, at, session=session.code, team=cast.team.code, audience=40)
    drives.opened(code=code, visitor="passer-by", identity_id=None, door="pages", at=at)
    one, two, three = (newcomer(cast, at) for _ in range(3))
    for person in (one, two, three):
        scan(cast, code, person, at)
        scan(cast, code, person, at)  # counted once
    first, second = join(cast, one, at), join(cast, two, at + DAYS)
    assert (first.source, first.drive_id, second.source) == ("training", RecruitmentDrive.get().id, "training")
    store.write(
        Application.update(state="approved", decided_at=at + 2 * DAYS).where(Application.id == first.id).execute
    )
    store.write(
        lambda: ServiceRecord.create(
            team=cast.team, volunteer=one, region_code=COUNTY, local_day="2026-06-20", source="scan",
            state="confirmed", minutes=60, rule_set=cast.hours_rule, in_at=at + 10 * DAYS, created_at=at,
            updated_at=at,
        )
    )  # fmt: skip
    shown = line(cast, at)
    assert (shown.audience, shown.scanned, shown.applied, shown.accepted, shown.served, shown.joined) == (
        40, 4, 2, 1, 1, 2,
    )  # fmt: skip
    assert (shown.session_code, shown.over) == (session.code, False)


def test_drive_elsewhere_needs_no_session_and_forgets_after_a_month(cast: World, at: datetime) -> None:
    code = begin(cast, at, title="建军节广场招募", to_on="2026-08-01")
    one, two = newcomer(cast, at), newcomer(cast, at)
    scan(cast, code, one, at)
    scan(cast, code, two, at)
    assert (join(cast, one, at + DAYS).source, join(cast, two, at + 31 * DAYS).source) == ("drive", "")
    assert (line(cast, at).audience, line(cast, at).joined) == (None, 0)


def test_drive_that_is_over_counts_nobody_and_says_so(cast: World, at: datetime) -> None:
    code = begin(cast, at)
    late = at + 3 * DAYS
    assert drives.opened(code=code, visitor="a", identity_id=None, door="pages", at=late).over is True
    with pytest.raises(Refusal) as no:
        drives.go_on(actor=cast.actor(cast.chali, "pages"), code=code, visitor="a", at=late)
    assert (no.value.code, DriveScan.select().count()) == (C.DRIVE_OVER, 0)
    drives.close(actor=cast.actor(cast.officer), code=code, at=at)
    assert drives.opened(code=code, visitor="a", identity_id=None, door="pages", at=at).over is True


def test_drive_is_begun_by_who_manages_or_leads_and_says_what_is_wrong(cast: World, at: datetime) -> None:
    other, _ = make_session(cast, at)
    for field, wrong in (
        ("title", {"title": " "}), ("to_on", {"to_on": "2026-06-01"}), ("from_on", {"from_on": "明天"}),
        ("audience", {"audience": -1}), ("session", {"session": other.code}), ("team", {"team": "nobody"}),
    ):  # fmt: skip
        with pytest.raises(Refusal) as no:
            begin(cast, at, **wrong)
        assert (no.value.code, no.value.facts["field"]) == (C.FIELD_WRONG, field)
    facts = {"draft": replace(DRIVE, team=cast.team.code), "region_code": "", "at": at}
    drives.create(actor=cast.actor(cast.ali), **facts)
    for person, code in ((cast.xiaobo, C.NOT_ALLOWED), (cast.chali, C.NOT_FOUND)):
        with pytest.raises(Refusal) as no:
            drives.create(actor=cast.actor(person), **facts)
        assert no.value.code is code
    with pytest.raises(Refusal) as no:
        drives.count_audience(
            actor=cast.actor(cast.chali), code=RecruitmentDrive.get().code, audience=5, at=at
        )
    assert no.value.code is C.NOT_FOUND
