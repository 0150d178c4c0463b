"""更正: what is wrong about a person is put right (PIPL §46).

His phone he changes himself, by WeChat's proof or typed, as when he registered; where he lives has an act of its own
(`services/accounts/home.py`). Name and ID number say who he is: he says what is right, and an officer of his division
who saw his papers decides (`correcting_desk.py`). Neither the audit nor the history keeps what was wrong or is right.
"""

from __future__ import annotations

import json
from datetime import datetime

from clock import local_day
from frozen import dataclass
from models import Correction, Volunteer, WechatIdentity, store
from models.dialect import IntegrityError
from services import audit, decisions, limits
from services.access import belonging, people_list
from services.accounts import enrolment, registration
from services.accounts.documents import IdNumber, check_id_number, check_name, check_phone
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from wording import say

C = RefusalCode
#: Changes of a phone, and requests, that one person may try in a day: typing errors yes, trying out numbers no.
TRIES, DAY_SECONDS = 5, 86400
FIELDS = ("name", "document")
PAGE = "/m/me/correct"
#: What can be asked for on paper (代办), and the field it is about.
BY_PAPER = {"correct_name": "name", "correct_document": "document"}
#: Requests that his page shows.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Phone:
    """The phone as it is now, masked, and who vouches for it: none, wechat, officer."""

    phone: str
    phone_proof: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One of his requests; `what` its fields, `reason` the officer's words. What should be right is not told again."""

    code: str
    what: tuple[str, ...]
    state: str
    asked_at: datetime
    decided_at: datetime | None
    reason: str


def change_phone(
    *, parts: Parts, actor: Actor, phone_code: str | None = None, phone: str | None = None, at: datetime
) -> Phone:
    """The actor's new phone: WeChat's code proves it, a typed one waits for somebody to vouch for it. His old WeChat
    and the new one are told, in case it was not he. The same number again changes nothing but its proof.

    Refusals in order: NOT_REGISTERED, PHONE_INVALID (as typed), TOO_MANY_TRIES, PHONE_INVALID (the code),
    WECHAT_UNAVAILABLE.
    """
    me = _me(actor)
    number, proof = "" if phone_code else check_phone(phone or ""), "none"
    limits.count(key=f"phone|{me}", limit=TRIES, seconds=DAY_SECONDS, at=at)
    if phone_code:
        mine = WechatIdentity.get_by_id(actor.identity_id)
        number, proof = registration.phone_from_wechat(parts, phone_code, mine), "wechat"

    def act() -> None:
        person = Volunteer.get_by_id(me)
        same = person.phone_index == parts.vault.index("phone", number)
        if same and (proof == "none" or person.phone_proof == proof):
            return
        enrolment.set_phone(parts=parts, person=person, phone=number, proof=proof)
        Volunteer.update(version=Volunteer.version + 1).where(Volunteer.id == me).execute()
        audit.changed(actor=actor, verb="phone.corrected", subject=_subject(me), changes={"what": "phone"}, at=at)
        if not same:
            telling.tell(kind="phone_corrected", people=[me], key=f"{me}:{at.timestamp():.0f}", at=at, url=PAGE)

    store.write(act)
    now = registration.me(parts=parts, volunteer_id=me)
    return Phone(now.phone, now.phone_proof)


def ask(*, parts: Parts, actor: Actor, name: str = "", document: str = "", at: datetime) -> Asked:
    """The actor says what his name, his ID number (and with it his birth date) should be; "" for what is right.

    Whether somebody else has the number he is not told: only who decides learns that. Refusals in order:
    NOT_REGISTERED, NAME_INVALID, DOCUMENT_INVALID, UNDER_AGE, PRACTICE_NUMBER, CORRECTION_NOTHING (neither, or both
    are so already), CORRECTION_OPEN (one waits), TOO_MANY_TRIES.
    """
    me = _me(actor)
    person = Volunteer.get_by_id(me)
    right = _checked(parts, person, name.strip(), document.strip(), at)
    if not right:
        raise Refusal(C.CORRECTION_NOTHING)
    if _waiting(me) is not None:
        raise Refusal(C.CORRECTION_OPEN)
    limits.count(key=f"correction|{me}", limit=TRIES, seconds=DAY_SECONDS, at=at)

    def act() -> Correction:
        code, what = new_code(12), " ".join(right)
        sealed, key = parts.vault.seal(json.dumps(right, ensure_ascii=False), place(code))
        made = Correction.create(
            code=code, volunteer=me, what=what, sealed=sealed, sealed_key=key, state="asked", door=actor.door,
            asked_at=at,
        )  # fmt: skip
        audit.note(actor=actor, verb="correction.asked", subject=_subject(me), detail={"what": what}, at=at)
        region = belonging.divisions_of(person)[0]
        if belonging.is_minor(person, at):
            region = region[: belonging.COUNTY]
        told = decisions.deciders(region_code=region, parties=[me, actor.helper_id], at=at)
        telling.tell(
            kind="correction_asked", people=sorted(told), key=code, at=at, url=f"/console/corrections/{code}",
            name=person.name, what=named(what),
        )  # fmt: skip
        assert isinstance(made, Correction)
        return made

    try:
        return _asked(store.write(act))
    except IntegrityError:  # asked twice in one moment
        raise Refusal(C.CORRECTION_OPEN) from None


def _checked(parts: Parts, person: Volunteer, name: str, document: str, at: datetime) -> dict[str, str]:
    """What of it is well formed and differs from what we have."""
    right: dict[str, str] = {}
    if name and (plain := check_name(name)) != person.name:
        right["name"] = plain
    if document:
        number = check_number(document, str(person.region_code), at)
        if number.number != people_list.opened(parts, person, "document"):
            right["document"] = number.number
    return right


def check_number(document: str, region_code: str, at: datetime) -> IdNumber:
    """The ID number of somebody who lives there. Refusals: DOCUMENT_INVALID, UNDER_AGE, PRACTICE_NUMBER."""
    number = check_id_number(document, today=local_day(at))
    if number.age(local_day(at)) < enrolment.MIN_AGE:
        raise Refusal(C.UNDER_AGE)
    enrolment.check_made_up(number.number, region_code)
    return number


def withdraw(*, actor: Actor, at: datetime) -> None:
    """He takes the request that waits back. Refusals: NOT_REGISTERED, NOT_FOUND (none waits)."""
    me = _me(actor)

    def act() -> None:
        waiting = (Correction.volunteer == me) & (Correction.state == "asked")
        if not end(waiting, state="withdrawn", decided_at=at):
            raise Refusal(C.NOT_FOUND)
        audit.note(actor=actor, verb="correction.withdrawn", subject=_subject(me), detail={}, at=at)

    store.write(act)


def end(waiting: object, **how: object) -> bool:
    """Bring a request to its end: what should be right is forgotten with it. Inside a write; whether there was one."""
    return bool(Correction.update(sealed=None, sealed_key="", **how).where(waiting).execute())


def mine(*, volunteer_id: int) -> list[Asked]:
    """His requests, newest first."""
    rows = Correction.select().where(Correction.volunteer == volunteer_id).order_by(Correction.id.desc())
    return [_asked(row) for row in rows.limit(SHOWN)]


def place(code: str) -> str:
    """Where what is sealed in a request opens."""
    return f"correction:{code}"


def named(what: str) -> str:
    """The fields of a request in words: 姓名、身份证号码."""
    return say("corrections.separator").join(say(f"corrections.fields.{each}") for each in what.split())


def _asked(row: Correction) -> Asked:
    return Asked(row.code, tuple(row.what.split()), row.state, row.asked_at, row.decided_at, row.reason)


def _waiting(me: int) -> Correction | None:
    found = Correction.get_or_none(Correction.volunteer == me, Correction.state == "asked")
    return found if isinstance(found, Correction) else None


def _subject(volunteer_id: int) -> str:
    return f"volunteer:{volunteer_id}"


def _me(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    return actor.volunteer_id
