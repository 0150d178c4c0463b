"""Service centres and stations: one per division, its head and liaison with their rights, its account in the national
system (S16, S68, S69, S79, S81).

Head and liaison are posts: naming a person gives the right at that division, naming another one takes it away again,
in one write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import Centre, Region, RoleGrant, Team, Volunteer, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.organisation.names import COUNTY_LEVEL, centre_name
from services.permissions import Role

#: Fields of the form and how long each may be.
TEXTS = {"phone": 30, "address": 80, "national_account": 60, "national_team_no": 40, "national_holder": 30}
POSTS = {"director": Role.DIRECTOR, "liaison": Role.LIAISON}
#: A telephone number as it is printed: digits, blanks, dashes, brackets.
PHONE_SIGNS = frozenset("0123456789 -+()（）转")


@dataclass(frozen=True, slots=True)
class CentreLine:
    """A division and its centre in a list; `name` "" where none has been entered."""

    region_code: str
    place: str
    level: int
    name: str
    phone: str
    director: str
    liaison: str
    account: str


@dataclass(frozen=True, slots=True)
class CentrePage:
    """A centre with what its form holds; `may_edit` for those who manage the division."""

    region_code: str
    place: str
    level: int
    kind: str
    name: str
    director: tuple[str, str] | None
    liaison: tuple[str, str] | None
    fields: Mapping[str, str] = field(default_factory=dict)
    known: bool = False
    id: int = 0
    may_edit: bool = False


@dataclass(frozen=True, slots=True)
class Attached:
    """Under whose national account a division's teams stand (S69): county down, its own county; above, its own."""

    region_code: str
    place: str
    account: str


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CentreLine]:
    """Divisions with their centres; filters: level, region, missing (centre, director, liaison, account)."""
    query = (
        Region.select(Region, Centre)
        .join(Centre, JOIN.LEFT_OUTER, on=(Centre.region_code == Region.code), attr="centre")
        .where(
            scopes.within(Region.code, scopes.readable(actor=actor, at=at)),
            Region.closed_on.is_null(),
        )
    )
    if wanted.chosen("level"):
        query = query.where(Region.level == int(wanted.chosen("level")))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Region.code, [wanted.chosen("region")]))
    missing = wanted.chosen("missing")
    none_there = Centre.name.is_null()
    query = query.where(none_there & Region.has_team if missing == "centre" else ~none_there)
    empty = {
        "director": Centre.director_id.is_null(), "liaison": Centre.liaison_id.is_null(),
        "account": (Centre.national_account == "") & (Region.level <= COUNTY_LEVEL),
    }  # fmt: skip
    if missing in empty:
        query = query.where(empty[missing])
    if wanted.text:
        query = query.where(Region.name.contains(wanted.text) | Centre.name.contains(wanted.text))
    sorts = {"code": Region.code, "level": Region.level}
    page = cut(query, wanted=wanted, sorts=sorts, default="code", tie=Region.code, row=lambda row: row)
    return Found(_lines(page.rows), page.total, page.page, page.size)


def _lines(rows: list[Any]) -> list[CentreLine]:
    places = regions.path_names([row.code for row in rows])
    found = [(row, getattr(row, "centre", None)) for row in rows]
    ids = {each for _, centre in found if centre for each in (centre.director_id, centre.liaison_id)} - {None}
    names = _names(ids)
    return [
        CentreLine(
            row.code, places[row.code], row.level, centre.name, centre.phone, names.get(centre.director_id, ""),
            names.get(centre.liaison_id, ""), centre.national_account,
        )
        if centre and centre.name
        else CentreLine(row.code, places[row.code], row.level, "", "", "", "", "")
        for row, centre in found
    ]  # fmt: skip


def _names(ids: set[Any]) -> dict[Any, str]:
    wanted = sorted(ids)
    found: dict[Any, str] = {}
    for start in range(0, len(wanted), 5000):
        part: Any = Volunteer.select(Volunteer.id, Volunteer.name).where(
            Volunteer.id.in_(wanted[start : start + 5000])
        )
        found |= dict(part.tuples())
    return found


def page(*, actor: Actor, region_code: str, at: datetime) -> CentrePage:
    """The centre of a division, or what a new one would be called.

    Refusals: NOT_FOUND (a division beside one's own answers like one that is not there), NOT_ALLOWED, REGION_UNKNOWN.
    """
    permissions.require_look(actor=actor, region_code=region_code, at=at)
    region = regions.region(region_code)
    may = permissions.manages(actor=actor, region_code=region_code, at=at)
    kind = "centre" if region.level <= COUNTY_LEVEL else "station"
    place = regions.path_name(region_code)
    found = Centre.get_or_none(Centre.region_code == region_code)
    if found is None:
        return CentrePage(
            region_code, place, region.level, kind, centre_name(region), None, None, may_edit=may
        )
    fields = {name: getattr(found, name) for name in TEXTS} | {
        "national_opened_on": found.national_opened_on or ""
    }
    return CentrePage(
        region_code, place, region.level, found.kind, found.name, _person(found.director_id),
        _person(found.liaison_id), fields, True, found.id, may,
    )  # fmt: skip


def _person(person_id: int | None) -> tuple[str, str] | None:
    person = Volunteer.get_or_none(Volunteer.id == person_id) if person_id else None
    return (person.public_no, person.name) if person else None


def save(
    *, actor: Actor, region_code: str, fields: Mapping[str, str], director: str | None = None,
    liaison: str | None = None, reason: str = "", at: datetime,
) -> int:  # fmt: skip
    """Enter a division's centre or change it; its id. Its name is the policy's, never typed.

    `director` and `liaison` are public numbers, "" for nobody, None to leave the post as it is. Whoever is named gets
    the right at the division, who had the post loses it. Refusals: NOT_FOUND, NOT_ALLOWED (also: he may not hand
    out that post, or names himself), REGION_UNKNOWN, FIELD_WRONG (`field`).
    """

    def act() -> int:
        permissions.require_manage(actor=actor, region_code=region_code, at=at)
        region = regions.region(region_code)
        new: dict[str, Any] = {name: _text(name, fields[name]) for name in TEXTS if name in fields}
        if "national_opened_on" in fields:
            new["national_opened_on"] = _day(fields["national_opened_on"], at)
        found = Centre.get_or_none(Centre.region_code == region_code)
        if found is None:
            kind = "centre" if region.level <= COUNTY_LEVEL else "station"
            found = Centre.create(region_code=region_code, kind=kind, name=centre_name(region), created_at=at)
            audit.changed(
                actor=actor, verb="centre_created", subject=f"centre:{found.id}",
                changes={"name": ["", found.name]}, at=at,
            )  # fmt: skip
        changes = {
            name: [getattr(found, name), value]
            for name, value in new.items()
            if value != getattr(found, name)
        }
        for post, number in (("director", director), ("liaison", liaison)):
            if number is not None:
                changes |= _appoint(actor, found, post, number, reason, at)
        if changes:
            stored = {name: pair[1] for name, pair in changes.items() if name not in POSTS}
            if stored:
                Centre.update(stored).where(Centre.region_code == region_code).execute()
            audit.changed(
                actor=actor, verb="centre_edited", subject=f"centre:{found.id}", changes=changes, at=at,
                reason=reason,
            )  # fmt: skip
        return int(found.id)

    return store.write(act)


def _text(name: str, text: str) -> str:
    plain = text.strip()
    if len(plain) > TEXTS[name] or not (plain.isprintable() or not plain) or set("<>") & set(plain):
        raise Refusal(RefusalCode.FIELD_WRONG, field=name)
    if name == "phone" and not set(plain) <= PHONE_SIGNS:
        raise Refusal(RefusalCode.FIELD_WRONG, field=name)
    return plain


def _day(text: str, at: datetime) -> str | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(RefusalCode.FIELD_WRONG, field="national_opened_on") from None
    if day > at.date():
        raise Refusal(RefusalCode.FIELD_WRONG, field="national_opened_on")
    return day.isoformat()


def _appoint(
    actor: Actor, centre: Centre, post: str, number: str, reason: str, at: datetime
) -> dict[str, list[str]]:
    """Give the post to somebody, or to nobody; the change by names."""
    column = f"{post}_id"
    old = getattr(centre, column)
    person = Volunteer.get_or_none(Volunteer.public_no == number, Volunteer.state == "active")
    if number and person is None:
        raise Refusal(RefusalCode.FIELD_WRONG, field=post)
    new = person.id if person else None
    if new == old:
        return {}
    role = POSTS[post]
    why = reason.strip() or f"centre:{centre.region_code}"
    if old is not None:
        running = RoleGrant.select().where(
            RoleGrant.volunteer == old, RoleGrant.role == role.value, RoleGrant.region_code == centre.region_code,
            RoleGrant.acting_for.is_null(), RoleGrant.until.is_null() | (RoleGrant.until > at),
        )  # fmt: skip
        for given in list(running):
            permissions.revoke(actor=actor, grant_id=given.id, reason=why, at=at)
    if new is not None:
        permissions.grant(
            actor=actor, volunteer_id=new, role=role, region_code=centre.region_code, reason=why, at=at
        )
    Centre.update({column: new}).where(Centre.region_code == centre.region_code).execute()
    names = _names({old, new} - {None})
    return {post: [names.get(old, ""), names.get(new, "")]}


def people_for(*, region_code: str, text: str = "", limit: int = 60) -> list[tuple[str, str, str]]:
    """(public number, name, place) of people who could take a post here: those whose name is typed, else those who
    live in the division; the caller manages it."""
    first, end = regions.below(region_code[:6])
    query = Volunteer.select().where(Volunteer.state == "active")
    if text:
        query = query.where(
            Volunteer.name == text, Volunteer.region_code >= first, Volunteer.region_code < end
        )
    else:
        first, end = regions.below(region_code)
        query = query.where(Volunteer.region_code >= first, Volunteer.region_code < end)
    rows = list(query.order_by(Volunteer.name, Volunteer.id).limit(limit))
    places = regions.path_names([row.region_code for row in rows])
    return [(row.public_no, row.name, places[row.region_code]) for row in rows]


def nearest(region_code: str) -> Centre:
    """The centre that answers for a division: its own, else the next above. Refusal: CENTRE_MISSING."""
    rows = Centre.select().where(Centre.region_code.in_(regions.lineage(region_code)))
    found = max(rows, key=lambda row: len(row.region_code), default=None)
    if found is None:
        raise Refusal(RefusalCode.CENTRE_MISSING)
    return found


@dataclass(frozen=True, slots=True)
class Helpline:
    """A centre or station that answers the telephone."""

    name: str
    phone: str


def helpline(*, volunteer_id: int | None) -> Helpline | None:
    """The nearest centre with a telephone to where a person lives; None for a stranger, or where there is none."""
    person = None if volunteer_id is None else Volunteer.get_or_none(Volunteer.id == volunteer_id)
    if person is None:
        return None
    line = Centre.select().where(Centre.region_code.in_(regions.lineage(person.region_code)), Centre.phone != "")
    found = line.order_by(fn.LENGTH(Centre.region_code).desc()).first()
    return Helpline(found.name, found.phone) if found is not None else None


def attached_account(region_code: str) -> Attached:
    """Whose national account a team here hangs on; `account` "" where that centre has entered none (S68, S69)."""
    owner = region_code[:6]
    if not Region.select().where(Region.code == owner).exists():
        owner = region_code[:4]
    account = Centre.select(Centre.national_account).where(Centre.region_code == owner).scalar()
    return Attached(owner, regions.path_name(owner), account or "")


def team_account(team_code: str) -> Attached:
    """Whose national account this team hangs on, to warn before it publishes without one. Refusals: NOT_FOUND."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return attached_account(team.region_code)
