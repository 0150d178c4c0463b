"""Divisions and the centres that serve them (行政区划, 退役军人服务中心/站)."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.base import BaseModel, UTCMillis


class Region(BaseModel):
    """An administrative division. Codes are prefixes: 2/4/6/9/12 digits for level 1–5 (S17)."""

    code = TextField(primary_key=True)
    name = TextField()
    level = SmallIntegerField()
    parent = TextField(null=True, index=True)
    place_name = TextField()
    has_team = BooleanField(default=True)
    closed_on = CharField(10, null=True)
    renamed_on = CharField(10, null=True)


class RegionSuccession(BaseModel):
    """A division that was merged or renumbered: books keep the code of their day, this maps it onward."""

    old_code = TextField()
    new_code = TextField()
    effective_on = CharField(10)
    reason = TextField(default="")


class Centre(BaseModel):
    """A service centre (province, city, county) or station (township, village); one per region (S16)."""

    region_code = TextField(unique=True)
    kind = TextField()
    name = TextField()
    phone = TextField(default="")
    director_id = BigIntegerField(null=True)  # a Volunteer: kept as a number, people refer to centres
    liaison_id = BigIntegerField(null=True)
    address = TextField(default="")
    national_account = TextField(default="")  # its name there, never its password (S68)
    national_team_no = TextField(default="")
    national_opened_on = CharField(10, null=True)
    national_holder = TextField(default="")
    created_at = UTCMillis()


class RegionTally(BaseModel):
    """How many people and minutes one division has by itself (not those below it), as the worker last counted."""

    region_code = TextField(primary_key=True)
    volunteers = IntegerField()
    veterans = IntegerField()
    members = IntegerField()
    member_veterans = IntegerField()
    year = CharField(4)  # the year that minutes and served are of
    minutes = BigIntegerField()
    served = IntegerField()  # people with minutes in that year
    supplement = BigIntegerField(default=0)  # of the minutes, made up by somebody's yes
    transferred = BigIntegerField(default=0)  # of the minutes, earned in another system
    counted_at = UTCMillis()
