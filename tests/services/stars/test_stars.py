"""A star from hours to award: proposed, reviewed, shown in public, awarded; refused, looked at again, withdrawn."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import (
    Balance,
    Bar,
    Complaint,
    Delivery,
    Evaluation,
    History,
    RuleSet,
    StarAward,
    StarObjection,
    Volunteer,
    store,
)
from queries import rows
from queries import stars as sql
from services import public_notices
from services.bookkeeping import hours
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints
from services.listing import Wanted
from services.stars import (
    asking,
    awarding,
    desk,
    ladder,
    objections,
    proposing,
    reminding,
    reviewing,
    standing,
    views,
)
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, World

C = RefusalCode


@pytest.fixture
def city(cast: World, at: datetime) -> Any:
    """A director of the city's centre."""

    def act() -> Volunteer:
        person = world.make_volunteer(at, "钱局长", region_code=CITY)
        world.grant(at, person, "director", region=CITY)
        world.make_identity(at, person)
        return person

    return cast.actor(store.write(act), "console")


@pytest.fixture
def county(cast: World) -> Any:
    return cast.actor(cast.officer, "console")


def put(person: Volunteer, whole: int) -> None:
    """His book stands at so many hours."""
    store.write(lambda: Balance.update(minutes=whole * 60).where(Balance.volunteer == person).execute())


def no(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def ways(person: Volunteer) -> list[tuple[int, str]]:
    mine = StarAward.select().where(StarAward.volunteer == person).order_by(StarAward.star, StarAward.id)
    return [(row.star, row.state) for row in mine]


def alive(person: Volunteer) -> dict[int, StarAward]:
    mine = StarAward.select().where(StarAward.volunteer == person, StarAward.state.in_(asking.ALIVE))
    return {row.star: row for row in mine}


def told(kind: str) -> set[int]:
    return {row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind)}


def test_star_is_awarded_after_review_and_the_public_notice(cast: World, county: Any, at: datetime) -> None:
    put(cast.xiaobo, 100)
    assert [proposing.work(at=at), proposing.work(at=at)] == [1, 0]
    row = alive(cast.xiaobo)[1]
    assert (row.at_region, row.origin, row.step_hours) == (COUNTY, "rule", 100)
    assert hours.summary(volunteer_id=cast.xiaobo.id, at=at).stars == 0
    assert no(lambda: reviewing.agree(actor=cast.actor(cast.ali, "console"), code=row.code, at=at)) is C.NOT_FOUND
    reviewing.agree(actor=county, code=row.code, at=at)
    assert no(lambda: reviewing.agree(actor=county, code=row.code, at=at)) is C.STAR_STATE
    shown = views.notices(wanted=Wanted(), at=at).rows
    assert [(one.name, one.star, one.first, one.last, one.centre, one.calendar) for one in shown] == [
        ("王*博", 1, "2026-06-10", "2026-06-17", "霍邱县退役军人服务中心", True)
    ]
    assert awarding.award_due(at=at + timedelta(days=7)) == 0  # the last day itself
    over = at + timedelta(days=8)
    assert [awarding.award_due(at=over), awarding.award_due(at=over)] == [1, 0]
    assert views.notices(wanted=Wanted(), at=over).rows == []
    mine = views.mine(volunteer_id=cast.xiaobo.id, at=over)
    assert (mine.star, mine.reached, mine.can_ask, mine.ways[0].says) == (1, 1, 0, "6月18日评定。")
    assert told("star_announced") == told("star_awarded") == {cast.xiaobo.id}
    verbs = [row.verb for row in History.select().where(History.verb.startswith("star")).order_by(History.id)]
    assert verbs == ["star.announced", "star.awarded"]


def test_nobody_decides_on_his_own_star_nor_where_he_wrote_the_merits(
    cast: World, county: Any, city: Any, at: datetime
) -> None:
    put(cast.officer, 100)
    put(cast.xiaobo, 600)
    assert proposing.work(at=at) == 3
    own = alive(cast.officer)[1]
    assert no(lambda: reviewing.agree(actor=county, code=own.code, at=at)) is C.OWN_RECORD
    reviewing.agree(actor=city, code=own.code, at=at)  # one centre up
    assert sorted(alive(cast.xiaobo)) == [2, 3]
    third = alive(cast.xiaobo)[3]
    assert third.at_region == CITY
    assert no(lambda: reviewing.agree(actor=county, code=third.code, at=at)) is C.NOT_ALLOWED
    assert no(lambda: reviewing.agree(actor=city, code=third.code, at=at)) is C.STAR_MERITS
    asking.write_merits(actor=city, code=third.code, merits="守堤二十天", at=at)
    assert no(lambda: reviewing.agree(actor=city, code=third.code, at=at)) is C.OWN_RECORD
    asking.write_merits(actor=county, code=third.code, merits="守堤二十天", at=at)
    reviewing.agree(actor=city, code=third.code, at=at)
    assert awarding.award_due(at=at + timedelta(days=8)) == 2
    assert ways(cast.xiaobo) == [(2, "lapsed"), (3, "awarded")]  # the higher one covers the lower


def test_condition_that_is_not_met_takes_a_reason(cast: World, county: Any, city: Any, at: datetime) -> None:
    put(cast.xiaobo, 100)
    put(cast.chali, 120)

    def judge() -> None:
        for score in (2, 3):
            Evaluation.create(
                kind="organiser", activity=world.make_activity(at, cast.team)[0], author=cast.ali, subject=cast.xiaobo,
                score=score, at=at, updated_at=at,
            )  # fmt: skip

    store.write(judge)
    proposing.work(at=at)
    row = alive(cast.xiaobo)[1]
    with pytest.raises(Refusal) as refused:
        reviewing.agree(actor=county, code=row.code, at=at)
    assert (refused.value.code, refused.value.facts) == (C.STAR_CONDITION, {"what": "评价平均不到3分"})
    assert reviewing.agree_clear(actor=city, at=at) == 0  # the county has its own
    assert reviewing.agree_clear(actor=county, region_code=OTHER_TOWN, at=at) == 0
    assert reviewing.agree_clear(actor=county, region_code=COUNTY, at=at) == 1  # the other one
    assert no(lambda: reviewing.agree_clear(actor=cast.actor(cast.ali, "console"), at=at)) is C.NOT_ALLOWED
    reviewing.agree(actor=county, code=row.code, why="评价是误点，已核实", at=at)
    kept = StarAward.get_by_id(row.id)
    assert (kept.state, kept.facts["tenths"], kept.facts["unmet"]) == ("announced", 25, ["evaluation"])


def test_objection_holds_the_award_until_it_is_answered(
    cast: World, app: Any, county: Any, city: Any, at: datetime
) -> None:
    put(cast.xiaobo, 100)
    proposing.work(at=at)
    row = alive(cast.xiaobo)[1]
    facts: dict[str, Any] = {"parts": app.extensions["parts"], "actor": None, "address": "10.0.0.1", "code": row.code}
    assert no(lambda: objections.object_to(**facts, text="没见过他", at=at)) is C.NOT_FOUND  # no notice runs
    reviewing.agree(actor=county, code=row.code, at=at)
    filed = objections.object_to(**facts, text="没见过他", contact="13900000000", at=at)
    over = at + timedelta(days=8)
    assert no(lambda: objections.object_to(**facts, text="没见过他", at=over)) is C.NOT_FOUND
    assert awarding.award_due(at=over) == 0
    second = objections.object_to(**facts, text="时长是代签的", at=at)
    held = Complaint.get(Complaint.code == filed.code)
    assert (held.about_id, held.kind, held.region_code) == (cast.xiaobo.id, "star", COUNTY)
    # Not by whoever agreed to the star: the city answers.
    known: dict[str, Any] = {"code": filed.code, "finding": "unfounded", "text": "查了签到记录，去过", "at": over}
    assert no(lambda: objections.answer(actor=county, **known)) is C.OWN_RECORD
    # A plain answer would let the worker award it the next morning, whatever it says.
    assert no(lambda: complaints.answer(actor=city, **known)) is C.BAD_REQUEST
    objections.answer(actor=city, **known)
    assert awarding.award_due(at=over) == 0  # the second one is open
    objections.answer(actor=city, **known | {"code": second.code, "finding": "upheld", "text": "代签，查实了"})
    assert (ways(cast.xiaobo), told("star_refused")) == ([(1, "refused")], {cast.xiaobo.id})
    assert StarAward.get_by_id(row.id).ended_why == "代签，查实了"
    assert awarding.award_due(at=over) == 0
    assert no(lambda: complaints.file(
        parts=facts["parts"], actor=None, address="10.0.0.1", kind="star", text="x", at=at
    )) is C.BAD_REQUEST  # fmt: skip


def test_what_comes_up_while_the_notice_runs_is_looked_at_before_the_award(
    cast: World, county: Any, at: datetime
) -> None:
    put(cast.xiaobo, 100)
    put(cast.chali, 100)
    proposing.work(at=at)
    assert reviewing.agree_clear(actor=county, at=at) == 2
    store.write(lambda: Bar.create(volunteer=cast.xiaobo, reason="代签", from_at=at, until=at + timedelta(days=90)))
    put(cast.chali, 99)  # corrected a minute before: the worker's hour has not come
    over = at + timedelta(days=8)
    assert [awarding.award_due(at=over), awarding.award_due(at=over)] == [0, 0]
    assert (told("star_look"), told("star_awarded")) == ({cast.officer.id}, set())
    assert Delivery.select().where(Delivery.kind == "star_look").count() == 1
    row = alive(cast.xiaobo)[1]
    listed = desk.listed(actor=county, wanted=Wanted(filters={"state": "look"}), at=over).rows
    assert ([line.code for line in listed], desk.page(actor=county, code=row.code, at=over).may_keep) == (
        [row.code], True
    )
    awarding.keep_it(actor=county, code=row.code, reason="限制的是另一个人，已核实", at=over)
    assert awarding.award_due(at=over) == 1
    assert (ways(cast.xiaobo), ways(cast.chali)) == ([(1, "awarded")], [(1, "announced")])


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
@pytest.mark.parametrize("held", [True, False])
def test_objection_that_is_being_written_holds_the_award(
    cast: World, app: Any, county: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    """Somebody objects in the notice's last second, the worker awards in the next one. The control: without the hold
    the award sees no objection and overtakes it."""
    put(cast.xiaobo, 100)
    proposing.work(at=at)
    code = alive(cast.xiaobo)[1].code
    reviewing.agree(actor=county, code=code, at=at)
    awarded: list[int] = []
    if not held:
        monkeypatch.setattr(sql, "_HOLD", "SELECT CAST(e.value ->> 0 AS BIGINT) FROM {each} -- ")

    def award() -> None:
        with store.session():
            awarded.append(awarding.award_due(at=at + timedelta(days=8)))

    worker = threading.Thread(target=award)
    plain = StarObjection.create

    def slow(**row: Any) -> Any:
        made = plain(**row)
        worker.start()
        while not awarded and not rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
            worker.join(0.01)
        return made

    monkeypatch.setattr(StarObjection, "create", slow)
    objections.object_to(
        parts=app.extensions["parts"], actor=None, address="10.0.0.1", code=code, text="没见过他", at=at
    )
    worker.join()
    assert awarded == [0 if held else 1]


def test_refused_star_is_asked_for_again_later_and_the_lower_one_proposed(
    cast: World, county: Any, city: Any, at: datetime
) -> None:
    me = cast.actor(cast.xiaobo)
    assert no(lambda: asking.ask(actor=me, at=at)) is C.STAR_HOURS
    put(cast.xiaobo, 1000)
    assert len(asking.ask(actor=me, merits="守堤二十天", at=at)) == 2
    assert no(lambda: asking.ask(actor=me, at=at)) is C.STAR_STATE
    fourth = alive(cast.xiaobo)[4]
    assert (fourth.origin, fourth.merits) == ("person", "守堤二十天")
    assert no(lambda: reviewing.refuse(actor=city, code=fourth.code, reason=" ", at=at)) is C.REASON_REQUIRED
    reviewing.refuse(actor=city, code=fourth.code, reason="事迹还不够突出", at=at)
    assert ways(cast.xiaobo) == [(2, "review"), (3, "review"), (4, "refused")]
    assert proposing.work(at=at) == 0
    assert told("star_refused") == {cast.xiaobo.id}
    assert no(lambda: asking.ask(actor=me, at=at + timedelta(days=29))) is C.STAR_AGAIN
    asking.ask(actor=me, at=at + timedelta(days=30))
    assert ways(cast.xiaobo) == [(2, "review"), (3, "lapsed"), (4, "refused"), (4, "review")]


def test_correction_below_the_step_asks_to_look_and_takes_nothing(
    cast: World, county: Any, city: Any, at: datetime
) -> None:
    put(cast.xiaobo, 300)
    proposing.work(at=at)
    reviewing.agree(actor=county, code=alive(cast.xiaobo)[2].code, at=at)
    awarding.award_due(at=at + timedelta(days=8))
    code = alive(cast.xiaobo)[2].code
    assert no(lambda: awarding.keep_it(actor=county, code=code, reason="好", at=at)) is C.STAR_STATE
    put(cast.xiaobo, 290)
    assert [proposing.work(at=at), proposing.work(at=at)] == [1, 0]
    assert told("star_look") == {cast.officer.id}
    summary = hours.summary(volunteer_id=cast.xiaobo.id, at=at)
    assert (summary.stars, summary.reached) == (2, 1)
    awarding.keep_it(actor=county, code=code, reason="更正的是录入错误", at=at)
    assert proposing.work(at=at) == 0
    put(cast.xiaobo, 250)
    assert proposing.work(at=at) == 1  # fell further
    put(cast.xiaobo, 305)
    assert proposing.work(at=at) == 1  # came back: nothing to look at
    assert no(lambda: awarding.withdraw(actor=county, code=code, reason="", at=at)) is C.REASON_REQUIRED
    awarding.withdraw(actor=county, code=code, reason="时长虚报，已查实", at=at)
    assert ways(cast.xiaobo) == [(1, "review"), (2, "withdrawn")]
    assert told("star_withdrawn") == {cast.xiaobo.id}
    assert hours.summary(volunteer_id=cast.xiaobo.id, at=at).stars == 0


def test_notice_lapses_with_its_hours_and_is_told(cast: World, county: Any, at: datetime) -> None:
    put(cast.xiaobo, 100)
    proposing.work(at=at)
    reviewing.agree(actor=county, code=alive(cast.xiaobo)[1].code, at=at)
    put(cast.xiaobo, 99)
    assert proposing.work(at=at) == 1
    assert (ways(cast.xiaobo), told("star_lapsed")) == ([(1, "lapsed")], {cast.xiaobo.id})
    assert awarding.award_due(at=at + timedelta(days=8)) == 0
    put(cast.xiaobo, 101)
    assert proposing.work(at=at) == 1


def test_notice_runs_on_where_the_calendar_of_a_new_year_makes_it_too_short(
    cast: World, county: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = datetime.fromisoformat("2026-12-28T09:00:00+08:00")  # a Monday; of 2027 nothing is announced yet
    put(cast.xiaobo, 100)
    proposing.work(at=late)
    reviewing.agree(actor=county, code=alive(cast.xiaobo)[1].code, at=late)
    assert [(one.last, one.calendar) for one in views.notices(wanted=Wanted(), at=late).rows] == [("2027-01-05", False)]
    assert desk.page(actor=county, code=alive(cast.xiaobo)[1].code, at=late).calendar is False
    plain = public_notices.working_days_after
    # By then it is known that the Monday was none.
    monkeypatch.setattr(public_notices, "working_days_after", lambda day, days: plain(day, days + 1))
    assert awarding.award_due(at=late + timedelta(days=9)) == 0
    assert alive(cast.xiaobo)[1].notice_until == "2027-01-06"
    assert awarding.award_due(at=late + timedelta(days=10)) == 1


def test_reviewers_are_told_once_a_week_how_many_wait(cast: World, city: Any, at: datetime) -> None:
    put(cast.xiaobo, 100)
    proposing.work(at=at)
    assert [reminding.tell_waiting(at=at), reminding.tell_waiting(at=at + timedelta(days=1))] == [1, 0]
    assert told("star_waiting") == {cast.officer.id}
    put(cast.officer, 100)
    proposing.work(at=at)
    # His own star waits for the city.
    assert [reminding.tell_waiting(at=at), reminding.tell_waiting(at=at)] == [1, 0]
    assert told("star_waiting") == {cast.officer.id, city.volunteer_id}
    assert reminding.tell_waiting(at=at + timedelta(days=3)) == 0  # a Saturday


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1700)), min_size=1, max_size=5))
def test_proposals_are_a_function_of_confirmed_minutes(
    cast: World, at: datetime, own: bool, steps: list[tuple[int, int]]
) -> None:
    """Whatever rises and falls, and whatever the county's ladder: after the worker a star is proposed exactly where
    confirmed minutes reach its step, of each reviewing level the highest; and his star is nothing but what was
    awarded."""
    if own:
        _own_ladder(at)
    people = (cast.xiaobo, cast.chali)
    for who, whole in steps:
        put(people[who], whole)
        proposing.work(at=at)
        for person in people:
            numbers, total = ladder.of(person.region_code, at), Balance.get(Balance.volunteer == person).minutes
            assert sorted(alive(person)) == numbers.wanted(total)
            assert max(alive(person), default=0) == numbers.reached(total)
            assert hours.summary(volunteer_id=person.id, at=at).stars == 0
    store.write(_clean)


def _own_ladder(at: datetime) -> None:
    first = RuleSet.get((RuleSet.kind == "stars") & (RuleSet.region_code == ""))
    params = json.loads(first.params) | {"hours": [80, 240, 600, 1000, 1500]}
    store.write(lambda: RuleSet.create(
        kind="stars", region_code=COUNTY, version=1, params=json.dumps(params), own=["hours"], valid_from=at,
    ))  # fmt: skip


def _clean() -> None:
    StarAward.delete().execute()
    Balance.update(minutes=0).execute()
    RuleSet.delete().where(RuleSet.region_code == COUNTY).execute()




@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_stars_of_a_dropped_entry_go_over_where_the_kept_one_has_none(cast: World, county: Any, at: datetime) -> None:
    for person, whole in ((cast.xiaobo, 100), (cast.chali, 300)):
        put(person, whole)
    proposing.work(at=at)
    assert standing.same(cast.xiaobo.id, cast.chali.id) == []
    put(cast.chali, 100)
    proposing.work(at=at)
    assert standing.same(cast.xiaobo.id, cast.chali.id) == [alive(cast.chali)[1].id]
