"""Consent by purpose and version: what was taken back is at rest, everything else goes on, the books stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Consent, MinuteEntry, Shift, Signup, Volunteer, store
from services.accounts import consents, registration
from services.bookkeeping import books
from services.certificates import asking
from services.certificates.drafting import Scope
from services.errors import Refusal, RefusalCode
from services.honours import consent as wall
from services.participation import signups
from tests.services.certificates.world import PARTS, seal, serve
from tests.support.world import World
from wording import entry

PURPOSES = ("service", "id_number", "veteran_status", "honour_wall")


def refused(act: Any, **facts: Any) -> RefusalCode | None:
    try:
        act(**facts)
    except Refusal as no:
        return no.code
    return None


def say(cast: World, purpose: str, given: bool, at: datetime) -> None:
    registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose=purpose, given=given, at=at)


def what_goes(cast: World, at: datetime) -> dict[str, bool]:
    """Which purposes can be used for him; nothing of it is kept."""
    me = cast.actor(cast.xiaobo)

    class Undone(Exception):
        pass

    def tried(act: Any, **facts: Any) -> bool:
        def inside() -> None:
            if (code := refused(act, **facts)) not in (None, RefusalCode.CONSENT_WITHDRAWN):
                raise AssertionError(code)
            raise Undone(code is None)

        with pytest.raises(Undone) as found:
            store.write(inside)
        return bool(found.value.args[0])

    return {
        "service": tried(
            signups.sign_up, actor=me, shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
        ),
        "id_number": tried(asking.ask, parts=PARTS, actor=me, scope=Scope(), at=at),
        "veteran_status": Volunteer.get_by_id(cast.xiaobo.id).identity == "veteran",
        "honour_wall": wall.agreed(volunteer_id=cast.xiaobo.id),
    }


@pytest.fixture
def served(cast: World, at: datetime) -> World:
    serve(cast, at)
    seal(cast, at)
    for purpose in PURPOSES:
        say(cast, purpose, True, at)
    return cast


@pytest.mark.parametrize("purpose", PURPOSES)
def test_withdrawn_purpose_rests_and_no_other(served: World, at: datetime, purpose: str) -> None:
    assert what_goes(served, at) == dict.fromkeys(PURPOSES, True)
    say(served, purpose, False, at)
    assert what_goes(served, at) == {each: each != purpose for each in PURPOSES}
    assert [entry.amount for entry in MinuteEntry.select().where(MinuteEntry.volunteer == served.xiaobo)] == [125]
    assert books.verify(whole=True) == []
    say(served, purpose, True, at)
    assert what_goes(served, at) == dict.fromkeys(PURPOSES, True)


def test_every_word_is_kept_with_its_version(served: World, at: datetime) -> None:
    say(served, "service", False, at)
    rows = Consent.select().where(Consent.purpose == "service").order_by(Consent.id)
    version = entry("consents.service.version")
    assert [(row.given, row.version) for row in rows] == [(True, version), (False, version)]


def test_changed_text_is_agreed_to_anew_where_it_is_used(served: World, at: datetime) -> None:
    store.write(
        lambda: Consent.create(
            volunteer=served.xiaobo, purpose="id_number", version="2025-01-01", given=True, channel="h5", at=at
        )
    )
    me = {"actor": served.actor(served.xiaobo), "at": at}
    assert refused(asking.ask, parts=PARTS, scope=Scope(), **me) == RefusalCode.CONSENT_CHANGED
    sign = {"shift_code": served.shift.code, "risk_accepted": True, "channel": "api"}
    assert refused(signups.sign_up, **sign, **me) is None
    say(served, "id_number", True, at)
    assert refused(asking.ask, parts=PARTS, scope=Scope(), **me) is None


def test_whoever_was_never_asked_is_not_held_up(cast: World, at: datetime) -> None:
    for purpose in PURPOSES:
        consents.require(volunteer_id=cast.xiaobo.id, purpose=purpose)
    assert consents.withdrawn([cast.xiaobo.id], "id_number") == set()


def test_place_in_what_is_to_come_goes_with_the_service_and_with_nothing_else(served: World, at: datetime) -> None:
    sign = {
        "actor": served.actor(served.xiaobo), "shift_code": served.shift.code, "risk_accepted": True, "channel": "api",
        "at": at,
    }  # fmt: skip
    signups.sign_up(**sign)
    say(served, "veteran_status", False, at)
    assert (Signup.get().state, Shift.get_by_id(served.shift.id).taken) == ("confirmed", 1)
    say(served, "service", False, at)
    assert (Signup.get().state, Shift.get_by_id(served.shift.id).taken) == ("cancelled", 0)
    say(served, "service", True, at)
    assert Signup.get().state == "cancelled"
    assert signups.sign_up(**sign).state == "confirmed"


def test_number_of_whoever_took_it_back_is_not_among_those_for_the_insurer(served: World, at: datetime) -> None:
    assert consents.withdrawn([served.xiaobo.id], consents.ID_NUMBER) == set()
    say(served, "id_number", False, at)
    assert consents.withdrawn([served.xiaobo.id, served.ali.id], consents.ID_NUMBER) == {served.xiaobo.id}
