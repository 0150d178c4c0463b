"""Under 18: details for the county and above, a look always in the audit; from the birthday on as for everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import AuditEntry, Volunteer, store
from services.access import people_list, person_view, reveal
from services.access.person_view import PersonPage
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import merging
from services.privacy import correcting, correcting_desk
from tests.services.accounts.test_documents import with_check
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import CITY, COUNTY, TOWN, VILLAGE, World

NUMBER, PHONE = with_check("34152220080611003"), "13856401234"
#: His eighteenth birthday begins in Shanghai: eight hours before it does in Greenwich.
BIRTHDAY = timedelta(hours=15)
NARROW = ("document", "phone", "birth_date", "place", "national_no", "national_state")
C = RefusalCode


@pytest.fixture
def young(cast: World, at: datetime) -> World:
    """`xiaobo` is 18 tomorrow, with number and phone; `chali` is the officer of his township."""
    seal, public_no = make_parts().vault.seal, cast.xiaobo.public_no
    number, key = seal(NUMBER, f"volunteer.document:{public_no}")
    phone, _ = seal(PHONE, f"volunteer.phone:{public_no}")

    def put() -> None:
        Volunteer.update(
            birth_date="2008-06-11", document_sealed=number, document_key=key, phone_sealed=phone, phone_key=key,
            national_no="341522000001", national_state="verified",
        ).where(Volunteer.id == cast.xiaobo.id).execute()  # fmt: skip
        world.grant(at, cast.chali, "station_officer", region=TOWN)

    store.write(put)
    return cast


def page(young: World, actor: Actor, at: datetime) -> PersonPage:
    return person_view.person(parts=make_parts(), actor=actor, public_no=young.xiaobo.public_no, at=at)


def looks() -> list[tuple[int | None, str]]:
    rows = AuditEntry.select().where(AuditEntry.verb == "person.minor").order_by(AuditEntry.id)
    return [(row.actor_id, row.detail["what"]) for row in rows]


@pytest.mark.parametrize("who", ["chali", "ali"])
def test_station_and_leader_see_name_and_what_their_duty_needs(young: World, at: datetime, who: str) -> None:
    shown = page(young, young.actor(getattr(young, who)), at)
    assert (shown.name, shown.minor, shown.narrow) == ("王小博", True, True)
    assert [getattr(shown, name) for name in NARROW] == [""] * len(NARROW)
    assert [one.name for one in shown.teams] == [young.team.name]
    assert (shown.changes, shown.looks) == ([], [])
    assert looks() == [(getattr(young, who).id, "duty")]


@pytest.mark.parametrize(("role", "region"), [("region_admin", COUNTY), ("auditor", COUNTY), ("station_officer", CITY)])
def test_county_and_above_see_the_details_and_are_noted(young: World, at: datetime, role: str, region: str) -> None:
    reader = store.write(lambda: world.make_volunteer(at, "周县里"))
    store.write(lambda: world.grant(at, reader, role, region=region))
    shown = page(young, young.actor(reader), at)
    assert (shown.narrow, shown.birth_date, shown.phone, shown.document[-4:]) == (
        False, "2008-06-11", "138****1234", NUMBER[-4:],
    )  # fmt: skip
    assert looks() == [(reader.id, "details")]


def test_each_opening_is_noted_and_a_look_at_oneself_is_not(young: World, at: datetime) -> None:
    for _ in range(2):
        page(young, young.actor(young.officer), at)
    store.write(lambda: world.grant(at, young.xiaobo, "deputy", team=young.team))
    page(young, young.actor(young.xiaobo), at)
    assert looks() == [(young.officer.id, "details")] * 2


def test_on_his_birthday_he_is_as_everybody(young: World, at: datetime) -> None:
    before = at + BIRTHDAY - timedelta(seconds=1)
    station = young.actor(young.chali)
    assert page(young, station, before).narrow
    shown = page(young, station, at + BIRTHDAY)
    assert (shown.minor, shown.narrow, shown.birth_date) == (False, False, "2008-06-11")
    assert looks() == [(young.chali.id, "duty")]


def test_number_of_a_minor_is_opened_by_the_county_alone(young: World, at: datetime) -> None:
    def ask(actor: Actor, when: datetime) -> str:
        return reveal.reveal(
            parts=make_parts(), actor=actor, public_no=young.xiaobo.public_no, what="phone", reason="集合",
            confirmed_at=when, at=when
        )

    with pytest.raises(Refusal) as no:
        ask(young.actor(young.chali), at)
    assert no.value.code is C.MINOR_DETAILS
    assert ask(young.actor(young.officer), at) == PHONE
    assert ask(young.actor(young.chali), at + BIRTHDAY) == PHONE


def test_right_at_another_county_opens_nothing(young: World, at: datetime) -> None:
    store.write(lambda: world.make_region("341523", "舒城县"))
    store.write(lambda: world.grant(at, young.chali, "region_admin", region="341523"))
    assert page(young, young.actor(young.chali), at).narrow


def test_list_tells_neither_number_nor_home_of_a_minor(young: World, at: datetime) -> None:
    def line(actor: Actor, when: datetime) -> tuple[str, str, bool]:
        found = people_list.people(parts=make_parts(), actor=actor, wanted=Wanted(text="王小博"), at=when)
        [one] = found.rows
        return one.document, one.phone, bool(one.place)

    station, county = young.actor(young.chali), young.actor(young.officer)
    assert line(station, at) == ("", "", False)
    assert line(county, at) == (NUMBER[:6] + "*" * 8 + NUMBER[-4:], "138****1234", True)
    assert line(station, at + BIRTHDAY)[1:] == ("138****1234", True)


def test_side_by_side_before_merging_tells_no_details_of_a_minor(young: World, at: datetime) -> None:
    twin = store.write(lambda: world.make_volunteer(at, "王小博", region_code=VILLAGE, birth_date="2008-06-11"))
    parts, pair = make_parts(), {"kept_no": young.xiaobo.public_no, "dropped_no": twin.public_no, "at": at}
    side = merging.preview(parts=parts, actor=young.actor(young.chali, "console"), **pair).kept
    assert (side.name, side.document, side.phone, side.birth_date) == ("王小博", "", "", "")
    side = merging.preview(parts=parts, actor=young.actor(young.officer, "console"), **pair).kept
    assert (side.phone, side.birth_date) == ("138****1234", "2008-06-11")


def test_correction_of_a_minor_is_the_countys(young: World, at: datetime) -> None:
    parts, right = make_parts(), with_check("34152220080612003")
    code = correcting.ask(parts=parts, actor=young.actor(young.xiaobo), document=right, at=at).code
    station, county = young.actor(young.chali, "console"), young.actor(young.officer, "console")
    assert correcting_desk.one(parts=parts, confirmed_at=at, actor=station, code=code, at=at).right == {}
    decide = {"parts": parts, "code": code, "good": True, "reason": "当面看了身份证", "at": at}
    with pytest.raises(Refusal) as no:
        correcting_desk.decide(actor=station, **decide)
    assert no.value.code is C.MINOR_DETAILS
    correcting_desk.decide(actor=county, **decide)
    assert Volunteer.get_by_id(young.xiaobo.id).birth_date == "2008-06-12"
