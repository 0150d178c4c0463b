"""Issuing at the desk: for somebody without a phone or his family, for a whole team."""

from __future__ import annotations

from datetime import datetime

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from services import leading, scopes
from services.access import belonging
from services.certificates import asking
from services.certificates.asking import Batch
from services.certificates.drafting import Scope
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_certificates_new", __name__, enable_openapi=False)

C = RefusalCode
#: Years that can be chosen, from this one backwards.
YEARS = 6
NOTE = "点了就出具，内容不能再改，只能撤销或重开。不收任何费用。"


def _whens(at: datetime) -> list[tuple[str, str]]:
    year = clock.local_day(at).year
    return [
        ("ever", "全部时间"), *((str(year - back), f"{year - back}年") for back in range(YEARS)),
        ("days", "自己选日期"),
    ]  # fmt: skip


def _scope() -> Scope:
    when, first, last = field("when", 10) or "ever", field("first", 10), field("last", 10)
    if first or last:
        return Scope(first, last)
    if when == "ever":
        return Scope()
    if not (when.isascii() and when.isdigit() and len(when) == 4):
        raise Refusal(C.FIELD_WRONG, field="when")
    return asking.year_scope(when)


def _days(at: datetime) -> list[simple.Field]:
    return [
        ("when", "哪段时间", "select", _whens(at)), ("first", "从哪天（填了就按日期开）", "day", 0),
        ("last", "到哪天（填了就按日期开）", "day", 0),
    ]  # fmt: skip


@bp.route("/certificates/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """For one person of his divisions: issued where he decides, else asked of the centre that does."""
    at, number = clock.now(), known_form(request.values.get("person", "-")[:20] or "-")
    person = belonging.require_over(actor=actor(), public_no=number, at=at)
    heading, leads_back = f"给{person.name}开服务证明", f"/console/people/{number}"
    words = {"button": "开证明", "note": NOTE}
    if request.method == "GET":
        return simple.form(heading, _days(at), {"when": "ever"}, leads_back, **words)
    done: list[tuple[str, str]] = []
    refusal = attempt(
        lambda: done.extend(
            asking.issue_for(parts=parts(), actor=actor(), public_no=number, scope=_scope(), at=at)
        )
    )
    if refusal:
        return simple.form(heading, _days(at), {}, leads_back, refusal, **words)
    word = "approved" if all(state != "requested" for _, state in done) else "certifying"
    return back(f"/console/certificates/{done[0][0]}" if len(done) == 1 else "/console/certificates", word)


@bp.route("/certificates/team", methods=["GET", "POST"])
@need_role
def team() -> ResponseReturnValue:
    """For everybody who served with a team."""
    at = clock.now()
    if not scopes.managed(actor=actor(), at=at):
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.values.get("team", "")[:40]
    teams = [(each.code, each.name) for each in leading.offered_teams(
        actor=actor(), chosen=chosen, closed=True, at=at
    )]  # fmt: skip
    fields: list[simple.Field] = [("team", "服务队", "select", [("", "请选择"), *teams]), *_days(at)]
    heading, words = "给一支队开服务证明", {"button": "给队里每个人开", "note": f"在这支队服务过的，每人一张。{NOTE}"}
    if request.method == "GET":
        year = str(clock.local_day(at).year)
        return simple.form(heading, fields, {"team": chosen, "when": year}, "/console/certificates", **words)
    done: list[Batch] = []
    refusal = attempt(
        lambda: done.append(
            asking.issue_team(parts=parts(), actor=actor(), team_code=chosen, scope=_scope(), at=at)
        )
    )
    if refusal:
        return simple.form(heading, fields, {}, "/console/certificates", refusal, **words)
    names = dict(teams)
    return render(
        "certificates/batch", tab="manage", batch=done[0], team=names.get(chosen, chosen),
        codes=",".join([*done[0].issued, *done[0].stood]),
    )  # fmt: skip
