"""Where the demo plays: 霍邱县, its centre and stations, two professional and six grassroots teams.

Names of divisions are taken from the loaded list, never typed (S66); a team is called as the policy says (S63–S67).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from demo import names
from models import Centre, Region, Team

COUNTY = "341522"
TOWNSHIPS = ("341522100", "341522101", "341522102", "341522103", "341522128", "341522201")
VILLAGES = (
    "341522100002", "341522100008", "341522100201", "341522100203",
    "341522101200", "341522102203", "341522103200", "341522201201",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team to be founded: `profession` is part of a professional team's name, `water` the river it looks after."""

    key: str
    region_code: str
    speciality: str
    size: int
    water: str
    profession: str = ""
    short: str = ""


TEAMS = (
    TeamPlan("donghu", "341522100008", "governance", 10, "东湖", short="东湖社区服务队"),
    TeamPlan("lecture", COUNTY, "red_lecture", 8, "沣河", "红色宣讲", "霍邱红色宣讲队"),
    TeamPlan("rescue", COUNTY, "rescue", 10, "淮河", "应急救援", "霍邱应急救援队"),
    TeamPlan("chengguan", "341522100", "governance", 8, "城西湖", short="城关镇服务队"),
    TeamPlan("qilimiao", "341522100201", "relief", 7, "护城河", short="七里庙村服务队"),
    TeamPlan("hekou", "341522101200", "visits", 6, "沣河", short="河口村服务队"),
    TeamPlan("linshui", "341522103200", "mediation", 6, "临水河", short="临水村服务队"),
    TeamPlan("wangjieliu", "341522201201", "army_support", 6, "淮河", short="王截流村服务队"),
)
#: The officers' landlines; the numbers do not exist.
LANDLINE = "0564-6000"


def place_names(codes: tuple[str, ...]) -> dict[str, str]:
    """Names of divisions as people say them; KeyError later if the list was not loaded."""
    found = Region.select(Region.code, Region.place_name).where(Region.code.in_(codes))
    return {row.code: row.place_name for row in found}


def team_name(place: str, brand: str, profession: str = "") -> str:
    """`霍邱县退役军人“红耀江淮”红色宣讲志愿服务队` (S63, S65)."""
    return f"{place}退役军人“{brand}”{profession}志愿服务队"


def found_centres(at: datetime) -> dict[str, Centre]:
    """The county's centre and the stations, by division."""
    codes = (COUNTY, *TOWNSHIPS, *VILLAGES)
    place = place_names(codes)
    rows = [
        {
            "region_code": code,
            "kind": "centre" if code == COUNTY else "station",
            "name": f"{place[code]}退役军人服务{'中心' if code == COUNTY else '站'}",
            "phone": f"{LANDLINE}{100 + number}",
            "created_at": at,
        }
        for number, code in enumerate(codes)
    ]
    Centre.insert_many(rows).execute()
    return {centre.region_code: centre for centre in Centre.select().where(Centre.region_code.in_(codes))}


def found_teams(rng: Random, *, centres: dict[str, Centre], brand: str, at: datetime) -> dict[str, Team]:
    """The teams by key, each under the centre of its own division; leaders are named later."""
    place = place_names(tuple(plan.region_code for plan in TEAMS))
    rows = [
        {
            "code": names.code(rng),
            "name": team_name(place[plan.region_code], brand, plan.profession),
            "short_name": plan.short,
            "kind": "professional" if plan.profession else "grassroots",
            "speciality": plan.speciality,
            "region_code": plan.region_code,
            "centre": centres[plan.region_code],
            "created_at": at,
        }
        for plan in TEAMS
    ]
    Team.insert_many(rows).execute()
    by_code = {team.code: team for team in Team.select().where(Team.code.in_([row["code"] for row in rows]))}
    return {plan.key: by_code[row["code"]] for plan, row in zip(TEAMS, rows, strict=True)}
