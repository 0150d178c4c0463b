"""A number in full: only over one's own people, for a reason, into the audit, and not by the dozen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, Delivery, Volunteer, store
from services.access import reveal
from services.accounts import registration
from services.actors import OPERATOR, Actor
from services.errors import Refusal, RefusalCode
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import CITY, COUNTY, OTHER_TOWN, TOWN, World

C = RefusalCode
PHONE = "13856401234"


@pytest.fixture
def known(cast: World) -> World:
    """`xiaobo` with a phone in the vault."""
    blob, key = make_parts().vault.seal(PHONE, f"volunteer.phone:{cast.xiaobo.public_no}")
    query = Volunteer.update(phone_sealed=blob, phone_key=key).where(Volunteer.id == cast.xiaobo.id)
    store.write(query.execute)
    return cast


def ask(cast: World, actor: Actor, at: datetime, **more: Any) -> str:
    facts = {"confirmed_at": at, "public_no": cast.xiaobo.public_no, "what": "phone", "reason": "通知集合", **more}
    return reveal.reveal(parts=make_parts(), actor=actor, at=at, **facts)


def refused(cast: World, actor: Actor, at: datetime, **more: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        ask(cast, actor, at, **more)
    assert AuditEntry.select().where(AuditEntry.verb == "person.reveal").count() == 0
    return no.value.code


def test_manager_reads_the_number_and_the_audit_knows(known: World, at: datetime) -> None:
    assert ask(known, known.actor(known.officer), at) == PHONE
    entry = AuditEntry.get()
    assert (entry.verb, entry.actor_id, entry.detail["reason"]) == (
        "person.reveal", known.officer.id, "通知集合",
    )  # fmt: skip
    assert PHONE not in str(entry.detail)


@pytest.mark.parametrize(
    ("role", "region", "code"),
    [
        ("auditor", COUNTY, RefusalCode.NOT_ALLOWED), ("viewer", COUNTY, RefusalCode.NOT_FOUND),
        ("partner", COUNTY, RefusalCode.NOT_FOUND), ("station_officer", OTHER_TOWN, RefusalCode.NOT_FOUND),
    ],
)  # fmt: skip
def test_nobody_else_reads_it(known: World, at: datetime, role: str, region: str, code: RefusalCode) -> None:
    store.write(lambda: world.grant(at, known.chali, role, region=region))
    assert refused(known, known.actor(known.chali), at) is code


def test_his_leader_does_not_read_it(known: World, at: datetime) -> None:
    assert refused(known, known.actor(known.ali), at) is RefusalCode.NOT_ALLOWED


def test_number_we_do_not_have_is_missing(known: World, at: datetime) -> None:
    assert refused(known, known.actor(known.officer), at, what="document") is RefusalCode.NUMBER_MISSING


def test_reason_and_kind_are_needed(known: World, at: datetime) -> None:
    officer = known.actor(known.officer)
    assert refused(known, officer, at, reason="  ") is RefusalCode.REASON_REQUIRED
    assert refused(known, officer, at, what="name") is RefusalCode.BAD_REQUEST
    assert refused(known, officer, at, public_no="n9999999") is RefusalCode.NOT_FOUND


def test_yes_on_the_phone_is_good_for_ten_minutes(known: World, at: datetime) -> None:
    officer = known.actor(known.officer)
    assert refused(known, officer, at, confirmed_at=at - reveal.FRESH - timedelta(seconds=1)) is C.CONFIRM_AGAIN
    assert ask(known, officer, at, confirmed_at=at - reveal.FRESH) == PHONE


def test_made_up_people_need_no_yes(known: World, at: datetime) -> None:
    assert not reveal.is_stale(region_code="990001", confirmed_at=at - timedelta(hours=5), at=at)
    assert reveal.is_stale(region_code=COUNTY, confirmed_at=at - timedelta(hours=5), at=at)


def test_house_reads_what_it_must(known: World, at: datetime) -> None:
    assert ask(known, OPERATOR, at) == PHONE


def test_many_numbers_wait_ten_minutes(known: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, known.chali, "station_officer", region=TOWN))
    officer = known.actor(known.chali)
    for _ in range(reveal.MOST):
        ask(known, officer, at)
    with pytest.raises(Refusal) as no:
        ask(known, officer, at)
    assert no.value.code is RefusalCode.TOO_MANY_TRIES
    assert ask(known, officer, at + timedelta(minutes=11)) == PHONE


def test_number_whose_use_its_owner_took_back_stays_closed_and_his_phone_does_not(known: World, at: datetime) -> None:
    registration.decide_consent(actor=known.actor(known.xiaobo), purpose="id_number", given=False, at=at)
    assert refused(known, known.actor(known.officer), at, what="document") is RefusalCode.OTHER_CONSENT
    assert ask(known, known.actor(known.officer), at) == PHONE


def day_of_work(known: World, officer: Actor, at: datetime) -> datetime:
    """As many numbers as a day allows, never too many in ten minutes; the moment after."""
    for number in range(reveal.DAY_MOST):
        ask(known, officer, at + timedelta(minutes=number))
    return at + timedelta(minutes=reveal.DAY_MOST)


def told() -> list[tuple[int, str]]:
    return [(row.volunteer_id, row.kind) for row in Delivery.select().where(Delivery.kind == "reveals_many")]


def test_past_the_days_measure_numbers_stay_shut_and_the_county_is_told_once(known: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, known.chali, "station_officer", region=TOWN))
    officer = known.actor(known.chali)
    later = day_of_work(known, officer, at)
    assert told() == []
    for _ in range(2):
        with pytest.raises(Refusal) as no:
            ask(known, officer, later)
        assert no.value.code is RefusalCode.TOO_MANY_TRIES
    assert told() == [(known.officer.id, "reveals_many")]
    assert AuditEntry.select().where(AuditEntry.verb == "person.reveals_many").count() == 1
    assert ask(known, officer, at + timedelta(days=1)) == PHONE


def test_of_the_administrator_himself_those_above_are_told(known: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, known.chali, "region_admin", region=CITY))
    later = day_of_work(known, known.actor(known.officer), at)
    with pytest.raises(Refusal):
        ask(known, known.actor(known.officer), later)
    assert told() == [(known.chali.id, "reveals_many")]


def test_where_nobody_watches_numbers_stay_shut_all_the_same(known: World, at: datetime) -> None:
    later = day_of_work(known, known.actor(known.officer), at)
    with pytest.raises(Refusal) as no:
        ask(known, known.actor(known.officer), later)
    assert (no.value.code, told()) == (RefusalCode.TOO_MANY_TRIES, [])
