"""The year's assessment of the county, a little late: most have their result, some wait for the centre, one objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from clock import local_day
from demo.people import Person
from demo.places import COUNTY
from models import AssessmentCard, AssessmentCycle, AssessmentObjection, AssessmentPeer, AssessmentPhase
from services import rules
from services.assessment import assigning, cards, dates, deciding, phases_of, plans, results, scoring
from services.assessment.reckoning import EXCELLENT, FAIL, PASS
from services.assessment.shapes import PhaseDates
from services.codes import new_code
from services.times import working_days_after
from wording import entry

T = TypeVar("T")
#: First and last day of each phase, counted from the day of the demo.
DAYS = {"self": (-60, -46), "peer": (-45, -31), "review": (-30, -12)}
#: Days before it on which the most were told their result, and the rest of those that were decided.
TOLD, TOLD_LATE = timedelta(days=11), timedelta(days=1)
#: Whose grade came late: people whom a visitor plays.
LATE = (2, 3, 4, 5)
#: Who has a case to object: no 优秀 for him.
OBJECTS = 5


def now(act: Callable[[], T]) -> T:
    """A part of the world's own write."""
    return act()


def assess(rng: Random, people: list[Person], *, at: datetime) -> None:
    """Make the cycle as the worker and everybody's phones would have made it. Inside the world's write."""
    today = local_day(at)
    phases = [
        PhaseDates(kind, today + timedelta(days=first), today + timedelta(days=last))
        for kind, (first, last) in DAYS.items()
    ]
    # Who gave the grades does not answer objections to them: that is left to the director, whom a visitor plays.
    officer = next(person for person in people if person.role == "station_officer").id
    cycle = _set_up(phases, officer, at)
    own, peer, _ = phases_of.of(cycle)
    cards.make(cycle, at=own.opens_at, write=now)
    say_own(rng, cycle, own.opens_at)
    AssessmentPhase.update(state="opening").where(AssessmentPhase.id == peer.id).execute()
    assigning.assign(phases_of.of(cycle)[1], write=now)
    _judge(rng, cycle, peer.opens_at)
    AssessmentPhase.update(state="closed").where(AssessmentPhase.cycle == cycle.id).execute()
    scoring.recompute(cycle, at=at, write=now)
    late = {person.number: person.id for person in people if person.number in LATE}
    _decide(cycle, officer, late, at)


def _set_up(phases: list[PhaseDates], officer: int, at: datetime) -> AssessmentCycle:
    """The cycle with its phases, all over. Its year is the one in which most of the days lie that count."""
    year = str((date.fromisoformat(phases[0].opens_on.isoformat()) - timedelta(days=30)).year)
    cycle = running(COUNTY, phases, "results", at, year=year, officer=officer)
    for phase in phases_of.of(cycle):
        AssessmentPhase.update(
            state="closed", reminded=3, told_on=phase.closes_on, opened_at=phase.opens_at, closed_at=phase.closes_at
        ).where(AssessmentPhase.id == phase.id).execute()
    return cycle


def running(
    code: str, phases: list[PhaseDates], state: str, at: datetime, *, year: str = "", officer: int | None = None
) -> AssessmentCycle:
    """A cycle whose numbers are frozen, in this state; without a year, in that of its first day."""
    opened = dates.opens_at(phases[0])
    year = year or str(phases[0].opens_on.year)
    cycle = plans.put(code, year, phases, plan=None, made_by=officer, at=opened - timedelta(days=20))
    rule = rules.rule("assessment", code, at)
    AssessmentCycle.update(state=state, rule_set=rule.id, seed="demo").where(AssessmentCycle.id == cycle.id).execute()
    found = AssessmentCycle.get_by_id(cycle.id)
    assert isinstance(found, AssessmentCycle)
    return found


def say_own(rng: Random, cycle: AssessmentCycle, opened: datetime) -> None:
    """Most say a word on their year; who never comes is silent here, too."""
    for card in AssessmentCard.select().where(AssessmentCard.cycle == cycle.id, AssessmentCard.state == cards.OPEN):
        if rng.random() < 0.85:
            AssessmentCard.update(
                self_score=rng.choice((80, 85, 88, 90, 92, 95)), self_text=rng.choice(entry("demo.own_words")),
                self_at=opened + timedelta(minutes=rng.randint(540, 18_000)), self_door=rng.choice(("h5", "bot", "h5")),
            ).where(AssessmentCard.id == card.id).execute()  # fmt: skip


def _judge(rng: Random, cycle: AssessmentCycle, opened: datetime) -> None:
    """Team-mates judge each other kindly, and some forget it."""
    for task in AssessmentPeer.select().where(AssessmentPeer.cycle == cycle.id):
        if rng.random() < 0.85:
            AssessmentPeer.update(
                score=rng.choice((75, 85, 88, 90, 95, 96)), words=rng.choice(entry("demo.peer_words")), door="h5",
                at=opened + timedelta(minutes=rng.randint(540, 18_000)),
            ).where(AssessmentPeer.id == task.id).execute()  # fmt: skip


def _decide(cycle: AssessmentCycle, officer: int, numbers: dict[int, int], at: datetime) -> None:
    """The centre went through the list: the best first up to the cap, one failed, the last ones still wait."""
    late = set(numbers.values())
    of_others = (AssessmentCard.state == cards.OPEN) & (AssessmentCard.volunteer != officer)
    waiting = list(
        AssessmentCard.select()
        .where(AssessmentCard.cycle == cycle.id, of_others)
        .order_by(AssessmentCard.total.desc(), AssessmentCard.id)
    )
    left = deciding.excellent_left(cycle)[1] - 1
    lowest = next((card for card in reversed(waiting) if card.volunteer_id not in late), None)
    others = [card for card in waiting if card is not lowest]
    plain = [card.id for card in others if card.volunteer_id not in late]
    undecided = {*plain[4::6], *plain[-3:]}
    for number, card in enumerate(others):
        if card.id not in undecided:
            best = number < left and (card.total or 0) >= 85 and card.volunteer_id != numbers[OBJECTS]
            _give(card, EXCELLENT if best else PASS, officer, card.volunteer_id in late, at)
    if lowest is not None:
        _give(lowest, FAIL, officer, False, at)
    results.tell_due(at=at - TOLD, write=now)
    AssessmentCard.update(state=cards.DECIDED).where(
        AssessmentCard.cycle == cycle.id, AssessmentCard.volunteer.in_(late), AssessmentCard.grade.is_null(False)
    ).execute()
    results.tell_due(at=at - TOLD_LATE, write=now)
    results.finish_due(at=at - timedelta(hours=3), write=now)
    _object(cycle, numbers[OBJECTS], at)


def _give(card: AssessmentCard, grade: str, officer: int, waits: bool, at: datetime) -> None:
    """A grade with the centre's own score where the books alone would not carry it."""
    score = {EXCELLENT: 98, PASS: max(card.objective_score or 0, 75), FAIL: 10}[grade]
    params = phases_of.params(card.cycle)
    done = deciding.reckoned(card, params, score)
    fitting = grade if grade in deciding.grades_for(done.total, params) else PASS
    AssessmentCard.update(
        state=cards.OPEN if waits else cards.DECIDED, grade=fitting, review_score=score, total=done.total,
        weights=done.weights, suggested=done.suggested, reason=entry("demo.assessment_reasons")[fitting],
        decided_by=officer, decided_at=at - (TOLD_LATE if waits else TOLD) - timedelta(days=4),
    ).where(AssessmentCard.id == card.id).execute()  # fmt: skip


def _object(cycle: AssessmentCycle, who: int, at: datetime) -> None:
    """One of those told lately thinks it unjust."""
    card = AssessmentCard.get_or_none(
        AssessmentCard.cycle == cycle.id, AssessmentCard.state == cards.TOLD, AssessmentCard.volunteer == who
    )
    if card is None:
        return
    asked = at - timedelta(hours=5)
    AssessmentCard.update(state=cards.OBJECTED).where(AssessmentCard.id == card.id).execute()
    AssessmentObjection.create(
        code=new_code(cards.CODE), card=card, volunteer=card.volunteer_id, region_code=COUNTY,
        text=entry("demo.assessment_objection"), state="open", due_at=working_days_after(asked, 10),
        grade_before=card.grade, created_at=asked,
    )  # fmt: skip
