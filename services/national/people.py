"""Who is registered nationally and in no team, who is in a team and not registered, whose number waits (S71, S72)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import Balance, NationalFigure, Region, ServiceRecord, Team, TeamMember, Volunteer
from services import scopes
from services.access import belonging
from services.actors import Actor
from services.bookkeeping.sources import apart
from services.listing import Found, Wanted, cut
from services.permissions import Verb

#: People who are with us: those who left, died or were merged are in no list to work off.
WITH_US = ("active", "invited")
LISTS = ("unregistered", "teamless", "reported")


@dataclass(frozen=True, slots=True)
class Person:
    """A line of a worklist; `team` is the home team's name, "" for none."""

    public_no: str
    name: str
    region_name: str
    team: str
    identity: str
    national_no: str
    national_state: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Ours and the national system's hours of a person, in minutes, both up to and with the day of their figure.

    Of ours, `transferred` was earned before, in another system, and `supplement` was made up; the rest was scanned.
    """

    public_no: str
    name: str
    region_name: str
    national_no: str
    ours: int
    theirs: int
    as_of: str
    transferred: int = 0
    supplement: int = 0


def _mine(actor: Actor, at: datetime) -> Any:
    codes = scopes.granted(actor=actor, verb=Verb.LOOK, at=at)
    return belonging.people_in(codes) & Volunteer.state.in_(WITH_US)


def _called(text: str) -> Any:
    """The ids of people whose name begins so, and of the one with this national number; both read off an index."""
    named, numbered = Volunteer.alias(), Volunteer.alias()
    by_name = named.select(named.id).where(named.name >= text, named.name < f"{text}\U0010ffff")
    by_number = numbered.select(numbered.id).where(numbered.national_no == text, numbered.national_no != "")
    return by_name.union_all(by_number)


def _running() -> Any:
    return TeamMember.select(TeamMember.id).where(
        TeamMember.volunteer == Volunteer.id, TeamMember.to_at.is_null()
    )


def worklist(*, actor: Actor, which: str, wanted: Wanted, at: datetime) -> Found[Person]:
    """One of LISTS, cut to the actor's divisions: people in a team without a number, with a number in no team, with
    a number nobody has verified."""
    home = (TeamMember.volunteer == Volunteer.id) & TeamMember.to_at.is_null() & TeamMember.home
    query = (
        Volunteer.select(Volunteer, Region.code, Region.name, TeamMember.id, Team.id, Team.name)
        .join(Region, JOIN.LEFT_OUTER, on=(Region.code == Volunteer.region_code), attr="place")
        .switch(Volunteer)
        .join(TeamMember, JOIN.LEFT_OUTER, on=home, attr="home_member")
        .join(Team, JOIN.LEFT_OUTER)
        .where(_mine(actor, at))
    )
    if which == "unregistered":
        query = query.where(Volunteer.national_state == "none", fn.EXISTS(_running()))
    elif which == "teamless":
        query = query.where(Volunteer.national_state != "none", ~fn.EXISTS(_running()))
    else:
        query = query.where(Volunteer.national_state == "reported")
    if wanted.text:
        query = query.where(Volunteer.id.in_(_called(wanted.text)))
    sorts = {"name": Volunteer.name, "place": Volunteer.region_code}
    return cut(query, wanted=wanted, sorts=sorts, default="place", tie=Volunteer.id, row=_person)


def _person(row: Any) -> Person:
    place = getattr(row, "place", None)
    member = getattr(row, "home_member", None)
    team = getattr(member, "team", None) if member is not None and member.id is not None else None
    return Person(
        row.public_no, row.name, place.name if place is not None else "", team.name if team is not None else "",
        row.identity, row.national_no, row.national_state,
    )  # fmt: skip


def differences(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Difference]:
    """People whose hours there and here are not the same, by the last figure of each; filter `way`: more, less.

    What was served after the day of the figure is left out: it cannot be there yet.
    """
    newer = NationalFigure.alias()
    last = ~fn.EXISTS(
        newer.select(newer.id).where(
            (newer.volunteer == NationalFigure.volunteer)
            & (
                (newer.as_of > NationalFigure.as_of)
                | ((newer.as_of == NationalFigure.as_of) & (newer.id > NationalFigure.id))
            )
        )
    )
    since = ServiceRecord.select(fn.COALESCE(fn.SUM(ServiceRecord.minutes), 0)).where(
        ServiceRecord.volunteer == Volunteer.id, ServiceRecord.local_day > NationalFigure.as_of,
        ServiceRecord.state == "confirmed",
    )  # fmt: skip
    ours = fn.COALESCE(Balance.minutes, 0) - since
    query = (
        Volunteer.select(
            Volunteer, Region.name.alias("place_name"), NationalFigure.minutes.alias("theirs"),
            NationalFigure.as_of.alias("day"),
            ours.alias("ours"),
        )
        .join(NationalFigure, on=(NationalFigure.volunteer == Volunteer.id))
        .switch(Volunteer)
        .join(Balance, JOIN.LEFT_OUTER, on=(Balance.volunteer == Volunteer.id))
        .switch(Volunteer)
        .join(Region, JOIN.LEFT_OUTER, on=(Region.code == Volunteer.region_code))
        .where(_mine(actor, at), last, ours != NationalFigure.minutes)
        .objects()
    )  # fmt: skip
    if wanted.chosen("way") == "more":
        query = query.where(ours > NationalFigure.minutes)
    elif wanted.chosen("way") == "less":
        query = query.where(ours < NationalFigure.minutes)
    if wanted.text:
        query = query.where(Volunteer.id.in_(_called(wanted.text)))
    sorts = {"name": Volunteer.name, "ours": ours, "theirs": NationalFigure.minutes}
    found = cut(query, wanted=wanted, sorts=sorts, default="name", tie=Volunteer.id, row=lambda row: row)
    unscanned = apart({row.id: row.day for row in found.rows})
    rows = [
        Difference(
            row.public_no, row.name, row.place_name or "", row.national_no, int(row.ours), int(row.theirs), row.day,
            unscanned[row.id].transferred, unscanned[row.id].supplement,
        )
        for row in found.rows
    ]  # fmt: skip
    return Found(rows, found.total, found.page, found.size)

