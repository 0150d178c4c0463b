"""Figures that the worker counted, by month and by year, and those that a team reported by hand (S48, S50, S119)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.teams import Team


class ServiceMonth(BaseModel):
    """What a team did in one month in one domain, in the division of its activities. Each activity is in one month.

    Beside the months (`2026-06`) stand the years (`2026`), each the sum of its months.

    `domain` is "" for minutes that come from another system, which have no activity. Minutes hold `supplement` (made
    up) and `transferred` (another system).
    """

    month = CharField(7)
    region_code = TextField()
    team_id = BigIntegerField()
    domain = TextField()
    kind = TextField()  # of the team, as it is now
    speciality = TextField()
    activities = IntegerField()  # with at least one confirmed record
    attendances = IntegerField()  # confirmed records of activities
    minutes = BigIntegerField()
    supplement = BigIntegerField()
    transferred = BigIntegerField()
    served = BigIntegerField()  # people, by the leaders' reports

    class Meta:
        primary_key = CompositeKey("region_code", "month", "team_id", "domain")


class TeamMonth(BaseModel):
    """A team's month: how many it was, how many of them came, and its activeness, 0–100 (S50)."""

    team_id = BigIntegerField()
    month = CharField(7)
    region_code = TextField()
    kind = TextField()
    speciality = TextField()
    members = IntegerField()  # at the end of the month
    activities = IntegerField()
    participants = IntegerField()  # different people
    minutes = BigIntegerField()
    active_months = SmallIntegerField()  # of the last months, this one among them
    activeness = SmallIntegerField()

    class Meta:
        primary_key = CompositeKey("team_id", "month")


class TeamYear(BaseModel):
    """Who stayed, came and went in a year, and how many were excellent (S48)."""

    team_id = BigIntegerField()
    year = CharField(4)
    region_code = TextField()
    at_start = IntegerField()
    joined = IntegerField()
    gone = IntegerField()
    retained = IntegerField()  # of those at the start
    at_end = IntegerField()
    assessed = IntegerField()
    excellent = IntegerField()

    class Meta:
        primary_key = CompositeKey("team_id", "year")


class Counted(BaseModel):
    """When something was last counted: months, activeness, years."""

    what = TextField(primary_key=True)
    at = UTCMillis()


class TeamIdle(BaseModel):
    """A team without activity since a day; one row for each step (1, 2, 3) it reached, `ended_at` when it moved."""

    id = BigAutoField()
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    since_day = CharField(10)  # of its last activity, or of its founding
    step = SmallIntegerField()
    days = IntegerField()
    marked_at = UTCMillis()
    ended_at = UTCMillis(null=True)

    class Meta:
        indexes = ((("team", "since_day", "step"), True),)


class RevivalPlan(BaseModel):
    """How an idle team is to come alive again, until when, and what came of it; one at a time."""

    id = BigAutoField()
    code = TextField(unique=True)
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    text = TextField()
    starts_on = CharField(10)
    due_on = CharField(10)
    state = TextField(default="running")  # running / revived / failed / dropped
    outcome = TextField(default="")
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    closed_by = ForeignKeyField(Volunteer, null=True, backref="+")
    closed_at = UTCMillis(null=True)
    nagged_at = UTCMillis(null=True)


class HandFigure(BaseModel):
    """What a team reported of a month by hand: beside the records, never in anybody's hours."""

    team = ForeignKeyField(Team, backref="+")
    month = CharField(7)
    region_code = TextField()
    kind = TextField()
    speciality = TextField()
    activities = IntegerField()
    attendances = IntegerField()
    minutes = BigIntegerField()
    served = IntegerField()
    note = TextField(default="")
    reported_by = ForeignKeyField(Volunteer, null=True, backref="+")
    reported_at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("team", "month")


class MonthReport(BaseModel):
    """A division's month as it was told to its director, once."""

    region_code = TextField()
    month = CharField(7)
    figures = JsonText()
    made_at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("region_code", "month")
