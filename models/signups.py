"""Sign-ups (报名)."""

from __future__ import annotations

from peewee import BigAutoField, BooleanField, ForeignKeyField, TextField

from models.activities import Activity, Shift
from models.base import BaseModel, UTCMillis
from models.people import Volunteer


class Signup(BaseModel):
    """A person's place in a shift. States pending, waitlisted, offered, confirmed, cancelled, rejected."""

    id = BigAutoField()
    shift = ForeignKeyField(Shift, backref="signups")
    activity = ForeignKeyField(Activity, backref="signups")
    volunteer = ForeignKeyField(Volunteer, backref="signups")
    state = TextField()
    walk_in = BooleanField(default=False)
    outcome = TextField(null=True)  # present / absent / excused / left_early
    outcome_by = ForeignKeyField(Volunteer, null=True, backref="+")
    outcome_note = TextField(default="")
    outcome_at = UTCMillis(null=True)
    queued_at = UTCMillis(null=True)  # place in the wait-list: by this moment, then by id
    offered_at = UTCMillis(null=True)
    offer_until = UTCMillis(null=True)  # a place on offer is kept until then
    coming_at = UTCMillis(null=True)  # said that he will come, to the time and place of now
    late = BooleanField(default=False)  # cancelled after the deadline
    invited_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    clash_reason = TextField(default="")  # why a leader let him in although he is elsewhere at that time
    risk_version = TextField(default="")  # which risk notice was accepted
    reason = TextField(default="")
    channel = TextField(default="")
    created_at = UTCMillis()
    updated_at = UTCMillis()

    class Meta:
        indexes = ((("shift", "volunteer"), True),)


class TrainingTick(BaseModel):
    """Somebody who leads the person says that he took a training of this name (条例 §16)."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer, backref="+")
    name = TextField()
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()

    class Meta:
        indexes = ((("volunteer", "name"), True),)
