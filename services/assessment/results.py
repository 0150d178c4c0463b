"""Results go out, stand for objections, become final, and have their consequences (S46, S47).

What the centre decided is told once its last phase is over; what it decides later, at once. The days to object run from
the morning on which the person hears of it. Nobody is final who objected and has no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from clock import local_day, to_millis
from models import AssessmentCard, AssessmentCycle, Volunteer, store
from models.store import Write
from queries import assessment as people_sql
from queries import assessment_results as sql
from services.assessment import cards, exits, honours, letters, phases_of, reckoning
from services.assessment.letters import Letter, Spread
from services.assessment.reminding import day_of
from services.messaging import quiet
from services.operation import apart
from services.times import day_starts
from wording import say

#: Cards with consequences in one write.
AT_ONCE = 50


def tell_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell what was decided in the cycles whose last phase is over; how many people. The leader's job."""
    spread = Spread()
    over = AssessmentCycle.select().where(AssessmentCycle.state == "results").order_by(AssessmentCycle.id)
    return apart.each(list(over), lambda cycle: _tell_cycle(cycle, at, write, spread))


def _tell_cycle(cycle: AssessmentCycle, at: datetime, write: Write, spread: Spread) -> int:
    waiting, told = sql.untold(cycle.id), 0
    if not waiting:
        return 0
    notice_id = letters.notice("assessment_result", str(cycle.id), at=at, write=write)
    for start in range(0, len(waiting), people_sql.PART):
        part = waiting[start : start + people_sql.PART]
        told += write(lambda part=part: _tell(cycle, part, notice_id, at, spread))  # type: ignore[misc]
    return told


def _tell(cycle: AssessmentCycle, part: Sequence[int], notice_id: int, at: datetime, spread: Spread) -> int:
    days = int(phases_of.params(cycle)["objection_days"])
    heard = spread.due(quiet.morning(region_code=cycle.region_code, at=at))
    last = local_day(heard) + timedelta(days=days)
    found = sql.tell(cards=part, until=to_millis(day_starts(last + timedelta(days=1))), now=to_millis(at))
    posts = [_letter(each.volunteer_id, each.code, each.grade, each.total, each.reason) for each in found]
    if posts:
        letters.in_write(
            kind="assessment_result", notice_id=notice_id, occasion="told", letters=posts, at=at, spread=spread,
            region_code=cycle.region_code, year=cycle.year, until=day_of(last),
        )  # fmt: skip
    return len(found)


def _letter(person: int, code: str, grade: str, total: int, reason: str) -> Letter:
    facts = {"outcome": outcome(grade), "score": total, "why": why(grade, reason)}
    return Letter(person, f"/m/assessment/{code}", facts, code)


def outcome(grade: str) -> str:
    """A grade in its own word: 优秀, 合格, 不合格."""
    return say(f"assessment.grades.{grade}")


def why(grade: str, reason: str) -> str:
    """The reason as the person reads it: the centre's words, or the usual ones."""
    return reason or say(f"assessment.reasons.{grade}")


def finish_due(*, at: datetime, write: Write = store.write) -> int:
    """Make final what nobody objected to in time, with its consequences; close what is done. How many cards."""
    due = sql.over(to_millis(at))
    done = 0
    plain = [card for card, grade in due if grade == reckoning.PASS]
    for start in range(0, len(plain), people_sql.PART):
        part = plain[start : start + people_sql.PART]
        done += write(lambda part=part: sql.passed(cards=part, now=to_millis(at)))  # type: ignore[misc]
    weighty = [card for card, grade in due if grade != reckoning.PASS]
    for start in range(0, len(weighty), AT_ONCE):
        part = weighty[start : start + AT_ONCE]
        done += write(lambda part=part: sum(_final(card, at) for card in part))  # type: ignore[misc]
    _close_done(at, write)
    return done


def _final(card_id: int, at: datetime) -> int:
    card = AssessmentCard.get_by_id(card_id)
    return int(make_final(card, from_state=cards.TOLD, at=at))


def make_final(card: AssessmentCard, *, from_state: str, at: datetime) -> bool:
    """A card is final, with what follows from its grade, inside the caller's write; False if another was quicker."""
    moved = (
        AssessmentCard.update(state=cards.FINAL, final_at=at, version=AssessmentCard.version + 1)
        .where(AssessmentCard.id == card.id, AssessmentCard.state == from_state)
        .execute()
    )
    if (
        moved
        and Volunteer.select().where(Volunteer.id == card.volunteer_id, Volunteer.state == "active").exists()
    ):
        if card.grade == reckoning.EXCELLENT:
            honours.give(card, at=at)
        elif card.grade == reckoning.FAIL:
            exits.propose(card, at=at)
    return bool(moved)


def _close_done(at: datetime, write: Write) -> None:
    """Cycles with nothing left to decide, to tell, or to answer are closed; what keeps one open is looked for outside
    the write."""
    for cycle in list(AssessmentCycle.select().where(AssessmentCycle.state == "results")):
        if not _unfinished(cycle.id):
            write(lambda number=cycle.id: _close(number, at))  # type: ignore[misc]


def _unfinished(cycle_id: int) -> bool:
    rows = AssessmentCard.select(AssessmentCard.id).where(
        AssessmentCard.cycle == cycle_id,
        AssessmentCard.state.in_((cards.OPEN, cards.DECIDED, cards.TOLD, cards.OBJECTED)),
    )
    return bool(rows.exists())


def _close(cycle_id: int, at: datetime) -> int:
    if _unfinished(cycle_id):
        return 0
    return int(
        AssessmentCycle.update(state="closed", closed_at=at)
        .where(AssessmentCycle.id == cycle_id, AssessmentCycle.state == "results")
        .execute()
    )
