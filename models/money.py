"""Money, recorded and never paid: sources, applications for support, income and spending, partners' gifts (S90–S93)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.base import BaseModel, UTCMillis
from models.people import Volunteer
from models.planning import Partner, Project
from models.teams import Team


class FundingSource(BaseModel):
    """Where money comes from: five seeded, the list is open (S90)."""

    code = TextField(primary_key=True)
    name = TextField(unique=True)
    seeded = BooleanField(default=False)
    sort_order = IntegerField(default=100)
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class MoneyGrant(BaseModel):
    """A project's application for support and what became of it; amounts in fen (S91)."""

    id = BigAutoField()
    code = TextField(unique=True)
    project = ForeignKeyField(Project, backref="+")
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    source = TextField()
    asked = BigIntegerField()
    purpose = TextField()
    state = TextField()  # applied / reviewed / granted / refused / withdrawn / closed
    applied_by = ForeignKeyField(Volunteer, null=True, backref="+")
    applied_at = UTCMillis()
    reviewed_by = ForeignKeyField(Volunteer, null=True, backref="+")
    reviewed_at = UTCMillis(null=True)
    opinion = TextField(default="")
    granted = BigIntegerField(null=True)
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    answer = TextField(default="")
    closing = TextField(default="")
    closed_at = UTCMillis(null=True)


class MoneyLine(BaseModel):
    """Income or spending in whole fen. Append-only: what was wrong is reversed, once, and written anew."""

    id = BigAutoField()
    code = TextField(unique=True)
    project = ForeignKeyField(Project, backref="+")
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    direction = TextField()  # in / out
    source = TextField()
    purpose = TextField(default="")  # what it was spent on: a code of wording/money.toml, "" for income
    fen = BigIntegerField()  # below zero in a reversal alone
    local_day = CharField(10)
    note = TextField(default="")  # for the office; no public page shows it
    grant = ForeignKeyField(MoneyGrant, null=True, backref="+")
    partner = ForeignKeyField(Partner, null=True, backref="+")
    reverses = ForeignKeyField("self", null=True, unique=True, backref="+")
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()


class PartnerGift(BaseModel):
    """What a partner gave beside money: a room, water, medicine; `worth` in fen where it says so (S93)."""

    id = BigAutoField()
    partner = ForeignKeyField(Partner, backref="+")
    project = ForeignKeyField(Project, null=True, backref="+")
    what = TextField()
    worth = BigIntegerField(null=True)
    local_day = CharField(10)
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
