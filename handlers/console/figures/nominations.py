"""Nominations of teams for a commendation: the list, a new one, one of them with what each level said (S104)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from services import leading, scopes
from services.commending import nominations, views
from services.commending.views import Line
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("console_nominations", __name__, enable_openapi=False)

TONES = {"review": "wait", "announced": "wait", "awarded": "ok", "refused": "bad", "withdrawn": ""}
COLUMNS = (
    Column("team", "服务队"), Column("place", "地区"), Column("title", "推荐为"), Column("award", "哪里表彰"),
    Column("state", "状态", whole=True), Column("where", "到哪一级"), Column("at", "推荐日期", sort=True, whole=True),
)  # fmt: skip


def _cells(line: Line) -> Mapping[str, Any]:
    word = entry("commending.states")[line.state]
    mark = Mark("等您审核", "bad") if line.mine and line.state == "review" else Mark(word, TONES[line.state])
    where = {"review": line.at_place, "announced": f"公示到 {line.until}"}.get(line.state, "")
    return {
        "team": Link(line.team, f"/console/nominations/{line.code}"), "place": line.place, "title": line.title,
        "award": line.award, "state": mark, "where": where, "at": clock.local_day(line.created_at).isoformat(),
    }  # fmt: skip


@bp.get("/nominations")
@need_role
def page() -> ResponseReturnValue:
    """Those of his divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    states = [("open", "没有办完的"), *entry("commending.states").items()]
    sheet = Sheet(
        "服务队表彰", COLUMNS,
        (Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("state", "状态", states)),
        search="队名或表彰名称", empty="还没有推荐。",
    )  # fmt: skip
    proposes = scopes.managed(actor=actor(), at=at) and leading.offered_teams(actor=actor(), at=at)
    return answer(
        sheet, lambda wanted: views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="planning/list_new", tab="manage",
        new_path="/console/nominations/new" if proposes else "", new_word="推荐一支队",
    )  # fmt: skip


@bp.route("/nominations/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Propose a team; its figures are attached."""
    at = clock.now()
    if not scopes.managed(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.values.get("team", "")[:40]
    teams = [(each.code, each.name) for each in leading.offered_teams(actor=actor(), chosen=chosen, at=at)]
    if not teams:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    team = chosen or teams[0][0]
    _, places = views.award_places(actor=actor(), team_code=team, at=at)
    fields: list[simple.Field] = [
        ("team", "服务队", "select", teams), ("award_region", "请哪里表彰", "select", places),
        ("title", "推荐为", "text", nominations.TITLE_LONGEST),
        ("merits", "突出贡献（公示时大家看得到，不要写个人隐私）", "area", nominations.MERITS_LONGEST),
    ]  # fmt: skip
    heading = "推荐一支队受表彰"
    if request.method == "GET":
        return simple.form(heading, fields, {"team": team}, "/console/nominations")
    typed = {name: field(name, 900) for name, *_ in fields}
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            nominations.nominate(
                actor=actor(), team_code=typed["team"], award_region=typed["award_region"][:12], title=typed["title"],
                merits=typed["merits"], at=at,
            )
        )
    )  # fmt: skip
    if refusal:
        return simple.form(heading, fields, {}, "/console/nominations", refusal)
    return back(f"/console/nominations/{made[0]}", "submitted")


@bp.get("/nominations/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One nomination."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.page(actor=actor(), code=code, at=clock.now())
    body = render(
        "figures/nomination", tab="manage" if g.rights.oversees else "teams", shown=shown, problem=words_of(refusal),
        typed={name: field(name, 300) for name in ("text", "awarded_on")}, tones=TONES,
        labels=entry("commending.figures"), states=entry("commending.states"), verdicts=entry("commending.verdicts"),
        today=clock.today().isoformat(),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/nominations/<code>/<any('agree', 'refuse', 'withdraw', 'award'):step>")
@need_role
def act(code: str, step: str) -> ResponseReturnValue:
    """What this level says."""
    code = known_form(code)
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    text = field("text", 300)
    acts = {
        "agree": (lambda: nominations.agree(**facts, text=text), "approved"),
        "refuse": (lambda: nominations.refuse(**facts, text=text), "refused"),
        "withdraw": (lambda: nominations.withdraw(**facts, reason=text), "withdrawn"),
        "award": (lambda: nominations.award(**facts, awarded_on=field("awarded_on", 10)), "saved"),
    }
    do, done = acts[step]
    refusal = attempt(do)
    return _one(code, refusal) if refusal else back(f"/console/nominations/{code}", done)
