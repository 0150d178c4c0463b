"""复评: many at once, the cap on 优秀, who may not decide, two at once, and a centre that is late."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest

from models import (
    AssessmentCard,
    AssessmentCycle,
    Evaluation,
    MinuteEntry,
    TrainingCourse,
    TrainingResult,
    Volunteer,
    store,
)
from services.access.person_view import changes
from services.assessment import (
    cycles,
    deciding,
    marks,
    objective,
    own,
    peers,
    review,
    review_views,
    standing,
    views,
)
from services.assessment.shapes import PhaseDates
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from tests.services.assessment.conftest import REVIEW, SELF, Year, beat, moment, morning, refused
from tests.support import world
from tests.support.world import COUNTY

C = RefusalCode
NOW = moment(12, 2)


def serve(person: Any, year: Year, minutes: int, *, stars: int = 5, absent: int = 0) -> None:
    """Hours in the book, an organiser's judgement, and places he did not take."""

    def make() -> None:
        activity, _ = world.make_activity(moment(5, 1), year.cast.team)
        MinuteEntry.create(
            volunteer=person, amount=minutes, kind="service", team=year.cast.team, region_code=COUNTY,
            local_day="2026-05-01", idem_key=f"t{activity.id}", created_at=moment(5, 1),
        )  # fmt: skip
        Evaluation.create(
            kind="organiser", activity=activity, author=year.cast.ali, subject=person, score=stars, at=moment(5, 2),
            updated_at=moment(5, 2),
        )  # fmt: skip
        for outcome in ["present"] + ["absent"] * absent:
            each, shift = world.make_activity(moment(5, 1), year.cast.team)
            world.sign_up(moment(5, 1), shift, person, outcome=outcome)
            assert each.id

    store.write(make)


@pytest.fixture
def reviewed(year: Year) -> Year:
    """Everybody has done his part, the review is open; the objective scores stand by what they served."""
    _, xiaobo, good, fair, weak, _ = year.people
    serve(good, year, 1500)
    serve(xiaobo, year, 1300)
    serve(fair, year, 900, stars=4, absent=1)
    serve(weak, year, 60, stars=1, absent=3)
    beat(moment(11, 1))
    for person in year.people:
        own.submit(actor=year.actor(person), code=year.card(person).code, score=95, at=moment(11, 2))
    beat(moment(11, 16))
    for person in year.people:
        for task in peers.tasks(actor=year.actor(person), at=moment(11, 17)):
            peers.judge(actor=year.actor(person), task_id=task.id, score=92, at=moment(11, 17))
    beat(moment(12, 1))
    return year


def test_objective_score_names_the_rows_it_comes_from(reviewed: Year) -> None:
    _, _, good, _, weak, _ = reviewed.people
    mine = own.newest(actor=reviewed.actor(weak), at=NOW)
    assert mine is not None
    assert mine.objective is not None
    shown = {part.name: (part.weight, part.score) for part in mine.objective.parts}
    # 60 of 1200 minutes, once there of four times, one star; training was never recorded.
    assert shown == {"hours": (40, 5), "attendance": (30, 25), "evaluation": (20, 20), "training": (10, None)}
    assert mine.objective.score == (40 * 5 + 30 * 25 + 20 * 20 + 45) // 90
    kept = reviewed.card(weak).objective
    assert (kept["first_day"], kept["last_day"]) == (mine.objective.first_day, mine.objective.last_day)
    assert [list(part) for part in kept["parts"].values()] == [
        ["weight", "score", "minutes", "entries", "upto"],
        ["weight", "score", "present", "absent", "upto", "absences"],
        ["weight", "score", "judged", "stars", "upto"],
        ["weight", "score", "minutes", "recorded"],
    ]
    assert len(kept["parts"]["attendance"]["absences"]) == kept["parts"]["attendance"]["absent"] == 3
    assert kept["parts"]["training"] == {"weight": 10, "score": None, "minutes": 0, "recorded": 0}
    rows = objective.rows(actor=reviewed.actor(weak), card_code=mine.code, part="attendance", at=NOW)
    assert sorted(row.value for row in rows) == [0, 0, 0, 1]
    assert [
        row.value for row in objective.rows(actor=reviewed.officer, card_code=mine.code, part="hours", at=NOW)
    ] == [60]
    assert (
        refused(lambda: objective.rows(actor=reviewed.actor(good), card_code=mine.code, part="hours", at=NOW))
        == C.NOT_ALLOWED
    )
    # A training of two class hours brings the part a score of its own: 90 of 360 minutes.
    course = TrainingCourse.create(
        code="c1", region_code=COUNTY, kind="skills", name="急救", from_on="2026-01-01", created_at=NOW
    )
    TrainingResult.create(
        activity=reviewed.cast.activity, course=course, volunteer=weak, region_code=COUNTY, local_day="2026-03-01",
        minutes=90, updated_at=NOW,
    )  # fmt: skip
    morning(NOW)
    trained = objective.rows(actor=reviewed.officer, card_code=mine.code, part="training", at=NOW)
    assert [row.value for row in trained] == [90]
    assert reviewed.card(weak).objective["parts"]["training"]["score"] == 25
    # Read anew tomorrow with one more row, but what is decided stays.
    before = reviewed.card(weak).version
    morning(moment(12, 3))
    assert reviewed.card(weak).version == before
    serve(weak, reviewed, 600)
    morning(moment(12, 4))
    assert reviewed.card(weak).version == before + 1
    assert [row.value for row in objective.rows(actor=reviewed.officer, card_code=mine.code, part="hours", at=NOW)] == [
        600, 60,
    ]  # fmt: skip


def test_clear_cases_are_decided_at_once_and_excellent_only_up_to_the_cap(reviewed: Year) -> None:
    _, xiaobo, good, fair, weak, _ = reviewed.people
    page = views.cycle(actor=reviewed.officer, code=reviewed.code, at=NOW)
    assert (page.excellent_cap, page.excellent_left) == (1, 1)
    done = review.decide_clear(actor=reviewed.officer, cycle_code=reviewed.code, grade="excellent", at=NOW)
    assert done.decided == 1
    assert [why for _, why in done.left] == ["cap"]
    first = next(each for each in (good, xiaobo) if reviewed.card(each).grade == "excellent")
    second = xiaobo if first is good else good
    given: dict[str, Any] = {
        "actor": reviewed.officer, "card_code": reviewed.card(second).code, "grade": "excellent",
        "version": reviewed.card(second).version, "at": NOW,
    }  # fmt: skip
    assert refused(lambda: review.decide(**given)) == C.EXCELLENT_FULL
    assert refused(lambda: review.decide(**given | {"grade": "fail", "reason": "不服从"})) == C.GRADE_MARK
    assert refused(lambda: review.decide(**given | {"grade": "good"})) == C.BAD_REQUEST
    assert refused(lambda: review.decide(**given | {"grade": "pass", "score": 70})) == C.REASON_REQUIRED
    review.decide(**given | {"grade": "pass", "reason": "名额已满"})
    # Bulk: never who is not clear, never fail, never one's own leader's matters.
    done = review.decide_clear(actor=reviewed.officer, cycle_code=reviewed.code, grade="pass", at=NOW)
    assert (
        refused(
            lambda: review.decide_clear(
                actor=reviewed.officer, cycle_code=reviewed.code, grade="fail", at=NOW
            )
        )
        == C.BAD_REQUEST
    )
    assert reviewed.card(fair).grade == "pass"
    assert reviewed.card(weak).grade is None
    # The history of each of them tells it, not only that of the cycle.
    told = changes(subject=f"card:{reviewed.card(fair).id}")
    assert [(each.verb, each.who) for each in told] == [("assessment.decide_many", reviewed.cast.officer.name)]
    again = review.decide_clear(
        actor=reviewed.officer, cycle_code=reviewed.code, grade="pass", at=NOW,
        read={reviewed.card(fair).code: 1, reviewed.card(weak).code: reviewed.card(weak).version},
    )  # fmt: skip
    assert (again.decided, dict(again.left)) == (
        0, {reviewed.card(fair).code: "state", reviewed.card(weak).code: "not_clear"},
    )  # fmt: skip


def test_nobody_decides_on_himself_his_leader_or_whom_he_recommended(reviewed: Year, at: datetime) -> None:
    ali, xiaobo, *_ = reviewed.people

    def promote() -> None:
        world.grant(at, ali, "director", region=COUNTY)

    store.write(promote)
    leader = reviewed.actor(ali, "console")
    for person in (ali, xiaobo):  # himself, and a member of the team he leads
        assert refused(
            lambda person=person: review.decide(
                actor=leader, card_code=reviewed.card(person).code, version=reviewed.card(person).version,
                grade="pass", at=NOW,
            )
        ) == C.OWN_RECORD  # fmt: skip
    assert (
        refused(lambda: review_views.one(actor=leader, card_code=reviewed.card(ali).code, at=NOW))
        == C.OWN_RECORD
    )
    done = review.decide_clear(actor=leader, cycle_code=reviewed.code, grade="pass", at=NOW)
    assert done.decided == 0
    assert {why for _, why in done.left} == {"own"}
    # Nor on himself by a second entry with his phone: neither alone nor among many.
    officer, fair = reviewed.cast.officer, reviewed.people[3]
    for person in (officer, fair):
        store.write(lambda p=person: Volunteer.update(phone_index="one").where(Volunteer.id == p.id).execute())
    given: dict[str, Any] = {"actor": reviewed.officer, "grade": "pass", "at": NOW}
    card = reviewed.card(fair)
    assert refused(lambda: review.decide(**given, card_code=card.code, version=card.version)) == C.OWN_RECORD
    done = review.decide_clear(**given, cycle_code=reviewed.code)
    assert (card.code, "own") in done.left


def at_once(*acts: tuple[Any, ...]) -> None:
    """Each act with its facts in a thread of its own."""
    threads = [Thread(target=act, args=facts) for act, *facts in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("guarded", [True, False])
def test_two_officers_at_once_make_one_decision(reviewed: Year, guarded: bool, monkeypatch: Any) -> None:
    """The control without the look at the version lets both through."""
    fair = reviewed.people[3]
    card, outcomes = reviewed.card(fair), []
    together = Barrier(2)

    def decide(actor: Any, grade: str, score: int) -> None:
        with store.session():
            together.wait()
            try:
                review.decide(
                    actor=actor, card_code=card.code, version=card.version, grade=grade, score=score, reason="我来定",
                    at=NOW,
                )  # fmt: skip
                outcomes.append("done")
            except Refusal as refusal:
                outcomes.append(refusal.code.value)

    if not guarded:
        monkeypatch.setattr(review, "same_version", lambda *_: True)
    at_once((decide, reviewed.officer, "pass", 80), (decide, reviewed.second, "fail", 0))
    assert sorted(outcomes) == (["decided_meanwhile", "done"] if guarded else ["done", "done"])


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
@pytest.mark.parametrize(("in_line", "given"), [(True, 1), (False, 2)])
def test_the_last_excellent_is_given_once_by_two_officers_at_once(
    reviewed: Year, in_line: bool, given: int, monkeypatch: Any
) -> None:
    """Both have counted before either writes; the control without the line at the cycle's row gives one too many."""
    _, xiaobo, good, *_ = reviewed.people
    counted, left = Barrier(2), deciding.excellent_left

    def count(*facts: Any, **more: Any) -> tuple[int, int]:
        found = left(*facts, **more)
        with suppress(BrokenBarrierError):
            counted.wait(0.3)
        return found

    def decide(actor: Any, card: AssessmentCard) -> None:
        with store.session(), suppress(Refusal):
            review.decide(actor=actor, card_code=card.code, version=card.version, grade="excellent", at=NOW)

    monkeypatch.setattr(deciding, "excellent_left", count)
    if not in_line:
        monkeypatch.setattr(deciding, "hold", AssessmentCycle.get_by_id)
    at_once((decide, reviewed.officer, reviewed.card(good)), (decide, reviewed.second, reviewed.card(xiaobo)))
    assert AssessmentCard.select().where(AssessmentCard.grade == "excellent").count() == given


def test_a_centre_that_is_late_is_reminded_and_seen_above_and_fails_nobody(reviewed: Year) -> None:
    weak = reviewed.people[4]
    beat(moment(12, 21))
    for day in range(21, 28):
        beat(moment(12, day))
        morning(moment(12, day, 9))
    # On the first day and every three after it: two officers of the county, one of the city.
    assert [reviewed.told().count(kind) for kind in ("assessment_late", "assessment_late_below")] == [6, 3]
    late = views.late(actor=reviewed.above, region_code="3415", year="2026", at=moment(12, 27))
    assert [(line.place, line.late, line.late_days) for line in late] == [("霍邱县", 6, 7)]
    assert reviewed.card(weak).grade is None
    assert "assessment_result" not in reviewed.told()
    # Decided late, it is told at once, and the others wait for nothing.
    review.decide(
        actor=reviewed.officer, card_code=reviewed.card(weak).code, version=reviewed.card(weak).version, grade="pass",
        reason="有困难，继续努力", at=moment(12, 28),
    )  # fmt: skip
    beat(moment(12, 28, 11))
    assert reviewed.told().count("assessment_result") == 1


def test_somebody_on_leave_is_set_aside_and_taken_back(reviewed: Year) -> None:
    weak = reviewed.people[4]
    code = reviewed.card(weak).code
    standing.set_aside(actor=reviewed.officer, card_code=code, why="on_leave", reason="住院半年", at=NOW)
    assert (
        refused(
            lambda: review.decide(
                actor=reviewed.officer,
                card_code=code,
                version=reviewed.card(weak).version,
                grade="fail",
                reason="缺勤",
                at=NOW,
            )
        )
        == C.ASSESSMENT_STATE
    )
    assert (reviewed.told(weak)[-1], views.cycle(actor=reviewed.officer, code=reviewed.code, at=NOW).aside) == (
        "assessment_aside", {"on_leave": 1},
    )  # fmt: skip
    standing.take_back(
        actor=reviewed.officer, card_code=code, reason="本人要求参加", at=NOW + timedelta(hours=1)
    )
    assert reviewed.card(weak).state == "open"
    found = review_views.listed(
        actor=reviewed.officer, cycle_code=reviewed.code, wanted=Wanted(filters={"clear": "yes"}), at=NOW
    )
    assert weak.name not in {line.name for line in found.rows}


def test_an_extra_phase_is_marked_by_the_leader_and_a_missing_mark_moves_its_weight(year: Year) -> None:
    ali, xiaobo, good, *_ = year.people
    talk = PhaseDates("extra", date(2026, 11, 16), date(2026, 11, 20), "群众评议", 25)
    cycles.replan(
        actor=year.officer, code=year.code, phases=[SELF, talk, REVIEW], reason="加群众评议", at=moment(10, 1)
    )
    for day in (1, 16):
        beat(moment(11, day))
    assert "assessment_extra" in year.told(ali)
    given: dict[str, Any] = {
        "actor": year.actor(ali, "console"), "card_code": year.card(xiaobo).code, "number": 2, "score": 40,
        "at": moment(11, 17),
    }  # fmt: skip
    marks.put(**given | {"score": 70})
    marks.put(**given, note="几次迟到")
    assert refused(lambda: marks.put(**given | {"card_code": year.card(ali).code})) == C.OWN_RECORD
    assert refused(lambda: marks.put(**given | {"score": -1})) == C.SCORE_RANGE
    assert refused(lambda: marks.put(**given | {"number": 1})) == C.NOT_FOUND
    assert refused(lambda: marks.put(**given | {"actor": year.actor(good)})) == C.NOT_ALLOWED
    assert refused(lambda: marks.put(**given | {"at": moment(11, 21)})) == C.PHASE_CLOSED
    wanted = Wanted(filters={"state": "missing"})
    left = marks.listed(actor=given["actor"], cycle_code=year.code, number=2, wanted=wanted, at=moment(11, 18))
    assert {line.name for line in left.rows} == {person.name for person in year.people if person is not xiaobo}
    assert refused(
        lambda: marks.listed(actor=year.actor(good), cycle_code=year.code, number=2, wanted=wanted, at=moment(11, 18))
    ) == C.NOT_FOUND  # fmt: skip
    beat(moment(12, 1))
    page = review_views.one(actor=year.officer, card_code=year.card(xiaobo).code, at=NOW)
    assert ([(mark.name, mark.score, mark.note) for mark in page.marks], page.weights["extra1"]) == (
        [("群众评议", 40, "几次迟到")], 20,
    )  # fmt: skip
    assert review_views.one(actor=year.officer, card_code=year.card(good).code, at=NOW).weights == {
        "self": 0, "peer": 0, "extra1": 0, "review": 100,
    }  # fmt: skip
