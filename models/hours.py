"""Hours that stand up to an audit: make-up, objections, samples, cases of forged hours (补录, 异议, 抽查)."""

from __future__ import annotations

from peewee import BigAutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from models.activities import Activity, Shift
from models.attendance import ServiceRecord
from models.base import BaseModel, JsonText, UTCMillis
from models.ops import StoredFile
from models.people import Volunteer
from models.teams import Team


class MakeupBatch(BaseModel):
    """One paper list, many ticks, one approval above."""

    id = BigAutoField()
    code = TextField(unique=True)
    activity = ForeignKeyField(Activity, backref="+")
    region_code = TextField()
    photo = ForeignKeyField(StoredFile, null=True, backref="+")
    reason = TextField()
    asked_by = ForeignKeyField(Volunteer, backref="+")
    state = TextField()  # requested / approved / refused / withdrawn
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    answer = TextField(default="")
    created_at = UTCMillis()


class Makeup(BaseModel):
    """补录: somebody was there and no scan says so; reason, proof, decided by somebody else."""

    id = BigAutoField()
    code = TextField(unique=True)
    batch = ForeignKeyField(MakeupBatch, null=True, backref="+")
    activity = ForeignKeyField(Activity, backref="+")
    shift = ForeignKeyField(Shift, backref="+")
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    volunteer = ForeignKeyField(Volunteer, backref="+")
    asked_by = ForeignKeyField(Volunteer, backref="+")
    from_at = UTCMillis()
    to_at = UTCMillis()
    minutes = IntegerField()
    reason = TextField()
    proof = ForeignKeyField(StoredFile, null=True, backref="+")
    state = TextField()  # requested / approved / refused / withdrawn
    record = ForeignKeyField(ServiceRecord, null=True, backref="+")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    answer = TextField(default="")
    created_at = UTCMillis()


class Objection(BaseModel):
    """异议: a person says that his record is wrong; the answer has a deadline, then the county looks.

    States open, answered (the person may go further), raised (to the county), closed, withdrawn.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    record = ForeignKeyField(ServiceRecord, null=True, backref="+")
    activity = ForeignKeyField(Activity, null=True, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    text = TextField()
    wanted_minutes = IntegerField(null=True)
    state = TextField()  # open / answered / raised / closed / withdrawn
    due_at = UTCMillis()
    answer = TextField(default="")
    answered_by = ForeignKeyField(Volunteer, null=True, backref="+")
    answered_at = UTCMillis(null=True)
    raised_region = TextField(null=True)
    raised_why = TextField(default="")
    raised_at = UTCMillis(null=True)
    final = TextField(default="")
    final_by = ForeignKeyField(Volunteer, null=True, backref="+")
    final_at = UTCMillis(null=True)
    minutes_before = IntegerField(null=True)
    minutes_after = IntegerField(null=True)
    nagged_at = UTCMillis(null=True)
    created_at = UTCMillis()


class PresenceQuestion(BaseModel):
    """你去了吗: one in twenty is asked after hours were booked for him."""

    record = ForeignKeyField(ServiceRecord, primary_key=True, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    asked_at = UTCMillis()
    answer = TextField(null=True)  # yes / no
    answered_at = UTCMillis(null=True)


class Sample(BaseModel):
    """An activity the level above should look at, and which signs brought it here."""

    id = BigAutoField()
    week = TextField()
    region_code = TextField()
    activity = ForeignKeyField(Activity, backref="+")
    team = ForeignKeyField(Team, backref="+")
    signs = JsonText()
    state = TextField(default="open")  # open / fine / case
    checked_by = ForeignKeyField(Volunteer, null=True, backref="+")
    checked_at = UTCMillis(null=True)
    note = TextField(default="")
    created_at = UTCMillis()

    class Meta:
        indexes = ((("activity",), True),)


class HoursCase(BaseModel):
    """A suspicion of forged hours: hold, hearing, verdict."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    team = ForeignKeyField(Team, backref="+")
    activity = ForeignKeyField(Activity, null=True, backref="+")
    suspicion = TextField()
    source = TextField()
    state = TextField()  # held / hearing / upheld / cleared
    opened_by = ForeignKeyField(Volunteer, null=True, backref="+")
    opened_at = UTCMillis()
    hearing_due_at = UTCMillis(null=True)
    verdict = TextField(default="")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)


class CasePerson(BaseModel):
    """Whom a case is about, and what he said."""

    case = ForeignKeyField(HoursCase, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    statement = TextField(default="")
    stated_at = UTCMillis(null=True)
    told_at = UTCMillis(null=True)

    class Meta:
        primary_key = CompositeKey("case", "volunteer")


class CaseRecord(BaseModel):
    """A record held by a case, and its state before."""

    case = ForeignKeyField(HoursCase, backref="+")
    record = ForeignKeyField(ServiceRecord, backref="+")
    state_before = TextField()

    class Meta:
        primary_key = CompositeKey("case", "record")


class Bar(BaseModel):
    """Somebody may not sign up until a day, with the reason."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer, backref="+")
    case = ForeignKeyField(HoursCase, null=True, backref="+")
    what = TextField(default="signup")
    reason = TextField()
    from_at = UTCMillis()
    until = UTCMillis()
    lifted_at = UTCMillis(null=True)
    lifted_by = ForeignKeyField(Volunteer, null=True, backref="+")
    lifted_why = TextField(default="")
