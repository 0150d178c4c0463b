"""A project applies for support: applied → reviewed → granted → spent → closing report (S91).

Whoever applied or leads the team neither reviews nor grants; whoever reviewed does not grant: where a station has one
officer, one centre up decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import FundingSource, MoneyGrant, MoneyLine, Project, Team, store
from services import audit, decisions, leading, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.money import sources
from services.money.amounts import fen, yuan
from services.money.lines import held_grant, led_project, spent

C = RefusalCode
LENGTHS = {"purpose": 500, "opinion": 300, "answer": 300, "closing": 1000}


@dataclass(frozen=True, slots=True)
class GrantLine:
    """An application in a list; amounts in fen, `granted` None as long as nothing was."""

    code: str
    project: str
    project_code: str
    team: str
    place: str
    source: str
    state: str
    asked: int
    granted: int | None
    spent: int
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class GrantPage:
    """An application in full, and what the reader may do with it now."""

    id: int
    line: GrantLine
    purpose: str
    opinion: str
    answer: str
    closing: str
    may_review: bool
    may_decide: bool
    may_spend: bool
    may_withdraw: bool


def _text(name: str, text: str, *, needed: bool = True) -> str:
    found = text.strip()
    if len(found) > LENGTHS[name] or "\x00" in found or (needed and not found):
        raise Refusal(C.FIELD_WRONG, field=name)
    return found


def _parties(grant: MoneyGrant, *, with_reviewer: bool) -> list[int | None]:
    found = [grant.applied_by_id, grant.team.leader_id]
    return [*found, grant.reviewed_by_id] if with_reviewer else found


def apply(*, actor: Actor, project_code: str, source: str, amount: str, purpose: str, at: datetime) -> str:
    """Ask for support of a running project; the application's code.

    Refusals: NOT_FOUND, NOT_ALLOWED, PLANNING_STATE (the project is closed), FIELD_WRONG (`source`, `amount`,
    `purpose`).
    """

    def act() -> str:
        project = led_project(actor=actor, code=project_code, at=at)
        if project.state != "running":
            raise Refusal(C.PLANNING_STATE)
        made = MoneyGrant.create(
            code=new_code(), project=project, team=project.team_id, region_code=project.region_code,
            source=sources.require(source), asked=fen(amount), purpose=_text("purpose", purpose), state="applied",
            applied_by=actor.volunteer_id, applied_at=at,
        )  # fmt: skip
        _note(made, "grant.applied", actor, at)
        people = decisions.deciders(
            region_code=str(made.region_code), parties=_parties(made, with_reviewer=False), at=at
        )
        _tell("grant_applied", made, sorted(people), at, count=yuan(made.asked))
        return str(made.code)

    return store.write(act)


def _note(grant: MoneyGrant, verb: str, actor: Actor, at: datetime, reason: str = "") -> None:
    audit.changed(actor=actor, verb=verb, subject=f"grant:{grant.id}", changes={}, at=at, reason=reason[:200])


def _tell(kind: str, grant: MoneyGrant, people: list[Any], at: datetime, **facts: Any) -> None:
    telling.tell(
        kind=kind, people=people, key=str(grant.id), at=at, title=grant.project.title, team=grant.team.name,
        url=f"/console/grants/{grant.code}", **facts,
    )  # fmt: skip


def _in(grant: MoneyGrant, *states: str) -> None:
    if grant.state not in states:
        raise Refusal(C.GRANT_STATE)


def review(*, actor: Actor, code: str, opinion: str, at: datetime) -> None:
    """Say what the centre thinks of it, before somebody else decides.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (whoever applied, or leads the team), GRANT_STATE, FIELD_WRONG
    (`opinion`).
    """

    def act() -> None:
        grant = held_grant(code)
        parties = _parties(grant, with_reviewer=False)
        decisions.require_decider(actor=actor, region_code=str(grant.region_code), parties=parties, at=at)
        _in(grant, "applied")
        said = _text("opinion", opinion)
        MoneyGrant.update(state="reviewed", reviewed_by=actor.volunteer_id, reviewed_at=at, opinion=said).where(
            MoneyGrant.id == grant.id
        ).execute()
        _note(grant, "grant.reviewed", actor, at, said)
        people = decisions.deciders(
            region_code=str(grant.region_code), parties=[*parties, actor.volunteer_id], at=at
        )
        _tell("grant_reviewed", grant, sorted(people), at, count=yuan(grant.asked))

    store.write(act)


def decide(*, actor: Actor, code: str, amount: str, answer: str, grants: bool, at: datetime) -> None:
    """Grant all or a part of what was asked, which is the project's income from then on, or refuse with a reason.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (whoever applied, leads the team, or reviewed it), GRANT_STATE (not
    reviewed, or decided), REASON_REQUIRED (a no), PLANNING_STATE (a yes to a project that is closed by now),
    FIELD_WRONG (`amount`, `answer`), GRANT_MORE (fact `most`).
    """

    def act() -> None:
        grant = held_grant(code)
        parties = _parties(grant, with_reviewer=True)
        decisions.require_decider(actor=actor, region_code=str(grant.region_code), parties=parties, at=at)
        _in(grant, "reviewed")
        said = _text("answer", answer, needed=False)
        if not grants and not said:
            raise Refusal(C.REASON_REQUIRED)
        if grants and grant.project.state != "running":
            raise Refusal(C.PLANNING_STATE)
        given = fen(amount) if grants else None
        if given is not None and given > grant.asked:
            raise Refusal(C.GRANT_MORE, most=yuan(grant.asked))
        MoneyGrant.update(
            state="granted" if grants else "refused", granted=given, decided_by=actor.volunteer_id, decided_at=at,
            answer=said,
        ).where(MoneyGrant.id == grant.id).execute()
        if given is not None:
            _put_in(grant, given, actor, at)
        _note(grant, "grant.granted" if grants else "grant.refused", actor, at, said)
        people = _parties(grant, with_reviewer=False)
        if given is not None:
            _tell("grant_granted", grant, people, at, count=yuan(given))
        else:
            _tell("grant_refused", grant, people, at, reason=said)

    store.write(act)


def _put_in(grant: MoneyGrant, given: int, actor: Actor, at: datetime) -> None:
    """What was granted is the project's income, written down with the decision."""
    MoneyLine.create(
        code=new_code(), project=grant.project_id, team=grant.team_id, region_code=grant.region_code, direction="in",
        source=grant.source, fen=given, local_day=local_day(at).isoformat(), grant=grant, actor=actor.volunteer_id,
        at=at,
    )  # fmt: skip


def _its_own(actor: Actor, grant: MoneyGrant, at: datetime) -> bool:
    return grant.applied_by_id == actor.volunteer_id or grant.team_id in leading.own_teams(actor=actor, at=at)


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Take the application back before it is decided: whoever applied, and the team's own leaders.

    An office that manages the team says no with a reason (`decide`). Refusals: NOT_FOUND, NOT_ALLOWED, GRANT_STATE.
    """

    def act() -> None:
        grant = held_grant(code)
        permissions.require_lead(actor=actor, team_id=grant.team_id, at=at)
        if not _its_own(actor, grant, at):
            raise Refusal(C.NOT_ALLOWED)
        _in(grant, "applied", "reviewed")
        MoneyGrant.update(state="withdrawn", closed_at=at).where(MoneyGrant.id == grant.id).execute()
        _note(grant, "grant.withdrawn", actor, at)

    store.write(act)


def close(*, actor: Actor, code: str, report: str, at: datetime) -> None:
    """The closing report: what was done for the money. From then on its lines stay as they are.

    Refusals: NOT_FOUND, NOT_ALLOWED, GRANT_STATE (not granted, or closed), FIELD_WRONG (`closing`).
    """

    def act() -> None:
        grant = held_grant(code)
        permissions.require_lead(actor=actor, team_id=grant.team_id, at=at)
        _in(grant, "granted")
        MoneyGrant.update(state="closed", closing=_text("closing", report), closed_at=at).where(
            MoneyGrant.id == grant.id
        ).execute()
        _note(grant, "grant.closed", actor, at)
        _tell("grant_closed", grant, [grant.decided_by_id], at, count=yuan(spent(grant.id)))

    store.write(act)


def line_of(row: Any, place: str, source: str) -> GrantLine:
    """A grant with project and team joined, as lists show it."""
    return GrantLine(
        row.code, row.project.title, row.project.code, row.team.name, place, source, row.state, row.asked, row.granted,
        spent(row.id) if row.granted else 0, row.applied_at,
    )  # fmt: skip


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[GrantLine]:
    """Applications of the teams the actor leads and the divisions he may look at; filters: region, state, source."""
    readable = scopes.readable(actor=actor, at=at)
    seen = leading.led(actor=actor, at=at) | scopes.within(MoneyGrant.region_code, readable)
    query = MoneyGrant.select(MoneyGrant, Project, Team).join(Project).switch(MoneyGrant).join(Team).where(seen)
    for name, column in (("state", MoneyGrant.state), ("source", MoneyGrant.source)):
        if wanted.chosen(name):
            query = query.where(column == wanted.chosen(name))
    if wanted.chosen("region"):
        query = query.where(scopes.within(MoneyGrant.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Project.title.contains(wanted.text) | Team.name.contains(wanted.text))
    sorts = {"applied": MoneyGrant.applied_at, "asked": MoneyGrant.asked, "project": Project.title}
    page = cut(query, wanted=wanted, sorts=sorts, default="-applied", tie=MoneyGrant.id, row=lambda row: row)
    places, known = regions.path_names([row.region_code for row in page.rows]), sources.names()
    lines = [line_of(row, places[row.region_code], known[row.source]) for row in page.rows]
    return Found(lines, page.total, page.page, page.size)


def page(*, actor: Actor, code: str, at: datetime) -> GrantPage:
    """One application. Refusals: NOT_FOUND, NOT_ALLOWED."""
    grant = MoneyGrant.get_or_none(MoneyGrant.code == code)
    if grant is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=grant.team_id, at=at)
    leads = permissions.leads(actor=actor, team_id=grant.team_id, at=at)

    def decides(*, with_reviewer: bool) -> bool:
        return decisions.may_decide(
            actor=actor, region_code=grant.region_code, parties=_parties(grant, with_reviewer=with_reviewer), at=at
        )

    may_review = grant.state == "applied" and decides(with_reviewer=False)
    may_decide = grant.state == "reviewed" and decides(with_reviewer=True)
    source = FundingSource.get(FundingSource.code == grant.source)
    return GrantPage(
        grant.id, line_of(grant, regions.path_name(grant.region_code), source.name), grant.purpose, grant.opinion,
        grant.answer, grant.closing, may_review, may_decide, leads and grant.state == "granted",
        leads and grant.state in ("applied", "reviewed") and _its_own(actor, grant, at),
    )  # fmt: skip


def to_decide(*, actor: Actor, at: datetime) -> int:
    """How many applications of the actor's divisions wait for a centre, counted to ten."""
    managed = scopes.managed(actor=actor, at=at)
    waiting = MoneyGrant.state.in_(("applied", "reviewed")) & scopes.within(MoneyGrant.region_code, managed)
    return int(MoneyGrant.select().where(waiting).limit(10).count())


def open_ones(project_id: int) -> list[tuple[str, str]]:
    """The grants of a project that can be spent: (code, name of the source and what is left)."""
    known = sources.names()
    rows = MoneyGrant.select().where(MoneyGrant.project == project_id, MoneyGrant.state == "granted")
    return [(str(row.code), f"{known[row.source]}（{yuan((row.granted or 0) - spent(row.id))}）") for row in rows]


