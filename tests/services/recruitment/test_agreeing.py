"""Joining a team asks for the consent that it needs, where it lacks, and for no other (PIPL §14). On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models import Acceptance, Application, Consent, TeamMember, store
from services.accounts import agreeing, registration
from services.errors import RefusalCode
from services.recruitment import applications
from tests.services.recruitment.conftest import Recruiting
from tests.support.world import World
from wording import entry

Refused = Callable[..., RefusalCode]


def state(code: str) -> str:
    return str(Application.get(Application.code == code).state)


def member(cast: World) -> bool:
    running = (TeamMember.volunteer == cast.chali) & TeamMember.to_at.is_null()
    return bool(TeamMember.select().where(running, TeamMember.team == cast.team).exists())


def consent(cast: World, at: datetime, given: bool) -> None:
    registration.decide_consent(actor=cast.actor(cast.chali), purpose="service", given=given, at=at)


def said(cast: World) -> list[bool]:
    rows = Consent.select().where(Consent.volunteer == cast.chali, Consent.purpose == "service")
    return [row.given for row in rows.order_by(Consent.id)]


def test_whoever_agreed_when_he_registered_is_not_asked_again(
    cast: World, recruiting: Recruiting, at: datetime
) -> None:
    consent(cast, at, True)
    assert agreeing.owed(volunteer_id=cast.chali.id) == ()
    recruiting.apply()
    assert said(cast) == [True]


def test_joining_asks_for_what_was_taken_back_and_for_nothing_else(
    cast: World, recruiting: Recruiting, refused: Refused, at: datetime
) -> None:
    consent(cast, at, False)
    for other in ("id_number", "veteran_status", "honour_wall"):
        registration.decide_consent(actor=cast.actor(cast.chali), purpose=other, given=False, at=at)
    [owed] = agreeing.owed(volunteer_id=cast.chali.id)
    assert (owed.purpose, owed.title) == ("service", entry("consents.service.title"))
    for agreed in ((), ("id_number",)):
        assert refused(recruiting.apply, agreed=agreed) is RefusalCode.CONSENT_REQUIRED
    assert (Application.select().count(), Acceptance.select().count(), said(cast)) == (0, 0, [False])
    assert recruiting.apply(agreed=("service", "honour_wall")).state == "submitted"
    assert said(cast) == [False, True]
    assert registration.consents(volunteer_id=cast.chali.id)[3].given is False
    assert agreeing.owed(volunteer_id=cast.chali.id) == ()


def test_joining_asks_where_the_text_has_changed(
    cast: World, recruiting: Recruiting, refused: Refused, at: datetime
) -> None:
    store.write(
        lambda: Consent.create(
            volunteer=cast.chali, purpose="service", version="2020-01-01", given=True, channel="h5", at=at
        )
    )
    assert refused(recruiting.apply) is RefusalCode.CONSENT_REQUIRED
    recruiting.apply(agreed=("service",))
    assert [row.version for row in Consent.select().order_by(Consent.id)] == [
        "2020-01-01", entry("consents.service.version")
    ]  # fmt: skip


def test_recommended_person_is_asked_when_he_says_yes(
    cast: World, recruiting: Recruiting, refused: Refused, at: datetime
) -> None:
    consent(cast, at, False)
    code = recruiting.recommend().code
    answer = {"actor": cast.actor(cast.chali), "code": code, "promised": True, "at": at}
    assert refused(applications.answer_offer, accepts=True, **answer) is RefusalCode.CONSENT_REQUIRED
    applications.answer_offer(accepts=True, agreed=("service",), **answer)
    assert (state(code), said(cast)) == ("submitted", [False, True])


def test_recommended_person_says_no_without_being_asked(
    cast: World, recruiting: Recruiting, at: datetime
) -> None:
    consent(cast, at, False)
    code = recruiting.recommend().code
    applications.answer_offer(actor=cast.actor(cast.chali), code=code, accepts=False, at=at)
    assert (state(code), said(cast)) == ("declined", [False])


def test_nobody_is_taken_in_who_took_part_back_while_he_waited(
    cast: World, recruiting: Recruiting, refused: Refused, at: datetime
) -> None:
    code = recruiting.vetted()
    consent(cast, at, False)
    assert refused(recruiting.approve, code) is RefusalCode.OTHER_CONSENT
    assert (state(code), member(cast)) == ("submitted", False)
    consent(cast, at, True)
    recruiting.approve(code)
    assert member(cast)
