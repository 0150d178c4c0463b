"""复评 at the desk: the list of a cycle's people, one on one page, many at once, who judged whom."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.assessment.words import CARDS, TONES, aside, grade
from handlers.console.frame import actor, attempt, back, from_htmx, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field, known_form
from services import scopes
from services.assessment import objective, peers, review, review_views, standing, views
from services.assessment.shapes import Bulk, CardLine, PeerVote, ReviewPage
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from wording import entry

bp = APIBlueprint("console_assessment_review", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
#: Clear cases that are named, each with a tick; of more, all go together.
TICKS = 300
NAMED = {"excellent": "优秀", "pass": "合格"}
SHEET = Sheet(
    "复评名单",
    (
        Column("name", "姓名", sort=True, whole=True), Column("team", "服务队", sort=True),
        Column("own", "自评", figure=True), Column("peer", "互评", figure=True),
        Column("objective", "账上", sort=True, figure=True), Column("centre", "复评", figure=True),
        Column("total", "总分", sort=True, figure=True), Column("suggested", "按分数"), Column("grade", "结果"),
        Column("state", "状态"),
    ),
    (
        Choice("state", "状态", (("undecided", "待定的"), *((key, words[0]) for key, words in CARDS.items()
                                                     if key != "open"))),
        Choice("suggested", "按分数", tuple((key, grade(key)) for key in ("excellent", "pass", "look"))),
        Choice("grade", "结果", tuple((key, grade(key)) for key in ("excellent", "pass", "fail"))),
        Choice("clear", "可以一起定的", (("yes", "只看这些"),)),
        Choice("missing", "缺什么", (("self", "没有自评"), ("peer", "互评票数不够"))),
    ),
    search="姓名或队名", empty="没有符合条件的人。",
)  # fmt: skip


def cells(row: CardLine) -> dict[str, Any]:
    """A person as the list shows him; his own line leads nowhere."""
    shown = grade(row.grade)
    return {
        "name": row.name if row.mine else Link(row.name, f"/console/assessment/cards/{row.code}"), "team": row.team,
        "own": row.self_score, "peer": row.peer_score, "objective": row.objective_score, "centre": row.review_score,
        "total": row.total, "suggested": grade(row.suggested) if row.state != "aside" else "",
        "grade": Mark(shown, TONES[row.grade]) if shown else "",
        "state": Mark(aside(row.aside_why)) if row.state == "aside" else Mark(*CARDS[row.state]),
    }  # fmt: skip


@bp.get("/assessment/<code>/cards")
@need_role
def listed(code: str) -> ResponseReturnValue:
    """The people of a cycle, as far as the reader's divisions reach."""
    code, at = known_form(code), clock.now()
    return answer(
        SHEET, lambda wanted: review_views.listed(actor=actor(), cycle_code=code, wanted=wanted, at=at), cells,
        template="assessment/cards", tab="manage", cycle=views.cycle(actor=actor(), code=code, at=at),
    )  # fmt: skip


@bp.get("/assessment/cards/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """Everything about one person on one page."""
    return _one(known_form(code))


def _one(
    code: str, refusal: Refusal | None = None, form: str = "", votes: list[PeerVote] | None = None
) -> ResponseReturnValue:
    at = clock.now()
    shown = review_views.one(actor=actor(), card_code=code, at=at)
    typed = form == "decide"
    page = render(
        "assessment/card", tab="manage", shown=shown, line=shown.line, states=CARDS, tones=TONES, grade=grade,
        aside=aside, words=entry("assessment"), problem=words_of(refusal), wrong=_beside(refusal, form), form=form,
        chosen=field("grade", 10) if typed else shown.line.grade or _proposed(shown),
        score=field("score", 5) if typed else "" if shown.line.review_score is None else shown.line.review_score,
        reason=field("reason", LONG) if typed else shown.reason, why=field("reason", LONG) if form == "aside" else "",
        aside_why=field("why", 10), votes=votes, past=steps("card", shown.number), onward=_next(shown),
        audits=bool(scopes.audited(actor=actor(), at=at)), ask=field("reason", LONG) if form == "judges" else "",
    )  # fmt: skip
    return said(page, refusal)


def _proposed(shown: ReviewPage) -> str:
    return shown.line.suggested if shown.line.suggested in ("excellent", "pass") else ""


def _beside(refusal: Refusal | None, form: str) -> str:
    """The field of the form that a refusal is about; "" for one that stands above the page."""
    if refusal is None:
        return ""
    fields = {
        C.SCORE_RANGE: "score", C.REASON_REQUIRED: "reason", C.TEXT_TOO_LONG: "reason", C.GRADE_MARK: "grade",
        C.EXCELLENT_FULL: "grade", C.BAD_REQUEST: "grade",
    }  # fmt: skip
    return f"{form}-{fields[refusal.code]}" if refusal.code in fields else ""


def _next(shown: ReviewPage) -> str:
    """The code of another one of this cycle that waits; "" when this was the last."""
    waiting = review_views.listed(
        actor=actor(), cycle_code=shown.cycle_code, at=clock.now(),
        wanted=Wanted(filters={"state": "undecided"}, sort="total", size=3),
    ).rows  # fmt: skip
    return next((each.code for each in waiting if each.code != shown.line.code and not each.mine), "")


@bp.post("/assessment/cards/<code>")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Give the grade; the page that was read is named by its version."""
    code, typed = known_form(code), field("score", 5)
    version = field("version", 9)

    def act() -> None:
        if typed and not (typed.isascii() and typed.isdigit()):
            raise Refusal(C.SCORE_RANGE)
        review.decide(
            actor=actor(), card_code=code, version=int(version) if version.isascii() and version.isdigit() else 0,
            grade=field("grade", 10), score=int(typed) if typed else None, reason=field("reason", LONG), at=clock.now(),
        )  # fmt: skip

    refusal = attempt(act)
    return _one(code, refusal, "decide") if refusal else back(f"/console/assessment/cards/{code}", "noted")


@bp.post("/assessment/cards/<code>/aside")
@need_role
def set_aside(code: str) -> ResponseReturnValue:
    """Not this year; or after all."""
    code, at = known_form(code), clock.now()
    if "back" in request.form:
        refusal = attempt(
            lambda: standing.take_back(actor=actor(), card_code=code, reason=field("reason", LONG), at=at)
        )
    else:
        refusal = attempt(
            lambda: standing.set_aside(
                actor=actor(), card_code=code, why=field("why", 10), reason=field("reason", LONG), at=at
            )
        )
    return _one(code, refusal, "aside") if refusal else back(f"/console/assessment/cards/{code}", "noted")


@bp.get("/assessment/cards/<code>/rows/<part>")
@need_role
def rows(code: str, part: str) -> ResponseReturnValue:
    """The rows behind one part of what the books say; htmx puts them on the page."""
    code = known_form(code)
    if part not in entry("assessment.parts"):
        raise Refusal(C.NOT_FOUND)
    found = objective.rows(actor=actor(), card_code=code, part=part, at=clock.now())
    name = "assessment/_rows" if from_htmx() else "assessment/rows"
    return render(name, tab="manage", rows=found, code=code, heading=entry("assessment.parts")[part])


@bp.get("/assessment/cards/<code>/judges")
@need_role
def judges(code: str) -> ResponseReturnValue:
    """Who said what: for the auditor, with a reason (`?reason=`), written down."""
    code, found = known_form(code), list[PeerVote]()
    refusal = attempt(
        lambda: found.extend(
            peers.who_judged(actor=actor(), card_code=code, reason=field("reason", LONG), at=clock.now())
        )
    )
    return _one(code, refusal, "judges", None if refusal else found)


@bp.get("/assessment/<code>/clear")
@need_role
def clear(code: str) -> ResponseReturnValue:
    """The clear cases of one grade before they are decided together: how many, and who."""
    return _clear(known_form(code))


def _clear(code: str, refusal: Refusal | None = None, came: Bulk | None = None) -> ResponseReturnValue:
    at, wanted_grade = clock.now(), field("grade", 10) if field("grade", 10) in NAMED else "pass"
    ask = Wanted(filters={"clear": "yes", "suggested": wanted_grade}, sort="-total", size=TICKS)
    cycle = views.cycle(actor=actor(), code=code, at=at)
    if not cycle.may_manage:
        raise Refusal(C.NOT_ALLOWED)
    found = review_views.listed(actor=actor(), cycle_code=code, wanted=ask, at=at)
    page = render(
        "assessment/clear", tab="manage", cycle=cycle, found=found,
        chosen=wanted_grade, named=NAMED, problem=words_of(refusal), came=came, whole=found.total > len(found.rows),
        left=_left(came),
    )  # fmt: skip
    return said(page, refusal)


def _left(came: Bulk | None) -> list[tuple[str, int, list[str]]]:
    """(why, how many, their codes) of those who were left out."""
    words = {
        "changed": "刚刚有改动，请重新看过", "own": "和您本人有关，要别人来定", "not_clear": "不能一起定，要一个一个看",
        "cap": "优秀名额满了", "state": "已经定了，或不再考核",
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    for code, why in came.left if came else ():
        found.setdefault(why, []).append(code)
    return [(words.get(why, why), len(codes), codes[:20]) for why, codes in found.items()]


@bp.post("/assessment/<code>/clear")
@need_role
def decide_clear(code: str) -> ResponseReturnValue:
    """Decide them: those that stayed ticked as they were read, or all of them."""
    code, came = known_form(code), [Bulk(0, ())]
    ticked = [each.partition(".") for each in request.form.getlist("card")[: TICKS + 1]]
    read = {card: int(version) for card, _, version in ticked if version.isascii() and version.isdigit()}

    def act() -> None:
        if not read and not field("all", 2):
            raise Refusal(C.NOBODY_TO_TELL)
        came[0] = review.decide_clear(
            actor=actor(), cycle_code=code, grade=field("grade", 10), read=None if field("all", 2) else read,
            at=clock.now(),
        )  # fmt: skip

    refusal = attempt(act)
    return _clear(code, refusal) if refusal else _clear(code, came=came[0])
