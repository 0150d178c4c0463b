"""Divisions: going down level by level, and one with its centre, its teams and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, need_role, render
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.pages.browser import known_form
from services import regions as divisions
from services import scopes
from services.access.person_view import changes
from services.errors import Refusal, RefusalCode
from services.organisation import region_views
from services.organisation.region_views import RegionLine

bp = APIBlueprint("console_regions", __name__, enable_openapi=False)

COLUMNS = (
    Column("name", "地方", sort=True), Column("above", "属于", whole=True), Column("level", "级别", sort=True),
    Column("official", "正式名称"), Column("teams", "服务队", figure=True), Column("centre", "中心（站）"),
    Column("down", "下级", whole=True),
)  # fmt: skip


def _cells(line: RegionLine) -> Mapping[str, Any]:
    below = Link("看下级", f"/console/regions?region={line.code}") if line.level < 5 else ""
    missing = Mark("没有", "bad") if line.expects_team and not line.centre else "" if not line.centre else "有"
    return {
        "name": Link(line.name, f"/console/regions/{line.code}"), "above": line.above,
        "level": words.word("levels", line.level), "official": line.official, "teams": line.teams,
        "centre": Mark(f"{line.closed_on} 撤并") if line.closed_on else missing, "down": below,
    }  # fmt: skip


@bp.get("/regions")
@need_role
def regions() -> ResponseReturnValue:
    """The divisions right below the chosen one; a search goes all the way down."""
    at = clock.now()
    if not scopes.countable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "行政区划", COLUMNS, search="地名或代码",
        choices=(
            Choice("region", "在哪里", words.areas(actor(), chosen, at)),
            Choice("level", "级别", words.levels()),
            Choice("state", "状态", (("closed", "已撤并"),)),
        ),
    )  # fmt: skip
    above = [(code, divisions.name_of(code)) for code in _above(chosen, at)]
    return answer(
        sheet, lambda wanted: region_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="organisation/regions",
        tab="manage", above=above,
    )  # fmt: skip


def _above(chosen: str, at: Any) -> list[str]:
    mine = scopes.countable(actor=actor(), at=at)
    known = divisions.path_names(divisions.lineage(chosen)) if chosen else {}
    return [code for code in divisions.lineage(chosen) if scopes.covers(mine, code) and known.get(code)]


@bp.get("/regions/<code>")
@need_role
def region(code: str) -> ResponseReturnValue:
    """One division."""
    at = clock.now()
    shown = region_views.page(actor=actor(), code=known_form(code), at=at)
    return render(
        "organisation/region", tab="manage", region=shown, history=changes(subject=f"region:{code}"), word=words.word,
        told=words.told, tones=words.TONES,
    )  # fmt: skip
