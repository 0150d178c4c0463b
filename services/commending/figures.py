"""The figures that go with a nomination: a team's last twelve whole months, as they stand when it is made."""

from __future__ import annotations

from datetime import date, datetime

from peewee import fn

from clock import local_day
from models import Commendation, Complaint, ServiceMonth, Team, TeamIdle, TeamMonth
from services.dates import month_after, month_of
from services.times import day_starts

MONTHS = 12


def of_team(team: Team, *, at: datetime) -> dict[str, int | str]:
    """From the first to the last month; whole hours of service with the team (none of another system), the mean of the
    activeness half up."""
    last = month_after(month_of(local_day(at)), -1)
    first = month_after(last, 1 - MONTHS)
    served = (
        ServiceMonth.select(
            fn.COALESCE(fn.SUM(ServiceMonth.activities), 0), fn.COALESCE(fn.SUM(ServiceMonth.attendances), 0),
            fn.COALESCE(fn.SUM(ServiceMonth.minutes - ServiceMonth.transferred), 0),
            fn.COALESCE(fn.SUM(ServiceMonth.served), 0),
        )
        .where(
            ServiceMonth.team_id == team.id, ServiceMonth.month.between(first, last),
            fn.LENGTH(ServiceMonth.month) == len(first),
        )
        .tuples()
        .first()
    )  # fmt: skip
    months = list(
        TeamMonth.select().where(TeamMonth.team_id == team.id, TeamMonth.month.between(first, last)).order_by(
            TeamMonth.month
        )
    )
    points = sum(row.activeness for row in months)
    begins = day_starts(date.fromisoformat(f"{first}-01"))
    upheld = Complaint.select().where(
        Complaint.team == team.id, Complaint.created_at >= begins, Complaint.finding == "upheld"
    )
    given = Commendation.select().where(Commendation.team == team.id, Commendation.revoked_at.is_null())
    idle = TeamIdle.select().where(TeamIdle.team == team.id, TeamIdle.since_day >= f"{first}-01").count()
    return {
        "first": first, "last": last, "members": months[-1].members if months else 0, "activities": int(served[0]),
        "attendances": int(served[1]), "hours": int(served[2]) // 60, "served": int(served[3]),
        "activeness": (2 * points + len(months)) // (2 * len(months)) if months else 0, "idle": idle,
        "upheld": upheld.count(), "commendations": given.count(),
    }  # fmt: skip
