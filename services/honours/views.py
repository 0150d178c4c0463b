"""A person's own honours, for every door (S96, S105)."""

from __future__ import annotations

from datetime import datetime

from clock import local_day
from models import Commendation, Honour, Nomination, Team, TeamMember
from services import regions
from services.assessment import rejoining
from services.honours import consent
from services.honours.shapes import HonourLine, Mine, OnItsWay
from wording import entry

#: How far back nominations that came to nothing are shown: not at all; what is decided against is told once.
ALIVE = ("review", "announced")


def mine(*, volunteer_id: int, at: datetime) -> Mine:
    """What he holds, also of an entry that was merged into his; what his teams were given while he was in them; what
    he is proposed for."""
    entries = rejoining.entries_of(volunteer_id)
    rows = list(Honour.select().where(Honour.volunteer.in_(entries)).order_by(Honour.id.desc()))
    lines = [_line(row) for row in rows]
    return Mine(
        [line for line in lines if line.standing], [line for line in lines if not line.standing], _teams(volunteer_id),
        _ways(entries), consent.agreed(volunteer_id=volunteer_id),
    )  # fmt: skip


def standing(*, volunteer_id: int) -> list[HonourLine]:
    """The honours of a person that stand, newest first."""
    rows = Honour.select().where(Honour.volunteer.in_(rejoining.entries_of(volunteer_id)), Honour.revoked_at.is_null())
    return [_line(row) for row in rows.order_by(Honour.id.desc())]


def _line(row: Honour) -> HonourLine:
    by = row.awarded_by or regions.name_of(str(row.region_code))
    day = row.awarded_on or local_day(row.at).isoformat()
    return HonourLine(
        row.code, row.name, row.year, by, day, row.kind, row.revoked_at is None, row.revoked_why, row.at
    )  # fmt: skip


def _teams(volunteer_id: int) -> list[tuple[str, str, str, str]]:
    """Commendations of his teams that fall into his time there, newest first."""
    members = TeamMember.select().where(TeamMember.volunteer == volunteer_id)
    spans = [
        (row.team_id, local_day(row.from_at).isoformat(), local_day(row.to_at).isoformat() if row.to_at else "9")
        for row in members
    ]
    given = (
        Commendation.select(Commendation, Team)
        .join(Team)
        .where(Commendation.team.in_([team for team, _, _ in spans]), Commendation.revoked_at.is_null())
        .order_by(Commendation.awarded_on.desc(), Commendation.id.desc())
    )
    return [
        (row.team.name, row.title, row.awarded_by, row.awarded_on)
        for row in given
        if any(team == row.team_id and first <= row.awarded_on <= last for team, first, last in spans)
    ]


def _ways(entries: list[int]) -> list[OnItsWay]:
    rows = Nomination.select().where(Nomination.volunteer.in_(entries), Nomination.state.in_(ALIVE))
    words = entry("commending.states")
    return [
        OnItsWay(
            row.code, row.title, row.state, words[row.state], row.notice_until or "", row.state == "announced"
        )
        for row in rows.order_by(Nomination.id.desc())
    ]  # fmt: skip
