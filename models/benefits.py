"""Benefits (礼遇, S102, S103): what a provider gives to volunteers of a division, on which conditions."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.base import BaseModel, UTCMillis
from models.people import Volunteer
from models.planning import Partner
from models.teams import Team


class Benefit(BaseModel):
    """One benefit, for people who belong to `region_code` or below; every condition that is set must hold."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    partner = ForeignKeyField(Partner, null=True, backref="+")
    provider = TextField()
    kind = TextField()  # wording/benefits.toml [kinds]
    name = TextField()
    content = TextField(default="")
    phone = TextField(default="")  # of the provider, for questions
    min_star = SmallIntegerField(default=0)
    honour = TextField(default="")  # wording/benefits.toml [honours]
    min_years = SmallIntegerField(default=0)  # since he first joined a team
    member = BooleanField(default=False)  # in a team now
    team = ForeignKeyField(Team, null=True, backref="+")  # in this team now
    min_age = SmallIntegerField(default=0)
    max_age = SmallIntegerField(default=0)  # 0: none
    from_on = CharField(10)
    to_on = CharField(10, null=True)  # the last day
    uses = SmallIntegerField(default=0)  # how often in a period, 0: no limit
    per = TextField(default="whole")  # day / month / year / whole
    used = IntegerField(default=0)
    state = TextField(default="open")  # open / paused / closed
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    updated_at = UTCMillis()


class BenefitUse(BaseModel):
    """One counted use: a shown card counts once, however often the provider taps."""

    id = BigAutoField()
    benefit = ForeignKeyField(Benefit, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    period = TextField()
    token_hash = TextField(unique=True)
    at = UTCMillis()


class BenefitGrant(BaseModel):
    """What was done for somebody for a time: insured until, invited to a check-up …; over after `until_on`."""

    id = BigAutoField()
    benefit = ForeignKeyField(Benefit, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    given_on = CharField(10)
    until_on = CharField(10, null=True)
    given_by = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
