"""A village without a team, with its station officer at the township, and drafts for its founding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models import Centre, Founding, Team, Volunteer, store
from services.organisation import founding
from services.organisation.founding import FoundingDraft
from services.organisation.teams import TeamDraft
from tests.support import world
from tests.support.world import COUNTY, TOWN, World

BRAND = "红耀江淮"
EMPTY, EMPTY2 = "341522100203", "341522100204"
STANDARD = "南河村退役军人“红耀江淮”志愿服务队"


@dataclass
class Places:
    """`station` is officer of the township, `head` leads the county's centre, `li` lives in the empty village."""

    cast: World
    station: Volunteer
    head: Volunteer
    li: Volunteer
    hong: Volunteer
    at: datetime

    def draft(self, **more: Any) -> FoundingDraft:
        made = FoundingDraft(
            TeamDraft("governance"),
            leader=self.li.public_no,
            liaison=self.hong.public_no,
            statement="村里有老兵三十人",
        )
        return replace(made, **more)

    def start(self, region_code: str = EMPTY, draft: FoundingDraft | None = None) -> int:
        return founding.start(
            actor=self.cast.actor(self.station, "console"),
            region_code=region_code,
            draft=draft or self.draft(),
            brand=BRAND,
            at=self.at,
        )

    def submitted(self, reason: str = "先把架子搭起来", draft: FoundingDraft | None = None) -> int:
        number = self.start(draft=draft)
        founding.submit(
            actor=self.cast.actor(self.station, "console"), founding_id=number, reason=reason, at=self.at
        )
        return number

    def team_of(self, number: int) -> Team:
        team: Team = Founding.get_by_id(number).team
        return team

    def founded(self, *, pilot: bool = False, members: int = 5) -> Team:
        number = self.start()
        team = self.team_of(number)

        def fill() -> None:
            for _ in range(members):
                world.join(self.at, team, world.make_volunteer(self.at, region_code=EMPTY))

        store.write(fill)
        station, officer = (
            self.cast.actor(self.station, "console"),
            self.cast.actor(self.cast.officer, "console"),
        )
        founding.submit(actor=station, founding_id=number, reason="村里推选", at=self.at)
        founding.approve(actor=officer, founding_id=number, pilot=pilot, at=self.at)
        return Team.get_by_id(team.id)


def make(cast: World, at: datetime) -> Places:
    def act() -> Places:
        world.make_region(EMPTY, "南河村")
        world.make_region(EMPTY2, "北河村")
        station, head, li, hong = (
            world.make_volunteer(at, name, region_code=code)
            for name, code in (("钱站长", TOWN), ("冯主任", COUNTY), ("李大柱", EMPTY), ("洪梅", EMPTY))
        )
        for person in (station, head, li, hong):
            world.make_identity(at, person, "oa")
        world.grant(at, station, "station_officer", region=TOWN)
        world.grant(at, head, "director", region=COUNTY)
        Centre.update(director_id=head.id).where(Centre.region_code == COUNTY).execute()
        return Places(cast, station, head, li, hong, at)

    return store.write(act)
