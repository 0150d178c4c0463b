"""异议 to a result: within some days, answered by somebody who did not decide it; the answer is final (S46)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentObjection,
    Team,
    Volunteer,
    store,
)
from models.dialect import IntegrityError
from services import audit, decisions, scopes
from services.actors import Actor
from services.assessment import cards, deciding, phases_of
from services.assessment.results import make_final, outcome
from services.assessment.shapes import ObjectionLine
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.regions import name_of
from services.times import working_days_after

C = RefusalCode


def object_to(*, actor: Actor, card_code: str, text: str, at: datetime) -> str:
    """Object to one's own result; answers the objection's code.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his), TEXT_EMPTY, TEXT_TOO_LONG, OBJECTION_STATE (not told yet, or one runs
    or ran), OBJECTION_LATE (`days`).
    """
    mine = cards.own(actor, card_code)
    said = cards.words_of(text)
    if not said:
        raise Refusal(C.TEXT_EMPTY)
    cycle: AssessmentCycle = mine.cycle
    params = phases_of.params(cycle)

    def act() -> str:
        now = AssessmentCard.get_by_id(mine.id)
        if now.state not in (cards.TOLD, cards.FINAL) or _any(mine.id):
            raise Refusal(C.OBJECTION_STATE)
        if at >= now.object_until:
            raise Refusal(C.OBJECTION_LATE, days=params["objection_days"])
        moved = AssessmentCard.update(state=cards.OBJECTED, version=AssessmentCard.version + 1).where(
            AssessmentCard.id == mine.id, AssessmentCard.state == cards.TOLD
        )
        if not moved.execute():
            raise Refusal(C.OBJECTION_STATE)
        made = AssessmentObjection.create(
            code=new_code(cards.CODE), card=mine.id, volunteer=mine.volunteer_id, region_code=cycle.region_code,
            text=said, state="open", due_at=working_days_after(at, params["answer_days"]), grade_before=now.grade,
            created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="assessment.object", subject=f"card:{mine.id}", at=at,
            changes={"state": ["told", "objected"]},
        )  # fmt: skip
        telling.tell(
            kind="assessment_objection_waiting", key=made.code, at=at, name=Volunteer.get_by_id(mine.volunteer_id).name,
            people=sorted(decisions.deciders(region_code=cycle.region_code, parties=parties(now), at=at)),
            place=name_of(cycle.region_code), url=f"/console/assessment/objections/{made.code}",
        )  # fmt: skip
        return str(made.code)

    try:
        return store.write(act)
    except IntegrityError:  # two at once: one a card
        raise Refusal(C.OBJECTION_STATE) from None


def _any(card_id: int) -> bool:
    return bool(AssessmentObjection.select().where(AssessmentObjection.card == card_id).exists())


def parties(card: AssessmentCard) -> set[int | None]:
    """Who does not answer: the person, his leader, who recommended him, who decided, who wrote it for him on paper."""
    wrote = decisions.hands(volunteer_id=card.volunteer_id, about=[f"card:{card.code}"])
    return {*cards.parties(card), card.decided_by_id, *wrote} - {None}


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Take it back while nobody has answered; the result stands. Refusals: NOT_REGISTERED, NOT_FOUND,
    OBJECTION_STATE."""
    who = cards.person(actor)
    mine = AssessmentObjection.get_or_none(
        AssessmentObjection.code == code, AssessmentObjection.volunteer == who
    )
    if mine is None:
        raise Refusal(C.NOT_FOUND)

    def act() -> None:
        moved = AssessmentObjection.update(state="withdrawn").where(
            AssessmentObjection.id == mine.id, AssessmentObjection.state == "open"
        )
        if not moved.execute():
            raise Refusal(C.OBJECTION_STATE)
        AssessmentCard.update(state=cards.TOLD, version=AssessmentCard.version + 1).where(
            AssessmentCard.id == mine.card_id, AssessmentCard.state == cards.OBJECTED
        ).execute()
        audit.changed(
            actor=actor, verb="assessment.object", subject=f"card:{mine.card_id}", at=at,
            changes={"state": ["objected", "told"]},
        )  # fmt: skip

    store.write(act)


def answer(
    *, actor: Actor, code: str, text: str, grade: str | None = None, score: int | None = None, at: datetime
) -> None:
    """Answer it: the result stands (`grade` None), or a better one takes its place: nobody loses by objecting. Final.

    Where nobody else of the centre can, the centre above answers. Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD (the
    person, his leader, who decided), TEXT_EMPTY, TEXT_TOO_LONG, BAD_REQUEST (`grade`), GRADE_WORSE, SCORE_RANGE,
    OBJECTION_STATE (answered or taken back, or he died or was merged), GRADE_MARK, EXCELLENT_FULL.
    """
    each = _found(code)
    card: AssessmentCard = each.card
    cards.require_decider(actor=actor, card=card, parties=parties(card), at=at)
    said = cards.words_of(text)
    if not said:
        raise Refusal(C.TEXT_EMPTY)
    if grade is not None:
        deciding.check_grade(grade)
        if deciding.GRADES.index(grade) > deciding.GRADES.index(each.grade_before):
            raise Refusal(C.GRADE_WORSE)
    points = None if score is None else cards.check_score(score)

    def act() -> None:
        deciding.hold(card.cycle_id)
        if AssessmentCard.get_by_id(card.id).state != cards.OBJECTED or not _here(each):
            raise Refusal(C.OBJECTION_STATE)
        moved = AssessmentObjection.update(
            state="answered", answer=said, answered_by=actor.volunteer_id, answered_at=at,
            grade_after=grade or each.grade_before,
        ).where(AssessmentObjection.id == each.id, AssessmentObjection.state == "open")  # fmt: skip
        if not moved.execute():
            raise Refusal(C.OBJECTION_STATE)
        if grade is not None:
            deciding.settle(
                cards.by_code(card.code),
                grade=grade,
                score=points,
                reason=said,
                actor=actor,
                at=at,
                needs_reason=False,
            )
        now = AssessmentCard.get_by_id(card.id)
        make_final(now, from_state=cards.OBJECTED, at=at)
        telling.tell(
            kind="assessment_objection_answered", people=[each.volunteer_id], key=each.code, at=at, text=said,
            outcome=outcome(now.grade or ""), url=f"/m/assessment/{card.code}",
        )  # fmt: skip

    store.write(act)


def _here(each: AssessmentObjection) -> bool:
    return bool(Volunteer.select().where(Volunteer.id == each.volunteer_id, Volunteer.state == "active").exists())


def waiting() -> Any:
    """The condition on an objection, joined with its card, that it waits for an answer: not of one who died, or whose
    entry was merged, meanwhile."""
    return (AssessmentObjection.state == "open") & (AssessmentCard.state == cards.OBJECTED)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ObjectionLine]:
    """Those of the divisions the reader may look at. Filters: state, cycle (code). Refusals: NOT_ALLOWED."""
    readable = scopes.readable(actor=actor, at=at)
    if not readable:
        raise Refusal(C.NOT_ALLOWED)
    query = _joined().where(scopes.within(AssessmentObjection.region_code, readable))
    if state := wanted.chosen("state"):
        query = query.where(waiting() if state == "open" else AssessmentObjection.state == state)
    if cycle := wanted.chosen("cycle"):
        query = query.where(AssessmentCycle.code == cycle)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    return cut(
        query, wanted=wanted,
        sorts={"at": AssessmentObjection.created_at, "due": AssessmentObjection.due_at, "name": Volunteer.name},
        default="-at", tie=AssessmentObjection.id.desc(), row=line,
    )  # fmt: skip


def one(*, actor: Actor, code: str, at: datetime) -> ObjectionLine:
    """One of them. Refusals: NOT_FOUND."""
    each = _found(code)
    if not scopes.covers(scopes.readable(actor=actor, at=at), each.region_code):
        raise Refusal(C.NOT_FOUND)
    may = cards.may_decide(actor=actor, card=each.card, parties=parties(each.card), at=at)
    return line(each, may_answer=may and each.state == "open" and each.card.state == cards.OBJECTED)


def of_card(card_id: int) -> ObjectionLine | None:
    """The objection to a card's result."""
    found = _joined().where(AssessmentObjection.card == card_id).first()
    return line(found) if found else None


def _joined() -> Any:
    return (
        AssessmentObjection.select(AssessmentObjection, Volunteer, AssessmentCard, Team, AssessmentCycle)
        .join(Volunteer, on=(AssessmentObjection.volunteer == Volunteer.id))
        .switch(AssessmentObjection)
        .join(AssessmentCard, on=(AssessmentObjection.card == AssessmentCard.id))
        .join(Team, on=(AssessmentCard.team == Team.id))
        .switch(AssessmentCard)
        .join(AssessmentCycle, on=(AssessmentCard.cycle == AssessmentCycle.id))
        .switch(AssessmentObjection)
    )


def _found(code: str) -> AssessmentObjection:
    each = _joined().where(AssessmentObjection.code == code).first()
    if each is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(each, AssessmentObjection)
    return each


def line(row: AssessmentObjection, *, may_answer: bool = False) -> ObjectionLine:
    """An objection as it is shown."""
    card: AssessmentCard = row.card
    return ObjectionLine(
        row.code, card.code, row.volunteer.name, card.team.short_name, card.year, row.text, row.state, row.due_at,
        row.grade_before, row.grade_after or "", row.answer, row.answered_by.name if row.answered_by else "",
        row.answered_at, row.created_at, may_answer,
    )  # fmt: skip
