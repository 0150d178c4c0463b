"""A county in a flood: two villages of one town, another town, the county's rescue team, a neighbouring county.

`flood.draft()` is a call for twenty people at 城关镇's dyke; everybody is insured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Centre, Dispatch, Insurance, Team, TeamCall, Volunteer, store
from services.actors import Actor
from services.dispatch import answers, calls, people, waves
from services.dispatch.answers import Answer
from services.dispatch.calls import CallDraft
from services.errors import Refusal, RefusalCode
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, PROVINCE, TOWN, VILLAGE, VILLAGE2, World

SIBLING, SIBLING_TOWN = "341523", "341523100"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def refused(act: Callable[[], Any]) -> RefusalCode:
    """The code of the no."""
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


@dataclass
class Flood:
    """The teams by a short name, their leaders and members; `director` is the county's, `city` the city's."""

    cast: World
    at: datetime
    director: Volunteer
    city: Volunteer
    teams: dict[str, Team] = field(default_factory=dict)
    leaders: dict[str, Volunteer] = field(default_factory=dict)
    members: dict[str, list[Volunteer]] = field(default_factory=dict)

    def add(self, name: str, region: str, many: int, **more: Any) -> None:
        centre = Centre.get()
        team = world.make_team(self.at, centre, f"{name}服务队", region, short_name=name, **more)
        people = [world.make_volunteer(self.at, f"{name}{n}", region_code=VILLAGE) for n in range(many)]
        for each in people:
            world.make_identity(self.at, each, "oa")
            world.make_identity(self.at, each, "mp")
            world.join(self.at, team, each)
        world.grant(self.at, people[0], "team_leader", team=team)
        self.teams[name], self.leaders[name], self.members[name] = team, people[0], people

    def draft(self, **more: Any) -> CallDraft:
        return replace(CallDraft(
            region_code=COUNTY, place_region=TOWN, title="淮河大堤抢险", domain="D3", sub_domain="flood",
            content="装沙袋、巡堤", place="城关镇大堤二段", people=20, starts_at=self.at, ends_at=self.at + 8 * HOUR,
            risks="水深流急，两人一组", safeguards="救生衣、手电", command="县防汛指挥部",
            contact="孙主任 0564-6000000", fields=("转移群众", "加固堤防（米）"),
        ), **more)  # fmt: skip

    @property
    def officer(self) -> Actor:
        return Actor("console", self.director.id)

    def start(self, **more: Any) -> str:
        code = calls.write_down(actor=self.officer, draft=self.draft(**more), at=self.at)
        calls.start(actor=self.officer, code=code, at=self.at)
        return code

    def called(self, code: str) -> list[str]:
        rows = TeamCall.select(TeamCall, Team).join(Team).join_from(TeamCall, Dispatch).where(Dispatch.code == code)
        return [row.team.short_name for row in rows.order_by(TeamCall.id)]

    def lead(self, name: str, door: str = "pages") -> Actor:
        return Actor(door, self.leaders[name].id)

    def comes(self, code: str, name: str, many: int, at: datetime | None = None, **more: Any) -> str:
        return answers.answer(
            actor=self.lead(name), code=code, answer=Answer(many, **more), at=at or self.at
        )

    def goes(self, code: str, person: Volunteer, at: datetime | None = None, door: str = "pages") -> people.Said:
        return people.accept(actor=Actor(door, person.id), code=code, risk_accepted=True, at=at or self.at)

    def beat(self, at: datetime) -> int:
        return waves.run_due(at=at)


def make_flood(cast: World, at: datetime) -> Flood:
    """The whole of it, in one write."""

    def make() -> Flood:
        Team.update(state="paused").execute()  # those of the small world stay at home
        world.make_region(SIBLING, "舒城县")
        world.make_region(SIBLING_TOWN, "城关镇")
        director, city = (world.make_volunteer(at, name) for name in ("周县长", "钱市里"))
        for each in (director, city):
            world.make_identity(at, each, "oa")
        world.grant(at, director, "director", region=COUNTY)
        world.grant(at, city, "director", region=CITY)
        made = Flood(cast, at, director, city)
        made.add("河口", OTHER_TOWN, 6)
        made.add("城东", VILLAGE, 5)
        made.add("城西", VILLAGE2, 4)
        made.add("救援", COUNTY, 6, kind="professional", speciality="rescue")
        made.add("邻县", SIBLING_TOWN, 8)
        Insurance.create(
            code="standing", region_code=PROVINCE, insurer="人保", product="意外险", policy_no="P1",
            covers_from=at - 60 * 24 * HOUR, covers_until=at + 300 * 24 * HOUR, created_at=at,
        )  # fmt: skip
        return made

    return store.write(make)
