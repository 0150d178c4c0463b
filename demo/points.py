"""Where the demo's townships and teams lie, roughly, so that a call knows who is near."""

from __future__ import annotations

from datetime import datetime
from random import Random

from demo import names
from demo.places import COUNTY
from models import Point, Team

#: Millionths of a degree; about right, for nothing but a demo.
SEATS = {
    COUNTY: ("霍邱县城", 32_353_000, 116_278_000), "341522100": ("城关镇", 32_353_000, 116_278_000),
    "341522101": ("河口镇", 32_190_000, 116_020_000), "341522103": ("临水镇", 32_290_000, 116_120_000),
    "341522201": ("王截流乡", 32_480_000, 116_200_000),
}  # fmt: skip
#: How far a team's yard may lie from its township, in millionths of a degree: some three kilometres.
AROUND = 30_000


def lay_out(rng: Random, *, teams: dict[str, Team], at: datetime) -> None:
    """One point for each division, one for each team. Inside the world's write."""
    for code, (name, lat, lon) in SEATS.items():
        Point.create(
            code=names.code(rng), region_code=code, name=name, lat=lat, lon=lon, stands_for="division", created_at=at
        )
    Point.create(
        code=names.code(rng), region_code="341522100", name="大堤二段老闸口", lat=32_371_000, lon=116_291_000,
        stands_for="place", created_at=at,
    )  # fmt: skip
    for key in sorted(teams):
        team = teams[key]
        _, lat, lon = SEATS.get(team.region_code[:9], SEATS[COUNTY])
        Point.create(
            code=names.code(rng), region_code=team.region_code, name="集结点", lat=lat + rng.randint(-AROUND, AROUND),
            lon=lon + rng.randint(-AROUND, AROUND), stands_for="team", team=team, created_at=at,
        )  # fmt: skip
