"""年度考核: my cards, my own word on my year, the team-mates I judge, the result and an objection; for leaders, counts
and what an extra phase says of each."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import scores
from handlers.api.schemas import Answer, Body, Moment, Words
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.assessment import marks, objections, objective, own, peers, views
from services.listing import Wanted

bp = APIBlueprint("assessment", __name__, tag="Assessment")

Score = Annotated[int, Field(ge=0, le=100)]
#: People of one team whose marks are shown at once.
MOST = 500


class PhaseOut(Answer):
    """A phase: kind self, peer, extra or review; state waiting, open or closed; both days lie in it."""

    number: int
    kind: str
    name: str
    opens_on: date
    closes_on: date
    weight: int
    state: str
    missed: bool


class PartOut(Answer):
    """A part of what the books say: hours, attendance, evaluation or training. No score: nothing to judge by, its
    weight went to the other parts. The facts are the numbers it was made of, minutes for hours and training."""

    name: str
    weight: int
    score: int | None
    facts: dict[str, int]


class ObjectiveOut(Answer):
    """What the books say of a year, and from which days."""

    score: int
    parts: list[PartOut]
    first_day: str
    last_day: str


class AssessmentObjectionOut(Answer):
    """An objection to a result; open, answered or withdrawn. The answer is final."""

    code: str
    state: str
    text: str
    due_at: Moment
    grade_before: str
    grade_after: str
    answer: str
    at: Moment


class ResultOut(Answer):
    """What came out: grade excellent, pass or fail; `weights` what each score counted in percent.

    `exit_state`: proposed, approved or refused where the end of the membership was proposed, else empty.
    """

    grade: str
    total: int
    reason: str
    weights: dict[str, int]
    self_score: int | None
    peer_score: int | None
    objective_score: int | None
    review_score: int
    told_at: Moment
    object_until: Moment
    may_object: bool
    objection: AssessmentObjectionOut | None
    final_at: Moment | None
    exit_state: str
    rejoin_from: date | None


class CardOut(Answer):
    """My assessment of one year. States open, decided, told, objected, final, aside (not assessed: `aside_why`).

    `now`: the phase that is open; `tasks_done` of `tasks`: the team-mates I was asked to judge.
    """

    code: str
    year: str
    place: str
    team: str
    state: str
    aside_why: str
    phases: list[PhaseOut]
    now: PhaseOut | None
    self_score: int | None
    self_text: str
    self_at: Moment | None
    may_self: bool
    objective: ObjectiveOut | None
    tasks: int
    tasks_done: int
    result: ResultOut | None


class StepOut(Answer):
    """A word for a score, for who has no number in mind."""

    score: int
    word: str


class CardsOut(Answer):
    """Newest year first; `steps`: words for one's own year, the best first."""

    assessments: list[CardOut]
    steps: list[StepOut]


class SourceOut(Answer):
    """A row that a part came from: minutes, signup, evaluation or training; `value` in minutes, or the stars."""

    kind: str
    local_day: str
    title: str
    value: int
    words: str


class SourcesOut(Answer):
    """Newest first, at most 200."""

    rows: list[SourceOut]


class SelfIn(Body):
    """My own word on my year."""

    score: Score
    text: Words = ""


class TaskOut(Answer):
    """A team-mate I am to judge; `open`: now; `passed`: I said that I do not know him."""

    id: int
    name: str
    team: str
    minutes: int
    activities: int
    score: int | None
    words: str
    passed: bool
    until: date
    open: bool


class TasksOut(Answer):
    """Those without a word first; `steps`: words for a team-mate's year, the best first."""

    tasks: list[TaskOut]
    steps: list[StepOut]


class JudgeIn(Body):
    """What I say of him. He never learns who it was."""

    score: Score
    words: Annotated[str, StringConstraints(max_length=200)] = ""


class ResultObjectIn(Body):
    """What is wrong with the result."""

    text: Words


class ObjectedOut(Answer):
    """The objection's code."""

    code: str


class ProgressOut(Answer):
    """How far a team is: counts, and the names of those who have not done theirs; never a score. `cycle_code` and the
    number of an extra phase lead to its marks."""

    team: str
    year: str
    cycle_code: str
    phases: list[PhaseOut]
    phase: PhaseOut | None
    all: int
    self_done: int
    peers_all: int
    peers_done: int
    self_missing: list[str]
    peers_missing: list[str]


class TeamAssessmentOut(Answer):
    """None while no cycle runs."""

    progress: ProgressOut | None


class MarkOut(Answer):
    """A person in an extra phase; `may`: I can enter his score now."""

    card_code: str
    name: str
    team: str
    score: int | None
    note: str
    may: bool


class MarksOut(Answer):
    """By team and name."""

    marks: list[MarkOut]


class MarkIn(Body):
    """What an extra phase says of him."""

    score: Score
    note: Words = ""


@bp.get("/me/assessments")
@need_volunteer("api")
@bp.output(CardsOut)
@bp.doc(summary="My assessments, year by year", responses=[401, 403], security="token")
def mine() -> Any:
    """The newest ten years."""
    return {"assessments": own.listed(actor=g.actor, at=clock.now()), "steps": scores.steps("own")}


@bp.get("/me/assessments/<code>")
@need_volunteer("api")
@bp.output(CardOut)
@bp.doc(summary="My assessment of one year", responses=[401, 403, 404], security="token")
def one(code: str) -> Any:
    """With the result once it was told."""
    return own.one(actor=g.actor, code=code, at=clock.now())


@bp.put("/me/assessments/<code>/self")
@need_volunteer("api")
@idempotent
@bp.input(SelfIn)
@bp.output({}, 204)
@bp.doc(
    summary="Hand in my self-assessment, or change it", responses=[400, 401, 403, 404, 409], security="token"
)
def hand_in(code: str, json_data: SelfIn) -> Any:
    """While the phase is open; the last word counts."""
    own.submit(actor=g.actor, code=code, score=json_data.score, text=json_data.text, at=clock.now())
    return "", 204


@bp.get("/me/assessments/<code>/sources/<part>")
@need_volunteer("api")
@bp.output(SourcesOut)
@bp.doc(
    summary="The rows behind a part of what the books say", responses=[400, 401, 403, 404], security="token"
)
def sources(code: str, part: str) -> Any:
    """`part`: hours, attendance, evaluation, training."""
    return {"rows": objective.rows(actor=g.actor, card_code=code, part=part, at=clock.now())}


@bp.post("/me/assessments/<code>/objection")
@need_volunteer("api")
@idempotent
@bp.input(ResultObjectIn)
@bp.output(ObjectedOut, 201)
@bp.doc(summary="Object to my result", responses=[400, 401, 403, 404, 409], security="token")
def object_to(code: str, json_data: ResultObjectIn) -> Any:
    """Within the days of the rule; answered by somebody who did not decide it."""
    return {"code": objections.object_to(actor=g.actor, card_code=code, text=json_data.text, at=clock.now())}


@bp.delete("/me/assessment-objections/<code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take my objection to a result back", responses=[401, 403, 404, 409], security="token")
def withdraw(code: str) -> Any:
    """While nobody has answered; the result stands."""
    objections.withdraw(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.get("/me/assessment-tasks")
@need_volunteer("api")
@bp.output(TasksOut)
@bp.doc(summary="The team-mates I am to judge", responses=[401, 403], security="token")
def tasks() -> Any:
    """In the cycles that run."""
    return {"tasks": peers.tasks(actor=g.actor, at=clock.now()), "steps": scores.steps("peer")}


@bp.put("/me/assessment-tasks/<int:number>")
@need_volunteer("api")
@idempotent
@bp.input(JudgeIn)
@bp.output({}, 204)
@bp.doc(summary="Judge one of them, or change it", responses=[400, 401, 403, 404, 409], security="token")
def judge(number: int, json_data: JudgeIn) -> Any:
    """While the phase is open."""
    peers.judge(actor=g.actor, task_id=number, score=json_data.score, words=json_data.words, at=clock.now())
    return "", 204


@bp.post("/me/assessment-tasks/<int:number>/pass")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Say that I do not know him", responses=[401, 403, 404, 409], security="token")
def pass_by(number: int) -> Any:
    """It counts as done, and is no vote; I may still judge him while the phase is open."""
    peers.pass_by(actor=g.actor, task_id=number, at=clock.now())
    return "", 204


@bp.get("/teams/<code>/assessment")
@need_volunteer("api")
@bp.output(TeamAssessmentOut)
@bp.doc(summary="Leader: how far my team is", responses=[401, 403, 404], security="token")
def progress(code: str) -> Any:
    """Names of those who have not done theirs."""
    return {"progress": views.team_progress(actor=g.actor, team_code=code, at=clock.now())}


@bp.get("/assessments/<code>/marks/<int:number>")
@need_volunteer("api")
@bp.output(MarksOut)
@bp.doc(summary="Leader: the people of an extra phase", responses=[401, 403, 404], security="token")
def to_mark(code: str, number: int) -> Any:
    """Of the teams I lead, in the cycle `code`."""
    found = marks.listed(
        actor=g.actor, cycle_code=code, number=number, wanted=Wanted(size=MOST), at=clock.now()
    )
    return {"marks": found.rows}


@bp.put("/assessment-cards/<code>/marks/<int:number>")
@need_volunteer("api")
@idempotent
@bp.input(MarkIn)
@bp.output({}, 204)
@bp.doc(
    summary="Leader: enter what an extra phase says", responses=[400, 401, 403, 404, 409], security="token"
)
def put_mark(code: str, number: int, json_data: MarkIn) -> Any:
    """Of one person, never of oneself."""
    marks.put(
        actor=g.actor,
        card_code=code,
        number=number,
        score=json_data.score,
        note=json_data.note,
        at=clock.now(),
    )
    return "", 204
