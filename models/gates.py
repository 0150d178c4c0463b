"""What the law asks before somebody serves: insurance, a guardian's word (条例 §17, S117)."""

from __future__ import annotations

from peewee import BigAutoField, BlobField, CharField, ForeignKeyField, TextField

from models.activities import Activity
from models.base import BaseModel, UTCMillis
from models.ops import StoredFile
from models.people import Volunteer
from models.teams import Team


class Insurance(BaseModel):
    """A cover for a division, a team or one activity, from–to (条例 §17, S94)."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    team = ForeignKeyField(Team, null=True, backref="+")
    activity = ForeignKeyField(Activity, null=True, backref="+")
    insurer = TextField()
    product = TextField()
    policy_no = TextField()
    covers_from = UTCMillis()
    covers_until = UTCMillis()
    note = TextField(default="")
    proof = ForeignKeyField(StoredFile, null=True, backref="+")
    recorded_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)
    ended_why = TextField(default="")


class GuardianConsent(BaseModel):
    """A guardian's word for a minor of 14–17 (S117)."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer, backref="+")
    guardian_name = TextField()
    relation = TextField()
    phone_sealed = BlobField(null=True)
    phone_key = TextField(default="")
    scope = TextField(default="all")  # all / activity
    activity = ForeignKeyField(Activity, null=True, backref="+")
    form = ForeignKeyField(StoredFile, null=True, backref="+")
    state = TextField()  # stated / verified / refused / withdrawn
    until_on = CharField(10, null=True)
    checked_by = ForeignKeyField(Volunteer, null=True, backref="+")
    checked_at = UTCMillis(null=True)
    note = TextField(default="")
    created_at = UTCMillis()
