"""Questions of people to their liaison, and the answers (找联络员)."""

from __future__ import annotations

from peewee import BigAutoField, BooleanField, ForeignKeyField, TextField

from models.base import BaseModel, UTCMillis
from models.people import Volunteer
from models.teams import Team


class Ticket(BaseModel):
    """A question, with the team whose liaison is asked first, or none; the division's centre looks after it."""

    id = BigAutoField()
    code = TextField(unique=True)
    volunteer = ForeignKeyField(Volunteer, backref="+")
    team = ForeignKeyField(Team, null=True, backref="+")
    region_code = TextField()
    state = TextField()  # open / answered / closed
    due_at = UTCMillis()
    nagged_at = UTCMillis(null=True)
    closes_at = UTCMillis(null=True)  # of an answered one: when it is taken as settled
    created_at = UTCMillis()
    updated_at = UTCMillis()


class TicketLine(BaseModel):
    """What one side wrote: the person, or whoever `answers`."""

    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="+")
    author = ForeignKeyField(Volunteer, backref="+")
    answers = BooleanField()
    text = TextField()
    at = UTCMillis()

    class Meta:
        table_name = "ticket_line"
