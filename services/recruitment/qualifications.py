"""Licences and certificates: told by the person, verified by an officer, reminded of before they run out.

Only a verified one counts, and only until it expires (S21, S22, S41, 条例 §16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from clock import local_day
from models import Qualification, Skill, Volunteer, store
from models.store import Write
from services import audit, decisions, rules, scopes
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
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
    """A qualification in the officer's list."""

    proof: Proof
    person: str
    public_no: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """One qualification whole; `may_check`: he who looks may verify or refuse it."""

    row: Row
    checked_by: str
    checked_at: datetime | None
    may_check: bool
    own: bool


def state(
    *,
    actor: Actor,
    kind: str,
    name: str,
    number: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
    proof_id: int | None = None,
    at: datetime,
) -> Proof:
    """Tell a qualification of one's own; the centre is asked to verify it.

    Refusals: NOT_REGISTERED, FIELD_WRONG (`kind`: no skill of the catalogue; `name`; `number`; `issued_on`: not yet;
    `expires_on`: over, or before it was issued).
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

    def act() -> Qualification:
        made: Qualification = Qualification.create(
            volunteer=person, kind=kind, name=name.strip(), number=number.strip(),
            issued_on=issued_on.isoformat() if issued_on else None,
            expires_on=expires_on.isoformat() if expires_on else None, proof=proof_id, created_at=at,
        )  # fmt: skip
        telling.tell(
            kind="qualification_waiting",
            people=sorted(decisions.deciders(region_code=_place(person), parties=(person.id,), at=at)),
            key=str(made.id), at=at, url=f"/console/qualifications/{made.id}", name=person.name, what=made.name,
        )  # fmt: skip
        return made

    return _proof(store.write(act), today, _names())


def withdraw(*, actor: Actor, number: int, at: datetime) -> None:
    """Take one's own back. Refusals: NOT_REGISTERED, NOT_FOUND (not his, or withdrawn before)."""
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    query = Qualification.update(state="withdrawn").where(
        Qualification.id == number, Qualification.volunteer == actor.volunteer_id,
        Qualification.state != "withdrawn",
    )  # fmt: skip

    def act() -> None:
        if not query.execute():
            raise Refusal(RefusalCode.NOT_FOUND)

    store.write(act)


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
    query: Any = (
        Qualification.select(Qualification, Volunteer)
        .join(Volunteer, on=(Qualification.volunteer == Volunteer.id))
        .where(Volunteer.state == "active", Qualification.state != "withdrawn", belonging.people_in(reach))
    )
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | Qualification.name.contains(wanted.text))
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
    names = _names()
    return cut(
        query, wanted=wanted, sorts=sorts, default="-at", tie=Qualification.id,
        row=lambda each: _row(each, today, names),
    )  # fmt: skip


def qualification(*, actor: Actor, number: int, at: datetime) -> Sheet:
    """One of them, for those who may look after the person. Refusals: NOT_FOUND."""
    found = _seen(actor, number, at)
    may = decisions.may_decide(
        actor=actor, region_code=_place(found.volunteer), parties=(found.volunteer_id,), at=at
    )
    return Sheet(
        _row(found, local_day(at), _names()), found.checked_by.name if found.checked_by else "", found.checked_at,
        found.state == "stated" and may, found.volunteer_id == actor.volunteer_id,
    )  # fmt: skip


def check(*, actor: Actor, number: int, good: bool, note: str = "", at: datetime) -> None:
    """Verify a qualification after seeing the paper, or refuse it with a word why; the person is told.

    Refusals: NOT_FOUND, NOT_ALLOWED (may only look), OWN_RECORD (one's own), REASON_REQUIRED, TEXT_TOO_LONG,
    APPLICATION_STATE (checked already, or taken back).
    """
    found = _seen(actor, number, at)
    decisions.require_decider(
        actor=actor, region_code=_place(found.volunteer), parties=(found.volunteer_id,), at=at
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
        telling.tell(
            kind=f"qualification_{new}", people=[found.volunteer_id], key=str(number), at=at, url="/m/skills",
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
        url="/m/skills", what=found.name, year=day.year, month=day.month, day=day.day,
    )  # fmt: skip


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


def _row(row: Qualification, today: date, names: Mapping[str, str]) -> Row:
    return Row(_proof(row, today, names), row.volunteer.name, row.volunteer.public_no, row.created_at)
