"""A team's month as reported by hand (手工上报): paper teams, other systems. Beside the records, in nobody's hours."""

from __future__ import annotations

import re
from datetime import datetime

from clock import local_day
from frozen import dataclass
from models import HandFigure, Team, Volunteer, store
from services import audit, leading, permissions, regions, scopes
from services.actors import Actor
from services.dates import month_after, month_of
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut

C = RefusalCode
#: The most of each that a team's month can hold; minutes as whole hours. More is a slip of the thumb.
MOST = {"activities": 200, "attendances": 20_000, "hours": 100_000, "served": 1_000_000}
#: Nobody is there longer than a day at once: hours beyond so many for each attendance are a slip, or worse.
MOST_EACH = 24
#: Months back that can be reported.
BACK = 12
NOTE_LONGEST = 200
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class HandLine:
    """What one team reported of one month; minutes are whole hours here."""

    team_code: str
    team: str
    place: str
    month: str
    activities: int
    attendances: int
    hours: int
    served: int
    note: str
    who: str
    at: datetime


def report(
    *, actor: Actor, team_code: str, month: str, activities: int, attendances: int, hours: int, served: int, note: str,
    at: datetime,
) -> None:  # fmt: skip
    """Put down a team's month, or correct it (kept in the team's history). All nothing takes it away.

    Only what is not in the programme's records belongs here: an activity that was scanned is counted already.
    Refusals: NOT_FOUND, NOT_ALLOWED (who does not lead the team or manage its division), TEAM_CLOSED, FIELD_WRONG
    (`month`: none, a coming one, over a year ago; a figure below nothing or beyond MOST; `hours` beyond MOST_EACH for
    each attendance; `note`).
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    if team.state in permissions.CLOSED_TEAMS:
        raise Refusal(C.TEAM_CLOSED)
    now = month_of(local_day(at))
    if not _MONTH.fullmatch(month) or not month_after(now, -BACK) <= month <= now:
        raise Refusal(C.FIELD_WRONG, field="month")
    figures = {"activities": activities, "attendances": attendances, "hours": hours, "served": served}
    for name, number in figures.items():
        if not 0 <= number <= MOST[name]:
            raise Refusal(C.FIELD_WRONG, field=name)
    if hours > attendances * MOST_EACH:
        raise Refusal(C.FIELD_WRONG, field="hours")
    if len(note.strip()) > NOTE_LONGEST:
        raise Refusal(C.FIELD_WRONG, field="note")

    def act() -> None:
        where = (HandFigure.team == team.id) & (HandFigure.month == month)
        found = HandFigure.get_or_none(where)
        before = [found.activities, found.attendances, found.minutes // 60, found.served] if found else [0, 0, 0, 0]
        if before == list(figures.values()) and (found is None or found.note == note.strip()):
            return
        if not any(figures.values()):
            HandFigure.delete().where(where).execute()
        else:
            fields = {
                "region_code": team.region_code, "kind": team.kind, "speciality": team.speciality,
                "activities": activities, "attendances": attendances, "minutes": hours * 60, "served": served,
                "note": note.strip(), "reported_by": actor.volunteer_id, "reported_at": at,
            }  # fmt: skip
            if found:
                HandFigure.update(fields).where(where).execute()
            else:
                HandFigure.insert(team=team.id, month=month, **fields).execute()
        changes = {name: [old, new] for (name, new), old in zip(figures.items(), before, strict=True) if old != new}
        audit.changed(
            actor=actor, verb="hand_figure", subject=f"team:{team.id}", changes={"month": ["", month], **changes},
            reason=note.strip(), at=at,
        )  # fmt: skip

    store.write(act)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[HandLine]:
    """What was reported by the teams he leads and in the divisions he may look at; filters: region, month."""
    seen = HandFigure.team.in_(Team.select(Team.id).where(leading.led(actor=actor, at=at)))
    codes = scopes.readable(actor=actor, at=at)
    query = (
        HandFigure.select(HandFigure, Team.id, Team.code, Team.name, Volunteer.id, Volunteer.name)
        .join(Team)
        .switch(HandFigure)
        .left_outer_join(Volunteer, on=(HandFigure.reported_by == Volunteer.id))
        .where(seen | scopes.within(HandFigure.region_code, codes) if codes else seen)
    )
    if wanted.chosen("region"):
        query = query.where(scopes.within(HandFigure.region_code, [wanted.chosen("region")]))
    if wanted.chosen("month"):
        query = query.where(HandFigure.month == wanted.chosen("month"))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text))
    sorts = {"month": HandFigure.month, "activities": HandFigure.activities, "hours": HandFigure.minutes}
    page = cut(query, wanted=wanted, sorts=sorts, default="-month", tie=HandFigure.team, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    lines = [
        HandLine(
            row.team.code, row.team.name, places[row.region_code], row.month, row.activities, row.attendances,
            row.minutes // 60, row.served, row.note, row.reported_by.name if row.reported_by_id else "",
            row.reported_at,
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def known(*, actor: Actor, team_code: str, month: str, at: datetime) -> dict[str, str]:
    """What a form of this team and month starts with. Refusals: NOT_FOUND, NOT_ALLOWED."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    found = HandFigure.get_or_none(HandFigure.team == team.id, HandFigure.month == month)
    start = {"team": team_code, "month": month}
    if found is None:
        return start
    return start | {
        "activities": str(found.activities), "attendances": str(found.attendances), "hours": str(found.minutes // 60),
        "served": str(found.served), "note": found.note,
    }  # fmt: skip
