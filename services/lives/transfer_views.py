"""Reading transfers: one's own, those of a division, one whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import HomeTransfer, Team, Volunteer
from services import decisions, permissions, regions, scopes
from services.actors import Actor
from services.bookkeeping import hours
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import transfers
from services.lives.transfers import CLOSED_TEAMS
from services.recruitment import finding
from services.recruitment.finding import FoundTeam

FromTeam, ToTeam, Decider = Team.alias(), Team.alias(), Volunteer.alias()
FEW = 8
STATES = ("asked", "requested", "done", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer in a list; `state` is `asked` while the person has not agreed."""

    code: str
    name: str
    public_no: str
    from_team: str
    to_team: str
    to_code: str
    state: str
    reason: str
    answer: str
    at: datetime
    ended_at: datetime | None
    by_himself: bool


@dataclass(frozen=True, slots=True)
class TransferPage:
    """One whole. Hours and stars are shown to the receiving side while it decides, and after it took him over;
    `number` is that of its history."""

    row: TransferRow
    from_place: str
    to_place: str
    asked_by: str
    decided_by: str
    total: int | None
    stars: int | None
    sees_person: bool
    may_decide: bool
    may_withdraw: bool
    number: int


@dataclass(frozen=True, slots=True)
class Destination:
    """A team as somebody sees it before moving there."""

    code: str
    name: str
    place: str
    other_county: bool


def _query() -> Any:
    return (
        HomeTransfer.select(
            HomeTransfer, Volunteer.id, Volunteer.name, Volunteer.public_no, FromTeam.id, FromTeam.name,
            ToTeam.id, ToTeam.name, ToTeam.code,
        )
        .join(Volunteer, on=HomeTransfer.volunteer)
        .switch(HomeTransfer)
        .join(FromTeam, JOIN.LEFT_OUTER, on=HomeTransfer.from_team)
        .switch(HomeTransfer)
        .join(ToTeam, on=HomeTransfer.to_team)
    )  # fmt: skip


def _row(row: Any) -> TransferRow:
    state = "asked" if row.state == "requested" and row.agreed_at is None else row.state
    return TransferRow(
        row.code, row.volunteer.name, row.volunteer.public_no, row.from_team.name if row.from_team_id else "",
        row.to_team.name, row.to_team.code, state, row.reason, row.answer, row.created_at, row.ended_at,
        row.asked_by_id == row.volunteer_id,
    )  # fmt: skip


def mine(*, volunteer_id: int) -> list[TransferRow]:
    """A person's own transfers, the newest first."""
    rows = _query().where(HomeTransfer.volunteer == volunteer_id).order_by(HomeTransfer.id.desc()).limit(20)
    return [_row(row) for row in rows]


def destination(*, actor: Actor, team_code: str) -> Destination:
    """The team somebody wants to move to. Refusals: NOT_REGISTERED, NOT_FOUND, TEAM_CLOSED."""
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if team.state in CLOSED_TEAMS:
        raise Refusal(RefusalCode.TEAM_CLOSED)
    own = Volunteer.get_by_id(actor.volunteer_id).region_code
    place = regions.path_names([team.region_code])[team.region_code]
    return Destination(team.code, team.name, place, own[:6] != team.region_code[:6])


def destinations(*, volunteer_id: int, text: str) -> list[FoundTeam]:
    """Teams somebody can move to, by name, place or code, the nearest to his home first; his own are left out."""
    found = finding.find(actor=Actor("pages", volunteer_id), text=text, limit=FEW) if text.strip() else []
    return [each for each in found if not each.mine and not each.founding]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[TransferRow]:
    """Transfers from and to the actor's divisions, and those he asked for himself."""
    codes = scopes.readable(actor=actor, at=at)
    own = HomeTransfer.asked_by == actor.volunteer_id
    here = own | scopes.within(HomeTransfer.to_region, codes) | scopes.within(HomeTransfer.from_region, codes)
    query = _query().where(here)
    state = wanted.chosen("state")
    if state in ("asked", "requested"):
        query = query.where(
            HomeTransfer.state == "requested", HomeTransfer.agreed_at.is_null(state == "asked")
        )
    elif state:
        query = query.where(HomeTransfer.state == state)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | ToTeam.name.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"at": HomeTransfer.created_at, "name": Volunteer.name, "to": ToTeam.name},
        default="-at", tie=HomeTransfer.id, row=_row,
    )  # fmt: skip


def transfer(*, actor: Actor, code: str, at: datetime) -> TransferPage:
    """One whole, for both sides, their leaders and whoever asked. Refusals: NOT_FOUND."""
    found = _query().where(HomeTransfer.code == code).first()
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    codes = scopes.readable(actor=actor, at=at)
    receives, gave = (scopes.covers(codes, each) for each in (found.to_region, found.from_region))
    led = [
        team is not None and not actor.is_house and permissions.leads(actor=actor, team_id=team, at=at)
        for team in (found.to_team_id, found.from_team_id)
    ]
    asked = actor.volunteer_id is not None and found.asked_by_id == actor.volunteer_id
    if not (receives or gave or any(led) or asked):
        raise Refusal(RefusalCode.NOT_FOUND)
    row = _row(found)
    parties = transfers.parties(found)
    decides = row.state == "requested" and decisions.may_decide(
        actor=actor, region_code=found.to_region, parties=parties, at=at
    )
    deals = receives and row.state in ("requested", "done")
    books = hours.summary(volunteer_id=found.volunteer_id, at=at) if deals else None
    places = regions.path_names([found.from_region, found.to_region])
    return TransferPage(
        row, places[found.from_region], places[found.to_region],
        _name(found.asked_by_id), _name(found.decided_by_id), books.total if books else None,
        books.stars if books else None, (receives or led[0]) if row.state == "done" else (gave or led[1]), decides,
        found.state == "requested" and found.asked_by_id == actor.volunteer_id,
        found.id,
    )  # fmt: skip


def _name(volunteer_id: int | None) -> str:
    if volunteer_id is None:
        return ""
    return str(Volunteer.select(Volunteer.name).where(Volunteer.id == volunteer_id).scalar() or "")
