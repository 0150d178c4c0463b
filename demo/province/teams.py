"""Centres of every division and the teams: professional ones down to the counties, grassroots ones below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from clock import to_millis
from demo.province.codes import public
from demo.province.rows import put
from demo.province.span import Span
from models import Region, Speciality
from services.organisation.names import centre_name, short_name, standard_name

COUNTY_LEVEL = 3
PROFESSIONS = ("red_lecture", "rescue", "law", "health")
GRASSROOTS = ("governance",) * 4 + ("visits",) * 3 + ("relief",) * 2 + ("army_support", "mediation")
STATES = ("regular",) * 92 + ("pilot",) * 5 + ("paused",) * 3
#: Every so many teams one is professional, as far as there are divisions for them.
EVERY = 40


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team as it is put in; `eager` is its share of all service, beside that of others."""

    id: int
    region_code: str
    kind: str
    speciality: str
    state: str
    founded: date
    eager: float


def most(regions: list[Region]) -> int:
    """How many teams the divisions have room for."""
    return sum(len(PROFESSIONS) if each.level <= COUNTY_LEVEL else each.has_team for each in regions)


def choose(rng: Random, *, regions: list[Region], count: int, span: Span) -> list[TeamPlan]:
    """`count` teams over the province, no two of a kind in one place; team 1 is the busiest of all."""
    high = [(each.code, profession) for each in regions if each.level <= COUNTY_LEVEL for profession in PROFESSIONS]
    low = [each.code for each in regions if each.level > COUNTY_LEVEL and each.has_team]
    professional = max(min(len(high), count // EVERY), count - len(low))
    places = [*sorted(rng.sample(high, professional)), *((code, "") for code in sorted(rng.sample(low, count - professional)))]  # noqa: E501
    plans = []
    for number, (code, profession) in enumerate(places, 1):
        founded = span.first + timedelta(days=int(rng.triangular(0, span.days * 0.6, 40)))
        plans.append(
            TeamPlan(
                number, code, "professional" if profession else "grassroots", profession or rng.choice(GRASSROOTS),
                "regular" if number == 1 else rng.choice(STATES), span.first if number == 1 else founded,
                rng.lognormvariate(0, 0.3),
            )
        )  # fmt: skip
    return plans


def put_centres(regions: list[Region], *, span: Span) -> dict[str, int]:
    """A centre or station in each division; their ids by its code."""
    ids = {each.code: number for number, each in enumerate(regions, 1)}
    opened = to_millis(span.opened)
    put("centre", "id region_code kind name created_at", (
        (ids[each.code], each.code, "centre" if each.level <= COUNTY_LEVEL else "station", centre_name(each), opened)
        for each in regions
    ))  # fmt: skip
    return ids


def put_teams(
    plans: list[TeamPlan], *, regions: list[Region], centres: dict[str, int], leaders: list[tuple[int, int]],
    brand: str, span: Span,
) -> None:  # fmt: skip
    """The teams with their leader and his stand-in, `leaders` in the order of `plans`."""
    place = {each.code: each for each in regions}
    named = {row.code: row.name for row in Speciality.select()}

    def row(plan: TeamPlan, leader: int, liaison: int) -> tuple[object, ...]:
        here, speciality = place[plan.region_code], named[plan.speciality]
        name = standard_name(region=here, kind=plan.kind, speciality=speciality, brand=brand)
        short = short_name(region=here, kind=plan.kind, speciality=speciality)
        until = (plan.founded + timedelta(days=365)).isoformat() if plan.state == "pilot" else None
        return (
            plan.id, public(plan.id, "team"), name, short, name,
            plan.kind, plan.speciality, plan.region_code, centres[plan.region_code], plan.state, leader, liaison,
            plan.founded.isoformat(), until, span.midnight(plan.founded),
        )  # fmt: skip

    put("team", (
        "id code name short_name standard_name kind speciality region_code centre_id state leader_id liaison_id "
        "founded_on pilot_until created_at"
    ), (row(plan, *pair) for plan, pair in zip(plans, leaders, strict=True)))  # fmt: skip
    grants = [(leader, "team_leader", None, plan.id, span.midnight(plan.founded))
              for plan, (leader, _) in zip(plans, leaders, strict=True)]  # fmt: skip
    grants += [(liaison, "liaison", None, plan.id, span.midnight(plan.founded))
               for plan, (_, liaison) in zip(plans, leaders, strict=True)]  # fmt: skip
    put("role_grant", "volunteer_id role region_code team_id from_at", [
        (1, "region_admin", regions[0].code, None, to_millis(span.opened)), *grants,
    ])  # fmt: skip
