"""People between the phases: late comers, members of several teams, teams of two, transfers, leaving, death, merging,
and somebody who judges himself by a second account. One test a rule of docs/zh/考核办法.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import (
    Application,
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AssessmentPeer,
    Centre,
    Honour,
    Team,
    TeamMember,
    Volunteer,
    store,
)
from services.assessment import cycles, exits, honours, objections, own, peers, review, review_views
from services.errors import RefusalCode
from services.listing import Wanted
from services.recruitment import applications, leaving
from tests.services.assessment.conftest import DAYS, Year, beat, moment, morning, refused
from tests.support import world

C = RefusalCode
ELSEWHERE = "341523"


def change(person: Volunteer, **more: Any) -> None:
    store.write(lambda: Volunteer.update(more).where(Volunteer.id == person.id).execute())


def go(person: Volunteer, team: Team, at: datetime, why: str = "transferred") -> None:
    """A person's home is another team from now on."""

    def act() -> None:
        TeamMember.update(to_at=at, ended_why=why, home=False).where(
            TeamMember.volunteer == person.id, TeamMember.to_at.is_null()
        ).execute()
        TeamMember.create(team=team, volunteer=person, home=True, from_at=at)

    store.write(act)


def judge_all(year: Year, people: list[Volunteer], score: int = 90) -> None:
    for person in people:
        for task in peers.tasks(actor=year.actor(person), at=moment(11, 17)):
            peers.judge(actor=year.actor(person), task_id=task.id, score=score, at=moment(11, 17))


def test_who_came_late_is_not_assessed_and_nobody_is_assessed_twice(year: Year) -> None:
    _, xiaobo, *_ = year.people

    def prepare() -> Volunteer:
        world.join(moment(1, 1), year.cast.other_team, xiaobo)  # a second team of the same county
        newcomer = world.make_volunteer(moment(9, 1))
        world.join(moment(9, 1), year.cast.team, newcomer)
        return newcomer

    newcomer = store.write(prepare)
    beat(moment(11, 1))
    assert (year.card(newcomer).state, year.card(newcomer).aside_why) == ("aside", "too_late")
    mine = own.newest(actor=year.actor(newcomer), at=moment(11, 2))
    assert mine is not None
    assert refused(
        lambda: own.submit(actor=year.actor(newcomer), code=mine.code, score=90, at=moment(11, 2))
    ) == (C.ASSESSMENT_STATE)
    assert [card.team_id for card in AssessmentCard.select().where(AssessmentCard.volunteer == xiaobo)] == [
        year.cast.team.id
    ]
    beat(moment(11, 16))
    assert not AssessmentPeer.select().where(AssessmentPeer.reviewer == newcomer.id).exists()


def test_a_team_of_two_judges_each_other_but_that_alone_counts_nothing(year: Year, at: datetime) -> None:
    two = [year.people[4], year.people[5]]
    for person in two:
        go(person, year.cast.other_team, moment(2, 1))
    store.write(
        lambda: Application.create(
            code="rec", route="organisation", state="approved", team=year.cast.other_team, volunteer=two[0],
            recommender=two[1], created_at=at,
        )
    )  # fmt: skip
    beat(moment(11, 1))
    beat(moment(11, 16))
    # The only one who could judge him recommended him: then nobody does.
    assert [(p.card.volunteer_id, p.reviewer_id) for p in AssessmentPeer.select().where(
        AssessmentPeer.reviewer.in_([person.id for person in two]))] == [(two[1].id, two[0].id)]  # fmt: skip
    judge_all(year, two, score=10)
    beat(moment(12, 1))
    for person in two:
        page = review_views.one(actor=year.officer, card_code=year.card(person).code, at=moment(12, 2))
        assert (page.line.peer_score, page.weights["peer"], page.weights["review"]) == (None, 0, 100)


def test_a_card_goes_with_who_moves_to_another_county_until_that_has_reviewed(
    year: Year, at: datetime
) -> None:
    first, second = year.people[2], year.people[3]

    def prepare() -> Team:
        world.make_region(ELSEWHERE, "舒城县")
        centre = Centre.create(region_code=ELSEWHERE, kind="centre", name="舒城县中心", created_at=at)
        return world.make_team(at, centre, "舒城县队", ELSEWHERE)

    team = store.write(prepare)
    there = cycles.create(actor=year.above, region_code=ELSEWHERE, year="2026", phases=DAYS, at=at)
    beat(moment(11, 1))
    own.submit(actor=year.actor(first), code=year.card(first).code, score=77, at=moment(11, 2))
    beat(moment(11, 16))
    judge_all(year, year.people)
    go(first, team, moment(11, 20))
    beat(moment(12, 1))
    moved = year.card(first)
    assert (moved.cycle.code, moved.team_id, moved.self_score, moved.peer_score) == (there, team.id, 77, 90)
    assert review_views.one(actor=year.above, card_code=moved.code, at=moment(12, 2)).may_decide
    assert (
        refused(lambda: review_views.one(actor=year.officer, card_code=moved.code, at=moment(12, 2)))
        == C.NOT_FOUND
    )
    # Come before the books were read for him: they are read with the decision.
    unread = {"objective": None, "objective_score": None, "total": None}
    AssessmentCard.update(unread).where(AssessmentCard.id == moved.id).execute()
    review.decide(
        actor=year.above, card_code=moved.code, version=moved.version, grade="pass", score=90, reason="两边都说好",
        at=moment(12, 2),
    )  # fmt: skip
    assert (year.card(first).objective_score, year.card(first).total) == (0, (20 * 77 + 30 * 90 + 50 * 90 + 50) // 100)
    # After the review there is over, it stays where it was begun.
    store.write(
        lambda: AssessmentCycle.update(state="results").where(AssessmentCycle.code == there).execute()
    )
    go(second, team, moment(12, 3))
    beat(moment(12, 3, 11))
    assert year.card(second).cycle.code == year.code


def test_who_leaves_is_not_decided_on_and_who_died_is_asked_nothing(year: Year) -> None:
    _, xiaobo, gone, dead, *_ = year.people
    beat(moment(11, 1))
    leaving.leave_team(actor=year.actor(gone), team_code=year.cast.team.code, at=moment(11, 3))
    change(dead, state="deceased")
    # At once, before the worker comes by: nothing is asked of him or about him.
    assert "assessment_self_left" not in year.told(dead)
    beat(moment(11, 16))
    assert {person.id: year.card(person).aside_why for person in (gone, dead)} == {
        gone.id: "left",
        dead.id: "deceased",
    }
    asked = {row.reviewer_id for row in AssessmentPeer.select()} | {
        row.card.volunteer_id for row in AssessmentPeer.select()
    }
    assert not asked & {gone.id, dead.id}
    # Dies while he is to be judged: his colleagues' task is gone; the report was wrong: it is there again.
    task = next(
        task
        for task in peers.tasks(actor=year.actor(xiaobo), at=moment(11, 17))
        if task.name == year.people[4].name
    )
    change(year.people[4], state="deceased")
    assert task.id not in {each.id for each in peers.tasks(actor=year.actor(xiaobo), at=moment(11, 18))}
    given = {"actor": year.actor(xiaobo), "task_id": task.id, "score": 90, "at": moment(11, 18)}
    assert refused(lambda: peers.judge(**given)) == C.ASSESSMENT_STATE
    beat(moment(11, 18))
    assert year.card(year.people[4]).aside_why == "deceased"
    change(year.people[4], state="active")
    change(dead, state="active")
    beat(moment(11, 19))
    assert (year.card(year.people[4]).state, year.card(dead).state) == ("open", "open")
    peers.judge(**given)


def test_nobody_judges_himself_by_a_second_account(year: Year) -> None:
    twin, person = year.people[4], year.people[5]
    # Known before the draw (one phone): never drawn for each other.
    change(twin, phone_index="p1")
    change(person, phone_index="p1")
    beat(moment(11, 1))
    beat(moment(11, 16))
    pairs = {(row.reviewer_id, row.card.volunteer_id) for row in AssessmentPeer.select()}
    assert not pairs & {(twin.id, person.id), (person.id, twin.id)}
    # Known only afterwards: refused when he tries.
    first, second = next(
        (a, b)
        for a, b in pairs
        if a in (year.people[2].id, year.people[3].id) and b not in (twin.id, person.id)
    )
    for number in (first, second):
        store.write(lambda number=number: Volunteer.update(name="同一人", birth_date="1960-01-02").where(
            Volunteer.id == number).execute())  # fmt: skip
    task = AssessmentPeer.select().join(AssessmentCard).where(
        AssessmentPeer.reviewer == first, AssessmentCard.volunteer == second
    ).get()  # fmt: skip
    mine = year.actor(Volunteer.get_by_id(first))
    assert (
        refused(lambda: peers.judge(actor=mine, task_id=task.id, score=100, at=moment(11, 17)))
        == C.OWN_RECORD
    )
    # Merged after he voted: his word on himself is void, what both said of others counts once.
    AssessmentPeer.update(score=100, at=moment(11, 17)).where(AssessmentPeer.id == task.id).execute()
    change(Volunteer.get_by_id(first), state="merged", merged_into=second)
    beat(moment(11, 18))
    assert AssessmentPeer.get_by_id(task.id).void_why == "same_person"
    assert AssessmentCard.get(AssessmentCard.volunteer == first).aside_why == "merged"
    counted = [
        (row.card_id, row.reviewer_id) for row in AssessmentPeer.select().where(AssessmentPeer.void_why == "")
    ]
    assert len(counted) == len(set(counted))
    assert first not in {reviewer for _, reviewer in counted}


def test_the_auditor_alone_sees_who_judged_and_it_is_written_down(year: Year, at: datetime) -> None:
    auditor = store.write(lambda: world.make_volunteer(at))
    store.write(lambda: world.grant(at, auditor, "auditor", region=year.cycle.region_code))
    beat(moment(11, 1))
    beat(moment(11, 16))
    judge_all(year, year.people)
    card = year.card(year.people[2])
    given: dict[str, Any] = {"card_code": card.code, "reason": "收到举报", "at": moment(12, 2)}
    named = peers.who_judged(actor=year.actor(auditor), **given)
    assert len(named) == 4
    assert all(vote.reviewer for vote in named)
    station = store.write(lambda: world.make_volunteer(at))
    store.write(lambda: world.grant(at, station, "station_officer", region=year.cycle.region_code))
    assert refused(lambda: peers.who_judged(actor=year.actor(station), **given)) == C.NOT_ALLOWED
    assert (
        refused(lambda: peers.who_judged(actor=year.actor(auditor), **given | {"reason": ""}))
        == C.REASON_REQUIRED
    )
    shown = review_views.one(actor=year.actor(auditor), card_code=card.code, at=moment(12, 2))
    assert {(vote.reviewer, vote.at) for vote in shown.votes} == {("", None)}


def test_who_does_not_know_his_colleague_passes_him_by(year: Year) -> None:
    xiaobo = year.actor(year.people[1])
    beat(moment(11, 1))
    beat(moment(11, 16))
    first, *rest = peers.tasks(actor=xiaobo, at=moment(11, 17))
    peers.pass_by(actor=xiaobo, task_id=first.id, at=moment(11, 17))
    for task in rest:
        peers.judge(actor=xiaobo, task_id=task.id, score=90, at=moment(11, 17))
    shown = {task.id: task.passed for task in peers.tasks(actor=xiaobo, at=moment(11, 18))}
    assert shown == {first.id: True} | {task.id: False for task in rest}
    mine = own.newest(actor=xiaobo, at=moment(11, 18))
    assert mine is not None
    assert (mine.tasks, mine.tasks_done) == (4, 4)
    beat(moment(11, 27))  # the day of the first reminder
    assert "assessment_peer_left" not in year.told(year.people[1])
    # It is no vote; he may still give one.
    row = AssessmentPeer.get_by_id(first.id)
    assert (row.score, row.void_why) == (None, "unknown")
    peers.judge(actor=xiaobo, task_id=first.id, score=80, at=moment(11, 28))
    row = AssessmentPeer.get_by_id(first.id)
    assert (row.score, row.void_why) == (80, "")
    assert refused(lambda: peers.pass_by(actor=xiaobo, task_id=first.id, at=moment(12, 1))) == C.PHASE_CLOSED
    assert refused(lambda: peers.pass_by(actor=year.officer, task_id=first.id, at=moment(11, 28))) == C.NOT_FOUND


def fail(year: Year, person: Volunteer) -> None:
    """The county fails him, and he is told."""
    beat(moment(11, 1))
    beat(moment(12, 1))
    review.decide(
        actor=year.officer, card_code=year.card(person).code, version=year.card(person).version, grade="fail",
        reason="缺勤", at=moment(12, 2),
    )  # fmt: skip
    beat(moment(12, 21))


def test_nobody_is_decided_on_between_his_death_and_the_workers_next_round(year: Year) -> None:
    weak = year.people[4]
    beat(moment(11, 1))
    beat(moment(12, 1))
    AssessmentCard.update(clear=True, suggested="pass", total=80).execute()
    change(weak, state="deceased")
    card = year.card(weak)
    given: dict[str, Any] = {"actor": year.officer, "grade": "pass", "at": moment(12, 2)}
    assert refused(lambda: review.decide(**given, card_code=card.code, version=card.version)) == C.ASSESSMENT_STATE
    done = review.decide_clear(**given, cycle_code=year.code)
    assert (done.decided, done.left) == (5, ((card.code, "state"),))


def test_an_objection_waits_while_its_person_is_believed_dead(year: Year) -> None:
    weak = year.people[4]
    fail(year, weak)
    mine = year.card(weak).code
    code = objections.object_to(actor=year.actor(weak), card_code=mine, text="七月在抢险", at=moment(12, 22))
    change(weak, state="deceased")
    given: dict[str, Any] = {"actor": year.second, "code": code, "text": "查过", "at": moment(12, 23)}
    assert refused(lambda: objections.answer(**given)) == C.OBJECTION_STATE
    beat(moment(12, 23))
    before = len(year.told())
    morning(moment(12, 31) + timedelta(days=9))
    assert "assessment_objection_late" not in year.told()[before:]
    assert not objections.listed(actor=year.second, wanted=Wanted(filters={"state": "open"}), at=moment(12, 23)).rows
    change(weak, state="active")
    beat(moment(12, 31))
    assert year.card(weak).state == "objected"
    objections.answer(**given | {"at": moment(12, 31)})
    assert year.card(weak).state == "final"


def test_a_result_is_no_other_after_its_entry_was_merged_twice(year: Year) -> None:
    """A told 不合格 stays what it was; the exit is that of the entry at the end of the chain, and so are its months."""
    weak = year.people[4]

    def again() -> list[Volunteer]:
        return [world.make_volunteer(moment(12, 1), "又一份登记") for _ in range(2)]

    fail(year, weak)
    between, last = store.write(again)
    change(between, state="merged", merged_into=last.id)
    change(weak, state="merged", merged_into=between.id)
    store.write(lambda: TeamMember.update(volunteer=last.id).where(TeamMember.volunteer == weak.id).execute())
    beat(moment(12, 22))
    card = year.card(last)
    assert (card.state, card.grade, card.reason) == ("told", "fail", "缺勤")
    beat(moment(12, 30))
    exit_ = exits.of_card(card.id)
    assert exit_ is not None
    change(last, state="merged", merged_into=year.people[5].id)  # and once more, while it waits
    store.write(lambda: world.join(moment(12, 1), year.cast.other_team, year.people[5]))
    exits.decide(actor=year.second, code=exit_.code, approve=True, at=moment(12, 30))
    assert not TeamMember.select().where(TeamMember.volunteer == year.people[5], TeamMember.to_at.is_null()).exists()
    given: dict[str, Any] = {"actor": year.actor(year.people[5]), "team_code": year.cast.team.code, "promised": True}
    assert refused(lambda: applications.apply(**given, at=moment(12, 31))) == C.REJOIN_LATER


def test_who_dies_before_his_exit_is_decided_is_left_in_peace(year: Year) -> None:
    weak = year.people[4]
    fail(year, weak)
    beat(moment(12, 30))
    code = exits.of_card(year.card(weak).id)
    assert code is not None
    change(weak, state="deceased")
    assert (
        refused(
            lambda: exits.decide(
                actor=year.second, code=code.code, approve=True, at=moment(12, 30) + timedelta(hours=1)
            )
        )
        == C.EXIT_STATE
    )
    assert TeamMember.select().where(TeamMember.volunteer == weak.id, TeamMember.to_at.is_null()).count() == 1


def test_a_second_entry_is_no_way_around_the_months_after_an_exit(year: Year) -> None:
    """He registers anew and has the old entry merged into it: the months go with him, and so does his honour."""
    weak = year.people[4]

    def make() -> Volunteer:
        card = AssessmentCard.create(
            code="k", cycle=year.cycle.id, year="2025", volunteer=weak, team=year.cast.team, region_code="341522",
            joined_at=moment(1, 1), state="final", grade="fail", created_at=moment(1, 1),
        )  # fmt: skip
        AssessmentExit.create(
            code="e", card=card, volunteer=weak, team=year.cast.team, region_code="341522", state="approved",
            rejoin_from="2027-01-01", created_at=moment(1, 1),
        )  # fmt: skip
        Honour.create(
            volunteer=weak, kind="assessment", name="2024年度优秀", year="2024", region_code="341522", source="s",
            at=moment(1, 1),
        )  # fmt: skip
        return world.make_volunteer(moment(6, 1))

    again = store.write(make)
    change(weak, state="merged", merged_into=again.id)
    given: dict[str, Any] = {"actor": year.actor(again), "team_code": year.cast.team.code, "promised": True}
    assert refused(lambda: applications.apply(**given, at=moment(12, 31))) == C.REJOIN_LATER
    assert applications.apply(**given, at=moment(1, 1, year=2027)).state == "submitted"
    assert [honour.year for honour in honours.of_person(volunteer_id=again.id)] == ["2024"]
