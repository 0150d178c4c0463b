"""What people say of a service: reports, evaluation both ways, complaints (服务评价, 投诉举报)."""

from __future__ import annotations

from peewee import BigAutoField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

from models.activities import Activity
from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.planning import Need
from models.teams import Team


class ActivityReport(BaseModel):
    """A leader's short report: people served, what was done, photos with consent."""

    activity = ForeignKeyField(Activity, primary_key=True, backref="+")
    served = IntegerField(default=0)
    summary = TextField()
    photos = JsonText(default=list)
    photo_consent = BooleanField(default=False)
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
    updated_at = UTCMillis()


class Evaluation(BaseModel):
    """服务评价: of a volunteer by the organiser, of an activity by a volunteer, by whom it served (S112).

    Whoever asked for something judges the need (`link_hash` null), also where it was served without an activity.
    """

    id = BigAutoField()
    kind = TextField()  # organiser / volunteer / recipient
    activity = ForeignKeyField(Activity, null=True, backref="+")
    author = ForeignKeyField(Volunteer, null=True, backref="+")
    subject = ForeignKeyField(Volunteer, null=True, backref="+")
    need = ForeignKeyField(Need, null=True, backref="+")
    link_hash = TextField(null=True)
    score = IntegerField()
    words = TextField(default="")
    verified = BooleanField(default=False)
    at = UTCMillis()
    updated_at = UTCMillis()


class EvaluationLink(BaseModel):
    """A short link or code for those served; no account needed."""

    token_hash = TextField(primary_key=True)
    activity = ForeignKeyField(Activity, backref="+")
    need = ForeignKeyField(Need, null=True, backref="+")
    uses = IntegerField(default=1)
    used = IntegerField(default=0)
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    expires_at = UTCMillis()


class Complaint(BaseModel):
    """投诉举报: received, passed on, answered in time (条例 §26, S118)."""

    id = BigAutoField()
    code = TextField(unique=True)
    token_hash = TextField(unique=True)
    kind = TextField()
    region_code = TextField()
    team = ForeignKeyField(Team, null=True, backref="+")
    activity = ForeignKeyField(Activity, null=True, backref="+")
    about = ForeignKeyField(Volunteer, null=True, backref="+")
    volunteer = ForeignKeyField(Volunteer, null=True, backref="+")
    text = TextField()
    contact_sealed = BlobField(null=True)
    contact_key = TextField(default="")
    state = TextField()  # received / forwarded / answered / closed
    due_at = UTCMillis()
    handler = ForeignKeyField(Volunteer, null=True, backref="+")
    forwarded_to = TextField(default="")
    answer = TextField(default="")
    finding = TextField(default="")  # upheld / unfounded / unclear; "" before the answer, and of old ones
    answered_by = ForeignKeyField(Volunteer, null=True, backref="+")
    answered_at = UTCMillis(null=True)
    nagged_at = UTCMillis(null=True)
    created_at = UTCMillis()
