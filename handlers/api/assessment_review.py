"""复评 for officers: the cycles of their divisions, a cycle's people, everything about one, and his grade."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers.api.assessment import AssessmentObjectionOut, ObjectiveOut, PhaseOut, Score
from handlers.api.schemas import Answer, Body, Moment, Query, Words
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.assessment import review, review_views, views
from services.listing import Wanted

bp = APIBlueprint("assessment_review", __name__, tag="Assessment")


class ListIn(Query):
    """Which page of a list, fifty lines each."""

    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class CycleOut(Answer):
    """A cycle: state planned, running, results, closed or cancelled; `late`: cards that wait although the last phase is
    over, `late_days` since when."""

    code: str
    region_code: str
    place: str
    year: str
    state: str
    phase: PhaseOut | None
    cards: int
    decided: int
    late: int
    late_days: int


class CyclesOut(Answer):
    """The newest years first."""

    cycles: list[CycleOut]
    total: int


class CardsIn(ListIn):
    """`state`: open is undecided; `clear`: only those that may be decided together; `missing`: what nobody said; `q`:
    a part of a name or of a team's."""

    state: Literal["", "open", "decided", "told", "objected", "final", "aside"] = ""
    clear: bool = False
    missing: Literal["", "self", "peer"] = ""
    q: Annotated[str, StringConstraints(max_length=30)] = ""


class ReviewLineOut(Answer):
    """A person: `suggested` excellent, pass or look; `clear`: may be decided with others; `mine`: my own card."""

    code: str
    version: int
    name: str
    team: str
    state: str
    aside_why: str
    self_score: int | None
    peer_score: int | None
    peer_votes: int
    objective_score: int | None
    review_score: int | None
    total: int | None
    suggested: str
    clear: bool
    grade: str
    mine: bool


class ReviewListOut(Answer):
    """The highest totals first."""

    cards: list[ReviewLineOut]
    total: int


class VoteOut(Answer):
    """What a colleague said; never who. `void_why`: why it does not count."""

    score: int | None
    words: str
    void_why: str


class SaidMarkOut(Answer):
    """What an extra phase says of him; no score: nobody filled it in."""

    name: str
    score: int | None
    note: str


class ReviewOut(Answer):
    """Everything about one person. `weights`: what each score counts in percent; `previous`: (year, grade) of years
    before; `cases`: open cases about his hours. `may_decide`: I may now, else `why_not`: own, phase or state; `grades`:
    those that fit the total as it is."""

    line: ReviewLineOut
    cycle_code: str
    year: str
    joined_at: Moment
    self_text: str
    self_at: Moment | None
    votes: list[VoteOut]
    peers_asked: int
    marks: list[SaidMarkOut]
    objective: ObjectiveOut | None
    weights: dict[str, int]
    reason: str
    decided_by: str
    decided_at: Moment | None
    told_at: Moment | None
    final_at: Moment | None
    objection: AssessmentObjectionOut | None
    previous: list[tuple[str, str]]
    cases: int
    may_decide: bool
    why_not: str
    grades: list[str]


class DecideIn(Body):
    """The grade; `version` of the page that was read. No `score`: what the books say is taken. The person reads the
    reason: it is needed for fail, for a score of one's own, for another grade than the total suggests."""

    version: Annotated[int, Field(ge=1, le=2**31)]
    grade: Literal["excellent", "pass", "fail"]
    score: Score | None = None
    reason: Words = ""


@bp.get("/assessments")
@need_volunteer("api")
@bp.input(ListIn, location="query")
@bp.output(CyclesOut)
@bp.doc(summary="Officer: the cycles of my divisions", responses=[401, 403], security="token")
def cycles(query_data: ListIn) -> Any:
    """Numbers only."""
    found = views.cycles(actor=g.actor, wanted=Wanted(page=query_data.page), at=clock.now())
    return {"cycles": found.rows, "total": found.total}


@bp.get("/assessments/<code>/cards")
@need_volunteer("api")
@bp.input(CardsIn, location="query")
@bp.output(ReviewListOut)
@bp.doc(summary="Officer: the people of a cycle", responses=[401, 403, 404], security="token")
def cards(code: str, query_data: CardsIn) -> Any:
    """As far as my divisions reach."""
    filters = {"state": query_data.state, "missing": query_data.missing, "clear": "yes" if query_data.clear else ""}
    wanted = Wanted(text=query_data.q.strip(), filters=filters, page=query_data.page)
    found = review_views.listed(actor=g.actor, cycle_code=code, wanted=wanted, at=clock.now())
    return {"cards": found.rows, "total": found.total}


@bp.get("/assessment-cards/<code>")
@need_volunteer("api")
@bp.output(ReviewOut)
@bp.doc(summary="Officer: everything about one person", responses=[401, 403, 404], security="token")
def one(code: str) -> Any:
    """Without the names of those who judged him."""
    return review_views.one(actor=g.actor, card_code=code, at=clock.now())


@bp.put("/assessment-cards/<code>/grade")
@need_volunteer("api")
@idempotent
@bp.input(DecideIn)
@bp.output({}, 204)
@bp.doc(summary="Officer: give one person his grade", responses=[400, 401, 403, 404, 409], security="token")
def decide(code: str, json_data: DecideIn) -> Any:
    """Never my own, my members', or of whom I recommended."""
    review.decide(
        actor=g.actor, card_code=code, version=json_data.version, grade=json_data.grade, score=json_data.score,
        reason=json_data.reason, at=clock.now(),
    )  # fmt: skip
    return "", 204
