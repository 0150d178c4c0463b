"""队名跟着地名: teams whose standard name is behind after their division was renamed or merged, and the act for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.organisation.team_record import page
from handlers.pages.browser import field, known_form, redirected
from services import scopes
from services.errors import Refusal, RefusalCode
from services.organisation import renaming
from services.organisation.renaming import Behind

bp = APIBlueprint("console_team_names", __name__, enable_openapi=False)

COLUMNS = (
    Column("name", "现在的队名", sort=True), Column("place", "地区"), Column("standard", "原来的规范名称"),
    Column("follows", "现在的规范名称"), Column("state", "改不改"),
)  # fmt: skip


def _cells(line: Behind) -> Mapping[str, Any]:
    if line.taken:
        state = Mark("有同名的队，先合并", "bad")
    elif line.keeps:
        state = Mark("队名保留，只记规范名称")
    else:
        state = Mark("队名要改", "wait")
    return {
        "name": Link(line.name, f"/console/teams/{line.code}"), "place": line.place, "standard": line.standard,
        "follows": line.follows, "state": state,
    }  # fmt: skip


@bp.get("/team-names")
@need_role
def behind() -> ResponseReturnValue:
    """The list."""
    at = clock.now()
    if not scopes.managed(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "队名跟着地名", COLUMNS, search="队名", empty="队名都和地名一致。",
        choices=(Choice("region", "地区", words.areas(actor(), chosen, at)),),
    )  # fmt: skip
    counts = [request.args.get(name, "") for name in ("followed", "taken")]
    return answer(
        sheet, lambda wanted: renaming.listed(actor=actor(), wanted=wanted, brand=parts().brand, at=at), _cells,
        template="organisation/team_names", tab="manage", region=chosen, areas=words.areas(actor(), chosen, at),
        told=[text if text.isascii() and text.isdigit() and len(text) < 5 else "" for text in counts],
    )  # fmt: skip


@bp.post("/team-names")
@need_role
def follow_all() -> ResponseReturnValue:
    """All that wait take their new standard name."""
    region = field("region", 12)
    done = renaming.follow_all(actor=actor(), region_code=region, brand=parts().brand, at=clock.now())
    where = f"region={region}&" if region else ""
    return redirected(f"/console/team-names?{where}followed={done.done}&taken={done.taken}")


@bp.post("/teams/<code>/standard-name")
@need_role
def follow(code: str) -> ResponseReturnValue:
    """One team takes it, from its page."""
    code = known_form(code)
    refusal = attempt(
        lambda: renaming.follow(actor=actor(), code=code, brand=parts().brand, at=clock.now())
    )
    return page(code, refusal, "standard") if refusal else back(f"/console/teams/{code}", "saved")
