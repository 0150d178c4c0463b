"""地点: places with coordinates that somebody read off a map, so that near and far need no phone's location."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Sheet, answer
from handlers.pages.browser import field, known_form
from services import leading, regions, scopes
from services.dispatch import points
from services.dispatch.points import PointView
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_points", __name__, enable_openapi=False)

KINDS = {"place": "地点", "division": "代表这个地方", "team": "服务队集结点"}
SHEET = Sheet(
    "地点",
    (
        Column("name", "名称", sort=True), Column("place", "地区", sort=True), Column("kind", "用途"),
        Column("team", "服务队"), Column("where", "纬度，经度", whole=True), Column("code", "编号", whole=True),
    ),
    (Choice("kind", "用途", tuple(KINDS.items())),),
    search="名称", empty="还没有地点。先把各乡镇和各队的集结点记下来，调度时就知道谁近。",
)  # fmt: skip
TEXTS = ("name", "lat", "lon", "place", "where")
MOST_BELOW = 80


@bp.get("/dispatch/points")
@need_role
def listed() -> ResponseReturnValue:
    """The points of one's divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    return answer(
        SHEET, lambda wanted: points.listed(actor=actor(), wanted=wanted, at=at), _cells, template="dispatch/points",
        tab="manage", may=bool(scopes.managed(actor=actor(), at=at)),
    )  # fmt: skip


def _cells(row: PointView) -> Mapping[str, Any]:
    return {
        "name": row.name, "place": row.place, "kind": KINDS[row.stands_for], "team": row.team,
        "where": f"{row.lat:.5f}，{row.lon:.5f}", "code": row.code,
    }  # fmt: skip


def _offered() -> list[tuple[str, str]]:
    """What a point can be for: a division to choose places in, the division itself, a team."""
    at = clock.now()
    found = []
    for code in scopes.managed(actor=actor(), at=at)[:5]:
        below = [(code, regions.path_name(code)), *((e.code, e.name) for e in regions.children(code)[:MOST_BELOW])]
        found += [(f"division:{each}", f"代表{name}") for each, name in below]
        found += [(f"place:{each}", f"{name}里的一个地点") for each, name in below]
    teams = leading.led_teams(actor=actor(), at=at, most=200)
    return found + [(f"team:{each.code}", f"{each.name}的集结点") for each in teams]


@bp.route("/dispatch/points/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """The form. Coordinates may be pasted into one field, as a map shows them."""
    offered = _offered()
    if not offered:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    refusal = None
    if request.method == "POST":
        refusal = attempt(_put)
        if refusal is None:
            return back("/console/dispatch/points", "saved")
    body = render(
        "dispatch/point", tab="manage", offered=offered, typed={name: field(name, 60) for name in TEXTS},
        problem=words_of(refusal), wrong=str(refusal.facts.get("field", "")) if refusal else "",
    )  # fmt: skip
    return said(body, refusal)


def _put() -> None:
    kind, _, key = field("place", 40).partition(":")
    lat, lon = field("lat", 20), field("lon", 20)
    points.put(
        actor=actor(), region_code="" if kind == "team" else key, name=field("name", 60), lat=lat, lon=lon,
        stands_for=kind, team_code=key if kind == "team" else "", at=clock.now(),
    )  # fmt: skip


@bp.post("/dispatch/points/end")
@need_role
def end() -> ResponseReturnValue:
    """Take one off the list."""
    points.end(actor=actor(), code=known_form(field("code", 20) or "-"), at=clock.now())
    return back("/console/dispatch/points", "saved")
