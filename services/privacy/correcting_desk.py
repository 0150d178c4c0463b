"""更正 at the desk: an officer of the person's division compares what should be right with his papers, and decides.

Who opens a request reads an ID number in full: it stands in the audit and counts as one. Nobody decides on his own.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Correction, ProxyAct, Volunteer, store
from models.dialect import IntegrityError
from services import audit, decisions, permissions, regions, scopes
from services.access import belonging, people_list, reveal
from services.accounts import enrolment, people
from services.accounts.documents import mask_id
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.parts import Parts
from services.permissions import Verb
from services.privacy import correcting
from services.regions import in_practice

C = RefusalCode
STATES = ("asked", "done", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class Line:
    """A request in the list: what it is about, never what should be right."""

    code: str
    public_no: str
    name: str
    place: str
    what: str
    state: str
    officer: str
    reason: str
    asked_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `old` and `right`: (field, value) as it is and as it should be, only for who may decide while it
    waits; the old number is masked, the right one in full. `own`: the reader's own;
    `stale`: he may, after a yes on his phone."""

    line: Line
    old: dict[str, str]
    right: dict[str, str]
    may_decide: bool
    own: bool
    stale: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Requests of the people of the divisions the actor may look at. Filters: state. Refusals: NOT_ALLOWED (none)."""
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(C.NOT_ALLOWED)
    query = _rows().where(Volunteer.state != "merged", belonging.people_in(reach))
    if state := wanted.chosen("state"):
        query = query.where(Correction.state == state)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    found = cut(
        query, wanted=wanted, sorts={"asked": Correction.asked_at, "name": Volunteer.name}, default="-asked",
        tie=Correction.id.desc(), row=lambda row: row,
    )  # fmt: skip
    places = regions.path_names([row.volunteer.region_code for row in found.rows])
    lines = [_line(row, places[row.volunteer.region_code]) for row in found.rows]
    return Found(lines, found.total, found.page, found.size)


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many wait for the actor's word; his own does not."""
    reach = scopes.managed(actor=actor, at=at)
    if not reach:
        return 0
    others = (Correction.state == "asked") & (Correction.volunteer != actor.volunteer_id)
    return int(_rows().where(others, Volunteer.state != "merged", belonging.people_in(reach)).count())


def _rows() -> Any:
    """Requests with their people and who decided them, in one look."""
    officer = Volunteer.alias()
    return (
        Correction.select(Correction, Volunteer, officer)
        .join(Volunteer, on=Correction.volunteer).switch(Correction)
        .join(officer, JOIN.LEFT_OUTER, on=Correction.decided_by, attr="officer")
    )  # fmt: skip


def _line(row: Correction, place: str) -> Line:
    return Line(
        row.code, row.volunteer.public_no, row.volunteer.name, place, correcting.named(row.what), row.state,
        row.officer.name if row.decided_by_id is not None else "", row.reason, row.asked_at, row.decided_at,
    )  # fmt: skip


def one(*, parts: Parts, actor: Actor, code: str, confirmed_at: datetime, at: datetime) -> Request:
    """One request; with what should be right for who may decide on it, and then the audit knows that he read it.

    A number is shown to who said yes on his phone lately (`reveal.FRESH`); to others the request is `stale`.
    Refusals: NOT_FOUND (none, or nobody of the actor's), TOO_MANY_TRIES (as of numbers in full: `reveal`).
    """
    row, person = _found(actor, code, at)
    place = regions.path_names([person.region_code])[person.region_code]
    may = row.state == "asked" and _may_decide(actor, row, person, at)
    old, right = {}, dict[str, str]()
    stale = may and "document" in row.what and reveal.is_stale(
        region_code=person.region_code, confirmed_at=confirmed_at, at=at
    )  # fmt: skip
    if may and not stale:
        if "document" in row.what:
            reveal.count(actor=actor, person=person, at=at)
        audit.note(
            actor=actor, verb="correction.read", subject=f"volunteer:{person.id}", detail={"what": row.what}, at=at,
            region_code=belonging.divisions_of(person)[0],
        )  # fmt: skip
        right = _right(parts, row)
        known = {"name": person.name, "document": mask_id(people_list.opened(parts, person, "document"))}
        old = {field: known[field] for field in right}
    return Request(_line(row, place), old, right, may and not stale, person.id == actor.volunteer_id, stale)


def decide(*, parts: Parts, actor: Actor, code: str, good: bool, reason: str, at: datetime) -> None:
    """Put it right, or not, with the reason the person reads; what should be right is forgotten either way.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (he, or who wrote such a request for him),
    MINOR_DETAILS (under 18: the county decides), REASON_REQUIRED, CORRECTION_STATE (decided or taken back),
    ACCOUNT_CLOSED (he is not with us any more: it can only be refused), UNDER_AGE, PRACTICE_NUMBER, CORRECTION_TAKEN
    (another entry has the number).
    """
    row, person = _found(actor, code, at)
    if not belonging.may(actor=actor, person=person, verb=Verb.MANAGE, at=at):
        raise Refusal(C.NOT_ALLOWED)
    decisions.require_decider(actor=actor, region_code=_place(actor, person, at), parties=_parties(row), at=at)
    belonging.require_details(actor=actor, person=person, at=at)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    state = "done" if good else "refused"

    def act() -> None:
        fresh = Correction.get_by_id(row.id)
        right = _right(parts, fresh) if fresh.state == "asked" else {}
        open_one = (Correction.id == row.id) & (Correction.state == "asked")
        if not correcting.end(
            open_one, state=state, decided_at=at, decided_by=actor.volunteer_id, reason=reason.strip()
        ):
            raise Refusal(C.CORRECTION_STATE)
        if good:
            _put_right(parts, person.id, right, at)
            for field in right:
                audit.changed(
                    actor=actor, verb="corrected", subject=f"volunteer:{person.id}", changes={"what": field}, at=at,
                    reason=reason.strip(),
                )  # fmt: skip
        audit.note(
            actor=actor, verb=f"correction.{state}", subject=f"volunteer:{person.id}", detail={"what": row.what}, at=at
        )
        telling.tell(
            kind=f"correction_{state}", people=[person.id], key=code, at=at, url=correcting.PAGE,
            what=correcting.named(row.what), reason=reason.strip(),
        )  # fmt: skip

    try:
        store.write(act)
    except IntegrityError:  # somebody registered with the number in this moment
        raise Refusal(C.CORRECTION_TAKEN) from None


def _put_right(parts: Parts, volunteer_id: int, right: dict[str, str], at: datetime) -> None:
    """Name, number with its blind index and the birth date that stands in it. Inside the write."""
    person = Volunteer.get_by_id(volunteer_id)
    if person.state != "active":
        raise Refusal(C.ACCOUNT_CLOSED)
    values: dict[str, Any] = {"version": Volunteer.version + 1}
    if "name" in right:
        values["name"] = right["name"]
    if "document" in right:
        number = correcting.check_number(right["document"], str(person.region_code), at)
        owner = enrolment.owner_of(parts, number.number)
        if owner is not None and owner.id != person.id:
            if people.kept_id(str(owner.public_no)) != person.id:
                raise Refusal(C.CORRECTION_TAKEN)
            Volunteer.update(document_index=None).where(Volunteer.id == owner.id).execute()  # merged into his long ago
        sealed, key = parts.vault.seal(number.number, f"volunteer.document:{person.public_no}")
        index = None if in_practice(person.region_code) else parts.vault.index("id_no", number.number)
        values |= {
            "document_type": "id_card", "document_sealed": sealed, "document_key": key, "document_index": index,
            "birth_date": number.birth_date.isoformat(),
        }  # fmt: skip
    Volunteer.update(values).where(Volunteer.id == person.id).execute()


def _right(parts: Parts, row: Correction) -> dict[str, str]:
    """What should be right, by field."""
    assert row.sealed is not None
    found: dict[str, str] = json.loads(parts.vault.open(bytes(row.sealed), correcting.place(row.code)))
    return found


def _found(actor: Actor, code: str, at: datetime) -> tuple[Correction, Volunteer]:
    row = _rows().where(Correction.code == code).get_or_none()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    reach = scopes.readable(actor=actor, at=at)
    if not reach:  # a leader sees his people, not what they ask the office for
        raise Refusal(C.NOT_FOUND)
    return row, belonging.seen_person(actor=actor, public_no=row.volunteer.public_no, at=at)


def _place(actor: Actor, person: Volunteer, at: datetime) -> str:
    """Of the divisions he belongs to, the one the actor manages; where none, the first."""
    codes = belonging.divisions_of(person)
    return next((c for c in codes if permissions.manages(actor=actor, region_code=c, at=at)), codes[0])


def _parties(row: Correction) -> list[int | None]:
    """Himself, and whoever wrote such a request for him on paper."""
    written = ProxyAct.select(ProxyAct.actor).where(
        ProxyAct.volunteer == row.volunteer_id, ProxyAct.act.in_(list(correcting.BY_PAPER))
    )  # fmt: skip
    return [row.volunteer_id, *(each.actor_id for each in written)]


def _may_decide(actor: Actor, row: Correction, person: Volunteer, at: datetime) -> bool:
    return (
        belonging.may(actor=actor, person=person, verb=Verb.MANAGE, at=at)
        and decisions.may_decide(actor=actor, region_code=_place(actor, person, at), parties=_parties(row), at=at)
        and not belonging.closed_among(actor=actor, people=[person], at=at, verb=Verb.MANAGE)
    )
