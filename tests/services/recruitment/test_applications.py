"""One application, two routes: by oneself or recommended; vetted, decided by somebody else, answered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from models import Acceptance, Application, Delivery, RoleGrant, Team, TeamMember, store
from services.actors import OPERATOR, Actor
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.policy import numbers
from services.recruitment import applications, views
from tests.services.recruitment.conftest import Recruiting
from tests.support import world
from tests.support.world import COUNTY, TOWN, World

Refused = Callable[..., RefusalCode]


def state(code: str) -> str:
    return str(Application.get(Application.code == code).state)


def member(cast: World, person: Any) -> bool:
    return bool(
        TeamMember.select()
        .where(TeamMember.team == cast.team, TeamMember.volunteer == person, TeamMember.to_at.is_null())
        .exists()
    )


def told(kind: str) -> list[int]:
    return [row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind).order_by(Delivery.id)]


def without_vetting(at: datetime) -> None:
    numbers.set_number(
        actor=OPERATOR,
        region_code=COUNTY,
        kind="team",
        name="vetting",
        value=False,
        lock=False,
        reason="r",
        at=at,
    )


# by oneself


def test_application_waits_and_those_concerned_are_told(cast: World, recruiting: Recruiting) -> None:
    made = recruiting.apply(statement="我会开船")
    kept = Application.get(Application.code == made.code)
    assert (kept.route, kept.state, kept.statement, made.member) == ("self", "submitted", "我会开船", False)
    assert not member(cast, cast.chali)
    assert told("application_waiting") == [cast.officer.id, cast.ali.id]


def test_application_keeps_what_was_promised_with_its_version(cast: World, recruiting: Recruiting) -> None:
    recruiting.apply()
    kept = {
        (row.document, row.team_id) for row in Acceptance.select().where(Acceptance.volunteer == cast.chali)
    }
    assert kept == {("pledge", None), ("agreement", cast.team.id)}


def test_application_without_the_promises_is_refused_and_leaves_nothing(
    recruiting: Recruiting, refused: Refused
) -> None:
    assert refused(recruiting.apply, promised=False) is RefusalCode.PROMISE_REQUIRED
    assert (Application.select().count(), Acceptance.select().count()) == (0, 0)


def test_pledge_once_given_is_not_asked_again(cast: World, recruiting: Recruiting) -> None:
    recruiting.apply()
    recruiting.apply(team_code=cast.other_team.code)
    assert Acceptance.select().where(Acceptance.document == "pledge").count() == 1


def test_second_application_to_the_same_team_is_refused(recruiting: Recruiting, refused: Refused) -> None:
    recruiting.apply()
    assert refused(recruiting.apply) is RefusalCode.APPLICATION_OPEN


def test_eight_taps_at_once_make_one_application(cast: World, recruiting: Recruiting) -> None:
    def tap(_: int) -> str:
        try:
            return recruiting.apply().state
        except Refusal as no:
            return no.code.value

    with ThreadPoolExecutor(8) as phones:
        answers = sorted(phones.map(tap, range(8)))
    assert answers == ["application_open"] * 7 + ["submitted"]
    assert Application.select().count() == 1


def test_member_needs_no_application(cast: World, recruiting: Recruiting, refused: Refused) -> None:
    assert refused(recruiting.apply, actor=cast.actor(cast.xiaobo)) is RefusalCode.ALREADY_MEMBER


@pytest.mark.parametrize("closed", ["paused", "dissolved", "merged"])
def test_closed_team_takes_no_applications(
    cast: World, recruiting: Recruiting, refused: Refused, closed: str
) -> None:
    store.write(lambda: Team.update(state=closed).where(Team.id == cast.team.id).execute())
    assert refused(recruiting.apply) is RefusalCode.TEAM_CLOSED


def test_somebody_unregistered_cannot_apply(recruiting: Recruiting, refused: Refused) -> None:
    assert refused(recruiting.apply, actor=Actor("api")) is RefusalCode.NOT_REGISTERED


def test_unknown_team_is_not_found(recruiting: Recruiting, refused: Refused) -> None:
    assert refused(recruiting.apply, team_code="nowhere") is RefusalCode.NOT_FOUND


def test_founding_member_joins_at_once(cast: World, recruiting: Recruiting) -> None:
    store.write(lambda: Team.update(state="founding").where(Team.id == cast.team.id).execute())
    assert recruiting.apply().member
    assert member(cast, cast.chali)


def test_where_no_vetting_is_asked_for_one_joins_at_once(
    cast: World, at: datetime, recruiting: Recruiting
) -> None:
    without_vetting(at)
    made = recruiting.apply()
    assert (made.state, made.member, member(cast, cast.chali)) == ("approved", True, True)


def test_application_is_taken_back(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.apply().code
    mine = cast.actor(cast.chali)
    applications.withdraw(actor=mine, code=code, at=at)
    assert state(code) == "withdrawn"
    assert refused(applications.withdraw, actor=mine, code=code, at=at) is RefusalCode.APPLICATION_STATE
    assert recruiting.apply().state == "submitted"


def test_application_of_another_cannot_be_taken_back(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.apply().code
    assert (
        refused(applications.withdraw, actor=cast.actor(cast.ali), code=code, at=at) is RefusalCode.NOT_FOUND
    )


# recommended


def test_recommended_person_is_asked_and_nothing_else_happens(cast: World, recruiting: Recruiting) -> None:
    made = recruiting.recommend()
    assert (state(made.code), member(cast, cast.chali), told("application_offered")) == (
        "offered", False, [cast.chali.id],
    )  # fmt: skip
    assert Acceptance.select().count() == 0


def test_recommended_person_who_says_yes_goes_to_vetting(
    cast: World, at: datetime, recruiting: Recruiting
) -> None:
    code = recruiting.recommend().code
    mine = cast.actor(cast.chali)
    applications.answer_offer(actor=mine, code=code, accepts=True, promised=True, at=at)
    assert (state(code), told("application_waiting")) == ("submitted", [cast.officer.id, cast.ali.id])
    again = applications.answer_offer(actor=mine, code=code, accepts=True, promised=True, at=at)
    assert again.state == "submitted"


def test_recommended_person_who_says_no_stays_out(cast: World, at: datetime, recruiting: Recruiting) -> None:
    code = recruiting.recommend().code
    applications.answer_offer(actor=cast.actor(cast.chali), code=code, accepts=False, at=at)
    assert (state(code), told("application_declined")) == ("declined", [cast.ali.id])


def test_recommended_person_who_promises_nothing_is_not_taken(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.recommend().code
    no = refused(applications.answer_offer, actor=cast.actor(cast.chali), code=code, accepts=True, at=at)
    assert (no, state(code)) == (RefusalCode.PROMISE_REQUIRED, "offered")


def test_nobody_answers_for_another(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.recommend().code
    facts = {"actor": cast.actor(cast.ali), "code": code, "accepts": True, "promised": True, "at": at}
    assert refused(applications.answer_offer, **facts) is RefusalCode.NOT_FOUND


def test_answer_after_the_offer_was_declined_is_refused(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.recommend().code
    mine = cast.actor(cast.chali)
    applications.answer_offer(actor=mine, code=code, accepts=False, at=at)
    no = refused(applications.answer_offer, actor=mine, code=code, accepts=True, promised=True, at=at)
    assert no is RefusalCode.APPLICATION_STATE


def test_nobody_recommends_himself(cast: World, recruiting: Recruiting, refused: Refused) -> None:
    own = {"actor": cast.actor(cast.officer), "public_no": cast.officer.public_no}
    assert refused(recruiting.recommend, **own) is RefusalCode.OWN_RECORD


def test_member_recommends_nobody(cast: World, recruiting: Recruiting, refused: Refused) -> None:
    assert refused(recruiting.recommend, actor=cast.actor(cast.xiaobo)) is RefusalCode.NOT_ALLOWED


def test_unknown_person_cannot_be_recommended(recruiting: Recruiting, refused: Refused) -> None:
    assert refused(recruiting.recommend, public_no="nobody") is RefusalCode.NOT_FOUND


def test_one_who_applied_cannot_be_recommended_besides(recruiting: Recruiting, refused: Refused) -> None:
    recruiting.apply()
    assert refused(recruiting.recommend) is RefusalCode.APPLICATION_OPEN


# the decision


def test_vetted_applicant_becomes_a_member(cast: World, at: datetime, recruiting: Recruiting) -> None:
    code = recruiting.vetted()
    recruiting.approve(code)
    kept = Application.get(Application.code == code)
    joined = TeamMember.get(TeamMember.volunteer == cast.chali)
    assert (kept.state, kept.decided_by_id, kept.decided_at) == ("approved", cast.officer.id, at)
    assert (joined.team_id, joined.application_id, joined.home) == (cast.team.id, kept.id, True)
    assert told("application_approved") == [cast.chali.id]


@pytest.mark.parametrize("lacking", ["reference", "examination"])
def test_approval_needs_both_halves_of_the_vetting(recruiting: Recruiting, lacking: str) -> None:
    code = recruiting.apply().code
    if lacking == "reference":
        recruiting.examine(code)
    else:
        recruiting.refer(code)
    with pytest.raises(Refusal) as no:
        recruiting.approve(code)
    assert (no.value.code, no.value.facts["missing"]) == (RefusalCode.VETTING_MISSING, [lacking])


def test_approving_twice_is_refused_and_makes_one_membership(
    cast: World, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.vetted()
    recruiting.approve(code)
    assert refused(recruiting.approve, code) is RefusalCode.APPLICATION_STATE
    assert TeamMember.select().where(TeamMember.volunteer == cast.chali).count() == 1


def test_applicant_who_manages_the_division_does_not_decide_on_himself(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    store.write(lambda: world.grant(at, cast.chali, "station_officer", region=TOWN))
    code = recruiting.vetted()
    assert refused(recruiting.approve, code, actor=cast.actor(cast.chali)) is RefusalCode.OWN_RECORD


def test_recommender_does_not_decide_and_one_centre_up_does(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    store.write(lambda: world.grant(at, cast.ali, "station_officer", region=TOWN))
    code = recruiting.recommend().code
    applications.answer_offer(actor=cast.actor(cast.chali), code=code, accepts=True, promised=True, at=at)
    recruiting.refer(code)
    recruiting.examine(code)
    assert refused(recruiting.approve, code, actor=cast.actor(cast.ali)) is RefusalCode.OWN_RECORD
    assert cast.officer.id in told("application_waiting")
    recruiting.approve(code)
    assert member(cast, cast.chali)


def test_team_leader_decides_nothing(cast: World, recruiting: Recruiting, refused: Refused) -> None:
    code = recruiting.vetted()
    assert refused(recruiting.approve, code, actor=cast.actor(cast.ali)) in (
        RefusalCode.NOT_ALLOWED, RefusalCode.NOT_FOUND,
    )  # fmt: skip


def test_refused_applicant_reads_the_reason_and_answers_once(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.apply().code
    applications.refuse(actor=cast.actor(cast.officer), code=code, reason="离得太远", at=at)
    mine = cast.actor(cast.chali)
    assert views.my_application(actor=mine, code=code, brand="红耀江淮").reason == "离得太远"
    assert "离得太远" in Delivery.get(Delivery.kind == "application_refused").body
    applications.reply(actor=mine, code=code, text="我下月搬家", at=at)
    assert told("application_replied") == [cast.officer.id]
    assert (
        refused(applications.reply, actor=mine, code=code, text="再说", at=at)
        is RefusalCode.APPLICATION_STATE
    )


def test_answer_goes_to_those_who_decide_now(cast: World, at: datetime, recruiting: Recruiting) -> None:
    code = recruiting.apply().code
    applications.refuse(actor=cast.actor(cast.officer), code=code, reason="没见到人", at=at)

    def hands_over() -> None:
        RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.officer).execute()
        world.grant(at, cast.xiaobo, "region_admin", region=COUNTY)

    store.write(hands_over)
    applications.reply(actor=cast.actor(cast.chali), code=code, text="我在", at=at)
    told = Delivery.select().where(Delivery.kind == "application_replied")
    assert [row.volunteer_id for row in told] == [cast.xiaobo.id]


def test_refusal_without_a_reason_is_none(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.apply().code
    no = refused(applications.refuse, actor=cast.actor(cast.officer), code=code, reason=" ", at=at)
    assert (no, state(code)) == (RefusalCode.REASON_REQUIRED, "submitted")


# lists


def test_list_shows_the_leader_and_the_officer_their_own(
    cast: World, at: datetime, recruiting: Recruiting
) -> None:
    recruiting.apply()
    recruiting.apply(team_code=cast.other_team.code)

    def teams(person: Any) -> set[str]:
        found = views.applications(actor=cast.actor(person), wanted=Wanted(), at=at)
        return {row.team_code for row in found.rows}

    assert teams(cast.officer) == {cast.team.code, cast.other_team.code}
    assert teams(cast.ali) == {cast.team.code}
    assert teams(cast.xiaobo) == set()


def test_list_is_filtered_and_searched(cast: World, at: datetime, recruiting: Recruiting) -> None:
    recruiting.apply()

    def count(**asked: Any) -> int:
        return views.applications(actor=cast.actor(cast.officer), wanted=Wanted(**asked), at=at).total

    assert [
        count(filters={"state": "submitted"}), count(filters={"state": "refused"}),
        count(filters={"route": "organisation"}), count(text=cast.chali.name), count(text="没有这个人"),
    ] == [1, 0, 0, 1, 0]  # fmt: skip


def test_application_of_a_strange_team_is_not_there(
    cast: World, at: datetime, recruiting: Recruiting, refused: Refused
) -> None:
    code = recruiting.apply(team_code=cast.other_team.code).code
    assert refused(views.application, actor=cast.actor(cast.ali), code=code, at=at) is RefusalCode.NOT_FOUND
    assert refused(views.application, actor=cast.actor(cast.xiaobo), code="x", at=at) is RefusalCode.NOT_FOUND


def test_sheet_says_what_is_missing_and_who_may_do_what(
    cast: World, at: datetime, recruiting: Recruiting
) -> None:
    code = recruiting.apply().code
    officer = views.application(actor=cast.actor(cast.officer), code=code, at=at)
    leader = views.application(actor=cast.actor(cast.ali), code=code, at=at)
    assert (officer.missing, officer.may_decide, officer.may_refer) == (
        ["reference", "examination"],
        True,
        True,
    )
    assert (leader.may_decide, leader.may_refer) == (False, True)


def test_team_door_shows_the_promises(cast: World, at: datetime) -> None:
    door = views.team_door(actor=cast.actor(cast.chali), team_code=cast.team.code, brand="红耀江淮", at=at)
    assert ([each.document for each in door.promises], door.at_once) == (["pledge", "agreement"], False)
    assert "红耀江淮" in door.promises[0].text
