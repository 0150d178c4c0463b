"""Nominations as people read them: the list, one of them, and the public notice that anyone may open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import Centre, Complaint, Nomination, NominationObjection, NominationStep, Team, Volunteer
from services import decisions, permissions, regions, scopes
from services.access import belonging
from services.accounts.people import kept_number
from services.actors import Actor
from services.commending import nominations, objections
from services.commending.proposing import OPEN
from services.commending.telling_of import called, parties
from services.errors import Refusal, RefusalCode
from services.honours import consent, kinds
from services.listing import Found, Wanted, cut
from services.times import is_announced
from wording import entry

#: A person's place is named in public down to the township.
PUBLIC_PLACE = 9
#: Of the figures beside a nomination, those that are shown in public.
PUBLIC_OF_TEAM = ("members", "activities", "attendances", "hours", "served")
PUBLIC_OF_PERSON = ("hours", "activities", "came", "star")


@dataclass(frozen=True, slots=True)
class Line:
    """A nomination in the list, `team` the name of the team or the `person`; `mine`: its next word is the reader's;
    `objected`: an objection waits for an answer."""

    code: str
    team: str
    person: bool
    place: str
    title: str
    year: str
    award: str
    state: str
    at_place: str
    until: str
    objected: bool
    created_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What one level said, and who."""

    place: str
    verdict: str
    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """A nomination with its figures and steps, and what the reader may do."""

    line: Line
    merits: str
    figures: Mapping[str, Any]
    steps: list[Step]
    team_code: str
    team: str
    public_no: str
    posthumous: bool
    proposer: str
    outside: bool
    objections: list[tuple[str, str, str, str]]
    may_decide: bool
    may_award: bool
    may_withdraw: bool
    honour_code: str
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What the public may read: of a person, his surname, his township and figures of his service alone."""

    code: str
    team: str
    person: bool
    posthumous: bool
    place: str
    title: str
    merits: str
    centre: str
    phone: str
    first: str
    last: str
    figures: Mapping[str, Any]
    calendar: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Where the actor may look; for who looks nowhere, what he proposed.

    Filters: state (open: review and announced), whom (team, person), region."""
    query = (
        Nomination.select(Nomination, Team, Volunteer)
        .join(Team, JOIN.LEFT_OUTER)
        .switch(Nomination)
        .join(Volunteer, JOIN.LEFT_OUTER, on=(Nomination.volunteer == Volunteer.id))
        .where(_his(actor, at))
    )
    state = wanted.chosen("state")
    if state:
        query = query.where(Nomination.state.in_(OPEN) if state == "open" else Nomination.state == state)
    if wanted.chosen("whom"):
        query = query.where(Nomination.volunteer.is_null(wanted.chosen("whom") == "team"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Nomination.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(
            Team.name.contains(wanted.text) | Volunteer.name.contains(wanted.text)
            | Nomination.title.contains(wanted.text)
        )
    sorts = {"at": Nomination.created_at}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=Nomination.id, row=lambda row: row)
    codes = sorted({code for row in page.rows for code in (row.region_code, row.award_region, row.at_region)})
    places = regions.path_names(codes)
    return Found([_line(row, places, actor, at) for row in page.rows], page.total, page.page, page.size)


def _his(actor: Actor, at: datetime) -> Any:
    """The condition on `Nomination` that the actor may read it."""
    reach = scopes.readable(actor=actor, at=at)
    return scopes.within(Nomination.region_code, reach) if reach else Nomination.made_by == actor.volunteer_id


def _line(row: Nomination, places: Mapping[str, str], actor: Actor, at: datetime) -> Line:
    return Line(
        row.code, called(row), bool(row.volunteer_id), places[row.region_code], row.title, row.year,
        places[row.award_region], row.state, places[row.at_region], row.notice_until or "",
        row.state == "announced" and nominations.objected(row), row.created_at, _decides(row, actor, at),
    )  # fmt: skip


def _decides(row: Nomination, actor: Actor, at: datetime) -> bool:
    region = row.at_region if row.state == "review" else row.award_region
    return row.state in OPEN and decisions.may_decide(
        actor=actor, region_code=str(region), parties=parties(row), at=at
    )


def page(*, actor: Actor, code: str, at: datetime) -> View:
    """One nomination, for those who may look at its division, lead the team, or proposed it. Refusals: NOT_FOUND."""
    made = nominations.open_one(code=code)
    if made.made_by_id is None or made.made_by_id != actor.volunteer_id:
        if made.team_id:
            permissions.require_see(actor=actor, team_id=made.team_id, at=at)
        else:
            permissions.require_look(actor=actor, region_code=str(made.region_code), at=at)
    rows = list(NominationStep.select().where(NominationStep.nomination == made.id).order_by(NominationStep.id))
    codes = [made.region_code, made.award_region, made.at_region, *(row.region_code for row in rows)]
    places = regions.path_names(codes)
    ids = [row.decided_by_id for row in rows if row.decided_by_id] + [made.made_by_id or 0]
    names = {row.id: row.name for row in Volunteer.select(Volunteer.id, Volunteer.name).where(Volunteer.id.in_(ids))}
    steps = [
        Step(places[row.region_code], row.verdict, row.text, names.get(row.decided_by_id, ""), row.at) for row in rows
    ]
    line = _line(made, places, actor, at)
    if made.state == "review":
        who = decisions.deciding_region(region_code=str(made.at_region), parties=parties(made), at=at)
        line = replace(line, at_place=regions.path_name(who) if who else line.at_place)
    over = made.state == "announced" and str(made.notice_until) < local_day(at).isoformat()
    manages = permissions.manages(actor=actor, region_code=str(made.region_code), at=at)
    own = made.made_by_id == actor.volunteer_id
    objections = _objections(made)
    stands = not line.objected and "upheld" not in {finding for _, _, _, finding in objections}
    return View(
        line, made.merits, made.figures, steps, made.team.code if made.team_id else "",
        made.team.name if made.team_id else "", made.volunteer.public_no if made.volunteer_id else "",
        made.posthumous, names.get(made.made_by_id or 0, ""), _outside(made),
        objections, line.mine, line.mine and over and stands,
        (manages or own) and made.state == "review", made.honour.code if made.honour else "",
        _revokes(made, actor, at),
    )  # fmt: skip


def _outside(made: Nomination) -> bool:
    return made.kind is not None and bool(made.kind.outside)


def _objections(made: Nomination) -> list[tuple[str, str, str, str]]:
    """(code, text, state, finding) of the objections to its notice."""
    held = (
        NominationObjection.select(NominationObjection, Complaint)
        .join(Complaint)
        .where(NominationObjection.nomination == made.id)
        .order_by(NominationObjection.id)
    )
    return [(row.complaint.code, row.complaint.text, row.complaint.state, row.complaint.finding) for row in held]


def _revokes(made: Nomination, actor: Actor, at: datetime) -> bool:
    concerned = [one for one in parties(made) if one != made.made_by_id]
    return made.state == "awarded" and decisions.may_decide(
        actor=actor, region_code=str(made.award_region), parties=concerned, at=at
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form of a nomination offers: whom, what there is (code, name, for several levels), which centres."""

    name: str
    kinds: list[tuple[str, str, bool]]
    places: list[tuple[str, str]]
    free: bool


def offer(*, actor: Actor, team_code: str = "", public_no: str = "", at: datetime) -> Offer:
    """For a team or a person; `free`: a commendation of the team's with a title of its own may be proposed.

    Refusals: NOT_FOUND, NOT_ALLOWED."""
    if public_no:
        person = belonging.seen_person(actor=actor, public_no=kept_number(public_no) or public_no, at=at)
        name, place, free = person.name, belonging.divisions_of(person)[0], False
    else:
        team = Team.get_or_none(Team.code == team_code)
        if team is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        name, place = team.name, str(team.region_code)
        free = permissions.manages(actor=actor, region_code=place, at=at)
    rows = Centre.select().where(Centre.region_code.in_(regions.lineage(place)))
    places = sorted(((row.region_code, row.name) for row in rows), key=lambda pair: -len(pair[0]))
    offered = kinds.offered(region_code=place, whom="person" if public_no else "team")
    return Offer(name, [(kind.code, kind.name, not kind.level) for kind in offered], places, free)


def announced(*, wanted: Wanted, at: datetime) -> Found[Notice]:
    """The public notices that run today, the newest first; anyone may read them. Filter: region (and all below it)."""
    today = local_day(at).isoformat()
    query = Nomination.select().where(
        Nomination.state == "announced", Nomination.notice_from <= today, Nomination.notice_until >= today,
        regions.real(Nomination.region_code),
    )
    if wanted.chosen("region"):
        query = query.where(scopes.within(Nomination.region_code, [wanted.chosen("region")]))
    sorts = {"at": Nomination.notice_from}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=Nomination.id.desc(), row=lambda row: row)
    return Found(_notices(page.rows), page.total, page.page, page.size)


def notice(*, code: str, at: datetime) -> tuple[Notice, bool]:
    """One that is shown in public, and whether its notice runs today. Refusals: NOT_FOUND (none, or decided by now)."""
    made = nominations.open_one(code=code)
    found = _notices([made]) if made.state == "announced" and not regions.in_practice(str(made.region_code)) else []
    if not found:
        raise Refusal(RefusalCode.NOT_FOUND)
    return found[0], objections.running(made, at)


def public_figures(shown: Notice) -> list[tuple[str, Any]]:
    """The figures that the public reads beside a notice, each with its name."""
    labels = entry("honours.figures") if shown.person else entry("commending.figures")
    keys = PUBLIC_OF_PERSON if shown.person else PUBLIC_OF_TEAM
    return [(labels[key], shown.figures[key]) for key in keys if key in shown.figures]


def _said(made: Nomination) -> str:
    """The merits as the public reads them: whoever wrote the name into them has not the person's consent to it."""
    if not made.volunteer_id:
        return str(made.merits)
    return str(made.merits).replace(str(made.volunteer.name), consent.hidden(made.volunteer.name))


def _notices(rows: Sequence[Nomination]) -> list[Notice]:
    places = regions.path_names(sorted({str(row.region_code)[:PUBLIC_PLACE] for row in rows}))
    given = [row.award_region for row in rows]
    centres = {row.region_code: row for row in Centre.select().where(Centre.region_code.in_(given))}
    return [
        Notice(
            row.code, consent.hidden(row.volunteer.name) if row.volunteer_id else row.team.name, bool(row.volunteer_id),
            row.posthumous, places[str(row.region_code)[:PUBLIC_PLACE]], row.title, _said(row),
            centres[row.award_region].name, centres[row.award_region].phone, row.notice_from or "",
            row.notice_until or "", row.figures, is_announced(date.fromisoformat(str(row.notice_until))),
        )
        for row in rows
        if row.award_region in centres
    ]  # fmt: skip
