"""A whole year, driven by the worker and the acts of the doors: open, remind, close, object, exit, rejoin (S45–S48)."""

from __future__ import annotations

from datetime import timedelta

from models import AssessmentPeer, Balance, Honour, PointEntry, TeamMember, Volunteer
from services.assessment import exits, honours, objections, own, peers, review, review_views, views
from services.bookkeeping import books
from services.errors import RefusalCode
from services.listing import Wanted
from services.recruitment import applications
from tests.services.assessment.conftest import Year, beat, moment, morning, refused

C = RefusalCode


def test_a_year_from_the_first_reminder_to_next_years_rejoin(year: Year) -> None:
    ali, xiaobo, good, fair, weak, silent = year.people
    card = year.card

    # Nothing before its day; then everybody is asked once, however often the worker comes by.
    beat(moment(10, 31, 23))
    assert year.told() == []
    for hour in (0, 1, 9):
        beat(moment(11, 1, hour))
    assert year.told() == ["assessment_self"] * 6
    mine = own.newest(actor=year.actor(xiaobo), at=moment(11, 2))
    assert mine is not None
    assert (mine.may_self, mine.now and mine.now.kind, mine.result) == (True, "self", None)
    for person, score in ((ali, 90), (xiaobo, 88), (good, 95), (fair, 80), (weak, 70)):
        own.submit(
            actor=year.actor(person), code=card(person).code, score=score, text="按时参加", at=moment(11, 3)
        )
    assert refused(
        lambda: own.submit(actor=year.actor(ali), code=card(ali).code, score=101, at=moment(11, 3))
    ) == (C.SCORE_RANGE)
    assert refused(
        lambda: own.submit(actor=year.actor(ali), code=card(good).code, score=9, at=moment(11, 3))
    ) == (C.NOT_FOUND)

    # Reminders: only the one who is silent, at three moments, and the leader the count.
    for day in range(4, 16):
        for hour in (8, 9, 12):
            beat(moment(11, day, hour))
    assert year.told(silent).count("assessment_self_left") == 3
    assert year.told(xiaobo) == ["assessment_self"]
    assert year.told(ali).count("assessment_counts") == 3
    progress = views.team_progress(actor=year.actor(ali), team_code=year.cast.team.code, at=moment(11, 15))
    assert progress is not None
    assert (progress.self_done, progress.all, progress.self_missing) == (5, 6, (silent.name,))

    # 互评: four each, never oneself; anonymous; a late self-assessment is refused by its days.
    beat(moment(11, 16, 0))
    assert refused(
        lambda: own.submit(actor=year.actor(silent), code=card(silent).code, score=60, at=moment(11, 16))
    ) == (C.PHASE_CLOSED)
    points = {ali: 85, xiaobo: 92, good: 98, fair: 75, weak: 50, silent: 70}
    names = {person.name: score for person, score in points.items()}
    for person in year.people[:5]:
        tasks = peers.tasks(actor=year.actor(person), at=moment(11, 17))
        assert len(tasks) == 4
        assert person.name not in {task.name for task in tasks}
        for task in tasks:
            peers.judge(actor=year.actor(person), task_id=task.id, score=names[task.name], at=moment(11, 17))
    beat(moment(11, 27, 9))
    assert "assessment_peer_left" in year.told(silent)
    assert "assessment_peer_left" not in year.told(xiaobo)

    # 复评: silence moves weights and fails nobody; the objective score says where it comes from.
    beat(moment(12, 1, 0))
    morning(moment(12, 1, 5))
    page = review_views.one(actor=year.officer, card_code=card(silent).code, at=moment(12, 2))
    assert page.weights["self"] == 0
    assert page.line.suggested == "look"
    assert page.line.grade == ""
    assert all(vote.reviewer == "" for vote in page.votes)
    _decide(year)

    # Told when the last phase is over, with reasons; nobody before.
    assert "assessment_result" not in year.told()
    beat(moment(12, 21, 0))
    assert year.told().count("assessment_result") == 6
    shown = own.one(actor=year.actor(weak), code=card(weak).code, at=moment(12, 21)).result
    assert shown is not None
    assert (shown.grade, shown.reason, shown.may_object) == ("fail", "全年没有参加活动", True)
    assert shown.peer_score == 50

    # One objects and is heard by somebody else; his grade changes. The other lets the days pass.
    code = objections.object_to(
        actor=year.actor(fair), card_code=card(fair).code, text="七月在外地抢险", at=moment(12, 22)
    )
    given = {
        "actor": year.officer,
        "code": code,
        "text": "查过，属实",
        "grade": "pass",
        "score": 80,
        "at": moment(12, 23),
    }
    assert refused(lambda: objections.answer(**given)) == C.OWN_RECORD
    worse = objections.object_to(
        actor=year.actor(good), card_code=card(good).code, text="分数算低了", at=moment(12, 22)
    )
    given |= {"actor": year.second}
    assert refused(lambda: objections.answer(**given | {"code": worse})) == C.GRADE_WORSE  # nobody loses by it
    objections.withdraw(actor=year.actor(good), code=worse, at=moment(12, 22))
    objections.answer(**given)
    assert (card(fair).grade, card(fair).state) == ("pass", "final")
    late_word = moment(12, 30)
    beat(moment(12, 28, 12))
    assert card(weak).state == "told"
    beat(moment(12, 29, 0))
    assert (
        refused(
            lambda: objections.object_to(
                actor=year.actor(weak), card_code=card(weak).code, text="不服", at=late_word
            )
        )
        == C.OBJECTION_LATE
    )

    # Excellent: an honour and points, once; fail: a proposal that another one than the decider approves.
    beat(late_word)
    assert [honour.name for honour in honours.of_person(volunteer_id=good.id)] == ["2026年度考核优秀志愿者"]
    assert (Honour.select().count(), PointEntry.select().count(), Balance.get_by_id(good.id).points) == (
        1,
        1,
        100,
    )
    assert books.verify() == []
    found = exits.listed(actor=year.second, wanted=Wanted(), at=late_word).rows
    assert [(line.name, line.state) for line in found] == [(weak.name, "proposed")]
    assert (
        refused(lambda: exits.decide(actor=year.officer, code=found[0].code, approve=True, at=late_word))
        == C.OWN_RECORD
    )
    exits.decide(actor=year.second, code=found[0].code, approve=True, at=late_word)
    assert (
        refused(lambda: exits.decide(actor=year.second, code=found[0].code, approve=True, at=late_word))
        == C.EXIT_STATE
    )
    assert [m.ended_why for m in TeamMember.select().where(TeamMember.volunteer == weak)] == ["exit"]
    assert Volunteer.get_by_id(weak.id).state == "active"
    assert year.cycle.state == "closed"

    # Next year: refused until the day, then taken as anybody else.
    def again(at: object) -> object:
        return applications.apply(
            actor=year.actor(weak),
            team_code=year.cast.team.code,
            promised=True,
            at=at,  # type: ignore[arg-type]
        )

    assert refused(lambda: again(moment(12, 29, year=2027))) == C.REJOIN_LATER
    assert again(moment(12, 30, year=2027)).state == "submitted"  # type: ignore[attr-defined]
    assert AssessmentPeer.select().where(AssessmentPeer.score.is_null()).count() == 4


def _decide(year: Year) -> None:
    """The county's word on each of the six."""
    ali, xiaobo, good, fair, weak, silent = year.people
    for person, grade, score, reason in (
        (good, "excellent", 96, "抢险在前"), (weak, "fail", 40, "全年没有参加活动"), (fair, "fail", 30, "几次没有到场"),
        (ali, "pass", 80, "带队尽责"), (xiaobo, "pass", 85, "随叫随到"), (silent, "pass", 70, "家里有病人"),
    ):  # fmt: skip
        version = year.card(person).version
        review.decide(
            actor=year.officer if person is not ali else year.second, card_code=year.card(person).code, version=version,
            grade=grade, score=score, reason=reason, at=moment(12, 5) + timedelta(minutes=person.id),
        )  # fmt: skip
