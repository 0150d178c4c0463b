"""A star from hours to award: proposed, reviewed, shown in public, awarded; refused, looked at again, withdrawn."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Balance, Evaluation, History, RuleSet, StarAward, store
from services.bookkeeping import hours
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.stars import asking, awarding, ladder, merits, proposing, reminding, reviewing, standing, views
from tests.services.stars.world import alive, no, put, told, ways
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, World

C = RefusalCode


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
    merits.write(actor=city, code=third.code, merits="守堤二十天", at=at)
    assert no(lambda: reviewing.agree(actor=city, code=third.code, at=at)) is C.OWN_RECORD
    merits.write(actor=county, code=third.code, merits="守堤二十天", at=at)
    reviewing.agree(actor=city, code=third.code, at=at)
    assert awarding.award_due(at=at + timedelta(days=8)) == 2
    assert ways(cast.xiaobo) == [(2, "lapsed"), (3, "awarded")]  # the higher one covers the lower


def test_leader_writes_the_merits_of_his_own_people_and_sees_nothing_else(
    cast: World, county: Any, city: Any, at: datetime
) -> None:
    put(cast.xiaobo, 600)
    put(cast.ali, 600)
    put(cast.chali, 700)  # of another team
    ali = cast.actor(cast.ali)
    assert merits.wanted(actor=ali, at=at) == []
    proposing.work(at=at)
    assert [(one.name, one.star, one.merits) for one in merits.wanted(actor=ali, at=at)] == [("王小博", 3, "")]
    reminding.tell_waiting(at=at)
    assert told("star_merits") >= {cast.ali.id}
    mine: dict[str, Any] = {"actor": ali, "code": alive(cast.xiaobo)[3].code, "at": at}
    assert no(lambda: merits.write(**mine | {"code": alive(cast.ali)[3].code}, merits="x")) is C.OWN_RECORD
    assert no(lambda: merits.write(**mine | {"code": alive(cast.chali)[3].code}, merits="x")) is C.NOT_FOUND
    assert [no(lambda text=text: merits.write(**mine, merits=text)) for text in (" ", "长" * 801)] == [
        C.TEXT_EMPTY, C.TEXT_TOO_LONG
    ]  # fmt: skip
    merits.write(**mine, merits="守堤二十天")
    merits.write(**mine, merits="守堤二十天，不回家")  # his own words he may change
    asking.ask(actor=cast.actor(cast.xiaobo), merits="我守了堤", at=at)
    assert no(lambda: merits.write(**mine, merits="别的")) is C.STAR_STATE  # the person's he may not
    assert (merits.wanted(actor=ali, at=at), alive(cast.xiaobo)[3].merits) == ([], "我守了堤")


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
