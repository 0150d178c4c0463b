"""各队保险: until when each team is insured without a gap, and what the April look found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, need_role
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.format import day
from services import regions, scopes
from services.dispatch import cover
from services.dispatch.cover import TeamCover
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_cover", __name__, enable_openapi=False)

STATES = {"season": ("保到汛期结束", "ok"), "short": ("汛期没完就到期", "wait"), "none": ("现在没有", "bad")}


@bp.get("/dispatch/cover")
@need_role
def listed() -> ResponseReturnValue:
    """Every team of one's divisions."""
    at = clock.now()
    reach = scopes.readable(actor=actor(), at=at)
    if not reach:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    below = [(each.code, each.name) for each in regions.children(reach[0]) if len(each.code) < 12]
    sheet = Sheet(
        "各队保险",
        (
            Column("name", "服务队", sort=True), Column("place", "地区", sort=True), Column("centre", "所属中心（站）"),
            Column("until", "保到哪天", whole=True), Column("state", "够不够", whole=True),
        ),
        (Choice("state", "够不够", tuple((key, word) for key, (word, _) in STATES.items())),
         Choice("region", "地区", below)),
        search="队名", empty="没有这样的队。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: cover.listed(actor=actor(), wanted=wanted, at=at), _cells, template="dispatch/cover",
        tab="manage", checks=cover.last_checks(actor=actor(), at=at),
        end=cover.season_end(region_code=reach[0], at=at),
    )  # fmt: skip


def _cells(row: TeamCover) -> Mapping[str, Any]:
    return {
        "name": Link(row.name, f"/console/teams/{row.code}"), "place": row.place, "centre": row.centre,
        "until": day(row.until) if row.until else "", "state": Mark(*STATES[row.state]),
    }  # fmt: skip
