"""What is read about a death report, and the memorial record for the next of kin: teams, hours, honours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Commendation, DeathReport, Team, TeamMember, Volunteer
from services import audit, decisions, permissions, regions, scopes
from services.actors import Actor
from services.bookkeeping import hours
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import deaths
from services.messaging.notices import duration
from services.parts import Parts
from services.printing import Paper
from wording import say

RECORDS = 200


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list."""

    number: int
    name: str
    public_no: str
    place: str
    state: str
    died_on: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One whole, with what the reader may do."""

    row: ReportRow
    relation: str
    kin_name: str
    kin_phone: str
    reported_by: str
    confirmed_by: str
    confirmed_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    reason: str
    may_confirm: bool
    may_manage: bool


def _query() -> Any:
    return DeathReport.select(
        DeathReport, Volunteer.id, Volunteer.name, Volunteer.public_no, Volunteer.birth_date
    ).join(Volunteer, on=DeathReport.volunteer)


def _row(row: Any, places: dict[str, str] | None = None) -> ReportRow:
    place = (places or regions.path_names([row.region_code]))[row.region_code]
    return ReportRow(
        row.id, row.volunteer.name, row.volunteer.public_no, place, row.state, row.died_on or "", row.at
    )


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ReportRow]:
    """Reports of the actor's divisions, and his own."""
    codes = scopes.readable(actor=actor, at=at)
    own = DeathReport.reported_by == actor.volunteer_id
    query = _query().where(own | scopes.within(DeathReport.region_code, codes))
    if wanted.chosen("state"):
        query = query.where(DeathReport.state == wanted.chosen("state"))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"at": DeathReport.at, "name": Volunteer.name, "day": DeathReport.died_on},
        default="-at", tie=DeathReport.id, row=_row,
    )  # fmt: skip


def report(*, parts: Parts, actor: Actor, number: int, at: datetime) -> ReportPage:
    """One whole, for those who may look at the division, his leaders, whoever reported. Refusals: NOT_FOUND."""
    found = _seen(actor, number, at)
    managing = permissions.manages(actor=actor, region_code=found.region_code, at=at)
    decides = found.state == "reported" and decisions.may_decide(
        actor=actor, region_code=found.region_code, parties=(found.volunteer_id, found.reported_by_id), at=at
    )
    return ReportPage(
        _row(found), found.relation, found.kin_name, deaths.masked_kin_phone(parts, found),
        _name(found.reported_by_id), _name(found.confirmed_by_id), found.confirmed_at, _name(found.undone_by_id),
        found.undone_at, found.reason, decides, managing and found.state != "undone",
    )  # fmt: skip


def paper(*, parts: Parts, actor: Actor, number: int, at: datetime) -> tuple[str, bytes]:
    """The memorial record as (name, PDF), once the death is confirmed; that it was made is recorded.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage the division), DEATH_STATE (not confirmed).
    """
    found = _seen(actor, number, at)
    permissions.require_manage(actor=actor, region_code=found.region_code, at=at)
    if found.state != "confirmed":
        raise Refusal(RefusalCode.DEATH_STATE)
    person = Volunteer.get_by_id(found.volunteer_id)
    audit.note(
        actor=actor, verb="memorial", subject=f"volunteer:{person.id}", detail={}, at=at,
        region_code=found.region_code,
    )  # fmt: skip
    return person.name, _draw(parts, person, found, at)


def _draw(parts: Parts, person: Volunteer, found: DeathReport, at: datetime) -> bytes:
    words = "deaths.memorial"
    sheet = Paper(
        title=say(f"{words}.title"), subtitle=person.name, made_at=at,
        footer=say(f"{words}.footer", brand=parts.brand, day=local_day(at).isoformat()),
    )  # fmt: skip
    if found.died_on and person.birth_date:
        sheet.line(
            say(f"{words}.years", born=person.birth_date[:4], died=found.died_on[:4]), align="C", grey=True
        )
    sheet.space(6)
    sheet.line(say(f"{words}.lead", name=person.name), align="C")
    sheet.space(6)
    books = hours.summary(volunteer_id=person.id, at=at)
    if books.total:
        sheet.line(say(f"{words}.hours", hours=duration(books.total)), size=18, align="C")
    if books.transferred:
        sheet.line(say(f"{words}.before", hours=duration(books.transferred)), align="C", grey=True)
    if books.stars:
        sheet.line(say(f"{words}.stars", stars=books.stars), size=16, align="C")
    sheet.line(say(f"{words}.since", day=local_day(person.created_at).isoformat()), align="C", grey=True)
    _teams(sheet, person.id, words)
    _works(sheet, person.id, words)
    sheet.space(8)
    sheet.line(say(f"{words}.thanks"), align="C")
    return sheet.pdf()


def _teams(sheet: Paper, volunteer_id: int, words: str) -> None:
    rows = list(
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == volunteer_id)
        .order_by(TeamMember.from_at, TeamMember.id)
    )
    if not rows:
        return
    sheet.space(6)
    sheet.line(say(f"{words}.teams"), size=14)
    lines = []
    for row in rows:
        ended = row.ended_why == "deceased" or row.to_at is None
        until = say(f"{words}.now") if ended else local_day(row.to_at).isoformat()
        lines.append([row.team.name, f"{local_day(row.from_at).isoformat()} — {until}"])
    sheet.table(headings=[say(f"{words}.team"), say(f"{words}.span")], rows=lines, widths=[3, 2])
    honours = []
    for row in rows:
        for each in Commendation.select().where(
            Commendation.team == row.team_id, Commendation.revoked_at.is_null()
        ).order_by(Commendation.id):
            first, last = (
                local_day(row.from_at).isoformat(),
                local_day(row.to_at).isoformat() if row.to_at else "9",
            )
            if first <= each.awarded_on <= last:
                honours.append([each.awarded_on, row.team.name, each.title, each.awarded_by])
    if honours:
        sheet.space(6)
        sheet.line(say(f"{words}.commended"), size=14)
        heads = [say(f"{words}.{key}") for key in ("day", "team", "commendation", "awarded")]
        sheet.table(headings=heads, rows=honours, widths=[2, 4, 3, 3])


def _works(sheet: Paper, volunteer_id: int, words: str) -> None:
    done = [row for row in hours.recent(volunteer_id=volunteer_id, limit=RECORDS) if row.state == "confirmed"]
    if not done:
        return
    sheet.space(6)
    sheet.line(say(f"{words}.works"), size=14)
    heads = [say(f"{words}.{key}") for key in ("day", "work", "length")]
    lines = [[row.local_day, row.title or row.team, duration(row.minutes)] for row in reversed(done)]
    sheet.table(headings=heads, rows=lines, widths=[2, 5, 2], right={2})


def _seen(actor: Actor, number: int, at: datetime) -> DeathReport:
    found = _query().where(DeathReport.id == number).first()
    if found is None or not (
        scopes.covers(scopes.readable(actor=actor, at=at), found.region_code)
        or (actor.volunteer_id is not None and found.reported_by_id == actor.volunteer_id)
        or _led_him(actor, found, at)
    ):
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, DeathReport)
    return found


def _led_him(actor: Actor, found: DeathReport, at: datetime) -> bool:
    """Whether the actor leads a team that he was in until then: he is told, too."""
    rows = TeamMember.select(TeamMember.team).where(TeamMember.id.in_(found.before.get("members", [])))
    return any(permissions.leads(actor=actor, team_id=row.team_id, at=at) for row in rows)


def _name(volunteer_id: int | None) -> str:
    if volunteer_id is None:
        return ""
    return str(Volunteer.select(Volunteer.name).where(Volunteer.id == volunteer_id).scalar() or "")
