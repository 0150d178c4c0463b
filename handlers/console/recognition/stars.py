"""Stars in the console: what waits for a word, one star with its conditions, many clear ones at once (S100)."""

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
from handlers.pages.format import day
from services import scopes
from services.errors import Refusal, RefusalCode
from services.stars import asking, awarding, desk, merits, reviewing
from services.stars.shapes import Line
from wording import entry

bp = APIBlueprint("console_stars", __name__, enable_openapi=False)

TONES = {"review": "wait", "announced": "wait", "awarded": "ok", "refused": "bad", "withdrawn": "bad", "lapsed": ""}
COLUMNS = (
    Column("name", "姓名", whole=True), Column("star", "星级", sort=True, whole=True),
    Column("hours", "时长", figure=True),
    Column("place", "地区"), Column("team", "服务队"), Column("state", "状态", whole=True), Column("unmet", "还缺什么"),
    Column("where", "哪里审核"), Column("at", "提出日期", sort=True, whole=True),
)  # fmt: skip


def _cells(line: Line) -> Mapping[str, Any]:
    word = entry("stars.states")[line.state]
    mark = Mark("等您审核", "bad") if line.mine and line.state == "review" else Mark(word, TONES[line.state])
    if line.look:
        mark = Mark("请再看", "bad")
    if line.objections:
        mark = Mark("有异议", "bad")
    where = f"公示到 {day(line.until)}" if line.state == "announced" else line.at_place
    return {
        "name": Link(line.name, f"/console/stars/{line.code}"), "star": f"{line.star} 星", "hours": line.hours,
        "place": line.place, "team": line.team, "state": mark, "unmet": "、".join(line.unmet), "where": where,
        "at": clock.local_day(line.created_at).isoformat(),
    }  # fmt: skip


@bp.get("/stars")
@need_role
def page() -> ResponseReturnValue:
    """Those of his divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    states = [("open", "没有办完的"), ("look", "要再看的"), *entry("stars.states").items()]
    sheet = Sheet(
        "志愿者星级", COLUMNS,
        (
            Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("state", "状态", states),
            Choice("star", "星级", [(str(star), f"{star} 星") for star in range(1, 6)]),
        ),
        search="姓名", empty="没有星级。时长够了，系统会自动提出。",
    )  # fmt: skip
    waiting, clear = desk.counts(actor=actor(), at=at)
    return answer(
        sheet, lambda wanted: desk.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="recognition/stars", tab="manage", waiting=waiting, clear=clear,
        told=request.args.get("agreed", "")[:5],
    )  # fmt: skip


@bp.post("/stars/agree")
@need_role
def agree_clear() -> ResponseReturnValue:
    """Yes to all whose conditions are met."""
    done = reviewing.agree_clear(actor=actor(), region_code=field("region", 12), at=clock.now())
    return back(f"/console/stars?state=announced&agreed={done}")


@bp.get("/stars/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One star."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = desk.page(actor=actor(), code=code, at=clock.now())
    body = render(
        "recognition/star", tab="manage" if g.rights.oversees else "teams", shown=shown, problem=words_of(refusal),
        typed={name: field(name, 900) for name in ("text", "merits")}, tones=TONES, states=entry("stars.states"),
        origins=entry("stars.origins"), additions=entry("stars.additions"), unmet=entry("stars.unmet"),
        longest=asking.MERITS_LONGEST,
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/stars/<code>/<any('agree', 'refuse', 'merits', 'withdraw', 'keep'):step>")
@need_role
def act(code: str, step: str) -> ResponseReturnValue:
    """The reviewer's word; merits that an officer writes down."""
    code = known_form(code)
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    text = field("text", 600)
    acts = {
        "agree": (lambda: reviewing.agree(**facts, why=text), "approved"),
        "refuse": (lambda: reviewing.refuse(**facts, reason=text), "refused"),
        "merits": (lambda: merits.write(**facts, merits=field("merits", 900)), "saved"),
        "withdraw": (lambda: awarding.withdraw(**facts, reason=text), "withdrawn"),
        "keep": (lambda: awarding.keep_it(**facts, reason=text), "saved"),
    }
    do, done = acts[step]
    refusal = attempt(do)
    return _one(code, refusal) if refusal else back(f"/console/stars/{code}", done)
