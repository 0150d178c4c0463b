"""What every way in shares: checking a person's details, sealing them, binding WeChat, keeping consents.

Registration (the person himself) and invitations (a leader entered him) both end here. Everything but
`check_details` runs inside the caller's write.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Balance, Consent, TeamMember, Volunteer, WechatIdentity
from queries import bulk
from services import regions
from services.accounts import consents
from services.accounts.documents import check_id_number, check_name
from services.assessment import rejoining
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from services.regions import in_practice
from wording import entry

#: Who a volunteer can be (S29).
IDENTITIES = ("veteran", "family", "staff", "social")
#: Under this age nothing is taken without a guardian (PIPL §31).
MIN_AGE = 14


@dataclass(frozen=True, slots=True)
class Registered:
    """A person who is now known."""

    volunteer_id: int
    public_no: str
    name: str


@dataclass(frozen=True, slots=True)
class Details:
    """A person's checked details; the number does not show in its repr."""

    name: str
    number: str = field(repr=False)
    birth_date: str
    region_code: str
    identity: str


def check_details(*, name: str, document: str, region_code: str, identity: str, at: datetime) -> Details:
    """The details in their plain form.

    Refusals: NAME_INVALID, DOCUMENT_INVALID, UNDER_AGE (below 14), REGION_UNKNOWN, PRACTICE_NUMBER,
    BAD_REQUEST (identity).
    """
    today = local_day(at)
    plain_name = check_name(name)
    number = check_id_number(document, today=today)
    if number.age(today) < MIN_AGE:
        raise Refusal(RefusalCode.UNDER_AGE)
    place = regions.region(region_code).code
    check_made_up(number.number, place)
    if identity not in IDENTITIES:
        raise Refusal(RefusalCode.BAD_REQUEST, why="identity")
    return Details(plain_name, number.number, number.birth_date.isoformat(), place, identity)


def check_made_up(number: str, region_code: str) -> None:
    """In the practice area nobody's real number is typed: only one that no place of the country gives out.

    Refusals: PRACTICE_NUMBER.
    """
    if in_practice(region_code) and not in_practice(number):
        raise Refusal(RefusalCode.PRACTICE_NUMBER)


def needed_consents(identity: str) -> frozenset[str]:
    """The purposes a person of this identity has to agree to."""
    base = frozenset({"service", "id_number"})
    return base | {"veteran_status"} if identity == "veteran" else base


#: What may be agreed to at any time, and is not asked of somebody who has only just come.
LATER = frozenset({"honour_wall"})


def first_consents() -> dict[str, dict[str, str]]:
    """The purposes asked for when somebody registers, with title and text, in the order of wording/consents.toml."""
    return {purpose: words for purpose, words in entry("consents").items() if purpose not in LATER}


def check_consents(given: Collection[str], identity: str) -> None:
    """Refusals: BAD_REQUEST for a purpose we do not have, CONSENT_REQUIRED for a missing one."""
    if any(purpose not in entry("consents") for purpose in given):
        raise Refusal(RefusalCode.BAD_REQUEST, why="consents")
    if needed_consents(identity) - set(given):
        raise Refusal(RefusalCode.CONSENT_REQUIRED)


def owner_of(parts: Parts, number: str) -> Volunteer | None:
    """The person with this ID number, found by the blind index."""
    found = Volunteer.get_or_none(Volunteer.document_index == parts.vault.index("id_no", number))
    return found if isinstance(found, Volunteer) else None


def add_person(
    *,
    parts: Parts,
    details: Details,
    state: str,
    phone: str,
    phone_proof: str,
    entered_by: int | None,
    at: datetime,
) -> Volunteer:
    """A new person with sealed number and phone, and an empty account in the books.

    A number typed in the practice area is never found again: somebody real must not be taken for a made-up person.
    Refusals: PRACTICE_NUMBER, whichever way it came.
    """
    person = Volunteer.create(**_fields(parts, details, state, phone, phone_proof, entered_by, at))
    Balance.create(volunteer=person)
    return person


def add_people(
    *, parts: Parts, people: Sequence[tuple[Details, str, Mapping[str, Any]]], state: str, phone_proof: str,
    entered_by: int | None, at: datetime,
) -> list[int]:  # fmt: skip
    """Many at once, as `add_person` does one: (details, phone or "", further fields) of each; their ids, in order.

    Refusals: PRACTICE_NUMBER.
    """
    nobody = {"phone_sealed": None, "phone_key": "", "phone_index": None, "phone_proof": "none"}
    made = [
        {**nobody, **_fields(parts, details, state, phone, phone_proof, entered_by, at), **more}
        for details, phone, more in people
    ]
    bulk.insert_all(Volunteer, made)
    known = bulk.ids_of([each["public_no"] for each in made])
    ids = [known[each["public_no"]] for each in made]
    bulk.insert_all(Balance, [{"volunteer": number} for number in ids])
    return ids


def _fields(
    parts: Parts, details: Details, state: str, phone: str, phone_proof: str, entered_by: int | None, at: datetime
) -> dict[str, Any]:
    """A new person's fields, number and phone sealed."""
    check_made_up(details.number, details.region_code)
    public_no = new_code()
    index = None if in_practice(details.region_code) else parts.vault.index("id_no", details.number)
    blob, key = parts.vault.seal(details.number, f"volunteer.document:{public_no}")
    fields = {
        "public_no": public_no, "name": details.name, "document_sealed": blob, "document_key": key,
        "document_index": index, "birth_date": details.birth_date, "identity": details.identity,
        "region_code": details.region_code, "state": state, "entered_by": entered_by, "created_at": at,
    }  # fmt: skip
    return fields | (_phone(parts, public_no, phone, phone_proof) if phone else {})


def _phone(parts: Parts, public_no: str, phone: str, proof: str) -> dict[str, Any]:
    blob, key = parts.vault.seal(phone, f"volunteer.phone:{public_no}")
    return {
        "phone_sealed": blob, "phone_key": key, "phone_index": parts.vault.index("phone", phone), "phone_proof": proof,
    }  # fmt: skip


def set_phone(*, parts: Parts, person: Volunteer, phone: str, proof: str) -> None:
    """Seal a phone number; `proof` is none, wechat or officer."""
    Volunteer.update(_phone(parts, str(person.public_no), phone, proof)).where(Volunteer.id == person.id).execute()


def bind(*, identity_id: int, volunteer_id: int, at: datetime) -> None:
    """Bind an identity, and the others of the same unionid that nobody holds, to a person.

    Refusals: ALREADY_BOUND if the identity belongs to somebody else.
    """
    free = WechatIdentity.volunteer.is_null()
    taken = WechatIdentity.update(volunteer=volunteer_id, bound_at=at).where(
        WechatIdentity.id == identity_id, free | (WechatIdentity.volunteer == volunteer_id)
    )
    if not taken.execute():
        raise Refusal(RefusalCode.ALREADY_BOUND)
    unionid = WechatIdentity.get_by_id(identity_id).unionid
    if unionid:
        WechatIdentity.update(volunteer=volunteer_id, bound_at=at).where(
            WechatIdentity.unionid == unionid, free
        ).execute()


def keep_consents(
    *, volunteer_id: int, purposes: Iterable[str], channel: str, at: datetime, given: bool = True
) -> None:
    """One row for each purpose with the version of its text today; nothing is ever overwritten."""
    for purpose in sorted(purposes):
        Consent.create(
            volunteer=volunteer_id, purpose=purpose, version=entry(f"consents.{purpose}.version"), given=given,
            channel=channel, at=at,
        )  # fmt: skip


def add_membership(*, team_id: int, volunteer_id: int, at: datetime) -> bool:
    """Make a person a member unless he is one; his first running membership is his home team.

    Refusals: OTHER_CONSENT (he takes part no more), REJOIN_LATER.
    """
    running = (TeamMember.volunteer == volunteer_id) & TeamMember.to_at.is_null()
    if TeamMember.select().where(running, TeamMember.team == team_id).exists():
        return False
    consents.require_of(volunteer_id=volunteer_id, purpose=consents.SERVICE)
    rejoining.check_rejoin(volunteer_id=volunteer_id, at=at)
    home = not TeamMember.select().where(running).exists()
    TeamMember.create(team=team_id, volunteer=volunteer_id, home=home, from_at=at)
    return True
