"""What is shown of applications: the officer's and leader's list, one application whole, a person's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from peewee import fn

from frozen import dataclass
from models import Application, Examination, HomeTransfer, Reference, Team, Volunteer
from services import decisions, permissions, rules, scopes
from services.access import belonging
from services.accounts import agreeing
from services.accounts.agreeing import Owed
from services.accounts.documents import mask_name
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.leading import TeamBrief
from services.listing import Found, Wanted, cut
from services.permissions import LEADING
from services.recruitment import vetting
from services.recruitment.promises import Promise, promises

#: Nothing waits for anybody any more; a refusal can still be answered, by one who is still here.
OVER = ("approved", "refused", "declined", "withdrawn")


@dataclass(frozen=True, slots=True)
class Row:
    """An application in a list."""

    code: str
    name: str
    team: str
    team_code: str
    route: str
    state: str
    recommender: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One reference: who was asked, how many, well or not."""

    asked: str
    count: int
    favourable: bool
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Examined:
    """One examination: {criterion: (passed, note)}."""

    criteria: dict[str, tuple[bool, str]]
    passed: bool
    on: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """One application whole. `missing`: what vetting lacks; `may_*`: what the one who looks may do next; `number`
    is that of its history. `away`: he has moved where the reader sees him no more (`_away`)."""

    row: Row
    identity: str
    public_no: str
    age: int | None
    statement: str
    references: list[Asked]
    examinations: list[Examined]
    missing: list[str]
    needed: int
    reason: str
    reply: str
    decided_by: str
    decided_at: datetime | None
    may_refer: bool
    may_decide: bool
    own: bool
    number: int
    away: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's own application, with what he has to promise and what lacks his consent (`owed`) if it is an offer."""

    row: Row
    statement: str
    reason: str
    reply: str
    promises: tuple[Promise, Promise]
    owed: tuple[Owed, ...] = ()


def applications(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Row]:
    """Applications to teams the actor leads or whose division he may look at; filters: state, route, source.

    Of people who moved away the name is masked, and a search for it does not find them.
    """
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    led = [g.team_id for g in grants if g.team_id is not None and g.role in LEADING]
    areas = scopes.readable(actor=actor, at=at)
    reach = scopes.within(Team.region_code, areas) | Team.id.in_(led)
    query = _joined().where(reach)
    columns = {"state": Application.state, "route": Application.route, "source": Application.source}
    for name, column in columns.items():
        if wanted.chosen(name):
            query = query.where(column == wanted.chosen(name))
    if wanted.text:
        named = Volunteer.name.contains(wanted.text) & ~_gone_from(areas)
        query = query.where(named | Team.name.contains(wanted.text))
    sorts = {
        "at": Application.created_at,
        "name": Volunteer.name,
        "team": Team.name,
        "state": Application.state,
    }
    found = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=Application.id, row=lambda each: each)
    away = _away(actor, found.rows, at)
    rows = [_row(each, away=each.id in away) for each in found.rows]
    return Found(rows, found.total, found.page, found.size)


def _gone_from(areas: Sequence[str]) -> Any:
    """The condition that an application is over and its person has since moved out of these divisions."""
    moves = HomeTransfer.select(HomeTransfer.id).where(
        HomeTransfer.volunteer == Application.volunteer, HomeTransfer.state == "done",
        HomeTransfer.ended_at >= Application.created_at, ~scopes.within(HomeTransfer.to_region, areas),
    )  # fmt: skip
    return Application.state.in_(OVER) & fn.EXISTS(moves)


#: How many ids one statement names: SQLite takes 32,766 values, an Excel file holds more rows.
CHUNK = 10_000


def _away(actor: Actor, found: Sequence[Application], at: datetime) -> set[int]:
    """Which of these applications are over and of people who moved, after they applied, to where the actor may not
    look: the old county's view of a person ends with the day of the move."""
    over = [each for each in found if each.state in OVER and each.volunteer_id != actor.volunteer_id]
    moved: dict[int, datetime] = {}
    for start in range(0, len(over), CHUNK):
        people = {each.volunteer_id for each in over[start : start + CHUNK]}
        rows: Any = HomeTransfer.select(HomeTransfer.volunteer, HomeTransfer.ended_at).where(
            HomeTransfer.volunteer.in_(people), HomeTransfer.state == "done"
        )
        for row in rows.order_by(HomeTransfer.ended_at):
            moved[row.volunteer_id] = row.ended_at
    gone = [
        each for each in over if each.volunteer_id in moved and moved[each.volunteer_id] >= each.created_at
    ]
    ids = {each.volunteer_id for each in gone}
    seen = belonging.seen_among(actor=actor, ids=ids, at=at) if ids else set()
    return {each.id for each in gone if each.volunteer_id not in seen}


def _joined() -> Any:
    return (
        Application.select(Application, Team, Volunteer)
        .join(Team, on=(Application.team == Team.id))
        .switch(Application)
        .join(Volunteer, on=(Application.volunteer == Volunteer.id))
    )


def _row(each: Application, *, away: bool = False) -> Row:
    name = mask_name(each.volunteer.name) if away else each.volunteer.name
    recommender = each.recommender.name if each.recommender else ""
    return Row(
        each.code, name, each.team.name, each.team.code, each.route, each.state, recommender,
        each.source, each.created_at,
    )  # fmt: skip


def application(*, actor: Actor, code: str, at: datetime) -> Sheet:
    """One application for those who lead the team or look after its division. Refusals: NOT_FOUND."""
    each = Application.get_or_none(Application.code == code)
    if each is None or not _may_look(actor, each, at):
        raise Refusal(RefusalCode.NOT_FOUND)
    parties = vetting.parties(each)
    waiting = each.state == "submitted"
    may_decide = decisions.may_decide(actor=actor, region_code=each.team.region_code, parties=parties, at=at)
    leads = permissions.leads(actor=actor, team_id=each.team_id, at=at)
    own = actor.volunteer_id == each.volunteer_id
    person, away = each.volunteer, bool(_away(actor, [each], at))
    if away:
        return _of_one_away(each)
    return Sheet(
        _row(each), person.identity, person.public_no, _age(person.birth_date, at), each.statement,
        [_asked(row) for row in vetting.references(each.id)],
        [_examined(row) for row in vetting.examinations(each.id)],
        vetting.missing(application=each, at=at) if waiting else [],
        rules.rule("team", each.team.region_code, at).params["min_references"], each.reason, each.reply,
        each.decided_by.name if each.decided_by else "", each.decided_at,
        waiting and leads and not own, waiting and may_decide, own, each.id, False,
    )  # fmt: skip


def _of_one_away(each: Application) -> Sheet:
    """What is left of it where he was: that there was one, what came of it and who decided."""
    decider = each.decided_by.name if each.decided_by else ""
    return Sheet(
        _row(each, away=True), "", "", None, "", [], [], [], 0, "", "", decider, each.decided_at, False, False, False,
        each.id, True,
    )  # fmt: skip


def _may_look(actor: Actor, each: Application, at: datetime) -> bool:
    readable = scopes.readable(actor=actor, at=at)
    return scopes.covers(readable, each.team.region_code) or permissions.leads(
        actor=actor, team_id=each.team_id, at=at
    )


def _age(birth_date: str | None, at: datetime) -> int | None:
    if not birth_date:
        return None
    born, today = date.fromisoformat(birth_date), at.date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _asked(row: Reference) -> Asked:
    return Asked(
        row.asked, row.asked_count, row.favourable, row.note, row.actor.name if row.actor else "", row.at
    )


def _examined(row: Examination) -> Examined:
    found = {name: (bool(each["passed"]), str(each["note"])) for name, each in row.criteria.items()}
    return Examined(
        found, row.passed, date.fromisoformat(row.examined_on), row.actor.name if row.actor else "", row.at
    )


def mine(*, actor: Actor, brand: str) -> list[Mine]:
    """A person's own applications and offers, the newest first."""
    rows = _joined().where(Application.volunteer == actor.volunteer_id).order_by(Application.id.desc())
    return [_mine(each, brand) for each in rows]


def my_application(*, actor: Actor, code: str, brand: str) -> Mine:
    """One of a person's own. Refusals: NOT_FOUND."""
    each = Application.get_or_none(Application.code == code, Application.volunteer == actor.volunteer_id)
    if each is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return _mine(each, brand)


def _mine(each: Application, brand: str) -> Mine:
    asked = promises(volunteer_id=each.volunteer_id, team=each.team, brand=brand)
    owed = agreeing.owed(volunteer_id=each.volunteer_id) if each.state == "offered" else ()
    return Mine(_row(each), each.statement, each.reason, each.reply, asked, owed)


def led_team(*, actor: Actor, team_code: str, at: datetime) -> TeamBrief:
    """A team the actor leads, for the form of a recommendation. Refusals: NOT_FOUND, NOT_ALLOWED."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    return TeamBrief(team.code, team.id, team.name, team.short_name, team.region_code)


@dataclass(frozen=True, slots=True)
class TeamDoor:
    """A team as somebody sees it who wants to join; `owed`: what lacks his consent, to be asked with the promises."""

    code: str
    name: str
    at_once: bool
    promises: tuple[Promise, Promise]
    owed: tuple[Owed, ...]


def team_door(*, actor: Actor, team_code: str, brand: str, at: datetime) -> TeamDoor:
    """What one reads before applying. Refusals: NOT_REGISTERED, NOT_FOUND, TEAM_CLOSED."""
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if team.state in ("paused", "dissolved", "merged"):
        raise Refusal(RefusalCode.TEAM_CLOSED)
    vetted = rules.rule("team", team.region_code, at).params["vetting"] and team.state != "founding"
    asked = promises(volunteer_id=actor.volunteer_id, team=team, brand=brand)
    return TeamDoor(team.code, team.name, not vetted, asked, agreeing.owed(volunteer_id=actor.volunteer_id))
