"""A year of assessment in the small world: a county with two officers, one of the city, a team of six."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clock import SHANGHAI, UTC
from models import AssessmentCard, AssessmentCycle, Centre, Delivery, Volunteer, store
from services.actors import Actor
from services.assessment import cycles, late, phases, reminding, results, scoring, standing
from services.assessment.shapes import PhaseDates
from services.errors import Refusal, RefusalCode
from tests.support import world
from tests.support.world import CITY, COUNTY, World

YEAR = "2026"
SELF, PEER, REVIEW = (
    PhaseDates("self", date(2026, 11, 1), date(2026, 11, 15)),
    PhaseDates("peer", date(2026, 11, 16), date(2026, 11, 30)),
    PhaseDates("review", date(2026, 12, 1), date(2026, 12, 20)),
)
DAYS = (SELF, PEER, REVIEW)


def moment(month: int, day: int, hour: int = 10, *, year: int = 2026) -> datetime:
    """A moment in Shanghai."""
    return datetime(year, month, day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def refused(act: Any) -> RefusalCode:
    """The code with which an act is refused."""
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def beat(at: datetime) -> None:
    """What the worker does at a moment, in the order of its jobs."""
    standing.follow(at=at)
    phases.work(at=at)
    reminding.remind_due(at=at)
    results.tell_due(at=at)
    results.finish_due(at=at)


def morning(at: datetime) -> None:
    """What it does once a day besides."""
    scoring.recompute_due(at=at)
    late.nag_due(at=at)


@dataclass
class Year:
    """The cast: `people` are the team's members (the leader first), `officer` and `second` of the county."""

    cast: World
    people: list[Volunteer]
    officer: Actor
    second: Actor
    above: Actor
    code: str = ""
    made: dict[str, Any] = field(default_factory=dict)

    def actor(self, person: Volunteer, door: str = "api") -> Actor:
        return Actor(door=door, volunteer_id=person.id)

    def card(self, person: Volunteer) -> AssessmentCard:
        found = AssessmentCard.get(AssessmentCard.volunteer == person, AssessmentCard.state != "void")
        assert isinstance(found, AssessmentCard)
        return found

    @property
    def cycle(self) -> AssessmentCycle:
        found = AssessmentCycle.get(AssessmentCycle.code == self.code)
        assert isinstance(found, AssessmentCycle)
        return found

    def told(self, person: Volunteer | None = None) -> list[str]:
        """Kinds of the messages about the assessment, of one person or all."""
        rows = Delivery.select(Delivery.kind).where(Delivery.kind.startswith("assessment_"))
        if person is not None:
            rows = rows.where(Delivery.volunteer == person.id)
        return [row.kind for row in rows.order_by(Delivery.id)]


@pytest.fixture
def year(cast: World, at: datetime) -> Year:
    """Members since January, and a cycle that begins in November."""
    long_ago = at - timedelta(days=150)

    def make() -> Year:
        for member in cast.team.members:
            member.from_at = long_ago
            member.save()
        people = [cast.ali, cast.xiaobo]
        for name in ("陈建国", "刘卫东", "杨春生", "黄永胜"):
            person = world.make_volunteer(long_ago, name)
            world.join(long_ago, cast.team, person)
            people.append(person)
        cast.team.leader = cast.ali
        cast.team.save()
        second, above = (
            world.make_volunteer(at, "周副主任"),
            world.make_volunteer(at, "吴科长", region_code=CITY),
        )
        world.grant(at, second, "director", region=COUNTY)
        world.grant(at, above, "region_admin", region=CITY)
        Centre.create(region_code=CITY, kind="centre", name="六安市退役军人服务中心", created_at=at)
        return Year(
            cast,
            people,
            Actor("console", cast.officer.id),
            Actor("console", second.id),
            Actor("console", above.id),
        )

    made = store.write(make)
    made.code = cycles.create(actor=made.officer, region_code=COUNTY, year=YEAR, phases=DAYS, at=at)
    return made
