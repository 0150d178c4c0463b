"""Calling teams to a place (调度, S43, S44): the call, whom it asked, what they answered, what was found there."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.activities import Activity
from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.teams import Team


class Point(BaseModel):
    """A place that somebody of the house chose by its coordinates, in millionths of a degree as a map shows them.

    It is just a place, or stands for its division, or is where a team musters.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    name = TextField()
    lat = IntegerField()
    lon = IntegerField()
    stands_for = TextField(default="place")  # place / division / team
    team = ForeignKeyField(Team, null=True, backref="+")
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    retired_at = UTCMillis(null=True)


class Dispatch(BaseModel):
    """One call of a centre: what for, how many, where, when. States draft, calling, stood_down, cancelled, over."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()  # of the centre that calls
    place_region = TextField()  # where the people are needed
    drill = BooleanField(default=False)  # nothing is sent, nobody is signed up
    urgent = BooleanField(default=True)
    title = TextField()
    domain = TextField()
    sub_domain = TextField()
    content = TextField()
    place = TextField()
    point = ForeignKeyField(Point, null=True, backref="+")
    lat = IntegerField(null=True)  # of the point, as it was when the call went out
    lon = IntegerField(null=True)
    people = IntegerField()
    boats = IntegerField(default=0)
    vehicles = IntegerField(default=0)
    skills = JsonText(default=list)
    speciality = TextField(default="")
    command = TextField(default="")  # the commanding body
    contact = TextField(default="")
    risks = TextField()
    safeguards = TextField()
    fields = JsonText(default=list)  # what else the county wants to know in its report
    starts_at = UTCMillis()
    ends_at = UTCMillis()
    state = TextField()
    wave = IntegerField(default=0)
    wave_due_at = UTCMillis(null=True)  # when the clock looks whether the number is there
    reach = TextField()  # the division whose teams may be called: the centre's own, or one above that agreed
    short_told = IntegerField(default=0)  # the wave after which its officers heard that nobody is left
    held = IntegerField(default=0)  # counts writes that held it; no other meaning
    follows_id = BigIntegerField(null=True)  # the call whose next shift this one is
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    started_at = UTCMillis(null=True)
    closed_by = ForeignKeyField(Volunteer, null=True, backref="+")
    closed_at = UTCMillis(null=True)
    closed_why = TextField(default="")


class TeamCall(BaseModel):
    """A team is asked; its leader answers: people, boats, vehicles, when there. A silent team may still answer.

    `recorded_by`: who wrote down what was said on the telephone. `why`: what put it into its place of the proposal.
    """

    id = BigAutoField()
    dispatch = ForeignKeyField(Dispatch, backref="team_calls")
    team = ForeignKeyField(Team, backref="+")
    wave = IntegerField()
    state = TextField()  # asked / coming / declined / silent
    why = JsonText(default=dict)
    people = IntegerField(default=0)
    boats = IntegerField(default=0)
    vehicles = IntegerField(default=0)
    there_at = UTCMillis(null=True)
    note = TextField(default="")
    answered_by = ForeignKeyField(Volunteer, null=True, backref="+")
    recorded_by = ForeignKeyField(Volunteer, null=True, backref="+")
    how = TextField(default="")  # pages / api / bot / console / phone
    asked_at = UTCMillis()
    answered_at = UTCMillis(null=True)
    activity = ForeignKeyField(Activity, null=True, backref="+")

    class Meta:
        indexes = ((("dispatch", "team"), True),)


class PersonCall(BaseModel):
    """A member is asked and says yes or no himself. Outside a drill it is the sign-up that counts.

    `there_at`: when he is there, as he said with his yes; `reason`: why not, in his own words or "".
    """

    id = BigAutoField()
    dispatch = ForeignKeyField(Dispatch, backref="+")
    team_call = ForeignKeyField(TeamCall, backref="person_calls")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    state = TextField()  # asked / accepted / declined
    there_at = UTCMillis(null=True)
    reason = TextField(default="")
    recorded_by = ForeignKeyField(Volunteer, null=True, backref="+")
    how = TextField(default="")
    asked_at = UTCMillis()
    answered_at = UTCMillis(null=True)

    class Meta:
        indexes = ((("dispatch", "volunteer"), True),)


class AidRequest(BaseModel):
    """The centre above is asked whether teams of its other divisions may be called."""

    id = BigAutoField()
    dispatch = ForeignKeyField(Dispatch, backref="+")
    region_code = TextField()  # of the centre that is asked
    state = TextField()  # waiting / agreed / refused
    asked_at = UTCMillis()
    nagged_at = UTCMillis(null=True)
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    answer = TextField(default="")

    class Meta:
        indexes = ((("dispatch", "region_code"), True),)


class DispatchFigure(BaseModel):
    """What somebody reported under a name of `Dispatch.fields`; the newest counts. Append-only."""

    id = BigAutoField()
    dispatch = ForeignKeyField(Dispatch, backref="+")
    name = TextField()
    value = TextField()
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()


class DrillMessage(BaseModel):
    """What would have been sent, had it been no drill."""

    id = BigAutoField()
    dispatch = ForeignKeyField(Dispatch, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    kind = TextField()
    title = TextField()
    body = TextField()
    at = UTCMillis()


class CoverCheck(BaseModel):
    """The April look at a county's insurance: how many teams, how many of them without cover through the season."""

    region_code = TextField()
    year = IntegerField()
    teams = IntegerField()
    missing = IntegerField()
    at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("region_code", "year")
