"""转队: asked, agreed, decided; everything moves in one write and the old county's view ends. On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Application, Balance, Delivery, History, HomeTransfer, Team, TeamMember, Volunteer, store
from services.access import belonging
from services.accounts import registration
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import transfer_views, transfers
from services.recruitment import views
from tests.support import world
from tests.support.world import COUNTY, World

FAR = "341523"
FAR_TOWN = "341523100"


@pytest.fixture
def far(cast: World, at: datetime) -> Any:
    """A team and its officer in another county."""

    def make() -> Any:
        world.make_region(FAR, "舒城县")
        world.make_region(FAR_TOWN, "城关镇")
        team = world.make_team(at, cast.centre, "舒城队", FAR_TOWN)
        chief = world.make_volunteer(at, "钱主任", region_code=FAR)
        world.make_identity(at, chief, "oa")
        world.grant(at, chief, "region_admin", region=FAR)
        return team, chief

    return store.write(make)


def _code(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def _ask(cast: World, team: Team, at: datetime, **more: Any) -> str:
    return transfers.ask(
        actor=cast.actor(cast.xiaobo), team_code=team.code, reason="搬家了", promised=True, at=at, **more
    ).code


def _told(kind: str) -> list[int]:
    return sorted(row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind))


def test_person_moves_to_another_county_with_everything(cast: World, at: datetime, far: Any) -> None:
    team, chief = far
    store.write(
        lambda: Balance.update(minutes=600, points=40).where(Balance.volunteer == cast.xiaobo).execute()
    )
    code, later = _ask(cast, team, at), at + timedelta(days=1)
    assert _told("transfer_waiting") == [chief.id]
    transfers.approve(actor=cast.actor(chief, "console"), code=code, at=later)
    rows = [(m.team_id, m.home, m.to_at is None, m.ended_why) for m in TeamMember.select().where(
        TeamMember.volunteer == cast.xiaobo).order_by(TeamMember.id)]  # fmt: skip
    assert rows == [(cast.team.id, True, False, "transferred"), (team.id, True, True, "")]
    books = Balance.get(Balance.volunteer == cast.xiaobo)
    assert (books.minutes, books.points) == (600, 40)
    assert Volunteer.get_by_id(cast.xiaobo.id).region_code == FAR_TOWN
    assert _told("transfer_done") == [cast.xiaobo.id]
    assert _told("transfer_went") == sorted([cast.ali.id, cast.officer.id])


def test_old_countys_view_ends_that_moment_and_the_new_ones_begins(
    cast: World, at: datetime, far: Any
) -> None:
    team, chief = far
    old, new = cast.actor(cast.officer), cast.actor(chief)

    def sees(actor: Any) -> bool:
        try:
            belonging.seen_person(actor=actor, public_no=cast.xiaobo.public_no, at=at)
        except Refusal:
            return False
        return True

    store.write(lambda: world.join(at, cast.other_team, cast.xiaobo))
    code = _ask(cast, team, at)
    assert (sees(old), sees(new)) == (True, False)
    transfers.approve(actor=new, code=code, at=at)
    assert (sees(old), sees(cast.actor(cast.ali)), sees(new)) == (False, False, True)
    page = transfer_views.transfer(actor=old, code=code, at=at)
    assert (page.total, page.sees_person) == (None, False)
    assert transfer_views.transfer(actor=new, code=code, at=at).sees_person


def test_within_the_county_other_memberships_and_the_address_stay(cast: World, at: datetime) -> None:
    third = store.write(lambda: world.make_team(at, cast.centre, "第三队"))
    store.write(lambda: world.join(at, third, cast.xiaobo))
    lived = cast.xiaobo.region_code
    transfers.approve(actor=cast.actor(cast.officer), code=_ask(cast, cast.other_team, at), at=at)
    running = {
        (m.team_id, m.home)
        for m in TeamMember.select().where(TeamMember.volunteer == cast.xiaobo, TeamMember.to_at.is_null())
    }
    assert running == {(third.id, False), (cast.other_team.id, True)}
    assert Volunteer.get_by_id(cast.xiaobo.id).region_code == lived


def test_moving_where_one_is_a_member_makes_that_one_home(cast: World, at: datetime) -> None:
    store.write(lambda: world.join(at, cast.other_team, cast.xiaobo))
    transfers.approve(actor=cast.actor(cast.officer), code=_ask(cast, cast.other_team, at), at=at)
    running = TeamMember.select().where(TeamMember.volunteer == cast.xiaobo, TeamMember.to_at.is_null())
    assert [(m.team_id, m.home) for m in running] == [(cast.other_team.id, True)]


def test_leaders_seat_is_free_after_he_moved(cast: World, at: datetime) -> None:
    store.write(lambda: Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute())
    asked = transfers.ask(actor=cast.actor(cast.ali), team_code=cast.other_team.code, promised=True, at=at)
    transfers.approve(actor=cast.actor(cast.officer), code=asked.code, at=at)
    assert Team.get_by_id(cast.team.id).leader_id is None
    found = Wanted()
    assert transfer_views.listed(actor=cast.actor(cast.ali), wanted=found, at=at).total == 1


def test_team_asks_and_nothing_happens_before_the_person_agrees(cast: World, at: datetime) -> None:
    asked = transfers.ask_for(
        actor=cast.actor(cast.ali),
        public_no=cast.xiaobo.public_no,
        team_code=cast.other_team.code,
        reason="搬家",
        at=at,
    )
    officer, mine = cast.actor(cast.officer), cast.actor(cast.xiaobo)
    assert (asked.agreed, _told("transfer_offered"), _told("transfer_waiting")) == (
        False,
        [cast.xiaobo.id],
        [],
    )
    assert _code(lambda: transfers.approve(actor=officer, code=asked.code, at=at)) == "transfer_state"
    assert (
        _code(lambda: transfers.agree(actor=mine, code=asked.code, accepts=True, at=at)) == "promise_required"
    )
    transfers.agree(actor=mine, code=asked.code, accepts=True, promised=True, at=at)
    transfers.approve(actor=officer, code=asked.code, at=at)
    assert HomeTransfer.get().state == "done"


def test_person_says_no_or_whoever_asked_takes_it_back(cast: World, at: datetime) -> None:
    leader, mine = cast.actor(cast.ali), cast.actor(cast.xiaobo)
    for end in (
        lambda code: transfers.agree(actor=mine, code=code, accepts=False, at=at),
        lambda code: transfers.withdraw(actor=leader, code=code, at=at),
    ):
        asked = transfers.ask_for(
            actor=leader,
            public_no=cast.xiaobo.public_no,
            team_code=cast.other_team.code,
            reason="搬家",
            at=at,
        )
        end(asked.code)
        assert HomeTransfer.get(HomeTransfer.code == asked.code).state == "withdrawn"
    assert (
        _code(lambda: transfers.withdraw(actor=cast.actor(cast.chali), code=asked.code, at=at)) == "not_found"
    )
    assert (
        _code(lambda: transfers.agree(actor=mine, code=asked.code, accepts=True, at=at)) == "transfer_state"
    )


def test_what_cannot_be_asked_is_refused(cast: World, at: datetime) -> None:
    mine, other = cast.actor(cast.xiaobo), cast.other_team.code

    def ask(actor: Any = mine, team: str = other, **more: Any) -> RefusalCode:
        return _code(lambda: transfers.ask(actor=actor, team_code=team, at=at, **{"promised": True, **more}))

    assert ask(actor=cast.actor(store.write(lambda: cast.xiaobo)).__class__("api", None)) == "not_registered"
    assert ask(reason="长" * 501) == "text_too_long"
    assert ask(team="nosuch22") == "not_found"
    assert ask(actor=cast.actor(cast.chali)) == "not_member"
    assert ask(team=cast.team.code) == "transfer_same"
    assert ask(promised=False) == "promise_required"
    _ask(cast, cast.other_team, at)
    assert ask() == "transfer_open"
    store.write(lambda: Team.update(state="paused").where(Team.id == cast.other_team.id).execute())
    assert ask() == "team_closed"


def test_what_a_team_cannot_ask_is_refused(cast: World, at: datetime) -> None:
    def ask(actor: Any, person: Volunteer = cast.xiaobo, reason: str = "搬家") -> RefusalCode:
        return _code(
            lambda: transfers.ask_for(
                actor=cast.actor(actor),
                public_no=person.public_no,
                team_code=cast.other_team.code,
                reason=reason,
                at=at,
            )
        )

    assert ask(cast.chali) == "not_found"
    assert ask(cast.ali, cast.ali) == "own_record"
    assert ask(cast.ali, reason=" ") == "reason_required"
    assert ask(cast.ali, reason="长" * 501) == "text_too_long"
    store.write(lambda: Volunteer.update(state="left").where(Volunteer.id == cast.xiaobo.id).execute())
    assert ask(cast.ali) == "account_closed"


def test_only_an_impartial_decider_of_the_receiving_division_decides(
    cast: World, at: datetime, far: Any
) -> None:
    team, chief = far
    code = _ask(cast, team, at)

    def no(actor: Any) -> RefusalCode:
        return _code(lambda: transfers.approve(actor=cast.actor(actor), code=code, at=at))

    assert (no(cast.officer), no(cast.ali), no(cast.xiaobo)) == ("not_found",) * 3
    store.write(lambda: world.grant(at, cast.xiaobo, "region_admin", region=FAR))
    assert no(cast.xiaobo) == "own_record"
    assert _code(lambda: transfers.approve(actor=cast.actor(chief), code="nosuch22", at=at)) == "not_found"
    store.write(lambda: Team.update(state="dissolved").where(Team.id == team.id).execute())
    assert no(chief) == "team_closed"
    store.write(lambda: Volunteer.update(state="left").where(Volunteer.id == cast.xiaobo.id).execute())
    assert no(chief) == "account_closed"


def test_refusal_has_a_reason_that_the_person_reads(cast: World, at: datetime) -> None:
    code, officer = _ask(cast, cast.other_team, at), cast.actor(cast.officer)
    assert _code(lambda: transfers.refuse(actor=officer, code=code, reason=" ", at=at)) == "reason_required"
    assert (
        _code(lambda: transfers.refuse(actor=officer, code=code, reason="长" * 501, at=at)) == "text_too_long"
    )
    transfers.refuse(actor=officer, code=code, reason="太远了", at=at)
    assert [(t.state, t.answer) for t in transfer_views.mine(volunteer_id=cast.xiaobo.id)] == [
        ("refused", "太远了")
    ]
    assert _told("transfer_refused") == [cast.xiaobo.id]
    assert _code(lambda: transfers.approve(actor=officer, code=code, at=at)) == "transfer_state"


def test_of_many_decisions_at_once_one_counts(cast: World, at: datetime) -> None:
    code, officer = _ask(cast, cast.other_team, at), cast.actor(cast.officer)

    def one(index: int) -> str:
        try:
            if index % 2:
                transfers.refuse(actor=officer, code=code, reason="不", at=at)
            else:
                transfers.approve(actor=officer, code=code, at=at)
        except Refusal as refusal:
            return refusal.code
        finally:
            store.current().close()
        return "done"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert sorted(answers) == ["done"] + ["transfer_state"] * 5
    running = TeamMember.select().where(TeamMember.volunteer == cast.xiaobo, TeamMember.to_at.is_null())
    assert running.count() == 1


def test_of_many_requests_at_once_one_stands(cast: World, at: datetime) -> None:
    def one(_: int) -> str:
        try:
            return "asked" if _ask(cast, cast.other_team, at) else ""
        except Refusal as refusal:
            return refusal.code
        finally:
            store.current().close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert (answers.count("asked"), answers.count("transfer_open")) == (1, 5)
    assert HomeTransfer.get().from_region[:6] == COUNTY


def test_transfer_keeps_every_step(cast: World, at: datetime, far: Any) -> None:
    team, chief = far
    code = _ask(cast, team, at)
    transfers.approve(actor=cast.actor(chief), code=code, at=at)
    number = transfer_views.transfer(actor=cast.actor(chief), code=code, at=at).number
    rows = History.select().where(History.subject == f"transfer:{number}").order_by(History.id)
    assert [(row.verb, row.actor_id, row.reason) for row in rows] == [
        ("transfer.asked", cast.xiaobo.id, "搬家了"),
        ("transfer.done", chief.id, ""),
    ]


def test_old_county_keeps_of_his_application_that_there_was_one(cast: World, at: datetime, far: Any) -> None:
    team, chief = far
    old, new, later = cast.actor(cast.officer), cast.actor(chief), at + timedelta(days=1)
    applied = store.write(
        lambda: Application.create(
            code="ap1", route="self", state="approved", team=cast.team, volunteer=cast.xiaobo, statement="我会开船",
            door="h5", created_at=at, decided_by=cast.officer, decided_at=at,
        )
    )  # fmt: skip

    def names(actor: Any, text: str = "") -> list[str]:
        return [row.name for row in views.applications(actor=actor, wanted=Wanted(text=text), at=later).rows]

    assert names(old, cast.xiaobo.name) == [cast.xiaobo.name]

    before = views.application(actor=old, code=applied.code, at=at)
    assert (before.row.name, before.statement, before.away) == (cast.xiaobo.name, "我会开船", False)
    transfers.approve(actor=new, code=_ask(cast, team, at), at=later)
    shown = views.application(actor=old, code=applied.code, at=later)
    assert (shown.row.name, shown.identity, shown.age, shown.public_no, shown.statement) == (
        "王*博", "", None, "", "",
    )  # fmt: skip
    assert (shown.away, shown.row.state, shown.decided_by, shown.references) == (
        True, "approved", cast.officer.name, [],
    )  # fmt: skip
    assert names(old) == ["王*博"]
    assert names(cast.actor(cast.ali)) == ["王*博"]
    assert (names(old, cast.xiaobo.name), names(old, cast.team.name)) == ([], ["王*博"])


def test_application_stays_whole_for_those_who_still_see_him(cast: World, at: datetime) -> None:
    applied = store.write(
        lambda: Application.create(
            code="ap1", route="self", state="approved", team=cast.team, volunteer=cast.xiaobo, door="h5",
            created_at=at,
        )
    )  # fmt: skip
    transfers.approve(actor=cast.actor(cast.officer), code=_ask(cast, cast.other_team, at), at=at)
    shown = views.application(actor=cast.actor(cast.officer), code=applied.code, at=at)
    assert (shown.row.name, shown.away) == (cast.xiaobo.name, False)


def test_nobody_moves_whose_consent_to_take_part_is_taken_back(cast: World, at: datetime) -> None:
    def consent(given: bool) -> None:
        registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="service", given=given, at=at)

    consent(False)
    assert _code(lambda: _ask(cast, cast.other_team, at)) is RefusalCode.CONSENT_WITHDRAWN
    consent(True)
    code = _ask(cast, cast.other_team, at)
    consent(False)
    approve = {"actor": cast.actor(cast.officer), "code": code, "at": at}
    assert _code(lambda: transfers.approve(**approve)) is RefusalCode.OTHER_CONSENT
    assert HomeTransfer.get().state == "requested"
    consent(True)
    transfers.approve(**approve)
    assert HomeTransfer.get().state == "done"
