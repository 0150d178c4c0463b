"""Named points: places whose coordinates somebody of the house typed in, for distances without any location API.

A point is just a place (a dyke section), or stands for its division, or is where a team musters. No phone is ever
asked where it is (platform rule 15.4.3).
"""

from __future__ import annotations

import math
from datetime import datetime

from frozen import dataclass
from models import Point, Team, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.regions import lineage

C = RefusalCode
KINDS = ("place", "division", "team")
LONGEST_NAME = 40
MILLION = 1_000_000
EARTH_KM = 6371.0
#: Where coordinates of the mainland can lie, in degrees; what lies outside was typed the wrong way round.
LATITUDES, LONGITUDES = (3.0, 54.0), (73.0, 136.0)
#: What a box to choose a place from holds.
OFFERED = 200


@dataclass(frozen=True, slots=True)
class PointView:
    """A point as lists show it; `lat` and `lon` in degrees."""

    code: str
    name: str
    place: str
    region_code: str
    stands_for: str
    team: str
    lat: float
    lon: float
    may_end: bool


def degrees(text: str, within: tuple[float, float]) -> int | None:
    """`32.0512` as millionths of a degree; None for what is no number, or lies outside."""
    try:
        value = float(text.strip())
    except ValueError:
        return None
    if not within[0] <= value <= within[1]:  # NaN is nowhere
        return None
    return round(value * MILLION)


def put(
    *, actor: Actor, region_code: str, name: str, lat: str, lon: str, stands_for: str = "place", team_code: str = "",
    at: datetime,
) -> str:  # fmt: skip
    """Keep a point; its code. A team's or a division's new point takes the place of its old one.

    A division's managers do it for their division and below, a team's leaders for their team. Refusals in order:
    NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN, FIELD_WRONG (`stands_for`, `name`, `lat`, `lon`).
    """
    team = None
    if team_code:
        team = Team.get_or_none(Team.code == team_code)
        if team is None:
            raise Refusal(C.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        region_code, stands_for = str(team.region_code), "team"
    else:
        permissions.require_manage(actor=actor, region_code=region_code, at=at)
        regions.region(region_code)
    kept, north, east = name.strip(), degrees(lat, LATITUDES), degrees(lon, LONGITUDES)
    if stands_for not in KINDS or (stands_for == "team") != (team is not None):
        raise Refusal(C.FIELD_WRONG, field="stands_for")
    if not 0 < len(kept) <= LONGEST_NAME or "\x00" in name:
        raise Refusal(C.FIELD_WRONG, field="name")
    if north is None or east is None:
        raise Refusal(C.FIELD_WRONG, field="lat" if north is None else "lon")

    def act() -> str:
        if stands_for != "place":
            same = Point.team == team if team else (Point.region_code == region_code)
            Point.update(retired_at=at).where(
                same, Point.stands_for == stands_for, Point.retired_at.is_null()
            ).execute()
        made = Point.create(
            code=new_code(), region_code=region_code, name=kept, lat=north, lon=east, stands_for=stands_for, team=team,
            made_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        audit.note(
            actor=actor, verb="point.put", subject=f"region:{region_code}", at=at,
            detail={"code": made.code, "name": kept, "for": stands_for},
        )  # fmt: skip
        return str(made.code)

    return store.write(act)


def end(*, actor: Actor, code: str, at: datetime) -> None:
    """Take a point off the lists; what was reckoned with it stays. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = Point.get_or_none(Point.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    if found.team_id is not None:
        permissions.require_lead(actor=actor, team_id=found.team_id, at=at)
    else:
        permissions.require_manage(actor=actor, region_code=str(found.region_code), at=at)

    def act() -> None:
        if Point.update(retired_at=at).where(Point.id == found.id, Point.retired_at.is_null()).execute():
            audit.note(
                actor=actor, verb="point.end", subject=f"region:{found.region_code}", at=at, detail={"code": code}
            )

    store.write(act)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[PointView]:
    """The points of one's divisions; filter: kind."""
    query = (
        Point.select(Point, Team)
        .left_outer_join(Team)
        .where(scopes.within(Point.region_code, scopes.readable(actor=actor, at=at)), Point.retired_at.is_null())
    )
    if wanted.text:
        query = query.where(Point.name.contains(wanted.text))
    if (kind := wanted.chosen("kind")) in KINDS:
        query = query.where(Point.stands_for == kind)
    sorts = {"name": Point.name, "place": Point.region_code}
    found = cut(query, wanted=wanted, sorts=sorts, default="place", tie=Point.id, row=lambda row: row)
    names = regions.path_names([row.region_code for row in found.rows])
    managed = scopes.managed(actor=actor, at=at)
    lines = [
        PointView(
            row.code, row.name, names[row.region_code], row.region_code, row.stands_for,
            row.team.name if row.team_id else "", row.lat / MILLION, row.lon / MILLION,
            scopes.covers(managed, row.region_code),
        )
        for row in found.rows
    ]  # fmt: skip
    return Found(lines, found.total, found.page, found.size)


def offered(*, region_code: str) -> list[tuple[str, str]]:
    """(code, name) of the points below a division that a call may name, those of teams left out."""
    first, end_ = regions.below(region_code)
    rows = Point.select().where(
        Point.region_code >= first, Point.region_code < end_, Point.stands_for != "team", Point.retired_at.is_null()
    )
    found = list(rows.order_by(Point.region_code, Point.name).limit(OFFERED))
    names = regions.path_names([row.region_code for row in found])
    return [(row.code, f"{names[row.region_code]} {row.name}") for row in found]


def of_division(region_code: str) -> Point | None:
    """The point that stands for a division, or for the nearest one above that has one."""
    rows = Point.select().where(
        Point.region_code.in_(lineage(region_code)), Point.stands_for == "division", Point.retired_at.is_null()
    )
    return max(rows, key=lambda row: len(str(row.region_code)), default=None)


def line_km(lat: int, lon: int, other_lat: int, other_lon: int) -> float:
    """The distance of two points over the ground, in kilometres; coordinates in millionths of a degree."""
    one, two = math.radians(lat / MILLION), math.radians(other_lat / MILLION)
    across = math.radians((other_lon - lon) / MILLION)
    half = math.sin((two - one) / 2) ** 2 + math.cos(one) * math.cos(two) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
