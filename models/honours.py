"""Honours (荣誉, S95, S105): which there are, and which of them a person was given, when, by whom."""

from __future__ import annotations

from functools import partial
from secrets import token_hex

from peewee import BigAutoField, BooleanField, CharField, ForeignKeyField, SmallIntegerField, TextField

from models.base import BaseModel, UTCMillis
from models.people import Volunteer


class HonourKind(BaseModel):
    """An honour that can be given: those the policy names (region ""), and what a division adds for its own people."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    name = TextField()
    for_whom = TextField()  # person / team / both
    level = SmallIntegerField()  # 1 to 5: the level that has the last word here; 0: the nomination says
    every_years = SmallIntegerField(default=1)  # 0: when it is announced
    outside = BooleanField(default=False)  # somebody else gives it; the programme recommends and writes it down
    source = TextField(default="")
    self_proposed = BooleanField(default=False)  # a person may propose himself
    place = SmallIntegerField(default=0)
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    closed_at = UTCMillis(null=True)


class Honour(BaseModel):
    """One honour of one person. `source` names the matter it came from, once: assessment:12, nomination:7."""

    id = BigAutoField()
    code = TextField(unique=True, default=partial(token_hex, 5))  # its number in an address
    volunteer = ForeignKeyField(Volunteer, backref="+")
    kind = TextField()  # assessment (优秀 of a year) / nomination
    honour_kind = ForeignKeyField(HonourKind, null=True, column_name="kind_id", backref="+")
    name = TextField()
    year = CharField(4)
    region_code = TextField()  # whose centre gave it
    source = TextField(unique=True)
    awarded_by = TextField(default="")
    awarded_on = TextField(default="")  # a local day; "" for those of an assessment
    posthumous = BooleanField(default=False)
    given_by = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
    revoked_at = UTCMillis(null=True)
    revoked_why = TextField(default="")
    revoked_by = ForeignKeyField(Volunteer, null=True, backref="+")
