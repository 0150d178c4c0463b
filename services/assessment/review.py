"""复评: the centre decides each card; nobody decides on himself, and two at once give one decision (S45–S47)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from clock import to_millis
from models import Application, AssessmentCard, AssessmentCycle, Team, Volunteer, store
from queries import assessment as people_sql
from queries import assessment_results as sql
from services import audit, decisions, permissions
from services.actors import Actor
from services.assessment import cards, deciding, phases_of, scoring
from services.assessment.reckoning import EXCELLENT, PASS
from services.assessment.shapes import Bulk
from services.errors import Refusal, RefusalCode

C = RefusalCode
#: What tells that an entry is, or looks like, another one, and whether it is still here.
_LIKE = (Volunteer.id, Volunteer.state, Volunteer.name, Volunteer.birth_date, Volunteer.phone_index)


def decide(
    *, actor: Actor, card_code: str, version: int, grade: str, score: int | None = None, reason: str = "",
    at: datetime,
) -> None:  # fmt: skip
    """Give one person his grade: excellent, pass or fail.

    `score` is the centre's own, None takes the objective one as it is. `version` is that of the page he read. The
    reason is what the person reads: needed for fail, for a score of one's own, and for another grade than the total
    suggests (excellent at 90 and above, pass at 60 and above). Fail never stands at 60 and above, excellent never below
    90. Deciding again before it was told is possible.
    Refusals in order: NOT_FOUND / NOT_ALLOWED / OWN_RECORD (`cards.require_decider`; parties: the person, also by a
    second entry, who recommended him, and the leader of his team), BAD_REQUEST (`grade`), SCORE_RANGE, TEXT_TOO_LONG,
    PHASE_CLOSED (the review has not begun), ASSESSMENT_STATE (told already, not assessed, died or merged),
    DECIDED_MEANWHILE (`by`: somebody changed it since), GRADE_MARK (`total`, `mark`), REASON_REQUIRED, EXCELLENT_FULL
    (`cap`). The same said twice by one is said once.
    """
    card = cards.by_code(card_code)
    cards.require_decider(actor=actor, card=card, parties=cards.parties(card), at=at)
    deciding.check_grade(grade)
    points = None if score is None else cards.check_score(score)
    words = cards.words_of(reason)

    def act() -> None:
        _require_begun(card.cycle_id)
        cycle = deciding.hold(card.cycle_id)
        now = cards.by_code(card_code)
        if now.state not in (cards.OPEN, cards.DECIDED):
            raise Refusal(C.ASSESSMENT_STATE)
        cards.require_here(now)
        if _said_already(now, actor, grade, points, words):
            return
        if not same_version(now, version):
            raise Refusal(C.DECIDED_MEANWHILE, by=deciding.name_of(now.decided_by_id))
        if now.objective_score is None:  # moved here after the review had begun
            scoring.recompute_one(cycle, card.id, at=at)
            now = cards.by_code(card_code)
        deciding.settle(
            now, grade=grade, score=points, reason=words, actor=actor, at=at, needs_reason=True, state=cards.DECIDED,
            decided_by=actor.volunteer_id, decided_at=at,
        )  # fmt: skip

    store.write(act)


def _said_already(card: AssessmentCard, actor: Actor, grade: str, score: int | None, reason: str) -> bool:
    """Whether this is what he decided himself a moment ago: the button tapped twice."""
    said = (card.decided_by_id, card.grade, card.review_score, card.reason)
    return card.state == cards.DECIDED and said == (actor.volunteer_id, grade, score, reason)


def same_version(card: AssessmentCard, read: int) -> bool:
    """Whether a card is still as it was when somebody read it; asked behind the door of its cycle."""
    return card.version == read


def _require_begun(cycle_id: int) -> None:
    """Refusals: PHASE_CLOSED before the review; late is no reason."""
    phase = phases_of.find(cycle_id, "review")
    if phase is None or phase.state in ("waiting", "opening"):
        raise Refusal(
            C.PHASE_CLOSED, phase=phase.name if phase else "", opens_on=phase.opens_on if phase else "",
            closes_on=phase.closes_on if phase else "",
        )  # fmt: skip


def decide_clear(
    *, actor: Actor, cycle_code: str, grade: str, read: Mapping[str, int] | None = None, at: datetime
) -> Bulk:
    """Decide many at once: the clear cases of a cycle, or those of `read` (code → version) as far as they are
    clear.

    `grade`: pass or excellent (highest totals first, up to the cap); never fail. What cannot be decided is left out and
    named with why: changed, own, not_clear, cap, state. Refusals: NOT_FOUND / NOT_ALLOWED, BAD_REQUEST (`grade`),
    PHASE_CLOSED, ASSESSMENT_STATE.
    """
    cycle = AssessmentCycle.get_or_none(AssessmentCycle.code == cycle_code)
    if cycle is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=cycle.region_code, at=at)
    deciding.check_grade(grade, of=(PASS, EXCELLENT))
    _require_begun(cycle.id)
    own = decisions.own_matters(actor=actor, region_code=cycle.region_code, at=at)
    fit, left = _sorted_out(cycle, grade, read, own, cards.person(actor))
    decided = 0
    for start in range(0, len(fit), people_sql.PART):
        part = fit[start : start + people_sql.PART]
        done, more = store.write(lambda part=part: _decide_part(actor, cycle, grade, part, at))  # type: ignore[misc]
        decided += done
        left += more
    return Bulk(decided, tuple(left))


def _sorted_out(
    cycle: AssessmentCycle, grade: str, read: Mapping[str, int] | None, own: Iterable[int], actor_id: int
) -> tuple[list[AssessmentCard], list[tuple[str, str]]]:
    """The cards that may be decided at once, the highest totals first, and those that may not, with why."""
    query = (
        AssessmentCard.select(AssessmentCard, Team, *_LIKE)
        .join(Team, on=(AssessmentCard.team == Team.id))
        .switch(AssessmentCard)
        .join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id))
        .where(AssessmentCard.cycle == cycle.id)
        .order_by(AssessmentCard.total.desc(), AssessmentCard.id)
    )
    if read is None:
        query = query.where(
            AssessmentCard.state == cards.OPEN,
            AssessmentCard.clear == True,  # noqa: E712
            AssessmentCard.suggested == grade,
        )
    else:
        query = query.where(AssessmentCard.code.in_(list(read)))
    mine = set(own)
    himself = Volunteer.get_by_id(actor_id)
    recommended = {
        (row.volunteer_id, row.team_id)
        for row in Application.select().where(
            Application.recommender.in_(list(mine) or [0]), Application.state == "approved"
        )
    }
    fit, left = [], []
    for card in list(query):
        near = {card.volunteer_id, card.team.leader_id} & mine or (
            card.volunteer_id,
            card.team_id,
        ) in recommended or cards.look_alike(card.volunteer, himself)
        if card.state != cards.OPEN or card.volunteer.state != "active":
            left.append((card.code, "state"))
        elif read is not None and read[card.code] != card.version:
            left.append((card.code, "changed"))
        elif near:
            left.append((card.code, "own"))
        elif not card.clear or (grade == EXCELLENT and card.suggested != EXCELLENT):
            left.append((card.code, "not_clear"))
        else:
            fit.append(card)
    return fit, left


def _decide_part(
    actor: Actor, cycle: AssessmentCycle, grade: str, part: list[AssessmentCard], at: datetime
) -> tuple[int, list[tuple[str, str]]]:
    """Decide a part behind the door of the cycle; how many, and those left out."""
    held = deciding.hold(cycle.id)
    room = deciding.excellent_left(held)[1] if grade == EXCELLENT else len(part)
    took = sql.decide(
        grade=grade, actor_id=actor.volunteer_id, cards=[(card.id, card.version) for card in part[:room]],
        now=to_millis(at),
    )  # fmt: skip
    left = [(card.code, "cap") for card in part[room:]]
    left += [(card.code, "changed") for card in part[:room] if card.id not in took]
    audit.changed(
        actor=actor, verb="assessment.decide_many", subject=f"assessment:{cycle.id}", at=at,
        changes={"grade": ["", grade], "cards": [None, [card.code for card in part if card.id in took]]},
    )  # fmt: skip
    audit.changed_many(
        actor=actor, verb="assessment.decide_many", at=at,
        changes={f"card:{card.id}": {"grade": [None, grade], "total": [card.total, card.total]} for card in part
                 if card.id in took},
    )  # fmt: skip
    return len(took), left
