"""A person's number in the national volunteer system: he tells it, an officer or a file verifies it (S71).

Everybody registers there by himself; nobody here can do it for him. The states: none, reported, verified.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from frozen import dataclass
from models import Volunteer, store
from services import audit, decisions
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.permissions import Verb
from services.policy import modules

_NUMBER = re.compile(r"[0-9A-Z]{6,30}")


@dataclass(frozen=True, slots=True)
class MyNumber:
    """My number there; `state` is none, reported or verified."""

    number: str
    state: str


def check_number(text: str) -> str:
    """The number in its plain form: 6–30 digits or letters. Refusals: NATIONAL_NO_INVALID."""
    number = "".join(unicodedata.normalize("NFKC", text[:100]).split()).upper()
    if not _NUMBER.fullmatch(number):
        raise Refusal(RefusalCode.NATIONAL_NO_INVALID)
    return number


def mine(*, volunteer_id: int) -> MyNumber:
    """The number as its owner sees it."""
    person = Volunteer.get_by_id(volunteer_id)
    return MyNumber(person.national_no, person.national_state)


def report(*, actor: Actor, number: str, at: datetime) -> MyNumber:
    """A person tells his own number; told again it is the same, told anew it waits to be verified anew.

    Refusals: NOT_REGISTERED, NATIONAL_NO_INVALID, MODULE_OFF, ROW_NUMBER_TAKEN (another person has it, verified).
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    plain = check_number(number)

    def act() -> MyNumber:
        person = Volunteer.get_by_id(actor.volunteer_id)
        if person.national_no == plain and person.national_state != "none":
            return MyNumber(plain, person.national_state)
        modules.require(module="national", region_code=person.region_code, at=at)
        _require_free(plain, person.id)
        Volunteer.update(
            national_no=plain, national_state="reported", national_at=at, national_by=person.id
        ).where(Volunteer.id == person.id).execute()
        audit.changed(
            actor=actor, verb="national", subject=f"volunteer:{person.id}",
            changes={"national_no": [person.national_no, plain]}, at=at,
        )  # fmt: skip
        return MyNumber(plain, "reported")

    return store.write(act)


def verify(*, actor: Actor, public_no: str, at: datetime) -> None:
    """An officer has looked the number up and it is right; not his own. Verified twice is once.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, NATIONAL_NO_INVALID (there is none), ROW_NUMBER_TAKEN.
    """

    def act() -> None:
        person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state != "merged")
        if person is None or not belonging.may(actor=actor, person=person, verb=Verb.MANAGE, at=at):
            raise Refusal(RefusalCode.NOT_FOUND)
        place = next(iter(belonging.divisions_of(person)))
        decisions.require_decider(actor=actor, region_code=place, parties=[person.id], at=at)
        if not person.national_no:
            raise Refusal(RefusalCode.NATIONAL_NO_INVALID)
        if person.national_state == "verified":
            return
        _require_free(person.national_no, person.id)
        Volunteer.update(national_state="verified", national_at=at, national_by=actor.volunteer_id).where(
            Volunteer.id == person.id
        ).execute()
        audit.changed(
            actor=actor, verb="national", subject=f"volunteer:{person.id}",
            changes={"national_state": [person.national_state, "verified"]}, at=at,
        )  # fmt: skip

    store.write(act)


def _require_free(number: str, volunteer_id: int) -> None:
    """What somebody merely says does not bar the one whose number it is."""
    taken = Volunteer.select().where(
        Volunteer.national_no == number, Volunteer.national_state == "verified", Volunteer.id != volunteer_id,
        Volunteer.state != "merged",
    )  # fmt: skip
    if taken.exists():
        raise Refusal(RefusalCode.ROW_NUMBER_TAKEN)
