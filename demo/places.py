"""Where the demo plays: 霍邱县, its centre and stations, two professional and six grassroots teams.

Names of divisions are taken from the loaded list, never typed (S66); a team is called as the policy says (S63–S67).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from clock import local_day
from demo import names
from models import Centre, Founding, Region, Team
from services.organisation.names import centre_name, standard_name

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


def places(codes: tuple[str, ...]) -> dict[str, Region]:
    """Divisions by code; KeyError later if the list was not loaded."""
    return {row.code: row for row in Region.select().where(Region.code.in_(codes))}


def found_centres(at: datetime) -> dict[str, Centre]:
    """The county's centre and the stations, by division."""
    codes = (COUNTY, *TOWNSHIPS, *VILLAGES)
    place = places(codes)
    rows = [
        {
            "region_code": code,
            "kind": "centre" if code == COUNTY else "station",
            "name": centre_name(place[code]),
            "phone": f"{LANDLINE}{100 + number}",
            "national_account": "霍邱红耀江淮" if code == COUNTY else "",
            "created_at": at,
        }
        for number, code in enumerate(codes)
    ]
    Centre.insert_many(rows).execute()
    return {centre.region_code: centre for centre in Centre.select().where(Centre.region_code.in_(codes))}


def found_teams(rng: Random, *, centres: dict[str, Centre], brand: str, at: datetime) -> dict[str, Team]:
    """The teams by key, each under the centre of its own division; leaders are named later."""
    place = places(tuple(plan.region_code for plan in TEAMS))
    rows = [
        {
            "code": names.code(rng),
            "name": _name(place[plan.region_code], plan, brand),
            "standard_name": _name(place[plan.region_code], plan, brand),
            "founded_on": local_day(at).isoformat(),
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


def _name(place: Region, plan: TeamPlan, brand: str) -> str:
    kind = "professional" if plan.profession else "grassroots"
    return standard_name(region=place, kind=kind, speciality=plan.profession, brand=brand)


#: A village whose application waits for the county; 341522100002 has a station and no team at all.
FOUNDING = "341522100203"


def begin_founding(
    rng: Random, *, centres: dict[str, Centre], applicant: int, leader: int, brand: str, at: datetime
) -> None:
    """The township's officer applied for a village without a team; the county has not looked at it yet."""
    place = places((FOUNDING,))[FOUNDING]
    name = standard_name(region=place, kind="grassroots", speciality="", brand=brand)
    team = Team.create(
        code=names.code(rng), name=name, standard_name=name, short_name=f"{place.place_name}服务队", kind="grassroots",
        speciality="visits", region_code=FOUNDING, centre=centres[FOUNDING], state="founding", leader=leader,
        created_at=at,
    )  # fmt: skip
    Founding.create(
        team=team, applicant=applicant, state="submitted", reviewing_region=COUNTY, pilot=True, created_at=at,
        statement="村里有二十多位退役军人，平时就常帮着看望孤寡老人，想把队伍建起来。", submitted_at=at,
        checklist={
            "reason": "先请镇上的同志带起来，队员正在招",
            "items": {"leader": [1, 1], "liaison": [0, 1], "members": [1, 5]},
        },
    )  # fmt: skip
