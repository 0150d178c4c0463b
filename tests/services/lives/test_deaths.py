"""已故: every message stops at once, the station confirms or undoes, nothing is lost. On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models import (
    AuditEntry,
    Balance,
    BindInvite,
    DeathReport,
    Delivery,
    HomeTransfer,
    RoleGrant,
    Shift,
    Signup,
    Team,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from services.accounts import sessions
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import deaths, memorial, transfers
from services.messaging import broadcasts, outbox, reminders, telling
from services.participation import signups
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import World

PARTS = make_parts()


def _code(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def _report(cast: World, at: datetime, who: Any = None, person: Any = None, **more: Any) -> int:
    return deaths.report(
        parts=PARTS, actor=cast.actor(who or cast.ali), public_no=(person or cast.xiaobo).public_no,
        **{"relation": "leader", "at": at, **more},
    )  # fmt: skip


def _state(person: Any) -> str:
    return str(Volunteer.get_by_id(person.id).state)


def _unsent(person: Any) -> set[str]:
    return {row.state for row in Delivery.select().where(Delivery.volunteer == person)} - {"withdrawn"}


def test_what_waits_is_taken_back_at_once(cast: World, at: datetime) -> None:
    store.write(
        lambda: telling.tell(
            kind="transfer_done", people=[cast.xiaobo.id, cast.ali.id], key="x", at=at, team="队"
        )
    )
    _report(cast, at)
    assert (_unsent(cast.xiaobo), _unsent(cast.ali)) == (set(), {"queued"})


def test_no_path_reaches_him_after_the_report(cast: World, at: datetime) -> None:
    store.write(lambda: world.sign_up(at, cast.shift, cast.xiaobo))
    store.write(lambda: world.join(at, cast.team, cast.chali))
    _report(cast, at, died_on=date(2026, 6, 9))
    reminders.enqueue_due(at=at)
    draft = broadcasts.broadcast_draft(
        actor=cast.actor(cast.ali), team_code=cast.team.code, text="明天集合", at=at
    )
    broadcasts.broadcast_send(actor=cast.actor(cast.ali), notice_id=draft.notice_id, at=at)
    assert Delivery.select().where(Delivery.volunteer == cast.xiaobo).count() == 0
    # Somebody's act writes to him all the same: the outbox does not send it.
    store.write(
        lambda: telling.tell(kind="transfer_done", people=[cast.xiaobo.id], key="y", at=at, team="队")
    )
    outbox.deliver_due(parts=PARTS, owner="w", at=at, limit=50)
    called = str(PARTS.gateway.calls)
    openids = [row.openid for row in WechatIdentity.select().where(WechatIdentity.volunteer == cast.xiaobo)]
    assert [each for each in openids if each in called] == []
    assert _unsent(cast.xiaobo) == set()


def test_his_sessions_open_nothing_and_nothing_can_be_done_in_his_name(cast: World, at: datetime) -> None:
    identity = cast.actor(cast.xiaobo).identity_id
    token = sessions.open_session(kind="api", identity_id=identity, at=at).token
    _report(cast, at)
    assert sessions.authenticate(token=token, kind="api", at=at) is None
    assert (
        _code(
            lambda: signups.sign_up(
                actor=cast.actor(cast.xiaobo),
                shift_code=cast.shift.code,
                risk_accepted=True,
                channel="api",
                at=at,
            )
        )
        == "account_closed"
    )


def test_report_ends_what_runs_and_undo_restores_it(cast: World, at: datetime) -> None:
    def prepare() -> None:
        world.sign_up(at, cast.shift, cast.ali)
        world.join(at, cast.other_team, cast.ali)
        Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute()
        telling.tell(kind="transfer_came", people=[cast.ali.id], key="x", at=at, team="队", name="某某")
        Balance.update(minutes=600, points=40).where(Balance.volunteer == cast.ali).execute()

    store.write(prepare)
    moving = transfers.ask(actor=cast.actor(cast.ali), team_code=cast.other_team.code, promised=True, at=at)

    def picture() -> Any:
        return (
            _state(cast.ali),
            [
                (m.team_id, m.home, m.to_at, m.ended_why)
                for m in TeamMember.select().where(TeamMember.volunteer == cast.ali)
            ],
            [g.until for g in RoleGrant.select().where(RoleGrant.volunteer == cast.ali)],
            Team.get_by_id(cast.team.id).leader_id,
            [s.state for s in Signup.select().where(Signup.volunteer == cast.ali)],
            Shift.get_by_id(cast.shift.id).taken,
            HomeTransfer.get(HomeTransfer.code == moving.code).state,
            sorted(d.state for d in Delivery.select().where(Delivery.volunteer == cast.ali)),
            Balance.get(Balance.volunteer == cast.ali).minutes,
        )  # fmt: skip

    before, later = picture(), at + timedelta(minutes=5)
    number = _report(
        cast, at, cast.officer, cast.ali, relation="family", kin_name="李家属", kin_phone="13856412345"
    )
    assert picture() == (
        "deceased",
        [(cast.team.id, True, at, "deceased"), (cast.other_team.id, False, at, "deceased")],
        [at], None, ["cancelled"], 0, "withdrawn", ["withdrawn"], 600,
    )  # fmt: skip
    deaths.undo(actor=cast.actor(cast.officer), number=number, reason="弄错了人", at=later)
    assert picture() == before
    deaths.undo(actor=cast.actor(cast.officer), number=number, reason="弄错了人", at=later)
    assert DeathReport.get_by_id(number).state == "undone"
    assert _report(cast, later, cast.officer, cast.ali) != number


def test_place_taken_meanwhile_is_not_given_back(cast: World, at: datetime) -> None:
    store.write(lambda: world.sign_up(at, cast.shift, cast.xiaobo))
    number = _report(cast, at)
    store.write(lambda: Shift.update(taken=Shift.quota).where(Shift.id == cast.shift.id).execute())
    deaths.undo(actor=cast.actor(cast.officer), number=number, reason="弄错了", at=at)
    assert Signup.get(Signup.volunteer == cast.xiaobo).state == "cancelled"


def test_invitation_of_the_dead_opens_nothing_until_undone(cast: World, at: datetime) -> None:
    def invite() -> Any:
        person = world.make_volunteer(at, "吴受邀", state="invited")
        return BindInvite.create(
            token="t",
            volunteer=person,
            team_id=cast.team.id,
            created_at=at,
            expires_at=at + timedelta(days=7),
        ).volunteer

    person = store.write(invite)
    number = _report(cast, at, cast.officer, person)
    assert BindInvite.get().expires_at == at
    deaths.undo(actor=cast.actor(cast.officer), number=number, reason="弄错了", at=at)
    assert (BindInvite.get().expires_at, _state(person)) == (at + timedelta(days=7), "invited")


def test_report_again_is_the_first_report(cast: World, at: datetime) -> None:
    first = _report(cast, at)
    assert _report(cast, at + timedelta(hours=1)) == first


def test_of_many_reports_at_once_one_stands(cast: World, at: datetime) -> None:
    def one(_: int) -> int:
        try:
            return _report(cast, at)
        finally:
            store.current().close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(one, range(6)))) == 1
    assert DeathReport.select().count() == 1


def test_station_and_leaders_are_told_never_the_person(cast: World, at: datetime) -> None:
    _report(cast, at)
    told = {row.volunteer_id for row in Delivery.select().where(Delivery.kind == "death_reported")}
    assert told == {cast.officer.id}


def test_report_that_cannot_be_is_refused(cast: World, at: datetime) -> None:
    assert _code(lambda: _report(cast, at, cast.chali)) == "not_found"
    assert _code(lambda: _report(cast, at, cast.ali, cast.ali)) == "own_record"
    store.write(lambda: world.grant(at, cast.chali, "auditor", region=world.COUNTY))
    assert _code(lambda: _report(cast, at, cast.chali)) == "not_allowed"
    for wrong, code in (
        ({"relation": "friend"}, "field_wrong"), ({"died_on": date(2026, 6, 11)}, "field_wrong"),
        ({"died_on": date(1950, 1, 1)}, "field_wrong"), ({"kin_name": "<b>"}, "name_invalid"),
        ({"kin_phone": "123"}, "phone_invalid"),
    ):  # fmt: skip
        assert _code(lambda w=wrong: _report(cast, at, **w)) == code
    assert _state(cast.xiaobo) == "active"


def test_who_reported_does_not_confirm_somebody_else_does(cast: World, at: datetime) -> None:
    number = _report(cast, at, cast.officer, relation="station")
    officer = cast.actor(cast.officer)
    assert _code(lambda: deaths.confirm(actor=officer, number=number, at=at)) == "own_record"
    other = store.write(lambda: world.make_volunteer(at, "钱主任"))
    store.write(lambda: world.grant(at, other, "region_admin", region=world.CITY))
    chief = cast.actor(other)
    assert _code(lambda: deaths.confirm(actor=chief, number=number + 99, at=at)) == "not_found"
    assert _code(lambda: deaths.confirm(actor=cast.actor(cast.chali), number=number, at=at)) == "not_found"
    wrong = date(2027, 1, 1)
    assert _code(lambda: deaths.confirm(actor=chief, number=number, died_on=wrong, at=at)) == "field_wrong"
    deaths.confirm(actor=chief, number=number, died_on=date(2026, 6, 8), at=at)
    deaths.confirm(actor=chief, number=number, at=at)
    person = Volunteer.get_by_id(cast.xiaobo.id)
    assert (person.state, person.died_on, DeathReport.get().state) == ("deceased", "2026-06-08", "confirmed")
    deaths.undo(actor=chief, number=number, reason="弄错了", at=at)
    assert (_state(cast.xiaobo), Volunteer.get_by_id(cast.xiaobo.id).died_on) == ("active", None)
    assert _code(lambda: deaths.confirm(actor=chief, number=number, at=at)) == "death_state"


def test_undo_needs_the_division_and_a_reason(cast: World, at: datetime) -> None:
    number, officer = _report(cast, at), cast.actor(cast.officer)
    assert (
        _code(lambda: deaths.undo(actor=cast.actor(cast.ali), number=number, reason="x", at=at))
        == "not_found"
    )
    assert _code(lambda: deaths.undo(actor=officer, number=number, reason=" ", at=at)) == "reason_required"
    assert (
        _code(lambda: deaths.undo(actor=officer, number=number, reason="长" * 201, at=at)) == "text_too_long"
    )


def test_kins_number_is_sealed_masked_and_shown_for_a_reason(cast: World, at: datetime) -> None:
    number, officer = _report(cast, at, kin_phone="13856412345", kin_name="李家属"), cast.actor(cast.officer)
    assert b"13856412345" not in bytes(DeathReport.get().kin_phone_sealed)
    page = memorial.report(parts=PARTS, actor=officer, number=number, at=at)
    assert ("12345" in page.kin_phone, page.may_confirm) == (False, True)
    seen = {"parts": PARTS, "actor": officer, "number": number, "at": at}
    assert _code(lambda: deaths.kin_phone(**seen, reason="")) == "reason_required"
    assert deaths.kin_phone(**seen, reason="核实") == "13856412345"
    assert AuditEntry.select().where(AuditEntry.verb == "person.reveal").count() == 1
    store.write(lambda: DeathReport.update(kin_phone_sealed=None).execute())
    assert _code(lambda: deaths.kin_phone(**seen, reason="核实")) == "number_missing"


def test_memorial_is_made_after_confirmation_only(cast: World, at: datetime) -> None:
    number, officer = _report(cast, at, died_on=date(2026, 6, 9)), cast.actor(cast.officer)
    asked = {"parts": PARTS, "actor": officer, "number": number, "at": at}
    assert _code(lambda: memorial.paper(**asked)) == "death_state"
    deaths.confirm(actor=officer, number=number, at=at)
    name, body = memorial.paper(**asked)
    assert (name, body[:5]) == ("王小博", b"%PDF-")
    assert _code(lambda: memorial.paper(**{**asked, "actor": cast.actor(cast.ali)})) == "not_found"
    assert _code(lambda: memorial.paper(**{**asked, "actor": cast.actor(cast.chali)})) == "not_found"


def test_list_is_cut_to_the_divisions_of_the_reader(cast: World, at: datetime) -> None:
    _report(cast, at)

    def total(person: Any, **filters: str) -> int:
        return memorial.listed(actor=cast.actor(person), wanted=Wanted(filters=filters), at=at).total

    assert (total(cast.officer), total(cast.ali), total(cast.chali)) == (1, 1, 0)
    assert (total(cast.officer, state="reported"), total(cast.officer, state="undone")) == (1, 0)
