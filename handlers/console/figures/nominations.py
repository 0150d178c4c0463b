"""Nominations of teams and people for an honour: the list, a new one, one of them with what each level said (S104)."""

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
from handlers.pages.browser import field, known_form
from services import leading, scopes
from services.commending import nominations, proposing, views
from services.commending.views import Line
from services.errors import Refusal, RefusalCode
from services.honours import revoking
from wording import entry

bp = APIBlueprint("console_nominations", __name__, enable_openapi=False)

TONES = {
    "review": "wait", "announced": "wait", "awarded": "ok", "refused": "bad", "withdrawn": "", "revoked": "bad",
}  # fmt: skip
COLUMNS = (
    Column("team", "推荐谁"), Column("whom", "类别", whole=True), Column("place", "地区"), Column("title", "推荐为"),
    Column("year", "年度", whole=True), Column("award", "哪里表彰"), Column("state", "状态", whole=True),
    Column("where", "到哪一级"), Column("at", "推荐日期", sort=True, whole=True),
)  # fmt: skip
TYPED = {"team": 40, "person": 20, "kind": 40, "award_region": 12, "title": 90, "year": 4, "merits": 900}


def _cells(line: Line) -> Mapping[str, Any]:
    word = entry("commending.states")[line.state]
    mark = Mark("等您审核", "bad") if line.mine and line.state == "review" else Mark(word, TONES[line.state])
    if line.objected:
        mark = Mark("有异议", "bad")
    where = {"review": line.at_place, "announced": f"公示到 {line.until}"}.get(line.state, "")
    return {
        "team": Link(line.team, f"/console/nominations/{line.code}"), "whom": "个人" if line.person else "服务队",
        "place": line.place, "title": line.title, "year": line.year, "award": line.award, "state": mark, "where": where,
        "at": clock.local_day(line.created_at).isoformat(),
    }  # fmt: skip


@bp.get("/nominations")
@need_role
def page() -> ResponseReturnValue:
    """Those of his divisions; of a team's leader, what he proposed."""
    at = clock.now()
    reads, leads = scopes.readable(actor=actor(), at=at), leading.leads_any(actor=actor(), at=at)
    if not reads and not leads:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    states = [("open", "没有办完的"), *entry("commending.states").items()]
    sheet = Sheet(
        "荣誉推荐和表彰", COLUMNS,
        (
            Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("state", "状态", states),
            Choice("whom", "类别", [("person", "个人"), ("team", "服务队")]),
        ),
        search="姓名、队名或荣誉名称", empty="还没有推荐。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="recognition/nominations", tab="manage" if reads else "teams", proposes=leads, reads=bool(reads),
    )  # fmt: skip


@bp.route("/nominations/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Whom first (`?team=`, `?person=`), then for what; the figures are attached."""
    at = clock.now()
    typed = {name: request.values.get(name, "").strip()[:longest] for name, longest in TYPED.items()}
    if not leading.leads_any(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    if not typed["team"] and not typed["person"]:
        teams = [(each.code, each.name) for each in leading.offered_teams(actor=actor(), at=at)]
        return render("recognition/nominate_whom", tab="teams", teams=teams)
    asked = {"team_code": "" if typed["person"] else typed["team"], "public_no": typed["person"]}
    refusal, made = None, [""]
    if request.method == "POST":
        refusal = attempt(
            lambda: made.append(
                proposing.nominate(
                    actor=actor(), **asked, kind_code=typed["kind"], award_region=typed["award_region"],
                    title=typed["title"], year=typed["year"], merits=typed["merits"],
                    posthumous=field("posthumous", 3) == "yes", at=at,
                )
            )
        )  # fmt: skip
        if refusal is None:
            return back(f"/console/nominations/{made[-1]}", "submitted")
    body = render(
        "recognition/nominate", tab="teams", offer=views.offer(actor=actor(), **asked, at=at), typed=typed,
        posthumous=field("posthumous", 3) == "yes", problem=words_of(refusal), this_year=clock.today().year,
        wrong=str(refusal.facts.get("field", "")) if refusal else "", longest=proposing.MERITS_LONGEST,
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/nominations/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One nomination."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.page(actor=actor(), code=code, at=clock.now())
    person = shown.line.person
    body = render(
        "figures/nomination", tab="manage" if g.rights.oversees else "teams", shown=shown, problem=words_of(refusal),
        typed={name: field(name, 300) for name in ("text", "awarded_on", "awarded_by")}, tones=TONES,
        labels=entry("honours.figures") if person else entry("commending.figures"), missing=entry("honours.missing"),
        states=entry("commending.states"), verdicts=entry("commending.verdicts"), today=clock.today().isoformat(),
        findings=entry("complaints.findings"),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/nominations/<code>/<any('agree', 'refuse', 'withdraw', 'award', 'revoke'):step>")
@need_role
def act(code: str, step: str) -> ResponseReturnValue:
    """What this level says; an award taken back."""
    code = known_form(code)
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    text = field("text", 600)
    acts = {
        "agree": (lambda: nominations.agree(**facts, text=text), "approved"),
        "refuse": (lambda: nominations.refuse(**facts, text=text), "refused"),
        "withdraw": (lambda: nominations.withdraw(**facts, reason=text), "withdrawn"),
        "award": (
            lambda: nominations.award(
                **facts, awarded_on=field("awarded_on", 10), awarded_by=field("awarded_by", 90)
            ), "saved",
        ),
        "revoke": (lambda: revoking.revoke_of(**facts, reason=text), "withdrawn"),
    }  # fmt: skip
    do, done = acts[step]
    refusal = attempt(do)
    return _one(code, refusal) if refusal else back(f"/console/nominations/{code}", done)
