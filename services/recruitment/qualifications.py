"""Licences and certificates: told by the person, verified by an officer, reminded of before they run out.

Only a verified one counts, and only until it expires (S21, S22, S41, 条例 §16).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import Qualification, Skill, StoredFile, Volunteer, store
from models.store import Write
from services import audit, decisions, regions, rules, scopes
from services.access import belonging
from services.accounts.documents import check_id_number, mask_id
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import files
from services.messaging import telling
from services.parts import Parts
from services.permissions import Verb
from services.recruitment.skills import catalogue

LONGEST_NAME, LONGEST_NUMBER, LONGEST_NOTE = 60, 40, 200
#: No rule reminds earlier than this.
FARTHEST = timedelta(days=366)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Proof:
    """A qualification; `running` False once it has expired."""

    id: int
    kind: str
    kind_name: str
    name: str
    number: str
    issued_on: str
    expires_on: str
    state: str
    note: str
    running: bool
    proof_id: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A qualification in the officer's list; `place` is where the person lives."""

    proof: Proof
    person: str
    public_no: str
    at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One qualification whole; `may_check`: he who looks may verify or refuse it, `sees_photo`: see its picture."""

    row: Row
    checked_by: str
    checked_at: datetime | None
    may_check: bool
    own: bool
    sees_photo: bool


def state(
    *,
    actor: Actor,
    kind: str,
    name: str,
    number: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
    photo: bytes = b"",
    parts: Parts | None = None,
    at: datetime,
) -> Proof:
    """Tell a qualification of one's own; the centre is asked to verify it.

    `photo` is a picture of it, sealed with the keys of `parts`. A number that is an ID number, as on a driving
    licence, is kept masked: in the open it would be a second, unsealed copy.
    Refusals: NOT_REGISTERED, FIELD_WRONG (`kind`: no skill of the catalogue; `name`; `number`; `issued_on`: not yet;
    `expires_on`: over, or before it was issued), those of `files.taken`, STORAGE_AWAY.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    today = local_day(at)
    wrong = {
        "kind": kind not in {each.code for each in catalogue()},
        "name": not 0 < len(name.strip()) <= LONGEST_NAME,
        "number": len(number) > LONGEST_NUMBER,
        "issued_on": issued_on is not None and issued_on > today,
        "expires_on": expires_on is not None and expires_on < max(today, issued_on or today),
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise Refusal(RefusalCode.FIELD_WRONG, field=field)
    person = Volunteer.get_by_id(actor.volunteer_id)
    picture = files.taken(photo) if photo else None
    path = files.put_down(parts=parts, photo=picture) if picture and parts else ""

    def act() -> Qualification:
        kept = None
        if picture and path:
            kept = files.keep(name="proof.jpg", path=path, size=len(picture.body), owner_id=person.id, at=at)
        made: Qualification = Qualification.create(
            volunteer=person, kind=kind, name=name.strip(), number=_unsealed(number),
            issued_on=issued_on.isoformat() if issued_on else None,
            expires_on=expires_on.isoformat() if expires_on else None, proof=kept, created_at=at,
        )  # fmt: skip
        _kept(actor, made.id, "stated", at)
        telling.tell(
            kind="qualification_waiting",
            people=sorted(decisions.deciders(region_code=_place(person), parties=(person.id, actor.helper_id), at=at)),
            key=str(made.id), at=at, url=f"/console/qualifications/{made.id}", name=person.name, what=made.name,
        )  # fmt: skip
        return made

    return _proof(store.write(act), today, _names())


def _unsealed(number: str) -> str:
    try:
        return mask_id(check_id_number(number).number)
    except Refusal:
        return number.strip()


def withdraw(*, actor: Actor, number: int, at: datetime) -> None:
    """Take one's own back, with its picture. Refusals: NOT_REGISTERED, NOT_FOUND (not his, or withdrawn before)."""
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    his = (Qualification.id == number) & (Qualification.volunteer == actor.volunteer_id)

    def act() -> None:
        found = Qualification.get_or_none(his)
        standing = Qualification.state != "withdrawn"
        if not Qualification.update(state="withdrawn", proof=None).where(his, standing).execute():
            raise Refusal(RefusalCode.NOT_FOUND)
        if found is not None and found.proof_id is not None:
            StoredFile.delete().where(StoredFile.id == found.proof_id).execute()
        _kept(actor, number, "withdrawn", at)

    store.write(act)


def _kept(actor: Actor, number: int, step: str, at: datetime, reason: str = "") -> None:
    """One line of a qualification's own history; inside the caller's write."""
    audit.changed(
        actor=actor,
        verb=f"qualification.{step}",
        subject=f"qualification:{number}",
        changes={},
        at=at,
        reason=reason,
    )


def mine(*, volunteer_id: int, at: datetime) -> list[Proof]:
    """A person's own, the newest first; those he took back are left out."""
    rows = Qualification.select().where(
        Qualification.volunteer == volunteer_id, Qualification.state != "withdrawn"
    )
    names = _names()
    return [_proof(row, local_day(at), names) for row in rows.order_by(Qualification.id.desc())]


def qualifications(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Row]:
    """The qualifications of the people of one's divisions; filters: state, kind, ends ("soon": within the warning
    days, "over"). Refusals: NOT_ALLOWED (looks after no division)."""
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    today = local_day(at)
    query = _standing(reach)
    if wanted.text:
        person = Volunteer.alias()
        named = person.select(person.id).where(person.name.contains(wanted.text))
        query = query.where(Qualification.volunteer.in_(named) | Qualification.name.contains(wanted.text))
    for name, column in (("state", Qualification.state), ("kind", Qualification.kind)):
        if one := wanted.chosen(name):
            query = query.where(column == one)
    if wanted.chosen("ends") == "over":
        query = query.where(Qualification.expires_on < today.isoformat())
    elif wanted.chosen("ends") == "soon":
        days = int(rules.rule("team", reach[0], at).params["qualification_warn_days"])
        last = (today + timedelta(days=days)).isoformat()
        query = query.where(Qualification.expires_on.between(today.isoformat(), last))
    sorts = {"name": Volunteer.name, "expires": Qualification.expires_on, "at": Qualification.created_at}
    found = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=Qualification.id, row=lambda each: each)
    names, places = _names(), regions.path_names(list({each.volunteer.region_code for each in found.rows}))
    rows = [_row(each, today, names, places.get(each.volunteer.region_code, "")) for each in found.rows]
    return Found(rows, found.total, found.page, found.size)


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many wait for a word from those who manage the actor's divisions; his own are left to others."""
    reach = scopes.managed(actor=actor, at=at)
    mine = Qualification.volunteer == (actor.volunteer_id or 0)
    return _standing(reach).where(Qualification.state == "stated", ~mine).count() if reach else 0


def _standing(reach: tuple[str, ...]) -> Any:
    """The qualifications of the people of these divisions. The few papers come first, then their people: the other
    way round SQLite goes through a province to find them."""
    return (
        Qualification.select(Qualification, Volunteer)
        .join(Volunteer, JOIN.CROSS)
        .where(
            Qualification.volunteer == Volunteer.id, Volunteer.state == "active",
            Qualification.state != "withdrawn", belonging.people_in(reach),
        )
    )  # fmt: skip


def qualification(*, actor: Actor, number: int, at: datetime) -> Sheet:
    """One of them, for those who may look after the person. Refusals: NOT_FOUND."""
    found = _seen(actor, number, at)
    may = decisions.may_decide(
        actor=actor, region_code=_place(found.volunteer), parties=_parties(found), at=at
    )
    place = regions.path_name(found.volunteer.region_code)
    return Sheet(
        _row(found, local_day(at), _names(), place), found.checked_by.name if found.checked_by else "",
        found.checked_at, found.state == "stated" and may, found.volunteer_id == actor.volunteer_id,
        found.proof_id is not None and _sees_photo(actor, found, at),
    )  # fmt: skip


def _sees_photo(actor: Actor, found: Qualification, at: datetime) -> bool:
    """A picture shows more than its fields: it is for the person and for those who manage his division."""
    return found.state != "withdrawn" and (
        actor.volunteer_id == found.volunteer_id
        or belonging.may(actor=actor, person=found.volunteer, verb=Verb.MANAGE, at=at)
    )


def photo_of(*, parts: Parts, actor: Actor, number: int, at: datetime) -> bytes:
    """The picture of a qualification; a look by anybody but the person himself is noted.

    Refusals: NOT_FOUND (none of the actor's business, taken back, no picture).
    """
    found = Qualification.get_or_none(Qualification.id == number)
    if found is None or found.proof_id is None or not _sees_photo(actor, found, at):
        raise Refusal(RefusalCode.NOT_FOUND)
    if actor.volunteer_id != found.volunteer_id:
        audit.note(
            actor=actor, verb="qualification.photo", subject=f"volunteer:{found.volunteer_id}",
            detail={"qualification": number}, at=at,
        )  # fmt: skip
    return files.opened(parts=parts, file_id=found.proof_id)


def check(*, actor: Actor, number: int, good: bool, note: str = "", at: datetime) -> None:
    """Verify a qualification after seeing the paper, or refuse it with a word why; the person is told.

    Refusals: NOT_FOUND, NOT_ALLOWED (may only look), OWN_RECORD (one's own), REASON_REQUIRED, TEXT_TOO_LONG,
    APPLICATION_STATE (checked already, or taken back).
    """
    found = _seen(actor, number, at)
    decisions.require_decider(
        actor=actor, region_code=_place(found.volunteer), parties=_parties(found), at=at
    )
    if not good and not note.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if len(note) > LONGEST_NOTE:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)
    new = "verified" if good else "refused"

    def act() -> None:
        moved = Qualification.update(
            state=new, checked_by=actor.volunteer_id, checked_at=at, note=note.strip()
        ).where(Qualification.id == number, Qualification.state == "stated")
        if not moved.execute():
            raise Refusal(RefusalCode.APPLICATION_STATE)
        audit.changed(
            actor=actor, verb=f"qualification_{new}", subject=f"volunteer:{found.volunteer_id}", at=at,
            changes={"qualification": ["", found.name]}, reason=note.strip(),
        )  # fmt: skip
        _kept(actor, number, new, at, note.strip())
        telling.tell(
            kind=f"qualification_{new}", people=[found.volunteer_id], key=str(number), at=at, url="/m/qualifications",
            what=found.name, reason=note.strip(),
        )  # fmt: skip

    store.write(act)


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell people that a qualification runs out soon: once for each expiry, so many days before as the division's
    rule says; how many were told. Late is better than never, until the day itself."""
    today = local_day(at)
    told = last = 0
    while True:
        due = list(
            Qualification.select(Qualification, Volunteer)
            .join(Volunteer, on=(Qualification.volunteer == Volunteer.id))
            .where(
                Qualification.state.in_(("stated", "verified")),
                Qualification.expires_on.between(today.isoformat(), (today + FARTHEST).isoformat()),
                Qualification.reminded_for.is_null()
                | (Qualification.reminded_for != Qualification.expires_on),
                Qualification.id > last,
                Volunteer.state == "active",
            )
            .order_by(Qualification.id)
            .limit(BATCH)
        )
        ready = [each for each in due if _is_near(each, today, at)]
        if ready:
            told += write(lambda ready=ready: sum(_remind(each, at) for each in ready))  # type: ignore[misc]
        if len(due) < BATCH:
            return told
        last = due[-1].id


def _is_near(found: Qualification, today: date, at: datetime) -> bool:
    days = int(rules.rule("team", _place(found.volunteer), at).params["qualification_warn_days"])
    return date.fromisoformat(found.expires_on or "") <= today + timedelta(days=days)


def _remind(found: Qualification, at: datetime) -> int:
    Qualification.update(reminded_for=found.expires_on).where(Qualification.id == found.id).execute()
    day = date.fromisoformat(found.expires_on or "")
    return telling.tell(
        kind="qualification_ends", people=[found.volunteer_id], key=f"{found.id}:{found.expires_on}", at=at,
        url="/m/qualifications", what=found.name, year=day.year, month=day.month, day=day.day,
    )  # fmt: skip


def _parties(found: Qualification) -> set[int]:
    """Who does not verify it: the person, and whoever told of it for him on paper."""
    written = decisions.hands(volunteer_id=found.volunteer_id, about=(f"paper:{found.kind}",))
    return {found.volunteer_id, *written}


def _seen(actor: Actor, number: int, at: datetime) -> Qualification:
    """The qualification of somebody the actor may look at. Refusals: NOT_FOUND."""
    found = Qualification.get_or_none(Qualification.id == number)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    belonging.seen_person(actor=actor, public_no=found.volunteer.public_no, at=at)
    assert isinstance(found, Qualification)
    return found


def _place(person: Volunteer) -> str:
    return belonging.divisions_of(person)[0]


def _names() -> dict[str, str]:
    return {row.code: row.name for row in Skill.select(Skill.code, Skill.name)}


def _proof(row: Qualification, today: date, names: Mapping[str, str]) -> Proof:
    return Proof(
        row.id, row.kind, names.get(row.kind, row.kind), row.name, row.number, row.issued_on or "",
        row.expires_on or "", row.state, row.note, not row.expires_on or row.expires_on >= today.isoformat(),
        row.proof_id,
    )  # fmt: skip


def _row(row: Qualification, today: date, names: Mapping[str, str], place: str) -> Row:
    return Row(_proof(row, today, names), row.volunteer.name, row.volunteer.public_no, row.created_at, place)
