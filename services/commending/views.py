"""Nominations as people read them: the list, one of them, and the public notice that anyone may open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clock import local_day
from models import Centre, Nomination, NominationStep, Team, Volunteer
from services import decisions, permissions, regions, scopes
from services.actors import Actor
from services.commending import nominations
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut


@dataclass(frozen=True, slots=True)
class Line:
    """A nomination in the list; `mine`: its next word is the reader's."""

    code: str
    team: str
    place: str
    title: str
    award: str
    state: str
    at_place: str
    until: str
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
    may_decide: bool
    may_award: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What the public may read."""

    team: str
    place: str
    title: str
    merits: str
    centre: str
    phone: str
    first: str
    last: str
    figures: Mapping[str, Any]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Where the actor may look; filters: state (open: review and announced), region."""
    query = (
        Nomination.select(Nomination, Team)
        .join(Team)
        .where(scopes.within(Nomination.region_code, scopes.readable(actor=actor, at=at)))
    )
    state = wanted.chosen("state")
    if state:
        query = query.where(Nomination.state.in_(nominations.OPEN) if state == "open" else Nomination.state == state)
    if wanted.chosen("region"):
        query = query.where(scopes.within(Nomination.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text) | Nomination.title.contains(wanted.text))
    sorts = {"at": Nomination.created_at}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=Nomination.id, row=lambda row: row)
    codes = sorted({code for row in page.rows for code in (row.region_code, row.award_region, row.at_region)})
    places = regions.path_names(codes)
    return Found([_line(row, places, actor, at) for row in page.rows], page.total, page.page, page.size)


def _line(row: Nomination, places: Mapping[str, str], actor: Actor, at: datetime) -> Line:
    return Line(
        row.code, row.team.name, places[row.region_code], row.title, places[row.award_region], row.state,
        places[row.at_region], row.notice_until or "", row.created_at, _decides(row, actor, at),
    )  # fmt: skip


def _decides(row: Nomination, actor: Actor, at: datetime) -> bool:
    region = row.at_region if row.state == "review" else row.award_region
    return row.state in nominations.OPEN and decisions.may_decide(
        actor=actor, region_code=str(region), parties=[row.made_by_id, row.team.leader_id, row.team.liaison_id], at=at
    )


def page(*, actor: Actor, code: str, at: datetime) -> View:
    """One nomination, for those who may look at the team's division or lead the team. Refusals: NOT_FOUND."""
    made = nominations.open_one(code=code)
    permissions.require_see(actor=actor, team_id=made.team_id, at=at)
    rows = list(NominationStep.select().where(NominationStep.nomination == made.id).order_by(NominationStep.id))
    codes = [made.region_code, made.award_region, made.at_region, *(row.region_code for row in rows)]
    places = regions.path_names(codes)
    ids = [row.decided_by_id for row in rows if row.decided_by_id]
    names = {row.id: row.name for row in Volunteer.select(Volunteer.id, Volunteer.name).where(Volunteer.id.in_(ids))}
    steps = [
        Step(places[row.region_code], row.verdict, row.text, names.get(row.decided_by_id, ""), row.at) for row in rows
    ]
    line = _line(made, places, actor, at)
    if made.state == "review":
        parties = [made.made_by_id, made.team.leader_id, made.team.liaison_id]
        who = decisions.deciding_region(region_code=str(made.at_region), parties=parties, at=at)
        line = replace(line, at_place=regions.path_name(who) if who else line.at_place)
    over = made.state == "announced" and str(made.notice_until) < local_day(at).isoformat()
    manages = permissions.manages(actor=actor, region_code=str(made.region_code), at=at)
    return View(
        line, made.merits, made.figures, steps, made.team.code, line.mine, line.mine and over,
        manages and made.state == "review",
    )  # fmt: skip


def award_places(*, actor: Actor, team_code: str, at: datetime) -> tuple[str, list[tuple[str, str]]]:
    """(the team's name, (division, centre) that may commend it, the lowest first). Refusals: NOT_FOUND, NOT_ALLOWED."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=team.region_code, at=at)
    rows = Centre.select().where(Centre.region_code.in_(regions.lineage(team.region_code)))
    found = sorted(((row.region_code, row.name) for row in rows), key=lambda pair: -len(pair[0]))
    return team.name, found


def announced(*, at: datetime, limit: int = 100) -> list[Notice]:
    """The public notices that run today, the newest first; anyone may read them."""
    today = local_day(at).isoformat()
    query = (
        Nomination.select(Nomination, Team)
        .join(Team)
        .where(Nomination.state == "announced", Nomination.notice_from <= today, Nomination.notice_until >= today)
        .order_by(Nomination.notice_from.desc(), Nomination.id.desc())
        .limit(limit)
    )
    rows = [row for row in query if not regions.in_practice(row.region_code)]
    places = regions.path_names([row.region_code for row in rows])
    centres = {row.region_code: row for row in Centre.select().where(
        Centre.region_code.in_([row.award_region for row in rows])
    )}  # fmt: skip
    return [
        Notice(
            row.team.name, places[row.region_code], row.title, row.merits, centres[row.award_region].name,
            centres[row.award_region].phone, row.notice_from or "", row.notice_until or "", row.figures,
        )
        for row in rows
        if row.award_region in centres
    ]  # fmt: skip
