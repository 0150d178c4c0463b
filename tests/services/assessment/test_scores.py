"""The statement that reckons all cards of a cycle, beside the same figures made one by one (`tests.support.assessed`).

Books of every kind are filled at random, with what must not count among what must; then examples written out.
"""

from __future__ import annotations

import json
import threading
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from models import (
    Activity,
    Application,
    AssessmentCard,
    AssessmentCycle,
    AssessmentMark,
    AssessmentPeer,
    AssessmentPhase,
    CasePerson,
    Evaluation,
    HoursCase,
    MinuteEntry,
    RuleSet,
    Shift,
    TrainingCourse,
    TrainingResult,
    Volunteer,
    store,
)
from services.assessment import phases_of, scoring, training
from services.times import day_starts
from tests.services.assessment.conftest import Year, beat, moment
from tests.support import assessed, world
from tests.support.world import COUNTY

NOW = moment(12, 2)
USUAL: dict[str, Any] = {}
#: Everything to the hours and the review, one vote enough; and nothing to the hours, three marks at one place.
STRICT = {"part_hours": 100, "part_attendance": 0, "part_evaluation": 0, "part_training": 0, "min_votes": 1,
          "weight_self": 0, "weight_peer": 0, "weight_review": 1, "hours_target": 1, "clear_margin": 40}  # fmt: skip
LOOSE = {"part_hours": 0, "part_attendance": 1, "part_evaluation": 100, "part_training": 33, "min_votes": 2,
         "weight_self": 7, "weight_peer": 100, "weight_review": 3, "pass_mark": 40, "excellent_mark": 30,
         "training_target": 1}  # fmt: skip


class Books:
    """Random rows of every book for the people of a year."""

    def __init__(self, year: Year, seed: int) -> None:
        self.year, self.random, self.number, self.often = year, Random(seed), 0, 1.0
        self.course = TrainingCourse.create(
            code="course", region_code=COUNTY, kind="skills", name="急救", from_on="2026-01-01", created_at=NOW
        )
        self.extras = [extra(year.cycle, number, weight) for number, weight in ((4, 25), (5, 6))]
        # He moved here, and his card took along what was said of him there.
        there = AssessmentCycle.create(code="there", region_code="3415", year="2026", state="running", seed="s",
                                       created_at=NOW)  # fmt: skip
        self.elsewhere = extra(there, 4, 30)
        self.places = [self._place(day) for day in days(year)]

    def _place(self, day: date) -> tuple[Activity, Shift, datetime]:
        """An activity of that day, and the moment at which it begins to be that day."""
        midnight = day_starts(day)
        return (*world.make_activity(midnight, self.year.cast.team, starts_in=timedelta(hours=8)), midnight)

    def fill(self, card: AssessmentCard) -> None:
        """All of one person; some have hardly anything."""
        self.often = self.random.choice((0.1, 0.6, 0.9))
        for place in self.places:
            if self.random.random() < self.often:
                self._served(card.volunteer, *place)
        self._said(card)
        if self.random.random() < 0.5:
            self._case(card.volunteer)

    def _served(self, person: Volunteer, activity: Activity, shift: Shift, at: datetime) -> None:
        pick = self.random.choice
        self.number += 1
        day, said = activity.local_day, {"score": pick((1, 2, 3, 4, 5)), "at": at, "updated_at": at}
        MinuteEntry.create(
            volunteer=person, amount=pick((-900, -30, 1, 45, 300, 700)), kind="service", region_code=COUNTY,
            local_day=day, idem_key=f"n{self.number}", created_at=at,
        )  # fmt: skip
        world.sign_up(
            at, shift, person, state=pick(("confirmed", "confirmed", "cancelled")),
            outcome=pick(("present", "left_early", "absent", "excused", None)),
        )  # fmt: skip
        if pick((True, False)):
            Evaluation.create(kind="organiser", activity=activity, author=self.year.cast.ali, subject=person, **said)
        Evaluation.create(kind="volunteer", activity=activity, author=person, subject=self.year.cast.ali, **said)
        if pick((True, False)):
            TrainingResult.create(
                activity=activity, course=self.course, volunteer=person, region_code=COUNTY, local_day=day,
                minutes=pick((0, 20, 90)), updated_at=at,
            )  # fmt: skip

    def _said(self, card: AssessmentCard) -> None:
        pick = self.random.choice
        recommended = pick((0.2, 1.0))
        for reviewer in self.random.sample(self.year.people, 4):
            AssessmentPeer.create(
                cycle=card.cycle, card=card, reviewer=reviewer, score=pick((None, 0, 61, 80, 97)),
                void_why=pick(("", "", "", "gone")),
            )  # fmt: skip
            if self.random.random() < recommended:
                self.number += 1
                Application.create(
                    code=f"n{self.number}", route="organisation", state=pick(("approved",) * 4 + ("refused",)),
                    team=pick((card.team,) * 4 + (self.year.cast.other_team,)), volunteer=card.volunteer,
                    recommender=reviewer, created_at=NOW,
                )  # fmt: skip
        for phase in (*self.extras, self.elsewhere):
            if pick((True, False)):
                AssessmentMark.create(card=card, phase=phase, score=pick((0, 55, 100)), at=NOW)
        card.self_score, card.review_score = pick((None, 0, 85, 100)), pick((None, None, 3, 74))
        card.save()

    def _case(self, person: Volunteer) -> None:
        self.number += 1
        state = self.random.choice(("held", "hearing", "upheld", "cleared"))
        suspect(self.year, person, f"n{self.number}", state)


def extra(cycle: AssessmentCycle, number: int, weight: int) -> AssessmentPhase:
    """A phase besides the three."""
    return AssessmentPhase.create(
        cycle=cycle, number=number, kind="extra", name="群众评议", opens_on="2026-12-01", closes_on="2026-12-20",
        opens_at=moment(12, 1, 0), closes_at=moment(12, 21, 0), weight=weight,
    )  # fmt: skip


def days(year: Year) -> tuple[date, ...]:
    """The first and last day that count, some between, and those before and after."""
    counted = scoring.span(year.cycle)
    first, last = date.fromisoformat(counted.first_day), date.fromisoformat(counted.last_day)
    one = timedelta(days=1)
    return (first - one, first, *(first + number * one for number in (60, 120, 180, 240)), last, last + one)


def suspect(year: Year, person: Volunteer, code: str, state: str) -> None:
    """A case of forged hours about somebody."""
    case = HoursCase.create(
        code=code, region_code=COUNTY, team=year.cast.team, suspicion="查", source="console", state=state,
        opened_at=NOW,
    )  # fmt: skip
    CasePerson.create(case=case, volunteer=person)


def opened(year: Year, params: dict[str, Any]) -> None:
    """Its cards are made, and it goes by these numbers."""
    beat(moment(11, 1))
    cycle = year.cycle
    whole = {**phases_of.params(cycle), **params}
    rule = RuleSet.create(kind="assessment", region_code=COUNTY, version=1, params=json.dumps(whole), valid_from=NOW)
    cycle.rule_set = rule
    cycle.save()


def more_people(year: Year, count: int) -> None:
    """So many in the team besides."""
    for number in range(count):
        person = world.make_volunteer(moment(1, 1), f"某{number}")
        world.join(moment(1, 1), year.cast.team, person)
        year.people.append(person)


@pytest.mark.parametrize("params", [USUAL, STRICT, LOOSE], ids=["usual", "strict", "loose"])
@pytest.mark.parametrize("seed", [1, 2])
def test_all_cards_in_one_statement_come_out_as_one_by_one(year: Year, params: dict[str, Any], seed: int) -> None:
    def make() -> None:
        more_people(year, 34)
        opened(year, params)
        books = Books(year, seed)
        for card in AssessmentCard.select():
            books.fill(card)

    store.write(make)
    cards = list(AssessmentCard.select())
    hour = training.class_hour(COUNTY, NOW)
    by_hand = {card.id: assessed.figures(card, class_hour=hour) for card in cards}
    assert scoring.recompute(year.cycle, at=NOW) == len(cards) == 40
    for card in AssessmentCard.select():
        expected = by_hand[card.id]
        assert {name: getattr(card, name) for name in expected} == expected
        assert list(card.weights) == list(expected["weights"])
    # So that what is compared differs from card to card.
    assert len({figures["total"] for figures in by_hand.values()}) > 5
    assert {figures["clear"] for figures in by_hand.values()} == {True, False}


def facts(year: Year, *, minutes: int = 0, present: int = 0, absent: int = 0, stars: tuple[int, ...] = (),
          classes: int = 0) -> None:  # fmt: skip
    """What the books say of the second of the team."""
    person, at = year.people[1], moment(5, 1)
    if minutes:
        MinuteEntry.create(volunteer=person, amount=minutes, kind="service", region_code=COUNTY,
                           local_day="2026-05-01", idem_key="one", created_at=at)  # fmt: skip
    for outcome in ("present",) * present + ("absent",) * absent:
        world.sign_up(at, world.make_activity(at, year.cast.team)[1], person, outcome=outcome)
    for score in stars:
        activity, _ = world.make_activity(at, year.cast.team)
        Evaluation.create(kind="organiser", activity=activity, author=year.cast.ali, subject=person, score=score,
                          at=at, updated_at=at)  # fmt: skip
    if classes:
        course = TrainingCourse.create(code="c", region_code=COUNTY, kind="skills", name="急救", from_on="2026-01-01",
                                       created_at=at)  # fmt: skip
        TrainingResult.create(activity=year.cast.activity, course=course, volunteer=person, region_code=COUNTY,
                              local_day="2026-05-01", minutes=classes, updated_at=at)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ({}, 0),
        ({"minutes": 1200}, 100),  # nothing else to judge by
        ({"minutes": -60}, 0),  # taken back
        ({"minutes": 600, "absent": 1, "present": 1}, 50),
        ({"minutes": 1200, "stars": (3, 3)}, 87),  # (40 × 100 + 20 × 60) ÷ 60, half up
        ({"minutes": 1200, "classes": 360}, 100),
    ],
)
def test_a_part_without_rows_leaves_its_weight_to_the_others(year: Year, said: dict[str, Any], score: int) -> None:
    beat(moment(11, 1))
    store.write(lambda: facts(year, **said))
    scoring.recompute(year.cycle, at=NOW)
    assert year.card(year.people[1]).objective_score == score


@pytest.mark.parametrize(
    ("votes", "recommenders", "score"),
    [((100, 100), 0, None), ((67, 67, 66), 0, 67), ((100,) * 3, 1, 100), ((100,) * 3, 3, None), ((), 0, None)],
)
def test_votes_count_from_three_on_and_not_the_recommenders_alone(
    year: Year, votes: tuple[int, ...], recommenders: int, score: int | None
) -> None:
    beat(moment(11, 1))
    card = year.card(year.people[0])

    def make() -> None:
        for number, (reviewer, points) in enumerate(zip(year.people[1:], votes, strict=False)):
            AssessmentPeer.create(cycle=card.cycle, card=card, reviewer=reviewer, score=points)
            if number < recommenders:
                Application.create(code=f"r{number}", route="organisation", state="approved", team=card.team,
                                   volunteer=card.volunteer, recommender=reviewer, created_at=NOW)  # fmt: skip

    store.write(make)
    scoring.recompute(year.cycle, at=NOW)
    reckoned = year.card(year.people[0])
    assert (reckoned.peer_score, reckoned.peer_votes) == (score, len(votes))


def test_parts_go_on_behind_one_another(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    beat(moment(11, 1))
    writes: list[int] = []

    def write(act: Any) -> Any:
        writes.append(1)
        return store.write(act)

    monkeypatch.setattr("queries.assessment_scores.PART", {"sqlite": 4, "postgres": 4})
    assert scoring.recompute(year.cycle, at=NOW, write=write) == 6
    assert len(writes) == 2


@pytest.mark.parametrize("alone", ["peer_votes", "clear", "weights", "total"])
def test_what_changes_alone_is_kept(year: Year, alone: str) -> None:
    beat(moment(11, 1))
    person = year.people[1]
    store.write(lambda: facts(year, minutes=1200))
    scoring.recompute(year.cycle, at=NOW)
    if alone == "total":  # of somebody who had said something of himself
        store.write(lambda: AssessmentCard.update(self_score=85).where(AssessmentCard.volunteer == person).execute())
        scoring.recompute(year.cycle, at=NOW)
    before = year.card(person)
    changes: dict[str, Any] = {
        "peer_votes": lambda: AssessmentPeer.create(
            cycle=before.cycle, card=before, reviewer=year.people[0], score=100),
        "clear": lambda: suspect(year, person, "case", "held"),
        "total": lambda: AssessmentCard.update(self_score=90).where(AssessmentCard.id == before.id).execute(),
        "weights": lambda: AssessmentCard.update(self_score=100).where(AssessmentCard.id == before.id).execute(),
    }  # fmt: skip
    store.write(changes[alone])
    assert scoring.recompute(year.cycle, at=NOW) == 1
    after = year.card(person)
    reckoned = ("total", "suggested", "objective", "peer_votes", "clear", "weights")
    assert [name for name in reckoned if getattr(after, name) != getattr(before, name)] == [alone]


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    "meanwhile", [{"state": "decided", "total": 12, "version": 2}, {"state": "void"}, {"self_score": 12, "version": 2}]
)
def test_a_card_that_is_touched_meanwhile_is_left_for_the_next_time(year: Year, meanwhile: dict[str, Any]) -> None:
    """Reckoning reads the card as it was, waits for whoever holds it, and then finds another."""
    beat(moment(11, 1))
    card = year.card(year.people[0])
    held, stored = threading.Event(), []

    def reckon() -> None:
        with store.session():
            held.wait(5)
            stored.append(scoring.recompute(year.cycle, at=NOW))

    other = threading.Thread(target=reckon)
    other.start()

    def touch() -> None:
        AssessmentCard.update(**meanwhile).where(AssessmentCard.id == card.id).execute()
        held.set()
        other.join(1)  # it waits for this row

    store.write(touch)
    other.join(10)
    kept = AssessmentCard.get_by_id(card.id)
    assert {name: getattr(kept, name) for name in meanwhile} == meanwhile
    assert (card.version, kept.objective_score, stored) == (1, None, [5])
