"""Where nothing is yet: divisions without a team, the day by which there should be one, the steps after (S14, S36).

Four steps: no team → a team → an active one → a commended one. Target days are numbers of policy
(`coverage.targets`, by level); the centre above is reminded when a target comes near and when it has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from clock import local_day
from frozen import dataclass
from models import Centre, Region, Team, TeamRegion, store
from models.store import Write
from queries import statistics as sql
from services import regions, rules, scopes
from services.actors import Actor
from services.listing import Found, Wanted, cut
from services.messaging import telling
from wording import entry

LIVING = ("regular", "pilot", "paused")


@dataclass(frozen=True, slots=True)
class Gap:
    """A division without a team; `target` is the day it should have one by, `founding` a team on its way there."""

    code: str
    name: str
    level: int
    above: str
    target: date | None
    late: bool
    founding: str


def gaps(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Gap]:
    """Divisions without a team that the actor may look at; filters: level, region (a code), founding (yes / no)."""
    within = scopes.within(Region.code, scopes.countable(actor=actor, at=at))
    living = Team.select(Team.region_code).where(Team.state.in_(LIVING))
    joint = (
        TeamRegion.select(TeamRegion.region_code)
        .join(Team, on=(TeamRegion.team == Team.id))
        .where(Team.state.in_(LIVING))
    )
    query = Region.select().where(
        within,
        Region.has_team,
        Region.closed_on.is_null(),
        Region.code.not_in(living),
        Region.code.not_in(joint),
    )
    if wanted.chosen("level"):
        query = query.where(Region.level == int(wanted.chosen("level")))
    if wanted.chosen("region"):
        first, end = regions.below(wanted.chosen("region"))
        query = query.where(Region.code >= first, Region.code < end)
    begun = Team.select(Team.region_code).where(Team.state == "founding")
    if wanted.chosen("founding"):
        inside = Region.code.in_(begun)
        query = query.where(inside if wanted.chosen("founding") == "yes" else ~inside)
    if wanted.text:
        query = query.where(Region.name.contains(wanted.text) | Region.place_name.contains(wanted.text))
    page = cut(
        query, wanted=wanted, sorts={"code": Region.code, "level": Region.level}, default="code", tie=Region.code,
        row=lambda row: row,
    )  # fmt: skip
    return Found(_told(page.rows, at), page.total, page.page, page.size)


def _told(places: list[Region], at: datetime) -> list[Gap]:
    codes = [place.code for place in places]
    begun = {
        team.region_code: team.name
        for team in Team.select().where(Team.state == "founding", Team.region_code.in_(codes))
    }
    paths = regions.path_names(codes)
    targets: dict[str, Mapping[str, str]] = {}
    today = local_day(at)
    told = []
    for place in places:
        county = place.code[:6]
        if county not in targets:
            targets[county] = rules.rule("coverage", county, at).params["targets"]
        text = targets[county].get(str(place.level), "")
        target = date.fromisoformat(text) if text else None
        told.append(
            Gap(
                place.code, place.place_name, place.level, paths[place.code].removesuffix(place.place_name), target,
                target is not None and target < today, begun.get(place.code, ""),
            )
        )  # fmt: skip
    return told


#: Days before (and, below zero, after) a target day on which the centres that answer for it are asked to hurry.
STEPS = (30, 7, 0, -30)
#: A worker that stood still asks for a step up to so many days late.
MISSED = 6


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Remind the centres that have divisions without a team and a target day that is near or past (S36, A10).

    Each county is asked on STEPS days before or after the target of each level, once each; the nearest centre's
    liaison and director are told. Answers how many people were told.
    """
    told = 0
    today = local_day(at)
    counties = Region.select().where(Region.level == 3, Region.closed_on.is_null())
    for county in list(counties):
        targets = rules.rule("coverage", county.code, at).params["targets"]
        for level, text in targets.items():
            target = date.fromisoformat(text)
            step = min((days for days in STEPS if (target - today).days <= days), default=None)
            if step is None or (target - today).days < step - MISSED:
                continue
            told += _remind(county, int(level), target, step, at, write)
    return told


def _remind(county: Region, level: int, target: date, step: int, at: datetime, write: Write) -> int:
    first, end = regions.below(county.code)
    open_ones = sum(
        int(number) for _, at_level, number in sql.gaps(cut=6, first=first, end=end, from_level=level)
        if at_level == level
    )  # fmt: skip
    centre = Centre.get_or_none(Centre.region_code == county.code)
    if not open_ones or centre is None:
        return 0
    return write(
        lambda: telling.tell(
            kind="gap_reminder", people=[centre.liaison_id, centre.director_id],
            key=f"{county.code}:{level}:{target}:{step}", at=at, url="/console/gaps", place=county.place_name,
            count=open_ones, level=entry("notices.levels")[str(level)], day=target.isoformat(),
        )
    )  # fmt: skip
