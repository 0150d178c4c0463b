"""Income and spending of a project, as somebody wrote them down; nothing is paid here (S90).

A line is never edited: what was wrong is reversed, once, with a reason, and written anew. A line of a grant spends what
was granted and no more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN, IntegrityError, fn

from frozen import dataclass
from models import FundingSource, MoneyGrant, MoneyLine, Partner, Project, Team, Volunteer, store
from services import audit, leading, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.money import sources
from services.money.amounts import fen, past_day, yuan
from services.planning import partners
from services.planning.all_activities import rows
from wording import entry

C = RefusalCode
NOTE_LONGEST = 200


@dataclass(frozen=True, slots=True)
class LineDraft:
    """What the form says: `direction` in or out, `amount` in yuan as text, `purpose` for spending, `grant` the code of
    the grant it spends, `partner` the code of who gave it; the last two may be ""."""

    direction: str
    source: str
    amount: str
    day: str
    purpose: str = ""
    note: str = ""
    grant: str = ""
    partner: str = ""


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A line in a list; `fen` below zero where it reverses another; `reversed` where another reverses it."""

    code: str
    project: str
    project_code: str
    team: str
    place: str
    direction: str
    source: str
    purpose: str
    fen: int
    day: str
    note: str
    partner: str
    who: str
    reverses: bool
    reversed: bool
    may_reverse: bool


def led_project(*, actor: Actor, code: str, at: datetime) -> Project:
    """A project of a team that the actor leads. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = Project.get_or_none(Project.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=found.team_id, at=at)
    assert isinstance(found, Project)
    return found


def partners_of(project: Project) -> list[Partner]:
    """The partners who may have given money to a project: its team's, its division's, and those above."""
    return [each for each in partners.of_team(project.team) if each.to_on is None]


def require_own(*, actor: Actor, code: str, at: datetime) -> None:
    """Go on for those who may reverse this line. Refusals: NOT_FOUND, NOT_ALLOWED."""
    line = MoneyLine.get_or_none(MoneyLine.code == code)
    if line is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=line.team_id, at=at)


def sums(project_code: str) -> tuple[int, int]:
    """What came in and what went out of a project, in fen."""
    found = (
        MoneyLine.select(MoneyLine.direction, fn.SUM(MoneyLine.fen))
        .join(Project)
        .where(Project.code == project_code)
        .group_by(MoneyLine.direction)
    )
    by = {str(direction): int(total) for direction, total in rows(found)}
    return by.get("in", 0), by.get("out", 0)


def spent(grant_id: int) -> int:
    """What was spent of a grant, reversals taken off, in fen."""
    query = MoneyLine.select(fn.COALESCE(fn.SUM(MoneyLine.fen), 0)).where(
        MoneyLine.grant == grant_id, MoneyLine.direction == "out"
    )
    return int(query.scalar())


def write_down(*, actor: Actor, project_code: str, draft: LineDraft, at: datetime) -> str:
    """Write down an income or a spending; its code.

    Refusals: NOT_FOUND (also a grant or a partner that is none of the project's), NOT_ALLOWED, FIELD_WRONG
    (`direction`, `source`, `amount`, `day`, `purpose`, `note`; `grant`: its income is written with the decision),
    GRANT_STATE (not granted, or closed), GRANT_SPENT (fact `left`, in yuan).
    """

    def act() -> str:
        project = led_project(actor=actor, code=project_code, at=at)
        columns = _checked(draft, at)
        grant = _grant(project, draft, columns["fen"]) if draft.grant else None
        partner = _partner(project, draft.partner) if draft.partner else None
        made = MoneyLine.create(
            code=new_code(), project=project, team=project.team_id, region_code=project.region_code, grant=grant,
            partner=partner, actor=actor.volunteer_id, at=at, **columns | ({"source": grant.source} if grant else {}),
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="money.written", subject=f"project:{project.id}", at=at,
            changes={"fen": [None, made.fen], "direction": ["", made.direction]},
        )  # fmt: skip
        return str(made.code)

    return store.write(act)


def _checked(draft: LineDraft, at: datetime) -> dict[str, Any]:
    if draft.direction not in ("in", "out"):
        raise Refusal(C.FIELD_WRONG, field="direction")
    if not draft.grant:
        sources.require(draft.source)
    if draft.direction == "out" and draft.purpose not in entry("money.purposes"):
        raise Refusal(C.FIELD_WRONG, field="purpose")
    note = draft.note.strip()
    if len(note) > NOTE_LONGEST or "\x00" in note:
        raise Refusal(C.FIELD_WRONG, field="note")
    return {
        "direction": draft.direction, "source": draft.source, "fen": fen(draft.amount), "note": note,
        "local_day": past_day(draft.day, at), "purpose": draft.purpose if draft.direction == "out" else "",
    }  # fmt: skip


def held_grant(code: str) -> MoneyGrant:
    """A grant, held until the write ends: two who spend it at once take turns. Refusals: NOT_FOUND."""
    query = MoneyGrant.select().where(MoneyGrant.code == code)
    if store.current().dialect == "postgres":  # SQLite has one writer anyway
        query = query.for_update()
    found = query.first()
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, MoneyGrant)
    return found


def _grant(project: Project, draft: LineDraft, amount: int) -> MoneyGrant:
    grant = held_grant(draft.grant)
    if grant.project_id != project.id:
        raise Refusal(C.NOT_FOUND)
    if draft.direction != "out":
        raise Refusal(C.FIELD_WRONG, field="grant")
    if grant.state != "granted":
        raise Refusal(C.GRANT_STATE)
    left = int(grant.granted or 0) - spent(grant.id)
    if amount > left:
        raise Refusal(C.GRANT_SPENT, left=yuan(left))
    return grant


def _partner(project: Project, code: str) -> Partner:
    found = next((each for each in partners.of_team(project.team) if each.code == code), None)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    return found


def reverse(*, actor: Actor, code: str, reason: str, at: datetime) -> str:
    """Take a line back by its opposite, once; the code of that.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED, MONEY_GRANTED (the income of a grant goes with its decision),
    GRANT_STATE (its grant is closed), MONEY_REVERSED (reversed before, or a reversal itself).
    """

    def act() -> str:
        line = MoneyLine.get_or_none(MoneyLine.code == code)
        if line is None:
            raise Refusal(C.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=line.team_id, at=at)
        why = reason.strip()[:NOTE_LONGEST]
        if not why:
            raise Refusal(C.REASON_REQUIRED)
        if line.grant is not None and line.direction == "in":
            raise Refusal(C.MONEY_GRANTED)
        if line.grant is not None and held_grant(str(line.grant.code)).state == "closed":
            raise Refusal(C.GRANT_STATE)
        if line.reverses_id is not None or MoneyLine.select().where(MoneyLine.reverses == line.id).exists():
            raise Refusal(C.MONEY_REVERSED)
        same = ("project", "team", "region_code", "direction", "source", "purpose", "local_day", "grant", "partner")
        made = MoneyLine.create(
            code=new_code(), fen=-line.fen, note=why, reverses=line.id, actor=actor.volunteer_id, at=at,
            **{name: getattr(line, f"{name}_id" if name in ("project", "team", "grant", "partner") else name)
               for name in same},
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="money.reversed", subject=f"project:{line.project_id}", at=at, reason=why,
            changes={"fen": [line.fen, 0]},
        )  # fmt: skip
        return str(made.code)

    try:
        return store.write(act)
    except IntegrityError:  # somebody else reversed it at this very moment
        raise Refusal(C.MONEY_REVERSED) from None


def listed(*, actor: Actor, wanted: Wanted, at: datetime, grant_code: str = "") -> Found[MoneyRow]:
    """Lines of the teams the actor leads and the divisions he may look at, newest first.

    Filters: region, direction, source, purpose, year.
    """
    readable = scopes.readable(actor=actor, at=at)
    seen = leading.led(actor=actor, at=at) | scopes.within(MoneyLine.region_code, readable)
    other = MoneyLine.alias()
    query = (
        MoneyLine.select(
            MoneyLine, Project, Team, Partner, Volunteer, FundingSource, MoneyGrant, other.id.alias("undone")
        )
        .join(Project).switch(MoneyLine).join(Team).switch(MoneyLine).join(Partner, JOIN.LEFT_OUTER)
        .switch(MoneyLine).join(Volunteer, JOIN.LEFT_OUTER, on=MoneyLine.actor, attr="writer")
        .switch(MoneyLine).join(FundingSource, on=MoneyLine.source == FundingSource.code, attr="origin")
        .switch(MoneyLine).join(MoneyGrant, JOIN.LEFT_OUTER)
        .switch(MoneyLine).join(other, JOIN.LEFT_OUTER, on=other.reverses == MoneyLine.id, attr="back")
        .where(seen)
    )  # fmt: skip
    for name, column in (
        ("direction", MoneyLine.direction), ("source", MoneyLine.source), ("purpose", MoneyLine.purpose),
    ):  # fmt: skip
        if wanted.chosen(name):
            query = query.where(column == wanted.chosen(name))
    if grant_code:
        query = query.where(MoneyGrant.code == grant_code)
    if wanted.chosen("region"):
        query = query.where(scopes.within(MoneyLine.region_code, [wanted.chosen("region")]))
    if wanted.chosen("year"):
        query = query.where(MoneyLine.local_day.startswith(wanted.chosen("year")))
    if wanted.text:
        query = query.where(
            Project.title.contains(wanted.text) | Team.name.contains(wanted.text) | MoneyLine.note.contains(wanted.text)
        )
    sorts = {"day": MoneyLine.local_day, "amount": MoneyLine.fen, "project": Project.title}
    page = cut(query, wanted=wanted, sorts=sorts, default="-day", tie=MoneyLine.id.desc(), row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    led = {
        team_id: permissions.leads(actor=actor, team_id=team_id, at=at)
        for team_id in {row.team_id for row in page.rows[:200]}
    }
    shown = [_row(row, places, led.get(row.team_id, False)) for row in page.rows]
    return Found(shown, page.total, page.page, page.size)


def _row(row: Any, places: dict[str, str], led: bool) -> MoneyRow:
    undone = getattr(getattr(row, "back", None), "undone", None) or getattr(row, "undone", None)
    fixed = row.grant_id is not None and (row.direction == "in" or row.grant.state == "closed")
    return MoneyRow(
        row.code, row.project.title, row.project.code, row.team.name, places[row.region_code], row.direction,
        row.origin.name, entry("money.purposes").get(row.purpose, ""), row.fen, row.local_day, row.note,
        row.partner.name if row.partner_id is not None else "", row.writer.name if row.actor_id is not None else "",
        row.reverses_id is not None, bool(undone), led and row.reverses_id is None and not undone and not fixed,
    )  # fmt: skip
