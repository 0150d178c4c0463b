"""Registering oneself, and what one does with one's own data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, Balance, Consent, TeamMember, Volunteer, WechatIdentity, store
from services.accounts import enrolment, registration
from services.accounts.documents import mask_id
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from services.recruitment import leaving
from tests.services.accounts.test_documents import with_check
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import VILLAGE, World, make_identity
from wechat.gateway import WechatFailure

NUMBER = with_check("34152219600501003")
ALL = {"service", "id_number", "veteran_status"}


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def parts(gateway: FakeGateway) -> Parts:
    return make_parts(gateway)


@pytest.fixture
def guest(cast: World, at: datetime) -> WechatIdentity:
    return store.write(lambda: make_identity(at, None, "mp", openid="mp-guest"))


def form(parts: Parts, guest: WechatIdentity, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "parts": parts, "identity_id": guest.id, "name": "王建国", "document": NUMBER.lower(), "phone": "138 0013 8000",
        "region_code": VILLAGE, "identity": "veteran", "consents": ALL, "channel": "h5", "at": at, **more,
    }  # fmt: skip


def refused(act: Any, **facts: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(**facts)
    return no.value.code


def test_a_person_registers_and_sees_himself(parts: Parts, guest: WechatIdentity, at: datetime) -> None:
    done = registration.register(**form(parts, guest, at))
    assert WechatIdentity.get_by_id(guest.id).volunteer_id == done.volunteer_id
    me = registration.me(parts=parts, volunteer_id=done.volunteer_id, at=at)
    assert (me.name, me.public_no, me.document, me.phone) == (
        "王建国",
        done.public_no,
        mask_id(NUMBER),
        "138****8000",
    )
    assert (me.region_code, me.identity, me.teams, me.phone_proof, me.roles) == (
        VILLAGE,
        "veteran",
        (),
        "none",
        (),
    )
    assert me.region_name.endswith("霍邱县城关镇东湖社区居委会")
    assert Balance.get(Balance.volunteer == done.volunteer_id).minutes == 0


def test_number_and_phone_are_sealed_at_their_person(
    parts: Parts, guest: WechatIdentity, at: datetime
) -> None:
    done = registration.register(**form(parts, guest, at))
    row = Volunteer.get_by_id(done.volunteer_id)
    assert parts.vault.open(row.document_sealed, f"volunteer.document:{row.public_no}") == NUMBER
    assert parts.vault.open(row.phone_sealed, f"volunteer.phone:{row.public_no}") == "13800138000"
    assert (row.document_index, row.birth_date) == (parts.vault.index("id_no", NUMBER), "1960-05-01")
    assert NUMBER.encode() not in bytes(row.document_sealed)


def test_each_purpose_has_its_own_consent_with_version(
    parts: Parts, guest: WechatIdentity, at: datetime
) -> None:
    done = registration.register(**form(parts, guest, at))
    rows = list(Consent.select().where(Consent.volunteer == done.volunteer_id).order_by(Consent.purpose))
    assert [(r.purpose, r.version, r.given, r.channel, r.at) for r in rows] == [
        (purpose, "2026-06-01", True, "h5", at) for purpose in sorted(ALL)
    ]


def test_wechat_vouches_for_the_phone(
    parts: Parts, gateway: FakeGateway, guest: WechatIdentity, at: datetime
) -> None:
    gateway.phones["p"] = "13912345678"
    done = registration.register(**form(parts, guest, at, phone=None, phone_code="p"))
    me = registration.me(parts=parts, volunteer_id=done.volunteer_id)
    assert (me.phone, me.phone_proof) == ("139****5678", "wechat")
    assert gateway.named("phone_for_code") == [{"code": "p", "openid": "mp-guest"}]


@pytest.mark.parametrize(
    ("errcode", "code"),
    [
        (40029, RefusalCode.PHONE_INVALID),
        (40163, RefusalCode.PHONE_INVALID),
        (-1, RefusalCode.WECHAT_UNAVAILABLE),
    ],
)
def test_a_failed_phone_code_registers_nobody(
    parts: Parts, gateway: FakeGateway, guest: WechatIdentity, at: datetime, errcode: int, code: RefusalCode
) -> None:
    before = Volunteer.select().count()
    gateway.fail("phone_for_code", WechatFailure("/wxa/business/getuserphonenumber", errcode))
    assert refused(registration.register, **form(parts, guest, at, phone=None, phone_code="p")) is code
    assert Volunteer.select().count() == before


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "王"}, RefusalCode.NAME_INVALID),
        ({"document": "341522196005010031"}, RefusalCode.DOCUMENT_INVALID),
        ({"document": with_check("34152220120611001")}, RefusalCode.UNDER_AGE),
        ({"region_code": "349999"}, RefusalCode.REGION_UNKNOWN),
        ({"identity": "general"}, RefusalCode.BAD_REQUEST),
        ({"phone": ""}, RefusalCode.PHONE_INVALID),
        ({"phone": "12345"}, RefusalCode.PHONE_INVALID),
        ({"consents": {"service", "id_number"}}, RefusalCode.CONSENT_REQUIRED),
        ({"consents": set()}, RefusalCode.CONSENT_REQUIRED),
        ({"consents": ALL | {"everything"}}, RefusalCode.BAD_REQUEST),
    ],
)
def test_a_wrong_form_registers_nobody_and_spends_no_phone_code(
    parts: Parts,
    gateway: FakeGateway,
    guest: WechatIdentity,
    at: datetime,
    wrong: dict[str, Any],
    code: RefusalCode,
) -> None:
    before = Volunteer.select().count()
    assert refused(registration.register, **form(parts, guest, at, **wrong)) is code
    assert (Volunteer.select().count(), Consent.select().count(), gateway.calls) == (before, 0, [])
    assert WechatIdentity.get_by_id(guest.id).volunteer_id is None


def test_fourteen_is_old_enough_and_others_need_no_veteran_consent(
    parts: Parts, guest: WechatIdentity, at: datetime
) -> None:
    young = {
        "document": with_check("34152220120610001"),
        "identity": "social",
        "consents": {"service", "id_number"},
    }
    done = registration.register(**form(parts, guest, at, **young))
    assert Volunteer.get_by_id(done.volunteer_id).birth_date == "2012-06-10"


def test_who_is_registered_cannot_register_again(parts: Parts, guest: WechatIdentity, at: datetime) -> None:
    registration.register(**form(parts, guest, at))
    assert refused(registration.register, **form(parts, guest, at)) is RefusalCode.ALREADY_REGISTERED


def test_an_id_number_belongs_to_one_person(parts: Parts, guest: WechatIdentity, at: datetime) -> None:
    registration.register(**form(parts, guest, at))
    other = store.write(lambda: make_identity(at, None, "oa"))
    assert refused(registration.register, **form(parts, other, at)) is RefusalCode.DOCUMENT_TAKEN
    assert WechatIdentity.get_by_id(other.id).volunteer_id is None


def test_two_at_once_with_one_number_make_one_person(parts: Parts, cast: World, at: datetime) -> None:
    guests = store.write(lambda: [make_identity(at, None, "oa") for _ in range(4)])

    def attempt(guest: WechatIdentity) -> str:
        with store.session():
            try:
                registration.register(**form(parts, guest, at))
            except Refusal as no:
                return no.code.value
            return "ok"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(attempt, guests))
    assert answers == ["document_taken"] * 3 + ["ok"]


def test_trying_out_id_numbers_comes_to_an_end(parts: Parts, guest: WechatIdentity, at: datetime) -> None:
    taken = store.write(lambda: make_identity(at, None, "oa"))
    registration.register(**form(parts, taken, at))
    for _ in range(registration.TRIES):
        assert refused(registration.register, **form(parts, guest, at)) is RefusalCode.DOCUMENT_TAKEN
    assert refused(registration.register, **form(parts, guest, at)) is RefusalCode.TOO_MANY_TRIES


# teams


def test_the_first_team_is_home_and_the_next_takes_over(cast: World, at: datetime) -> None:
    chali, later = cast.actor(cast.chali), at + timedelta(days=1)
    for team in (cast.team, cast.other_team):
        store.write(
            lambda team=team: enrolment.add_membership(team_id=team.id, volunteer_id=cast.chali.id, at=at)
        )
    mine = (TeamMember.volunteer == cast.chali) & TeamMember.to_at.is_null()
    assert TeamMember.get(mine, TeamMember.home).team_id == cast.team.id
    leaving.leave_team(actor=chali, team_code=cast.team.code, at=later)
    assert TeamMember.get(mine, TeamMember.home).team_id == cast.other_team.id
    assert (
        refused(leaving.leave_team, actor=chali, team_code=cast.team.code, at=later)
        is RefusalCode.NOT_MEMBER
    )


def test_me_lists_teams_and_roles(parts: Parts, cast: World, at: datetime) -> None:
    me = registration.me(parts=parts, volunteer_id=cast.ali.id, at=at)
    assert [(t.code, t.home) for t in me.teams] == [(cast.team.code, True)]
    assert (me.roles, me.document, me.phone) == (("team_leader",), "", "")


# the phone


def test_a_leader_vouches_for_a_typed_phone(
    parts: Parts, cast: World, guest: WechatIdentity, at: datetime
) -> None:
    done = registration.register(**form(parts, guest, at))
    facts = {"public_no": done.public_no, "at": at}
    store.write(lambda: world.grant(at, cast.chali, "team_leader", team=cast.other_team))
    assert refused(registration.confirm_phone, actor=cast.actor(cast.chali), **facts) is RefusalCode.NOT_FOUND
    assert refused(registration.confirm_phone, actor=cast.actor(cast.ali), **facts) is RefusalCode.NOT_FOUND
    store.write(lambda: world.join(at, cast.team, Volunteer.get_by_id(done.volunteer_id)))
    registration.confirm_phone(actor=cast.actor(cast.ali), **facts)
    assert Volunteer.get_by_id(done.volunteer_id).phone_proof == "officer"
    assert [(e.verb, e.actor_id) for e in AuditEntry.select()] == [("phone.confirm", cast.ali.id)]


def test_an_officer_cannot_vouch_for_himself_nor_for_no_phone(cast: World, at: datetime) -> None:
    officer = cast.actor(cast.officer)
    own = {"actor": officer, "public_no": cast.officer.public_no, "at": at}
    assert refused(registration.confirm_phone, **own) is RefusalCode.OWN_RECORD
    none = {**own, "public_no": cast.xiaobo.public_no}
    assert refused(registration.confirm_phone, **none) is RefusalCode.PHONE_INVALID
    assert refused(registration.confirm_phone, **{**own, "public_no": "nobody22"}) is RefusalCode.NOT_FOUND


# consents


def test_a_consent_withdrawn_and_given_again_leaves_three_rows(
    parts: Parts, guest: WechatIdentity, at: datetime
) -> None:
    done = registration.register(**form(parts, guest, at))
    actor = Actor("api", done.volunteer_id, guest.id)
    for given in (False, True):
        registration.decide_consent(actor=actor, purpose="veteran_status", given=given, at=at)
        state = {c.purpose: c for c in registration.consents(volunteer_id=done.volunteer_id)}[
            "veteran_status"
        ]
        assert (state.given, state.needed, state.version) == (given, given, state.current)
    rows = Consent.select().where(Consent.purpose == "veteran_status").order_by(Consent.id)
    assert [(r.given, r.channel) for r in rows] == [(True, "h5"), (False, "api"), (True, "api")]


def test_an_unknown_purpose_is_refused(cast: World, at: datetime) -> None:
    facts = {"actor": cast.actor(cast.xiaobo), "purpose": "everything", "given": True, "at": at}
    assert refused(registration.decide_consent, **facts) is RefusalCode.NOT_FOUND


def test_who_decided_nothing_yet_has_given_nothing(cast: World, at: datetime) -> None:
    states = registration.consents(volunteer_id=cast.xiaobo.id)
    assert [(s.purpose, s.given, s.version) for s in states] == [
        ("service", False, ""), ("id_number", False, ""), ("veteran_status", False, ""), ("honour_wall", False, ""),
    ]  # fmt: skip
