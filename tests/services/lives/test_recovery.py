"""找回: a new WeChat by ID number and old phone, or by the station; what stops it, what it takes and leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from models import CodeRevocation, Delivery, Recovery, RoleGrant, Session, Volunteer, WechatIdentity, store
from services.accounts import sessions
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import recovery
from services.messaging import outbox
from services.participation import person_codes, venue
from tests.services.accounts.test_documents import with_check
from tests.support.fakes import OA, FakeGateway, make_parts
from tests.support.world import COUNTY, OTHER_TOWN, grant, make_identity, make_volunteer

C = RefusalCode
PHONE = "13856400001"
STATION = "到站核对了身份证"


@pytest.fixture
def parts() -> Any:
    return make_parts(FakeGateway())


@pytest.fixture
def known(cast: Any, parts: Any) -> Any:
    """小博 with a sealed number and phone, and a new WeChat that nobody holds."""
    from services.accounts import enrolment
    from services.accounts.documents import check_id_number

    def act() -> None:
        number = check_id_number(_number()).number
        Volunteer.update(document_index=parts.vault.index("id_no", number)).where(
            Volunteer.id == cast.xiaobo.id
        ).execute()
        enrolment.set_phone(parts=parts, person=cast.xiaobo, phone=PHONE, proof="none")

    store.write(act)
    return cast.xiaobo


def _number(body: str = "34152219600501003") -> str:
    return with_check(body)


def fresh(at: Any, **more: Any) -> WechatIdentity:
    return store.write(lambda: make_identity(at, None, "oa", appid=OA, **more))


def by_phone(parts: Any, identity: WechatIdentity, at: Any, document: str = "", phone: str = PHONE) -> Any:
    return recovery.by_phone(
        parts=parts, identity_id=identity.id, document=document or _number(), phone=phone, at=at
    )


def ask(cast: Any, person: Any, at: Any, identity: WechatIdentity, **more: Any) -> recovery.Recovered:
    digits = recovery.show_digits(identity_id=identity.id, at=at)
    fields = {"actor": cast.actor(cast.officer, "console"), "digits": digits, "reason": STATION, **more}
    return recovery.request(public_no=person.public_no, at=at, **fields)


def code_of(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def holders(person: Any) -> list[int]:
    return sorted(row.id for row in WechatIdentity.select().where(WechatIdentity.volunteer == person))


def test_number_and_phone_bind_at_once_and_the_old_logins_die(
    cast: Any, known: Any, parts: Any, at: Any
) -> None:
    old = WechatIdentity.get(WechatIdentity.volunteer == known, WechatIdentity.kind == "oa")
    WechatIdentity.update(appid=OA).where(WechatIdentity.id == old.id).execute()
    token = sessions.open_session(kind="h5", identity_id=old.id, at=at).token
    new = fresh(at)
    done = by_phone(parts, new, at)
    assert (done.state, done.name, holders(known)) == ("done", "王小博", [new.id])
    assert sessions.authenticate(token=token, kind="h5", at=at) is None
    assert Session.get().revoked_at == at
    outbox.deliver_due(parts=parts, owner="w", at=at, limit=10)
    told = {call["openid"]: call["data"] for call in parts.gateway.named("send_template")}
    assert set(told) == {old.openid, new.openid}


@pytest.mark.parametrize("case", ["nobody", "phone", "officer", "left"])
def test_every_reason_has_the_same_answer(cast: Any, known: Any, parts: Any, at: Any, case: str) -> None:
    if case == "officer":
        store.write(lambda: grant(at, known, "station_officer", region=COUNTY))
    if case == "left":
        Volunteer.update(state="left").where(Volunteer.id == known.id).execute()
    document = _number("34152219600501005") if case == "nobody" else ""
    with pytest.raises(Refusal) as refused:
        by_phone(parts, fresh(at), at, document, "13856400099" if case == "phone" else PHONE)
    assert (refused.value.code, refused.value.facts) == (C.RECOVERY_NO_MATCH, {})
    assert Recovery.select().count() == 0


def test_guessing_ends_for_a_wechat_and_for_a_number(known: Any, parts: Any, at: Any) -> None:
    one = fresh(at)
    codes = [code_of(lambda n=n: by_phone(parts, one, at, phone=f"1385640010{n}")) for n in range(6)]
    assert codes == [C.RECOVERY_NO_MATCH] * 5 + [C.TOO_MANY_TRIES]
    assert code_of(lambda: by_phone(parts, fresh(at), at)) == C.TOO_MANY_TRIES  # the number's own limit
    unknown = _number("34152219600501005")
    tries = [code_of(lambda: by_phone(parts, fresh(at), at, unknown)) for _ in range(6)]
    assert tries == [C.RECOVERY_NO_MATCH] * 5 + [C.TOO_MANY_TRIES]
    assert by_phone(parts, one, at + timedelta(days=1, seconds=1)).state == "done"


def test_what_is_typed_wrong_is_said(cast: Any, known: Any, parts: Any, at: Any) -> None:
    new, mine = fresh(at), WechatIdentity.get(WechatIdentity.volunteer == cast.chali)
    assert code_of(lambda: by_phone(parts, new, at, "1")) == C.DOCUMENT_INVALID
    assert code_of(lambda: by_phone(parts, new, at, phone="1")) == C.PHONE_INVALID
    assert code_of(lambda: by_phone(parts, mine, at)) == C.ALREADY_REGISTERED
    assert code_of(lambda: recovery.show_digits(identity_id=mine.id, at=at)) == C.ALREADY_REGISTERED


def test_the_station_waits_and_the_worker_carries_out(cast: Any, known: Any, parts: Any, at: Any) -> None:
    before, new = holders(known), fresh(at)
    made = ask(cast, known, at, new)
    assert (made.state, made.due_at) == ("waiting", at + timedelta(hours=72))
    assert Delivery.get(Delivery.kind == "recovery_waiting").url == f"/m/recoveries/{made.code}"
    assert recovery.carry_due(at=at + timedelta(hours=71)) == 0
    assert holders(known) == before
    assert recovery.carry_due(at=at + timedelta(hours=72)) == 1
    assert recovery.carry_due(at=at + timedelta(hours=72)) == 0
    assert (holders(known), Recovery.get().state) == ([new.id], "done")
    assert Delivery.select().where(Delivery.kind == "recovery_moved").count() == 1


def test_codes_shown_before_the_recovery_open_nothing_after_it(
    cast: Any, known: Any, parts: Any, at: Any
) -> None:
    def state(code: str, when: Any) -> Any:
        return person_codes.read(parts=parts, code=code, at=when)

    old = venue.person_code(parts=parts, volunteer_id=known.id, at=at).url
    assert state(old, at) == (None, known.id)
    ask(cast, known, at, fresh(at))
    done = at + timedelta(hours=72)
    shown = venue.person_code(parts=parts, volunteer_id=known.id, at=done).url
    recovery.carry_due(at=done)
    assert (CodeRevocation.get().volunteer_id, CodeRevocation.get().reason) == (known.id, "recovery")
    assert state(shown, done + timedelta(minutes=1)) == (C.CODE_REVOKED, known.id)
    after = done + timedelta(minutes=1)
    assert state(venue.person_code(parts=parts, volunteer_id=known.id, at=after).url, after) == (None, known.id)


def test_the_old_wechat_stops_it(cast: Any, known: Any, at: Any) -> None:
    made = ask(cast, known, at, fresh(at))
    assert code_of(lambda: recovery.stop(actor=cast.actor(cast.chali), code=made.code, at=at)) == C.NOT_FOUND
    assert recovery.stop_mine(actor=cast.actor(cast.chali), at=at) is False
    assert recovery.stop_mine(actor=cast.actor(known, "bot"), at=at) is True
    recovery.stop(actor=cast.actor(known), code=made.code, at=at)
    assert recovery.carry_due(at=at + timedelta(hours=99)) == 0
    assert (Recovery.get().state, Delivery.get(Delivery.kind == "recovery_stopped").volunteer) == (
        "stopped", cast.officer,
    )  # fmt: skip


def test_the_station_takes_it_back(cast: Any, known: Any, at: Any) -> None:
    made = ask(cast, known, at, fresh(at))
    officer = cast.actor(cast.officer, "console")

    def refuse(actor: Any = officer, reason: str = "弄错了", code: str = made.code) -> None:
        recovery.refuse(actor=actor, code=code, reason=reason, at=at)

    assert code_of(lambda: refuse(code="nothing")) == C.NOT_FOUND
    assert code_of(lambda: refuse(actor=cast.actor(cast.chali))) == C.NOT_FOUND
    assert code_of(lambda: refuse(reason=" ")) == C.REASON_REQUIRED
    refuse()
    assert code_of(refuse) == C.RECOVERY_STATE
    assert code_of(lambda: recovery.stop(actor=cast.actor(known), code=made.code, at=at)) == C.RECOVERY_STATE


def test_the_stations_refusals(cast: Any, known: Any, at: Any) -> None:
    new = fresh(at)
    beside = make_volunteer(at)
    grant(at, beside, "station_officer", region=OTHER_TOWN)
    assert code_of(lambda: ask(cast, known, at, new, actor=cast.actor(beside))) == C.NOT_FOUND
    assert code_of(lambda: ask(cast, known, at, new, actor=cast.actor(cast.ali))) == C.NOT_ALLOWED
    assert code_of(lambda: ask(cast, cast.officer, at, new)) == C.OWN_RECORD
    assert code_of(lambda: ask(cast, known, at, new, reason=" ")) == C.REASON_REQUIRED
    assert code_of(lambda: ask(cast, known, at, new, digits="000000")) == C.DIGITS_WRONG
    later = at + timedelta(minutes=11)
    digits = recovery.show_digits(identity_id=new.id, at=at)
    assert code_of(lambda: ask(cast, known, later, fresh(at), digits=digits)) == C.DIGITS_EXPIRED
    digits = recovery.show_digits(identity_id=new.id, at=at)
    WechatIdentity.update(volunteer=cast.chali).where(WechatIdentity.id == new.id).execute()
    taken: dict[str, Any] = {"actor": cast.actor(cast.officer), "digits": digits, "reason": STATION, "at": at}
    assert code_of(lambda: recovery.request(public_no=known.public_no, **taken)) == C.ALREADY_BOUND
    Volunteer.update(state="left").where(Volunteer.id == known.id).execute()
    assert code_of(lambda: ask(cast, known, at, fresh(at))) == C.ACCOUNT_CLOSED


def test_a_wechat_that_became_anothers_is_left_to_him(cast: Any, known: Any, at: Any) -> None:
    before, new = holders(known), fresh(at)
    ask(cast, known, at, new)
    WechatIdentity.update(volunteer=cast.chali).where(WechatIdentity.id == new.id).execute()
    assert recovery.carry_due(at=at + timedelta(hours=72)) == 1
    assert (holders(known), Recovery.get().state) == (before, "refused")


def test_of_two_stations_at_once_one_is_heard(cast: Any, known: Any, at: Any) -> None:
    pairs = [(cast.actor(cast.officer), fresh(at))]
    second = make_volunteer(at)
    grant(at, second, "director", region=COUNTY)
    pairs.append((cast.actor(second), fresh(at)))
    ready = [(actor, recovery.show_digits(identity_id=new.id, at=at)) for actor, new in pairs]

    def one(pair: Any) -> str:
        with store.session():
            try:
                return recovery.request(
                    actor=pair[0], public_no=known.public_no, digits=pair[1], reason=STATION, at=at
                ).state
            except Refusal as refusal:
                return refusal.code.value

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, ready)) == ["recovery_state", "waiting"]
    assert Recovery.select().count() == 1


def test_the_list_is_cut_by_ones_divisions(cast: Any, known: Any, at: Any) -> None:
    ask(cast, known, at, fresh(at))
    officer = cast.actor(cast.officer)
    found = recovery.listed(actor=officer, wanted=Wanted(text="小博", filters={"state": "waiting"}), at=at)
    assert [(row.name, row.state, row.mine) for row in found.rows] == [("王小博", "waiting", True)]
    beside = make_volunteer(at)
    RoleGrant.create(volunteer=beside, role="region_admin", region_code=OTHER_TOWN, from_at=at)
    assert recovery.listed(actor=cast.actor(beside), wanted=Wanted(), at=at).total == 0
    assert (
        code_of(lambda: recovery.listed(actor=cast.actor(cast.chali), wanted=Wanted(), at=at))
        == C.NOT_ALLOWED
    )
