"""What is wrong about a person is put right: his phone by himself, name and number by the office that saw papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, Correction, Delivery, History, Volunteer, store
from services.access import reveal
from services.accounts import enrolment
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import merging, recovery
from services.parts import Parts
from services.privacy import closing, correcting, correcting_desk, gathering
from tests.services.accounts.test_documents import with_check
from tests.services.privacy.people import matter
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import CITY, COUNTY, OTHER_TOWN, TOWN, VILLAGE, World

C = RefusalCode
WRONG, RIGHT = with_check("34152219600501003"), with_check("34152219600511003")
CHILD = with_check("34152220150501003")
OLD, NEW = "13856401234", "13900005678"


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def parts(gateway: FakeGateway) -> Parts:
    return make_parts(gateway)


@pytest.fixture
def known(cast: World, parts: Parts, at: datetime) -> World:
    """`xiaobo` registered with a wrong number, and with a phone."""
    store.write(lambda: put(parts, cast.xiaobo, WRONG, OLD))
    return cast


def put(parts: Parts, person: Volunteer, number: str, phone: str = "") -> None:
    sealed, key = parts.vault.seal(number, f"volunteer.document:{person.public_no}")
    Volunteer.update(
        document_sealed=sealed, document_key=key, document_index=parts.vault.index("id_no", number)
    ).where(Volunteer.id == person.id).execute()
    if phone:
        enrolment.set_phone(parts=parts, person=person, phone=phone, proof="wechat")


@pytest.fixture
def ask(known: World, parts: Parts, at: datetime) -> Callable[..., correcting.Asked]:
    def asked(name: str = "", document: str = "", **more: Any) -> correcting.Asked:
        facts = {"actor": known.actor(known.xiaobo), "at": at, **more}
        return correcting.ask(parts=parts, name=name, document=document, **facts)

    return asked


@pytest.fixture
def decide(known: World, parts: Parts, at: datetime) -> Callable[..., None]:
    def decided(code: str, **more: Any) -> None:
        facts = {
            "actor": known.actor(known.officer, "console"), "good": True, "reason": "当面看了身份证", "at": at, **more
        }
        correcting_desk.decide(parts=parts, code=code, **facts)

    return decided


def read(parts: Parts, actor: Actor, code: str, at: datetime, **more: Any) -> correcting_desk.Request:
    return correcting_desk.one(parts=parts, actor=actor, code=code, at=at, **{"confirmed_at": at, **more})


def code_of(act: Callable[[], Any]) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def told(person: Volunteer) -> list[str]:
    return [row.kind for row in Delivery.select().where(Delivery.volunteer == person.id).order_by(Delivery.id)]


def nothing_kept(*secrets: str) -> None:
    """Neither audit nor history nor messages hold one of these."""
    kept = [
        *(str(row.detail) for row in AuditEntry.select()), *(f"{row.changes}{row.reason}" for row in History.select()),
        *(f"{row.title}{row.body}{row.data}" for row in Delivery.select()),
    ]  # fmt: skip
    assert [line for line in kept if any(secret in line for secret in secrets)] == []


def test_phone_by_wechats_proof(known: World, parts: Parts, gateway: FakeGateway, at: datetime) -> None:
    gateway.phones["code-1"] = NEW
    now = correcting.change_phone(parts=parts, actor=known.actor(known.xiaobo), phone_code="code-1", at=at)
    assert (now.phone, now.phone_proof) == ("139****5678", "wechat")
    assert Volunteer.get_by_id(known.xiaobo.id).phone_index == parts.vault.index("phone", NEW)
    assert told(known.xiaobo) == ["phone_corrected"]
    assert History.get().verb == "phone.corrected"
    nothing_kept(OLD, NEW)


def test_typed_phone_waits_for_the_station(known: World, parts: Parts, at: datetime) -> None:
    me = known.actor(known.xiaobo, "pages")
    assert correcting.change_phone(parts=parts, actor=me, phone=NEW, at=at).phone_proof == "none"
    for _ in range(correcting.TRIES + 1):  # a typing error is no try
        wrong = lambda: correcting.change_phone(parts=parts, actor=me, phone="12345", at=at)  # noqa: E731
        assert code_of(wrong) is C.PHONE_INVALID


def test_same_phone_again_changes_nothing_but_its_proof(
    known: World, parts: Parts, gateway: FakeGateway, at: datetime
) -> None:
    me = known.actor(known.xiaobo)
    assert correcting.change_phone(parts=parts, actor=me, phone=OLD, at=at).phone_proof == "wechat"
    correcting.change_phone(parts=parts, actor=me, phone=NEW, at=at)
    gateway.phones["code-1"] = NEW
    assert correcting.change_phone(parts=parts, actor=me, phone_code="code-1", at=at).phone_proof == "wechat"
    assert (History.select().count(), told(known.xiaobo)) == (2, ["phone_corrected"])


def test_typed_phone_is_no_way_back_for_a_stranger_and_wechats_is(
    known: World, parts: Parts, gateway: FakeGateway, at: datetime
) -> None:
    me, thief = known.actor(known.xiaobo), store.write(lambda: world.make_identity(at, None, "oa"))
    back = lambda: recovery.by_phone(  # noqa: E731
        parts=parts, identity_id=thief.id, document=WRONG, phone=NEW, at=at
    )
    correcting.change_phone(parts=parts, actor=me, phone=NEW, at=at)
    assert code_of(back) is C.RECOVERY_NO_MATCH
    gateway.phones["code-1"] = NEW
    correcting.change_phone(parts=parts, actor=me, phone_code="code-1", at=at)
    assert back().state == "done"


def test_phone_is_not_changed_by_the_dozen(known: World, parts: Parts, at: datetime) -> None:
    me = known.actor(known.xiaobo)
    for number in range(correcting.TRIES):
        correcting.change_phone(parts=parts, actor=me, phone=f"1390000000{number}", at=at)
    assert code_of(lambda: correcting.change_phone(parts=parts, actor=me, phone=NEW, at=at)) is C.TOO_MANY_TRIES
    correcting.change_phone(parts=parts, actor=me, phone=NEW, at=at + timedelta(days=1))


def test_request_lies_sealed_and_the_office_is_told(known: World, ask: Any, parts: Parts) -> None:
    asked = ask("王晓博", RIGHT.lower())
    assert (asked.what, asked.state) == (("name", "document"), "asked")
    row = Correction.get()
    assert RIGHT.encode() not in bytes(row.sealed)
    assert told(known.officer) == ["correction_asked"]
    assert Volunteer.get_by_id(known.xiaobo.id).name == "王小博"
    nothing_kept("王晓博", RIGHT, WRONG)


@pytest.mark.parametrize(
    ("name", "document", "code"),
    [
        ("", "", C.CORRECTION_NOTHING), ("王小博", WRONG, C.CORRECTION_NOTHING), ("王1", "", C.NAME_INVALID),
        ("", "341522", C.DOCUMENT_INVALID), ("", CHILD, C.UNDER_AGE),
    ],
)  # fmt: skip
def test_request_that_says_nothing_right_is_refused(ask: Any, name: str, document: str, code: RefusalCode) -> None:
    assert code_of(lambda: ask(name, document)) is code
    assert Correction.select().count() == 0


def test_one_request_waits_at_a_time_and_may_be_taken_back(known: World, ask: Any, at: datetime) -> None:
    ask("王晓博")
    assert code_of(lambda: ask("王小波")) is C.CORRECTION_OPEN
    correcting.withdraw(actor=known.actor(known.xiaobo), at=at)
    assert code_of(lambda: correcting.withdraw(actor=known.actor(known.xiaobo), at=at)) is C.NOT_FOUND
    ask("王小波")
    assert [(each.state, each.what) for each in correcting.mine(volunteer_id=known.xiaobo.id)] == [
        ("asked", ("name",)), ("withdrawn", ("name",)),
    ]  # fmt: skip
    assert [row.sealed is None for row in Correction.select().order_by(Correction.id)] == [True, False]


def test_two_requests_at_once_are_one(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither sees the other when it looks: the index lets one through."""
    monkeypatch.setattr(correcting, "_waiting", lambda me: None)
    ask("王晓博")
    assert code_of(lambda: ask("王小波")) is C.CORRECTION_OPEN
    assert Correction.select().count() == 1


def test_control_without_the_index_two_requests_would_wait(
    db: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "_waiting", lambda me: None)
    store.write(lambda: db.execute_sql("DROP INDEX correction_open"))
    ask("王晓博")
    ask("王小波")
    assert Correction.select().where(Correction.state == "asked").count() == 2


def test_stranger_asks_for_nothing(known: World, parts: Parts, at: datetime) -> None:
    nobody = Actor("api", None)
    assert code_of(lambda: correcting.ask(parts=parts, actor=nobody, name="王晓博", at=at)) is C.NOT_REGISTERED
    assert code_of(lambda: correcting.withdraw(actor=nobody, at=at)) is C.NOT_REGISTERED


def test_office_puts_name_and_number_right(known: World, ask: Any, decide: Any, parts: Parts, at: datetime) -> None:
    decide(ask("王晓博", RIGHT).code)
    person = Volunteer.get_by_id(known.xiaobo.id)
    assert (person.name, person.birth_date) == ("王晓博", "1960-05-11")
    assert enrolment.owner_of(parts, RIGHT) == person
    assert enrolment.owner_of(parts, WRONG) is None
    assert parts.vault.open(person.document_sealed, f"volunteer.document:{person.public_no}") == RIGHT
    row = Correction.get()
    assert (row.state, row.sealed, row.reason, row.decided_by_id) == (
        "done", None, "当面看了身份证", known.officer.id
    )  # fmt: skip
    assert told(known.xiaobo) == ["correction_done"]
    assert [(h.verb, h.changes) for h in History.select().order_by(History.id)] == [
        ("corrected", {"what": "name"}), ("corrected", {"what": "document"}),
    ]  # fmt: skip
    nothing_kept("王晓博", RIGHT, WRONG)


def test_office_says_why_not_and_nothing_changes(known: World, ask: Any, decide: Any) -> None:
    code = ask("", RIGHT).code
    assert code_of(lambda: decide(code, good=False, reason=" ")) is C.REASON_REQUIRED
    decide(code, good=False, reason="证件上不是这个号码")
    row = Correction.get()
    assert (row.state, row.sealed, Volunteer.get_by_id(known.xiaobo.id).birth_date) == ("refused", None, "1960-05-01")
    assert told(known.xiaobo) == ["correction_refused"]
    assert code_of(lambda: decide(code)) is C.CORRECTION_STATE


def test_number_of_somebody_else_is_left_to_merging(known: World, ask: Any, decide: Any, parts: Parts) -> None:
    store.write(lambda: put(parts, known.chali, RIGHT))
    code = ask("", RIGHT).code  # he is not told that somebody has it
    assert code_of(lambda: decide(code)) is C.CORRECTION_TAKEN
    assert (Correction.get().state, Correction.get().sealed is None) == ("asked", False)
    decide(code, good=False, reason="登记了两次，去合成一份")


def test_number_of_an_entry_merged_into_his_is_his(
    known: World, ask: Any, decide: Any, parts: Parts
) -> None:
    store.write(lambda: put(parts, known.chali, RIGHT))
    merged = Volunteer.update(state="merged", merged_into=known.xiaobo).where(Volunteer.id == known.chali.id)
    store.write(merged.execute)
    decide(ask("", RIGHT).code)
    assert enrolment.owner_of(parts, RIGHT) == known.xiaobo


def test_number_typed_in_the_practice_area_is_found_by_nobody(
    known: World, ask: Any, decide: Any, parts: Parts, at: datetime
) -> None:
    made_up = with_check("99000019600511003")
    there = Volunteer.update(region_code="990000000001").where(Volunteer.id == known.xiaobo.id)
    store.write(there.execute)
    assert code_of(lambda: ask("", RIGHT)) is C.PRACTICE_NUMBER
    decide(ask("", made_up).code)
    assert Volunteer.get_by_id(known.xiaobo.id).document_index is None


def test_nobody_decides_on_his_own(known: World, parts: Parts, ask: Any, decide: Any, at: datetime) -> None:
    store.write(lambda: put(parts, known.officer, WRONG[:-4] + "0000"))
    code = ask("孙主人", actor=known.actor(known.officer)).code
    assert code_of(lambda: decide(code)) is C.OWN_RECORD
    shown = read(parts, known.actor(known.officer), code, at)
    assert (shown.own, shown.may_decide, shown.right) == (True, False, {})
    assert correcting_desk.waiting(actor=known.actor(known.officer), at=at) == 0
    above = known.actor(known.chali, "console")
    store.write(lambda: world.grant(at, known.chali, "region_admin", region=CITY))
    decide(code, actor=above)
    assert Volunteer.get_by_id(known.officer.id).name == "孙主人"


@pytest.mark.parametrize(
    ("role", "region", "code"),
    [
        ("auditor", COUNTY, C.NOT_ALLOWED), ("viewer", COUNTY, C.NOT_FOUND), ("partner", COUNTY, C.NOT_FOUND),
        ("station_officer", OTHER_TOWN, C.NOT_FOUND),
    ],
)  # fmt: skip
def test_nobody_else_decides_or_reads_it(
    known: World, parts: Parts, ask: Any, decide: Any, at: datetime, role: str, region: str, code: RefusalCode
) -> None:
    asked = ask("", RIGHT).code
    store.write(lambda: world.grant(at, known.chali, role, region=region))
    other = known.actor(known.chali, "console")
    assert code_of(lambda: decide(asked, actor=other)) is code
    if code is C.NOT_FOUND:
        assert code_of(lambda: read(parts, other, asked, at)) is C.NOT_FOUND
    else:
        assert read(parts, other, asked, at).right == {}


def test_his_leader_sees_nothing_of_it(known: World, parts: Parts, ask: Any, at: datetime) -> None:
    code, leader = ask("", RIGHT).code, known.actor(known.ali, "console")
    assert code_of(lambda: read(parts, leader, code, at)) is C.NOT_FOUND
    assert code_of(lambda: correcting_desk.listed(actor=leader, wanted=Wanted(), at=at)) is C.NOT_ALLOWED


def test_reading_it_counts_as_a_number_in_full_and_stands_in_the_audit(
    known: World, parts: Parts, ask: Any, at: datetime
) -> None:
    code, officer = ask("王晓博", RIGHT).code, known.actor(known.officer, "console")
    shown = read(parts, officer, code, at)
    assert shown.right == {"name": "王晓博", "document": RIGHT}
    assert shown.old == {"name": "王小博", "document": WRONG[:6] + "*" * 8 + WRONG[-4:]}
    assert [row.verb for row in AuditEntry.select().order_by(AuditEntry.id)] == ["correction.asked", "correction.read"]
    for _ in range(reveal.MOST - 1):
        read(parts, officer, code, at)
    again = lambda: read(parts, officer, code, at)  # noqa: E731
    assert code_of(again) is C.TOO_MANY_TRIES


def test_number_is_read_after_a_yes_on_the_phone_and_a_name_without(
    known: World, parts: Parts, ask: Any, at: datetime
) -> None:
    officer, long_ago = known.actor(known.officer, "console"), at - reveal.FRESH - timedelta(seconds=1)
    shown = read(parts, officer, ask("", RIGHT).code, at, confirmed_at=long_ago)
    assert (shown.stale, shown.may_decide, shown.right) == (True, False, {})
    assert AuditEntry.select().where(AuditEntry.verb == "correction.read").count() == 0
    correcting.withdraw(actor=known.actor(known.xiaobo), at=at)
    assert read(parts, officer, ask("王晓博").code, at, confirmed_at=long_ago).right == {"name": "王晓博"}


def test_list_and_count_say_who_and_what_but_not_how(known: World, ask: Any, decide: Any, at: datetime) -> None:
    code, officer = ask("王晓博", RIGHT).code, known.actor(known.officer, "console")
    [line] = correcting_desk.listed(actor=officer, wanted=Wanted(), at=at).rows
    assert (line.name, line.what, line.state) == ("王小博", "姓名、身份证号码", "asked")
    assert correcting_desk.waiting(actor=officer, at=at) == 1
    decide(code)
    assert correcting_desk.waiting(actor=officer, at=at) == 0
    [line] = correcting_desk.listed(actor=officer, wanted=Wanted(filters={"state": "done"}), at=at).rows
    assert (line.name, line.officer) == ("王晓博", "孙主任")


def test_list_of_three_costs_as_many_statements_as_one(
    known: World, ask: Any, decide: Any, at: datetime, count_statements: Any
) -> None:
    def cost() -> int:
        with count_statements() as seen:
            assert correcting_desk.listed(actor=known.actor(known.officer, "console"), wanted=Wanted(), at=at).rows
        return len(seen)

    decide(ask("王晓博").code)
    of_one = cost()
    for name in ("王小博", "王晓波"):
        decide(ask(name).code)
    assert cost() == of_one


def test_who_left_meanwhile_is_only_refused(known: World, ask: Any, decide: Any) -> None:
    code = ask("王晓博").code
    store.write(Volunteer.update(state="left").where(Volunteer.id == known.xiaobo.id).execute)
    assert code_of(lambda: decide(code)) is C.ACCOUNT_CLOSED
    decide(code, good=False, reason="人已经退出")


def test_entry_with_a_waiting_request_is_not_merged_before_it_is_decided(
    known: World, parts: Parts, ask: Any, at: datetime
) -> None:
    ask("王晓博")
    merge = lambda: merging.merge(  # noqa: E731
        parts=parts, actor=known.actor(known.officer, "console"), kept_no=known.chali.public_no,
        dropped_no=known.xiaobo.public_no, reason="同一个人", at=at,
    )  # fmt: skip
    assert code_of(merge) is C.MERGE_OPEN


def test_requests_are_in_his_copy_and_go_with_him(
    known: World, parts: Parts, ask: Any, decide: Any, at: datetime
) -> None:
    decide(ask("王晓博").code)
    ask("", RIGHT)
    copy = gathering.gather(parts=parts, volunteer_id=known.xiaobo.id, whole=True, at=at)
    rows = matter(copy, "correction")
    assert [(row["what"], row["state"]) for row in rows] == [("name", "done"), ("document", "asked")]
    assert RIGHT not in str(rows)
    closing.ask(actor=known.actor(known.xiaobo), at=at)
    closing.work(parts=parts, at=at + closing.DAYS)
    assert Correction.select().count() == 0


def test_township_decides_on_its_own_people(known: World, ask: Any, decide: Any, at: datetime) -> None:
    store.write(lambda: world.grant(at, known.chali, "station_officer", region=TOWN))
    assert VILLAGE.startswith(TOWN)
    decide(ask("王晓博").code, actor=known.actor(known.chali, "console"))
    assert Volunteer.get_by_id(known.xiaobo.id).name == "王晓博"
