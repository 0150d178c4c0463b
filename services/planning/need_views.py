"""What is seen of needs: the station's list, what a team may claim, one in full, one's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Activity, Need, Team
from services import decisions, leading, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.evaluation import askers, links
from services.evaluation.evaluations import Average, Said
from services.listing import Found, Wanted, cut
from services.participation import domains
from services.participation.publishing import PUBLISHING
from services.planning.needs import COUNTY_LENGTH, UNCLAIMED, NeedDraft, near
from services.regions import lineage

MOST_TEAMS = 100
#: Where a need comes from.
SOURCES = {
    "desk": Need.taken_by.is_null(False), "own": Need.volunteer.is_null(False), "door": Need.token_hash.is_null(False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need in a list; `late`: nobody answered in time; `judged`: what those served said of it; `stars`: what whoever
    asked said (only in his own list, 0 for nothing); `source`: desk, own (with an account) or door (without one)."""

    code: str
    title: str
    kind: str
    place: str
    sub_domain: str
    state: str
    team: str
    created_at: datetime
    due_at: datetime
    late: bool
    judged: Average
    source: str
    stars: int = 0


@dataclass(frozen=True, slots=True)
class NeedPage:
    """A need in full, with what the reader may do: teams that he may claim it for or offer it to, activities that
    those served can be asked to judge, what it says as a `draft` where he may put that right. `said` is empty for
    confidential kinds."""

    code: str
    title: str
    kind: str
    place: str
    station: str
    domain_name: str
    content: str
    risks: str
    wanted_from: str
    wanted_until: str
    private_home: bool
    state: str
    team: str
    team_code: str
    answer: str
    created_at: datetime
    due_at: datetime
    has_contact: bool
    activities: list[tuple[str, str, str]]
    source: str
    draft: NeedDraft | None
    judged: Average
    said: list[Said]
    judgeable: list[tuple[str, str]]
    own: bool
    decides: bool
    leads: bool
    may_open: bool
    claims: list[tuple[str, str]]
    offers: list[tuple[str, str]]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[NeedLine]:
    """Needs of the stations the actor looks after, and those his teams have, are offered or may claim.

    Filters: state (else: what is not done), kind, region, whose (mine: of my teams), source.
    """
    teams = leading.led_teams(actor=actor, at=at, most=MOST_TEAMS)
    readable = scopes.readable(actor=actor, at=at)
    mine = Need.team.in_([each.id for each in teams])
    seen = scopes.within(Need.region_code, readable) | scopes.within(Need.station_region, readable) | mine
    if teams:
        counties = {each.region_code[:COUNTY_LENGTH] for each in teams}
        seen |= (Need.state == "open") & scopes.within(Need.region_code, sorted(counties))
    query = Need.select(Need, Team.id, Team.name).join(Team, JOIN.LEFT_OUTER).where(seen)
    state = wanted.chosen("state")
    if state != "all":
        query = query.where(
            Need.state == state if state else Need.state.in_((*UNCLAIMED, "claimed", "served"))
        )
    if wanted.chosen("kind"):
        query = query.where(Need.kind == wanted.chosen("kind"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Need.region_code, [wanted.chosen("region")]))
    if wanted.chosen("source"):
        query = query.where(SOURCES[wanted.chosen("source")])
    if wanted.chosen("whose") == "mine":
        query = query.where(mine)
    if wanted.text:
        query = query.where(Need.title.contains(wanted.text))
    sorts = {"created": Need.created_at, "due": Need.answer_due_at, "state": Need.state}
    page = cut(query, wanted=wanted, sorts=sorts, default="-created", tie=Need.id, row=lambda row: row)
    return Found(_lines(page.rows, at), page.total, page.page, page.size)


def _lines(rows: list[Any], at: datetime) -> list[NeedLine]:
    places = regions.path_names([row.region_code for row in rows])
    judged = links.of_needs(need_ids=[row.id for row in rows])
    return [_line(row, places, judged.get(row.id, Average(0, None)), at) for row in rows]


def _line(row: Any, places: dict[str, str], judged: Average, at: datetime) -> NeedLine:
    kind = domains.sub_domain(row.domain, row.sub_domain)
    return NeedLine(
        row.code, row.title, row.kind, places[row.region_code], kind.name if kind else row.sub_domain, row.state,
        row.team.name if row.team_id else "", row.created_at, row.answer_due_at,
        row.state == "received" and row.answer_due_at <= at, judged, _source(row),
    )  # fmt: skip


def _source(row: Any) -> str:
    return "own" if row.volunteer_id else "door" if row.token_hash else "desk"


def page(*, actor: Actor, code: str, at: datetime) -> NeedPage:
    """One need for its station and those above, for whoever asked, and for leaders of teams that have it or may claim
    it; NOT_FOUND to everybody else."""
    need = Need.get_or_none(Need.code == code)
    if need is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    readable = scopes.readable(actor=actor, at=at)
    own = actor.volunteer_id is not None and need.volunteer_id == actor.volunteer_id
    leads = need.team_id is not None and permissions.leads(actor=actor, team_id=need.team_id, at=at)
    mine = leading.led_teams(actor=actor, at=at, most=MOST_TEAMS)
    rows = list(Team.select().where(Team.id.in_([each.id for each in mine]), Team.state.in_(PUBLISHING)))
    claims = [each for each in rows if near(need, each)] if need.state == "open" else []
    looks = scopes.covers(readable, str(need.region_code)) or scopes.covers(readable, str(need.station_region))
    if not (looks or own or leads or claims):
        raise Refusal(RefusalCode.NOT_FOUND)
    station = str(need.station_region)
    decides = decisions.may_decide(actor=actor, region_code=station, parties=[need.volunteer_id], at=at)
    kind = domains.sub_domain(need.domain, need.sub_domain)
    offered = [need.team] if need.team and need.state == "offered" and leads else []
    made = list(Activity.select().where(Activity.need_id == need.id).order_by(Activity.id))
    owner = leads and need.state in ("claimed", "served")
    return NeedPage(
        code=need.code, title=need.title, kind=need.kind, place=regions.path_name(str(need.region_code)),
        station=regions.path_name(station), content=need.content, risks=need.risks,
        domain_name=f"{domains.domain_name(need.domain)}·{kind.name if kind else need.sub_domain}",
        wanted_from=need.wanted_from or "", wanted_until=need.wanted_until or "", private_home=need.private_home,
        state=need.state, team=need.team.name if need.team else "", team_code=need.team.code if need.team else "",
        answer=need.answer, created_at=need.created_at, due_at=need.answer_due_at,
        has_contact=need.contact_sealed is not None, own=own, decides=decides, leads=leads,
        activities=[(each.code, each.title, each.state) for each in made] if leads or looks else [],
        judged=links.of_need(need_id=need.id), source=_source(need),
        said=links.words_of_need(need_id=need.id) if (leads or looks) and not (kind and kind.confidential) else [],
        draft=_draft(need) if decides and need.state in UNCLAIMED else None,
        judgeable=[
            (each.code, each.title) for each in made
            if permissions.leads(actor=actor, team_id=each.team_id, at=at) and each.state not in links.NOT_JUDGED
        ],
        may_open=owner or permissions.manages(actor=actor, region_code=station, at=at),
        claims=[(each.code, each.name) for each in [*offered, *claims]],
        offers=_offers(need) if decides and need.state in UNCLAIMED else [],
    )  # fmt: skip


def _draft(need: Need) -> NeedDraft:
    """What it says now, for the form that puts it right."""
    return NeedDraft(
        need.title, need.domain, need.sub_domain, need.content, need.kind, need.risks, need.wanted_from or "",
        need.wanted_until or "", need.private_home,
    )  # fmt: skip


def _offers(need: Need) -> list[tuple[str, str]]:
    """The teams it may be offered to, nearest first."""
    home = str(need.region_code)
    around = Team.select().where(
        Team.state.in_(PUBLISHING),
        scopes.within(Team.region_code, [home[:COUNTY_LENGTH]]) | Team.region_code.in_(lineage(home)),
    )

    def far(team: Team) -> int:
        common = 0
        while common < len(home) and str(team.region_code)[: common + 1] == home[: common + 1]:
            common += 1
        return -common

    rows = sorted(around.limit(2000), key=lambda team: (far(team), team.name))
    return [(each.code, each.name) for each in rows[:MOST_TEAMS]]


def mine(*, volunteer_id: int, at: datetime) -> list[NeedLine]:
    """What this person has asked for, newest first."""
    query = (
        Need.select(Need, Team.id, Team.name)
        .join(Team, JOIN.LEFT_OUTER)
        .where(Need.volunteer == volunteer_id)
        .order_by(Need.id.desc())
        .limit(50)
    )
    rows = list(query)
    said = askers.stars(need_ids=[row.id for row in rows])
    return [replace(line, stars=said.get(row.id, 0)) for row, line in zip(rows, _lines(rows, at), strict=True)]
