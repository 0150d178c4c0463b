"""The mall (积分兑换, S101): what may be had for points, and what was redeemed. No money, no passing on."""

from __future__ import annotations

from peewee import BigAutoField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from models.base import BaseModel, UTCMillis
from models.ops import StoredFile
from models.people import Volunteer
from models.planning import Partner


class Reward(BaseModel):
    """A thing or a service that a centre, or a partner through it, gives for points.

    `stock` is what is left of `supply`, all that was ever put in; both change by guarded update alone.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()  # whose it is: for the volunteers of this division
    place_region = TextField()  # the division of the station that hands it over, this one or below
    partner = ForeignKeyField(Partner, null=True, backref="+")
    title = TextField()
    about = TextField(default="")
    price = IntegerField()  # points
    supply = IntegerField()
    stock = IntegerField()
    stars = IntegerField(default=0)  # from so many stars
    honour = BooleanField(default=False)  # only for somebody with an honour
    per_person = IntegerField(default=0)  # 0 = no limit
    from_on = CharField(10)
    to_on = CharField(10, null=True)  # the last day
    place = TextField()  # where it is picked up, and when
    photo = ForeignKeyField(StoredFile, null=True, backref="+")
    state = TextField(default="open")  # open / closed
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    updated_at = UTCMillis()


class Redemption(BaseModel):
    """One reward for one person: title, price and place as they stood; `idem_key` makes a repeat the same one."""

    id = BigAutoField()
    code = TextField(unique=True)
    digits = CharField(8, unique=True)
    reward = ForeignKeyField(Reward, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    region_code = TextField()  # of the station that hands it over
    title = TextField()
    price = IntegerField()
    place = TextField()
    state = TextField()  # waiting / handed / cancelled / returned (nobody came) / refunded (after it was handed)
    door = TextField()
    paper = BooleanField(default=False)  # an officer did it for somebody without a phone
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    idem_key = TextField(unique=True)
    due_on = CharField(10)  # the last day on which it waits
    created_at = UTCMillis()
    handed_by = ForeignKeyField(Volunteer, null=True, backref="+")
    handed_at = UTCMillis(null=True)
    ended_by = ForeignKeyField(Volunteer, null=True, backref="+")
    ended_at = UTCMillis(null=True)
    ended_why = TextField(default="")
    back_in_stock = BooleanField(default=False)
