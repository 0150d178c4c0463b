"""考核的轮次 at the desk: the list, a new one, one whole with its days, dates prescribed from above."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import g
from flask.typing import ResponseReturnValue

import clock
from handlers.console.assessment import dates
from handlers.console.assessment.words import CYCLES, PHASES, TONES, aside, grade
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field, known_form
from services import scopes
from services.assessment import cycles, views
from services.assessment.shapes import CycleLine
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_assessment", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
#: A centre that keeps a cycle lies here or above.
COUNTY = 6
BESIDE = {C.ASSESSMENT_DATES: "dates", C.REASON_REQUIRED: "reason", C.TEXT_TOO_LONG: "reason"}


def _sheet() -> Sheet:
    year = clock.today().year
    return Sheet(
        "年度考核",
        (
            Column("place", "地方", sort=True), Column("year", "年度", sort=True, whole=True),
            Column("state", "状态"), Column("phase", "现在"), Column("until", "到哪天", whole=True),
            Column("cards", "参加", figure=True), Column("decided", "已定", figure=True),
            Column("late", "过期没定", figure=True), Column("late_days", "过期几天", figure=True),
        ),
        (
            Choice("year", "年度", tuple((str(each), f"{each} 年") for each in range(year + 1, year - 5, -1))),
            Choice("state", "状态", (("late", "过期没定完的"), *((key, words[0]) for key, words in CYCLES.items()))),
        ),
        empty="还没有考核。点右上角“新的一轮”，日期已经替您排好，改一改就行。",
    )  # fmt: skip


@bp.get("/assessment")
@need_role
def listed() -> ResponseReturnValue:
    """Cycles of the actor's divisions; who only leads a team sees how far it is."""
    at = clock.now()
    if not g.rights.oversees:
        return back("/console/assessment/teams")
    return answer(
        _sheet(), lambda wanted: views.cycles(actor=actor(), wanted=wanted, at=at), _cells,
        template="assessment/cycles", tab="manage", makes=_makes(at),
        reads=bool(scopes.readable(actor=actor(), at=at)),
    )  # fmt: skip


def _cells(row: CycleLine) -> dict[str, Any]:
    return {
        "place": Link(row.place, f"/console/assessment/{row.code}"), "year": row.year,
        "state": Mark(*CYCLES[row.state]), "phase": row.phase.name if row.phase else "",
        "until": row.phase.closes_on.isoformat() if row.phase else "",
        "cards": row.cards, "decided": row.decided, "late": row.late or "", "late_days": row.late_days or "",
    }  # fmt: skip


@bp.get("/assessment/new")
@need_role
def form() -> ResponseReturnValue:
    """A new cycle, or days for all centres below, with days proposed."""
    return _form()


def _makes(at: datetime) -> bool:
    """Whether there is a centre for which he may set up a cycle."""
    return any(len(code) <= COUNTY for code in scopes.managed(actor=actor(), at=at))


def _year() -> str:
    return field("year", 4) or str(clock.today().year)


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    if not _makes(at):
        raise Refusal(C.NOT_ALLOWED)
    places = views.centres(actor=actor(), at=at)
    region, year = field("region", 12) or (places[0][0] if places else ""), _year()
    page = render(
        "assessment/new", tab="manage", places=places, region=region, year=year, problem=words_of(refusal),
        rows=dates.shown(cycles.proposed_dates(year) if _sound(year) else ()), wrong="",
        plans=views.plans(actor=actor(), region_code=region, year=year, at=at) if region and _sound(year) else [],
        above=len(region) < COUNTY, scope=field("scope", 10), binding=bool(field("binding", 2)),
        reason=field("reason", LONG),
    )  # fmt: skip
    return said(page, refusal)


def _sound(year: str) -> bool:
    return year.isascii() and year.isdigit() and len(year) == 4 and 2000 < int(year) < 2100


@bp.post("/assessment/new")
@need_role
def create() -> ResponseReturnValue:
    """Set it up; or prescribe the days to oneself and all centres below."""
    at, made = clock.now(), [""]
    region = known_form(field("region", 12))
    below = field("scope", 10) == "below" and len(region) < COUNTY

    def act() -> None:
        phases = dates.read()
        if below:
            cycles.prescribe(
                actor=actor(), region_code=region, year=_year(), phases=phases, binding=bool(field("binding", 2)),
                at=at,
            )  # fmt: skip
        else:
            made[0] = cycles.create(actor=actor(), region_code=region, year=_year(), phases=phases, at=at)

    refusal = attempt(act)
    if refusal:
        return _form(refusal)
    return (
        back("/console/assessment", "created") if below else back(f"/console/assessment/{made[0]}", "created")
    )


@bp.post("/assessment/plans/<int:plan_id>/withdraw")
@need_role
def withdraw_plan(plan_id: int) -> ResponseReturnValue:
    """Take prescribed days back; cycles made from them stay and are free again."""
    refusal = attempt(
        lambda: cycles.withdraw_plan(
            actor=actor(), plan_id=plan_id, reason=field("reason", LONG), at=clock.now()
        )
    )
    return _form(refusal) if refusal else back("/console/assessment", "withdrawn")


@bp.get("/assessment/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One whole: its phases and how far each is, the grades, the cap, what waits."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None, phase: int = 0) -> ResponseReturnValue:
    at = clock.now()
    shown = views.cycle(actor=actor(), code=code, at=at)
    page = render(
        "assessment/cycle", tab="manage", shown=shown, line=shown.line, states=CYCLES, phases=PHASES, tones=TONES,
        grade=grade, aside=aside, problem=words_of(refusal), wrong=str(phase) if refusal and phase else "",
        reads=scopes.covers(scopes.readable(actor=actor(), at=at), shown.line.region_code),
        reviewing=any(each.kind == "review" and each.state != "waiting" for each in shown.phases),
        reason=field("reason", LONG), opens=field("opens", 10), closes=field("closes", 10), at=at,
        todo=shown.line.cards - shown.line.decided,
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/assessment/<code>/phases/<int:phase>")
@need_role
def move(code: str, phase: int) -> ResponseReturnValue:
    """Other days for a phase that is not over."""
    code = known_form(code)
    refusal = attempt(
        lambda: cycles.move(
            actor=actor(), code=code, number=phase, opens_on=dates.day(field("opens", 10), "开始"),
            closes_on=dates.day(field("closes", 10), "结束"), reason=field("reason", LONG), at=clock.now(),
        )
    )  # fmt: skip
    return _one(code, refusal, phase) if refusal else back(f"/console/assessment/{code}", "saved")


@bp.get("/assessment/<code>/days")
@need_role
def days(code: str) -> ResponseReturnValue:
    """All phases anew, while nothing has opened."""
    return _days(known_form(code))


def _days(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.cycle(actor=actor(), code=code, at=clock.now())
    if not shown.may_manage:
        raise Refusal(C.NOT_ALLOWED)
    page = render(
        "assessment/days", tab="manage", shown=shown, line=shown.line, rows=dates.shown(_as_dates(shown.phases)),
        problem=words_of(refusal), wrong="reason" if refusal and BESIDE.get(refusal.code) == "reason" else "",
        reason=field("reason", LONG),
    )  # fmt: skip
    return said(page, refusal)


def _as_dates(phases: Any) -> tuple[dates.PhaseDates, ...]:
    return tuple(
        dates.PhaseDates(
            each.kind, each.opens_on, each.closes_on, each.name if each.kind == "extra" else "", each.weight
        )
        for each in phases
    )


@bp.post("/assessment/<code>/days")
@need_role
def replan(code: str) -> ResponseReturnValue:
    """Keep them."""
    code = known_form(code)
    refusal = attempt(
        lambda: cycles.replan(
            actor=actor(), code=code, phases=dates.read(), reason=field("reason", LONG), at=clock.now()
        )
    )
    return _days(code, refusal) if refusal else back(f"/console/assessment/{code}", "saved")


@bp.post("/assessment/<code>/cancel")
@need_role
def cancel(code: str) -> ResponseReturnValue:
    """Give it up, while no result was told."""
    code = known_form(code)
    refusal = attempt(
        lambda: cycles.cancel(actor=actor(), code=code, reason=field("reason", LONG), at=clock.now())
    )
    return _one(code, refusal) if refusal else back(f"/console/assessment/{code}", "noted")
