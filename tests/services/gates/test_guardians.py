"""A guardian's word: told with a form, verified by somebody else, counting until the eighteenth birthday (S117)."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from models import AuditEntry, Delivery, GuardianConsent, Signup, StoredFile, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.gates import ages, guardians
from services.listing import Wanted
from services.parts import Parts
from storage.disk import Disk
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, sign_up

CODE = RefusalCode


@pytest.fixture
def parts(tmp_path: Any) -> Parts:
    from dataclasses import replace

    return replace(make_parts(FakeGateway()), storage=Disk(tmp_path))


@pytest.fixture
def minor(cast: World) -> Volunteer:
    """小博 is fifteen."""
    store.write(lambda: Volunteer.update(birth_date="2011-01-31").where(Volunteer.id == cast.xiaobo.id).execute())
    return Volunteer.get_by_id(cast.xiaobo.id)


def form() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 30), "white").save(out, "JPEG")
    return out.getvalue()


def tell(cast: World, parts: Parts, at: datetime, **more: Any) -> int:
    given = {"guardian_name": "王建国", "relation": "father", "phone": "13856400000", "form": form(), **more}
    return guardians.state(parts=parts, actor=cast.actor(cast.xiaobo), at=at, **given)


def code(act: Any, *args: Any, **more: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(*args, **more)
    return no.value.code


def counts(cast: World, day: date) -> bool:
    return ages.agreed(volunteer_id=cast.xiaobo.id, activity_id=cast.activity.id, day=day)


def test_word_counts_once_verified_and_until_the_day_before_eighteen(
    cast: World, minor: Volunteer, parts: Parts, at: datetime
) -> None:
    number = tell(cast, parts, at)
    row = GuardianConsent.get()
    assert (row.state, row.until_on, counts(cast, date(2026, 6, 11))) == ("stated", "2029-01-30", False)
    assert b"13856400000" not in bytes(row.phone_sealed)
    assert Delivery.get(Delivery.kind == "guardian_waiting").volunteer_id == cast.officer.id
    guardians.check(actor=cast.actor(cast.officer), number=number, good=True, at=at)
    assert [counts(cast, day) for day in (date(2026, 6, 11), date(2029, 1, 30), date(2029, 1, 31))] == [
        True, True, False,
    ]  # fmt: skip
    assert Delivery.get(Delivery.kind == "guardian_verified").volunteer_id == cast.xiaobo.id


def test_no_says_why_and_is_told(cast: World, minor: Volunteer, parts: Parts, at: datetime) -> None:
    number, officer = tell(cast, parts, at), cast.actor(cast.officer)
    assert code(guardians.check, actor=officer, number=number, good=False, at=at) == CODE.REASON_REQUIRED
    guardians.check(actor=officer, number=number, good=False, note="签名看不清", at=at)
    assert (GuardianConsent.get().state, "签名看不清" in Delivery.get(Delivery.kind == "guardian_refused").body) == (
        "refused", True,
    )  # fmt: skip
    assert code(guardians.check, actor=officer, number=number, good=True, at=at) == CODE.APPLICATION_STATE


@pytest.mark.parametrize(
    ("wrong", "no"),
    [
        ({"relation": "friend"}, CODE.FIELD_WRONG), ({"guardian_name": "1"}, CODE.NAME_INVALID),
        ({"phone": "12"}, CODE.PHONE_INVALID), ({"form": b""}, CODE.PHOTO_MISSING),
    ],
)  # fmt: skip
def test_word_without_name_relation_phone_or_form_is_none(
    cast: World, minor: Volunteer, parts: Parts, at: datetime, wrong: dict[str, Any], no: RefusalCode
) -> None:
    assert code(tell, cast, parts, at, **wrong) == no


def test_adult_needs_none(cast: World, parts: Parts, at: datetime) -> None:
    assert code(tell, cast, parts, at) == CODE.FIELD_WRONG


def test_word_taken_back_counts_no_more_and_its_photo_goes(
    cast: World, minor: Volunteer, parts: Parts, at: datetime
) -> None:
    number = tell(cast, parts, at)
    guardians.check(actor=cast.actor(cast.officer), number=number, good=True, at=at)
    guardians.withdraw(actor=cast.actor(cast.xiaobo), number=number, at=at)
    assert (counts(cast, date(2026, 6, 11)), StoredFile.select().count()) == (False, 0)
    assert guardians.mine(parts=parts, volunteer_id=cast.xiaobo.id) == []
    assert code(guardians.withdraw, actor=cast.actor(cast.xiaobo), number=number, at=at) == CODE.NOT_FOUND


def test_word_taken_back_ends_what_it_allowed(cast: World, minor: Volunteer, parts: Parts, at: datetime) -> None:
    numbers = [tell(cast, parts, at) for _ in range(2)]
    for number in numbers:
        guardians.check(actor=cast.actor(cast.officer), number=number, good=True, at=at)
    store.write(lambda: sign_up(at, cast.shift, minor))
    guardians.withdraw(actor=cast.actor(minor), number=numbers[0], at=at)
    assert Signup.get().state == "confirmed"  # the other word holds
    guardians.withdraw(actor=cast.actor(minor), number=numbers[1], at=at)
    assert (Signup.get().state, Signup.get().reason, Delivery.get(Delivery.kind == "minor_word").volunteer_id) == (
        "cancelled", "监护人同意书撤回了", minor.id,
    )  # fmt: skip


def test_form_is_for_the_person_and_the_managers_whose_look_is_kept(
    cast: World, minor: Volunteer, parts: Parts, at: datetime
) -> None:
    number = tell(cast, parts, at)
    for person in (cast.xiaobo, cast.officer):
        assert guardians.form_of(parts=parts, actor=cast.actor(person), number=number, at=at)[:2] == b"\xff\xd8"
    assert [row.actor_id for row in AuditEntry.select().where(AuditEntry.verb == "guardian.form")] == [cast.officer.id]
    assert code(guardians.form_of, parts=parts, actor=cast.actor(cast.ali), number=number, at=at) == CODE.NOT_FOUND


def test_list_is_for_those_who_look_after_the_division(
    cast: World, minor: Volunteer, parts: Parts, at: datetime
) -> None:
    tell(cast, parts, at)
    [row] = guardians.listed(parts=parts, actor=cast.actor(cast.officer), wanted=Wanted(), at=at).rows
    assert (row.person, row.word.phone_masked, guardians.waiting(actor=cast.actor(cast.officer), at=at)) == (
        "王小博", "138****0000", 1,
    )  # fmt: skip
    assert code(guardians.listed, parts=parts, actor=cast.actor(cast.chali), wanted=Wanted(), at=at) == CODE.NOT_ALLOWED


def test_born_on_the_last_of_february_is_grown_up_on_the_first_of_march() -> None:
    assert ages.grown_up_on("2008-02-29") == date(2026, 3, 1)
    assert ages.grown_up_on("2008-03-01") - timedelta(days=1) == date(2026, 2, 28)
