"""按特长找人: who can steer a boat, who has the paper for it, who would come, and when (S30, S41)."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, need_role
from handlers.console.lists import Choice, Column, Link, Sheet, answer
from services import scopes
from services.access import people_list
from services.recruitment import skills, willingness
from services.recruitment.willingness import Able
from wording import entry

bp = APIBlueprint("console_people_skills", __name__, enable_openapi=False)

COLUMNS = (
    Column("name", "姓名", sort=True, whole=True), Column("team", "所在队"), Column("place", "住址"),
    Column("skills", "会什么"), Column("papers", "已核对的证"), Column("domains", "愿意做什么"),
    Column("times", "什么时候"), Column("reach", "最远去到"), Column("note", "他说"),
)  # fmt: skip


def _sheet() -> Sheet:
    at, words = clock.now(), entry("recruitment")
    region, team = request.args.get("region", "")[:12], request.args.get("team", "")[:20]
    looks = scopes.readable(actor=actor(), at=at)
    places = people_list.places(actor=actor(), chosen=region, at=at) if looks else ()
    teams = willingness.places(actor=actor(), chosen=team, at=at)
    choices = (
        Choice("skill", "会什么", tuple((each.code, each.name) for each in skills.catalogue())),
        Choice("verified", "资格证", (("yes", "有核对过、没过期的证"),)),
        Choice("domain", "愿意做什么", tuple((code, f"{of}：{name}") for code, of, name in willingness.kinds())),
        Choice("time", "什么时候", tuple((each, words["times"][each]) for each in willingness.TIMES)),
        Choice(
            "reach", "至少肯去到", tuple((str(each), words["reaches"][str(each)]) for each in willingness.REACHES)
        ),
        Choice("region", "属于哪里", places),
        Choice("team", "肯来哪个队", teams),
    )  # fmt: skip
    asked = any(request.args.get(each.key) for each in choices) or request.args.get("q")
    return Sheet(
        "按特长找人", COLUMNS, [each for each in choices if each.options], search="姓名",
        empty="没有这样的人。少选一项再试。" if asked else "先选一项：会什么、愿意做什么、什么时候有空。",
    )  # fmt: skip


@bp.get("/people/skills")
@need_role
def found() -> ResponseReturnValue:
    """The list; every choice stands in the address."""
    at = clock.now()
    kinds = {code: name for code, _, name in willingness.kinds()}
    return answer(
        _sheet(), lambda wanted: willingness.search(actor=actor(), wanted=wanted, at=at),
        lambda row: _cells(row, kinds), template="recruitment/people_skills", tab="manage",
    )  # fmt: skip


def _cells(row: Able, kinds: dict[str, str]) -> dict[str, Any]:
    words = entry("recruitment")
    return {
        "name": Link(row.name, f"/console/people/{row.public_no}"), "team": row.team, "place": row.place,
        "skills": "、".join(row.skills), "papers": "、".join(row.verified),
        "domains": "、".join(kinds.get(each, each) for each in row.domains),
        "times": "、".join(words["times"].get(each, each) for each in row.times),
        "reach": words["reaches"].get(str(row.reach), "") if row.reach else "", "note": row.note,
    }  # fmt: skip
