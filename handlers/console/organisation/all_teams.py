"""All teams of one's divisions, and what teams can be for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form
from services import permissions, regions, scopes
from services.errors import Refusal, RefusalCode
from services.organisation import specialities, teams
from services.organisation.teams import TeamLine

bp = APIBlueprint("console_all_teams", __name__, enable_openapi=False)

COLUMNS = (
    Column("name", "名称", sort=True), Column("place", "地区"), Column("kind", "类别", sort=True, whole=True),
    Column("speciality", "专业或特色", whole=True), Column("state", "状态", sort=True),
    Column("leader", "队长", whole=True),
    Column("members", "队员", figure=True), Column("share", "退役军人", figure=True),
)  # fmt: skip
FLAGS = (
    ("joint", "几个村联建"), ("site", "在小区、农庄"), ("existing", "以前就有的"), ("kept", "保留原名的"),
    ("leaderless", "没有队长的"),
)  # fmt: skip


def _cells(line: TeamLine) -> Mapping[str, Any]:
    share = f"{line.composition.percent}%" if line.members else "没有队员"
    return {
        "name": Link(line.name, f"/console/teams/{line.code}"), "place": line.place,
        "kind": words.word("kinds", line.kind), "speciality": line.speciality,
        "state": Mark(words.word("states", line.state), words.TONES[line.state]), "leader": line.leader,
        "members": line.members, "share": share if line.composition.holds else Mark(share, "bad"),
    }  # fmt: skip


@bp.get("/all-teams")
@need_role
def all_teams() -> ResponseReturnValue:
    """The list."""
    at = clock.now()
    if not scopes.guided(actor=actor(), at=at) and not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "全部服务队", COLUMNS, search="队名或编号",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("level", "级别", words.levels()),
            Choice("kind", "类别", words.options("kinds")),
            Choice("speciality", "专业或特色", [(each.code, each.name) for each in specialities.listed()]),
            Choice("state", "状态", words.options("states")), Choice("flag", "其他", FLAGS),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: teams.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="organisation/all_teams",
        tab="manage", may_open=_province(at), may_found=bool(scopes.managed(actor=actor(), at=at)),
    )  # fmt: skip


def _province(at: Any) -> bool:
    return permissions.manages(actor=actor(), region_code=regions.widest(), at=at)


@bp.get("/specialities")
@need_role
def kinds() -> ResponseReturnValue:
    """What teams can be for; the province adds to it."""
    return _page()


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    if not _province(clock.now()):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    typed = {name: field(name, 30) for name in ("kind", "name", "high_risk")}
    wrong = ""
    if refusal is not None:
        wrong = str(refusal.facts.get("field", "name")) if refusal.code is not RefusalCode.SPECIALITY_SEEDED else ""
    page = render(
        "organisation/specialities", tab="manage",
        kinds=specialities.listed(retired=True), typed=typed, word=words.word,
        problem=words_of(refusal), wrong=wrong,
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/specialities")
@need_role
def add() -> ResponseReturnValue:
    """A new one."""
    refusal = attempt(
        lambda: specialities.add(
            actor=actor(), kind=field("kind", 20), name=field("name", 30), high_risk=bool(field("high_risk", 2)),
            at=clock.now(),
        )
    )  # fmt: skip
    return _page(refusal) if refusal else back("/console/specialities", "created")


@bp.post("/specialities/<code>/retire")
@need_role
def retire(code: str) -> ResponseReturnValue:
    """Out of use."""
    refusal = attempt(
        lambda: specialities.retire(actor=actor(), code=known_form(code), at=clock.now())
    )
    return _page(refusal) if refusal else back("/console/specialities", "saved")
