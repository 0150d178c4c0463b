"""The people of one's divisions (志愿者): searched by name, found by ID number or phone through the blind indexes.

Numbers never stand in an address or a log: who looks for one posts it, and the audit keeps that he did.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Balance, Region, Team, TeamMember, Volunteer
from services import audit, limits, permissions, regions, scopes
from services.access import belonging
from services.accounts.documents import check_id_number, check_phone, mask_id, mask_phone
from services.actors import Actor
from services.bookkeeping.sources import Apart, apart
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.parts import Parts
from services.permissions import Role, Verb

IDENTITIES = ("veteran", "family", "staff", "social")
STATES = ("active", "invited", "left", "deceased")
#: Numbers one officer may look up in ten minutes: work yes, trying out a list no.
LOOKUPS, LOOKUP_SECONDS = 40, 600
#: As many digits in a row are no name.
DIGITS = 6
#: A public number typed whole.
NUMBER = re.compile(r"[0-9A-Za-z]{6,20}", re.ASCII)
CHUNK = 2000
FEW = 20
COLUMNS = (
    Volunteer.id, Volunteer.public_no, Volunteer.name, Volunteer.identity, Volunteer.state, Volunteer.region_code,
    Volunteer.document_sealed, Volunteer.phone_sealed, Volunteer.created_at, Volunteer.birth_date,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in the list; document and phone masked, "" if there is none. `apart`: minutes that were not scanned."""

    public_no: str
    name: str
    identity: str
    state: str
    document: str
    phone: str
    team: str
    place: str
    minutes: int
    apart: Apart
    since: datetime


def looks_like_number(text: str) -> bool:
    """Whether somebody typed a number where a name belongs."""
    plain = unicodedata.normalize("NFKC", text)
    return sum(letter.isdigit() for letter in plain) >= DIGITS


def _reach(actor: Actor, at: datetime) -> tuple[str, ...]:
    reach = scopes.granted(actor=actor, verb=Verb.LOOK, at=at)
    if not reach:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    return reach


def people(*, parts: Parts, actor: Actor, wanted: Wanted, at: datetime) -> Found[PersonLine]:
    """The people who belong to the divisions the actor may look at.

    Filters: identity, state, region (a division), team (a team's code). Refusals: NOT_ALLOWED (may look nowhere).
    """
    reach = _reach(actor, at)
    top = reach[0] if len(reach) == 1 else ""
    region = wanted.chosen("region")
    if region:
        reach = (region,) if scopes.covers(reach, region) else ()
    query = Volunteer.select(*COLUMNS).where(Volunteer.state != "merged", belonging.people_in(reach))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    if identity := wanted.chosen("identity"):
        query = query.where(Volunteer.identity == identity)
    if state := wanted.chosen("state"):
        query = query.where(Volunteer.state == state)
    if team := wanted.chosen("team"):
        members = TeamMember.select(TeamMember.volunteer).join(Team)
        query = query.where(Volunteer.id.in_(members.where(Team.code == team, TeamMember.to_at.is_null())))
    found = cut(
        query, wanted=wanted, sorts={"name": Volunteer.name, "since": Volunteer.created_at}, default="name",
        tie=Volunteer.id, row=lambda each: each,
    )  # fmt: skip
    return Found(_lines(parts, actor, found.rows, at, top), found.total, found.page, found.size)


def find(*, parts: Parts, actor: Actor, number: str, at: datetime) -> list[PersonLine]:
    """The people of the actor's divisions with exactly this ID number, or this phone; the audit keeps the asking.

    Refusals: NOT_ALLOWED, BAD_REQUEST (neither of the two), TOO_MANY_TRIES.
    """
    reach = _reach(actor, at)
    kind, plain = _kind(number)
    if not kind:
        raise Refusal(RefusalCode.BAD_REQUEST, why="number")
    limits.count(key=f"find|{actor.volunteer_id}", limit=LOOKUPS, seconds=LOOKUP_SECONDS, at=at)
    column = Volunteer.document_index if kind == "id_no" else Volunteer.phone_index
    query = Volunteer.select(*COLUMNS).where(
        column == parts.vault.index(kind, plain), Volunteer.state != "merged", belonging.people_in(reach)
    )
    found = _lines(parts, actor, list(query.order_by(Volunteer.id).limit(FEW)), at)
    audit.note(
        actor=actor, verb="person.find", subject="list:/console/people",
        detail={"by": "document" if kind == "id_no" else "phone", "found": len(found)}, at=at,
    )  # fmt: skip
    return found


def candidates(*, parts: Parts, actor: Actor, text: str, at: datetime) -> list[PersonLine]:
    """People of the actor's divisions, and members of the teams he leads, by name: to be given a role.

    Nobody for no words. Refusals: NOT_ALLOWED (neither division nor team).
    """
    reach = scopes.granted(actor=actor, verb=Verb.LOOK, at=at)
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    led = [g.team_id for g in grants if g.team_id is not None and g.role is Role.TEAM_LEADER]
    if not reach and not led:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    if not text:
        return []
    members = TeamMember.select(TeamMember.volunteer).where(
        TeamMember.team.in_(led), TeamMember.to_at.is_null()
    )
    query = Volunteer.select(*COLUMNS).where(
        Volunteer.name.contains(text), Volunteer.state == "active",
        belonging.people_in(reach) | Volunteer.id.in_(members),
    )  # fmt: skip
    return _lines(parts, actor, list(query.order_by(Volunteer.name, Volunteer.id).limit(FEW)), at)


def successors(*, parts: Parts, actor: Actor, text: str, at: datetime) -> list[PersonLine]:
    """`candidates`, and whoever has exactly this public number, from wherever: he may come from another division.

    Refusals: NOT_ALLOWED, TOO_MANY_TRIES.
    """
    found = candidates(parts=parts, actor=actor, text=text, at=at)
    if found or not NUMBER.fullmatch(text):
        return found
    return [each for each in (_by_number(parts, actor, text, at),) if each is not None]


def successor(*, parts: Parts, actor: Actor, public_no: str, at: datetime) -> PersonLine:
    """The one chosen from `successors`. Refusals: NOT_ALLOWED, NOT_FOUND (nobody active has it), TOO_MANY_TRIES."""
    candidates(parts=parts, actor=actor, text="", at=at)
    found = _by_number(parts, actor, public_no, at)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return found


def _by_number(parts: Parts, actor: Actor, public_no: str, at: datetime) -> PersonLine | None:
    """By the whole public number. Of somebody from outside there is the name alone, and the audit keeps the asking;
    the practice area and the country are strangers to each other."""
    person = Volunteer.get_or_none(Volunteer.public_no == public_no.lower(), Volunteer.state == "active")
    if person is not None:
        try:
            belonging.seen_person(actor=actor, public_no=person.public_no, at=at)
        except Refusal:
            pass
        else:
            return _lines(parts, actor, [person], at)[0]
    limits.count(key=f"find|{actor.volunteer_id}", limit=LOOKUPS, seconds=LOOKUP_SECONDS, at=at)
    asker = Volunteer.get_or_none(Volunteer.id == actor.volunteer_id)
    near = (
        person is not None
        and asker is not None
        and regions.in_practice(person.region_code) == regions.in_practice(asker.region_code)
    )
    audit.note(
        actor=actor, verb="person.find", subject="list:/console/people",
        detail={"by": "public_no", "found": int(near)}, at=at,
    )  # fmt: skip
    if person is None or not near:
        return None
    return PersonLine(person.public_no, person.name, "", person.state, "", "", "", "", 0, Apart(), person.created_at)


def _kind(text: str) -> tuple[str, str]:
    try:
        return "id_no", check_id_number(text).number
    except Refusal:
        pass
    try:
        return "phone", check_phone(text)
    except Refusal:
        return "", ""


def _lines(parts: Parts, actor: Actor, people: list[Any], at: datetime, top: str = "") -> list[PersonLine]:
    """The lines for these people, with the rest they need asked for in a few statements.

    Places are named from `top` down: a county's officer knows which county is his. Of a minor whose details are not for
    the reader neither numbers nor home are told.
    """
    above = regions.path_names([top])[top] if len(top) > belonging.WIDEST else ""
    lines: list[PersonLine] = []
    for some in _chunks(people):
        ids = [each.id for each in some]
        homes: dict[int, str] = {
            row.volunteer_id: row.team.short_name
            for row in TeamMember.select(TeamMember.id, TeamMember.volunteer, Team.id, Team.short_name)
            .join(Team)
            .where(TeamMember.volunteer.in_(ids), TeamMember.to_at.is_null(), TeamMember.home)
        }
        minutes: dict[int, int] = {
            row.volunteer_id: row.minutes for row in Balance.select().where(Balance.volunteer.in_(ids))
        }
        unscanned = apart(dict.fromkeys(ids, ""))
        places = regions.path_names(list({each.region_code for each in some}))
        closed = belonging.closed_among(actor=actor, people=some, at=at)
        for each in some:
            said = {what: "" if each.id in closed else opened(parts, each, what) for what in ("document", "phone")}
            place = "" if each.id in closed else places.get(each.region_code, "").removeprefix(above)
            lines.append(
                PersonLine(
                    each.public_no, each.name, each.identity, each.state, mask_id(said["document"]),
                    mask_phone(said["phone"]), homes.get(each.id, ""), place, minutes.get(each.id, 0),
                    unscanned[each.id], each.created_at,
                )
            )  # fmt: skip
    return lines


def opened(parts: Parts, person: Volunteer, what: str) -> str:
    """A sealed number in full, "" if there is none; `what` is document or phone."""
    blob = person.document_sealed if what == "document" else person.phone_sealed
    return "" if blob is None else parts.vault.open(blob, f"volunteer.{what}:{person.public_no}")


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def places(*, actor: Actor, chosen: str, at: datetime) -> list[tuple[str, str]]:
    """Divisions to choose from as a filter: the way down to the chosen one, and what lies right below it."""
    reach = _reach(actor, at)
    tops = [code or regions.widest() for code in reach]
    here = chosen if chosen and scopes.covers(reach, chosen) else ""
    above = [code for code in regions.lineage(here) if scopes.covers(reach, code)] if here else tops
    below = regions.children(here or tops[0]) if here or len(tops) == 1 else []
    names = regions.path_names(above)
    known = Region.select(Region.code).where(Region.code.in_(above))
    there = {row.code for row in known}
    return [(code, names[code]) for code in above if code in there] + [
        (each.code, each.name) for each in below
    ]


def teams(*, actor: Actor, region: str, chosen: str, at: datetime) -> list[tuple[str, str]]:
    """Teams to choose from as a filter: those of a chosen township or village, and the chosen one."""
    reach = _reach(actor, at)
    if region:
        reach = (region,) if scopes.covers(reach, region) else ()
    few = scopes.within(Team.region_code, [code for code in reach if len(code) >= 9])
    own = (Team.code == chosen) & scopes.within(Team.region_code, reach)
    rows: Iterable[Any] = Team.select().where(few | own).order_by(Team.region_code, Team.name).limit(200)
    return [(row.code, row.short_name) for row in rows]
