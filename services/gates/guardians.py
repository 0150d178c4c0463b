"""A guardian's word for a minor of 14–17 (S117): told with a photo of the signed form, verified by an officer.

Only a verified one counts, until the day before the eighteenth birthday. Ages come from the birth date on the day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import GuardianConsent, StoredFile, Volunteer, store
from services import audit, decisions, regions, scopes
from services.access import belonging
from services.accounts.documents import check_name, check_phone, mask_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.gates.ages import grown_up_on, is_minor
from services.listing import Found, Wanted, cut
from services.lives import files
from services.messaging import telling
from services.participation import minors
from services.parts import Parts
from services.permissions import Verb

RELATIONS = ("father", "mother", "grandparent", "other")
NOTE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Word:
    """A guardian's consent; `phone_masked` "" where the reader may not see it, `until_on` its last day, `has_form`
    whether a photo of the signed form is there."""

    id: int
    guardian_name: str
    relation: str
    phone_masked: str
    state: str
    until_on: str
    note: str
    at: datetime
    has_form: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A consent in the officer's list."""

    word: Word
    person: str
    public_no: str
    birth_date: str
    place: str
    may_check: bool


def state(
    *, parts: Parts, actor: Actor, guardian_name: str, relation: str, phone: str, form: bytes, at: datetime
) -> int:
    """Tell a guardian's consent with a photo of the signed form; the centre is asked to verify it. Its number.

    Refusals: NOT_REGISTERED; FIELD_WRONG (`birth`: no minor; `relation`); NAME_INVALID, PHONE_INVALID; those of
    `files.taken`, STORAGE_AWAY (without a photo PHOTO_MISSING).
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    if not is_minor(volunteer_id=actor.volunteer_id, at=at):
        raise Refusal(RefusalCode.FIELD_WRONG, field="birth")
    if relation not in RELATIONS:
        raise Refusal(RefusalCode.FIELD_WRONG, field="relation")
    name, number = check_name(guardian_name), check_phone(phone)
    picture = files.taken(form)
    person = Volunteer.get_by_id(actor.volunteer_id)
    path = files.put_down(parts=parts, photo=picture)
    sealed, key = parts.vault.seal(number, _seal_place(person.public_no))
    until = grown_up_on(person.birth_date or "") - timedelta(days=1)

    def act() -> int:
        kept = files.keep(name="guardian.jpg", path=path, size=len(picture.body), owner_id=person.id, at=at)
        made = GuardianConsent.create(
            volunteer=person, guardian_name=name, relation=relation, phone_sealed=sealed, phone_key=key, form=kept,
            state="stated", until_on=until.isoformat(), created_at=at,
        )  # fmt: skip
        telling.tell(
            kind="guardian_waiting", key=str(made.id), at=at, url=f"/console/guardians/{made.id}", name=person.name,
            people=sorted(decisions.deciders(region_code=_place(person), parties=(person.id,), at=at)),
        )  # fmt: skip
        return int(made.id)

    return store.write(act)


def withdraw(*, actor: Actor, number: int, at: datetime) -> None:
    """Take it back, with its photo: from now on it counts no more, and what he signed up for with it ends.

    Refusals: NOT_REGISTERED, NOT_FOUND.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    his = (GuardianConsent.id == number) & (GuardianConsent.volunteer == actor.volunteer_id)

    def act() -> None:
        found = GuardianConsent.get_or_none(his)
        standing = GuardianConsent.state != "withdrawn"
        if not GuardianConsent.update(state="withdrawn", form=None).where(his, standing).execute():
            raise Refusal(RefusalCode.NOT_FOUND)
        if found is not None and found.form_id is not None:
            StoredFile.delete().where(StoredFile.id == found.form_id).execute()
        minors.word_taken_back(volunteer_id=actor.volunteer_id or 0, at=at)

    store.write(act)


def mine(*, parts: Parts, volunteer_id: int) -> list[Word]:
    """A person's own, the newest first; what he took back is left out."""
    rows = GuardianConsent.select().where(
        GuardianConsent.volunteer == volunteer_id, GuardianConsent.state != "withdrawn"
    )
    return [_word(parts, row) for row in rows.order_by(GuardianConsent.id.desc())]


def listed(*, parts: Parts, actor: Actor, wanted: Wanted, at: datetime) -> Found[Row]:
    """The consents of the people of one's divisions; filter: state. Refusals: NOT_ALLOWED (looks after none)."""
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    query = (
        GuardianConsent.select(GuardianConsent, Volunteer)
        .join(Volunteer, JOIN.CROSS)
        .where(
            GuardianConsent.volunteer == Volunteer.id, Volunteer.state == "active",
            GuardianConsent.state != "withdrawn", belonging.people_in(reach),
        )
    )  # fmt: skip
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    if chosen := wanted.chosen("state"):
        query = query.where(GuardianConsent.state == chosen)
    sorts = {"name": Volunteer.name, "at": GuardianConsent.created_at, "until": GuardianConsent.until_on}
    found = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=GuardianConsent.id, row=lambda row: row)
    places = regions.path_names(list({row.volunteer.region_code for row in found.rows}))
    rows = [_row(parts, row, places.get(row.volunteer.region_code, ""), False) for row in found.rows]
    return Found(rows, found.total, found.page, found.size)


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many wait for a word in the divisions the actor manages; his own are left to others."""
    reach = scopes.managed(actor=actor, at=at)
    if not reach:
        return 0
    query = GuardianConsent.select().join(Volunteer, JOIN.CROSS).where(
        GuardianConsent.volunteer == Volunteer.id, Volunteer.state == "active", GuardianConsent.state == "stated",
        GuardianConsent.volunteer != (actor.volunteer_id or 0), belonging.people_in(reach),
    )  # fmt: skip
    return int(query.count())


def one(*, parts: Parts, actor: Actor, number: int, at: datetime) -> Row:
    """One of them, for those who may look after the person. Refusals: NOT_FOUND."""
    found = _seen(actor, number, at)
    may = decisions.may_decide(
        actor=actor, region_code=_place(found.volunteer), parties=(found.volunteer_id,), at=at
    )
    return _row(parts, found, regions.path_name(found.volunteer.region_code), may and found.state == "stated")


def form_of(*, parts: Parts, actor: Actor, number: int, at: datetime) -> bytes:
    """The photo of the form, for the person and those who manage his division; a look by another is noted.

    Refusals: NOT_FOUND (none of the actor's business, or taken back).
    """
    found = GuardianConsent.get_or_none(GuardianConsent.id == number)
    own = found is not None and found.volunteer_id == actor.volunteer_id
    if found is None or found.form_id is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if not own:
        if not belonging.may(actor=actor, person=found.volunteer, verb=Verb.MANAGE, at=at):
            raise Refusal(RefusalCode.NOT_FOUND)
        audit.note(
            actor=actor, verb="guardian.form", subject=f"volunteer:{found.volunteer_id}", detail={"consent": number},
            at=at,
        )  # fmt: skip
    return files.opened(parts=parts, file_id=found.form_id)


def check(*, actor: Actor, number: int, good: bool, note: str = "", at: datetime) -> None:
    """Verify it after looking at the form and calling the guardian, or refuse it with a word why; the person is told.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, APPLICATION_STATE (checked already, taken back).
    """
    found = _seen(actor, number, at)
    decisions.require_decider(
        actor=actor, region_code=_place(found.volunteer), parties=(found.volunteer_id,), at=at
    )
    why = note.strip()[:NOTE_LENGTH]
    if not good and not why:
        raise Refusal(RefusalCode.REASON_REQUIRED)
    new = "verified" if good else "refused"

    def act() -> None:
        moved = GuardianConsent.update(
            state=new, checked_by=actor.volunteer_id, checked_at=at, note=why
        ).where(GuardianConsent.id == number, GuardianConsent.state == "stated")
        if not moved.execute():
            raise Refusal(RefusalCode.APPLICATION_STATE)
        audit.changed(
            actor=actor, verb=f"guardian_{new}", subject=f"volunteer:{found.volunteer_id}", at=at,
            changes={"guardian": ["", found.guardian_name]}, reason=why,
        )  # fmt: skip
        telling.tell(
            kind=f"guardian_{new}", people=[found.volunteer_id], key=str(number), at=at, url="/m/guardian", reason=why
        )

    store.write(act)


def _seen(actor: Actor, number: int, at: datetime) -> GuardianConsent:
    found = GuardianConsent.get_or_none(GuardianConsent.id == number, GuardianConsent.state != "withdrawn")
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    belonging.seen_person(actor=actor, public_no=found.volunteer.public_no, at=at)
    assert isinstance(found, GuardianConsent)
    return found


def _place(person: Volunteer) -> str:
    return belonging.divisions_of(person)[0]


def _seal_place(public_no: str) -> str:
    return f"guardian_consent.phone:{public_no}"


def _word(parts: Parts, row: Any) -> Word:
    phone = ""
    if row.phone_sealed is not None:
        phone = mask_phone(parts.vault.open(row.phone_sealed, _seal_place(row.volunteer.public_no)))
    return Word(
        row.id, row.guardian_name, row.relation, phone, row.state, row.until_on or "", row.note, row.created_at,
        row.form_id is not None,
    )  # fmt: skip


def _row(parts: Parts, row: Any, place: str, may_check: bool) -> Row:
    person = row.volunteer
    return Row(_word(parts, row), person.name, person.public_no, person.birth_date or "", place, may_check)
