"""A place that asks for a training says what is missing before anybody taps, and opens once it was taken (S42)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models import Delivery, Position, Shift, TrainingCertificate, TrainingResult, TrainingTick, store
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.participation import signups
from services.participation.shift_views import shift_views
from services.training import certificates, facts, rates, views
from services.training.certificates import last_day
from tests.services.training.world import make_course, make_session
from tests.support.world import World, join, make_volunteer

DAYS = timedelta(days=1)


def asks(shift: Shift, name: str) -> None:
    store.write(Position.update(conditions={"trainings": [name]}).where(Position.id == shift.position_id).execute)


def missing(cast: World, shift: Shift, at: datetime) -> str:
    no = signups.hindrance(shift_code=shift.code, volunteer_id=cast.xiaobo.id, at=at)
    return "" if no is None else str(no.facts["missing"])


def learnt(cast: World, at: datetime, result: str, minutes: int = 90, day: str = "2026-06-01", **more: Any) -> Any:
    """小博 was at a session on an earlier day; with `expires_on` he has its certificate."""
    expires = more.pop("expires_on", None)

    def act() -> Any:
        course = make_course(at, **more)
        activity, _ = make_session(cast, at, course, starts_in=timedelta(days=3))
        row = TrainingResult.create(
            activity=activity, course=course, volunteer=cast.xiaobo, region_code=cast.team.region_code, local_day=day,
            minutes=minutes, result=result, updated_at=at,
        )  # fmt: skip
        if course.certificate:
            TrainingCertificate.create(
                code="cert1", number="PX1", volunteer=cast.xiaobo, course=course, activity=activity, issued_on=day,
                region_code=cast.team.region_code, expires_on=expires, state="valid", created_at=at,
            )  # fmt: skip
        return row

    return store.write(act)


def test_missing_training_is_said_before_the_tap_and_refused_at_it(cast: World, at: datetime) -> None:
    asks(cast.shift, "心肺复苏")
    assert missing(cast, cast.shift, at) == "参加过“心肺复苏”培训（在“我的”—“培训”里报名，线下学过的请队长替您勾选）"
    shown = shift_views(activity=cast.activity, volunteer_id=cast.xiaobo.id)[0]
    assert shown.asked == ("参加过“心肺复苏”培训",)
    with pytest.raises(Refusal) as no:
        signups.sign_up(
            actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
        )
    assert no.value.code is RefusalCode.NOT_ELIGIBLE
    learnt(cast, at, "passed", tested=True)
    assert missing(cast, cast.shift, at) == ""
    signups.sign_up(
        actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
    )


@pytest.mark.parametrize(
    ("result", "course", "opens"),
    [
        ("attended", {}, True), ("attended", {"tested": True}, False), ("failed", {"tested": True}, False),
        ("", {"tested": True}, False), ("passed", {"certificate": True, "expires_on": "2026-06-10"}, True),
        ("passed", {"certificate": True, "expires_on": "2026-06-09"}, False),
    ],
)  # fmt: skip
def test_place_opens_to_what_was_learnt_and_still_holds(
    cast: World, at: datetime, result: str, course: dict[str, Any], opens: bool
) -> None:
    asks(cast.shift, "心肺复苏")
    learnt(cast, at, result, **course)
    assert (missing(cast, cast.shift, at) == "") is opens
    if course.get("expires_on") == "2026-06-09":
        assert "您的证书2026年6月9日到期" in missing(cast, cast.shift, at)


def test_word_of_whoever_leads_opens_it_as_before(cast: World, at: datetime) -> None:
    asks(cast.shift, "划船")
    store.write(lambda: TrainingTick.create(volunteer=cast.xiaobo, name="划船", actor=cast.ali, at=at))
    assert missing(cast, cast.shift, at) == ""
    assert facts.had(cast.xiaobo.id) == [facts.Had("划船", "")]


def test_revoked_certificate_takes_its_training_along(cast: World, at: datetime) -> None:
    learnt(cast, at, "passed", certificate=True)
    assert [each.name for each in facts.had(cast.xiaobo.id)] == ["心肺复苏"]
    certificates.revoke(actor=cast.actor(cast.officer), code="cert1", reason="发错了", at=at)
    assert facts.had(cast.xiaobo.id) == []


def test_person_is_reminded_once_before_a_certificate_runs_out(cast: World, at: datetime) -> None:
    learnt(cast, at, "passed", certificate=True, expires_on="2026-07-20")
    days = [certificates.remind_due(at=at + each * DAYS) for each in (9, 10, 11, 60)]
    assert days == [0, 1, 0, 0]
    told = Delivery.get(Delivery.kind == "training_ends")
    assert (told.volunteer_id, "2026年7月20日到期" in told.body) == (cast.xiaobo.id, True)
    assert views.mine(volunteer_id=cast.xiaobo.id, at=at + 60 * DAYS).certificates[0].state == "expired"


def test_last_day_of_a_certificate() -> None:
    assert [last_day(date(*day), months).isoformat() for day, months in (
        ((2026, 6, 10), 12), ((2026, 8, 31), 6), ((2026, 1, 31), 1), ((2024, 2, 29), 12), ((2026, 12, 1), 1),
    )] == ["2027-06-09", "2027-02-28", "2026-02-28", "2025-02-28", "2026-12-31"]  # fmt: skip


def test_training_rate_counts_members_with_the_hours_of_a_year(cast: World, at: datetime) -> None:
    """Eight class hours of 45 minutes: 360 minutes; the team has 阿丽, 小博 and one more; a stranger counts nowhere."""
    third = store.write(lambda: make_volunteer(at, "三号"))
    store.write(lambda: join(at, cast.team, third))
    learnt(cast, at, "attended", minutes=200)
    learnt(cast, at, "attended", minutes=160, name="消防安全")
    line = rates.of_teams([cast.team, cast.other_team], year="2026", at=at)
    assert [(each.members, each.trained, each.rate, each.hours) for each in line] == [
        (3, 1, 33, "8"), (0, 0, None, "0"),
    ]  # fmt: skip
    assert rates.of_teams([cast.team], year="2025", at=at)[0].trained == 0
    for sort, first in (("rate", cast.other_team), ("-rate", cast.team), ("-members", cast.team)):
        found = rates.listed(actor=cast.actor(cast.officer), wanted=Wanted(sort=sort, size=1), at=at)
        assert (found.rows[0].code, found.total) == (first.code, 2)
    assert rates.rate(minutes=[359, 360, 0], members=3, year_hours=8, class_hour=45) == (1, 33)
