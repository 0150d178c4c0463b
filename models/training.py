"""Training: who gives it and where, courses, orders, sessions, results, certificates; recruitment drives (S42, S86).

A session is an `Activity` with the purpose training: signing up and being there are the attendance of every activity
(docs/adr/0002-training-is-an-activity.md).
"""

from __future__ import annotations

from peewee import BigAutoField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from models.activities import Activity
from models.base import BaseModel, JsonText, UTCMillis
from models.identity import WechatIdentity
from models.people import Volunteer
from models.teams import Team


class TrainingProvider(BaseModel):
    """Who trains (团校, 行业组织, 基地); `person` takes orders in its name (S86)."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()  # it serves this division and those below
    kind = TextField()  # wording/training.toml [providers]
    name = TextField()
    offers = TextField(default="")
    contact = TextField(default="")
    person = ForeignKeyField(Volunteer, null=True, backref="+")
    from_on = CharField(10)
    to_on = CharField(10, null=True)
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class TrainingCourse(BaseModel):
    """What can be learnt. Whoever passed it (or was there, where nothing is `tested`) has the training `name`."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()  # it is offered here and below
    kind = TextField()  # wording/training.toml [kinds]; adaptation: 适应性培训 (S87)
    name = TextField()
    content = TextField(default="")
    minutes = IntegerField(default=0)  # class minutes it takes, 0: not said
    tested = BooleanField(default=False)  # one passes or fails
    certificate = BooleanField(default=False)
    valid_months = IntegerField(default=0)  # of a certificate, 0: for good
    provider = ForeignKeyField(TrainingProvider, null=True, backref="+")
    from_on = CharField(10)
    to_on = CharField(10, null=True)
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class TrainingBase(BaseModel):
    """A place for training, by whose approval, for how many (S89)."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    name = TextField()
    address = TextField(default="")
    area = IntegerField(default=0)  # square metres, 0: not said
    capacity = IntegerField(default=0)  # people
    approval = TextField(default="")  # the document that approves it
    approved_on = CharField(10, null=True)
    courses = JsonText(default=list)  # codes of TrainingCourse
    provider = ForeignKeyField(TrainingProvider, null=True, backref="+")
    state = TextField()  # planned / running / paused / closed
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class TrainingOrder(BaseModel):
    """订单式培训: a team asks, a provider takes it, a session is made of it, it is done (S88).

    States requested, taken, scheduled, done; refused, withdrawn.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    topic = TextField()
    course = ForeignKeyField(TrainingCourse, null=True, backref="+")
    people = IntegerField()
    wanted_from = CharField(10)
    wanted_until = CharField(10)
    wanted_time = TextField(default="")
    place = TextField(default="")
    note = TextField(default="")
    asked_provider = ForeignKeyField(TrainingProvider, null=True, backref="+")  # none: whoever takes it first
    provider = ForeignKeyField(TrainingProvider, null=True, backref="+")
    activity = ForeignKeyField(Activity, null=True, backref="+")
    state = TextField()
    answer = TextField(default="")  # of whoever took or refused it
    asked_by = ForeignKeyField(Volunteer, null=True, backref="+")
    taken_by = ForeignKeyField(Volunteer, null=True, backref="+")
    taken_at = UTCMillis(null=True)
    due_at = UTCMillis()  # until when somebody has to take it
    nagged_at = UTCMillis(null=True)
    created_at = UTCMillis()
    updated_at = UTCMillis()


class TrainingSession(BaseModel):
    """What an activity teaches, by whom and where; `finished_at`: its results stand."""

    activity = ForeignKeyField(Activity, primary_key=True, backref="+")
    course = ForeignKeyField(TrainingCourse, backref="+")
    provider = ForeignKeyField(TrainingProvider, null=True, backref="+")
    base = ForeignKeyField(TrainingBase, null=True, backref="+")
    order = ForeignKeyField(TrainingOrder, null=True, backref="+")
    teacher = TextField(default="")
    finished_at = UTCMillis(null=True)
    finished_by = ForeignKeyField(Volunteer, null=True, backref="+")


class TrainingResult(BaseModel):
    """One person at one session: confirmed class minutes, and how it went. `minutes` follow the attendance."""

    id = BigAutoField()
    activity = ForeignKeyField(Activity, backref="+")
    course = ForeignKeyField(TrainingCourse, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    region_code = TextField()
    local_day = CharField(10)
    minutes = IntegerField(default=0)
    result = TextField(default="")  # "" not yet / attended / passed / failed
    note = TextField(default="")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    updated_at = UTCMillis()

    class Meta:
        indexes = ((("activity", "volunteer"), True),)


class TrainingCertificate(BaseModel):
    """Proof of a passed course, until `expires_on` (its last day; none: for good)."""

    id = BigAutoField()
    code = TextField(unique=True)  # random, public: anybody may look whether it is true
    number = TextField(unique=True)
    volunteer = ForeignKeyField(Volunteer, backref="+")
    course = ForeignKeyField(TrainingCourse, backref="+")
    activity = ForeignKeyField(Activity, backref="+")
    region_code = TextField()
    issued_on = CharField(10)
    expires_on = CharField(10, null=True)
    state = TextField()  # valid / revoked
    reason = TextField(default="")
    reminded_for = CharField(10, null=True)  # the expiry he was reminded of
    issued_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class RecruitmentDrive(BaseModel):
    """定向招募: looking for volunteers at an 适应性培训 (`activity`, or one held elsewhere) or anywhere else (S87)."""

    id = BigAutoField()
    code = TextField(unique=True)  # in /r/<code>, and in the account's scene `r.<code>`
    region_code = TextField()
    team = ForeignKeyField(Team, null=True, backref="+")  # whom one applies to; none: a team near by
    activity = ForeignKeyField(Activity, null=True, backref="+")
    title = TextField()
    place = TextField(default="")
    from_on = CharField(10)
    to_on = CharField(10)
    audience = IntegerField(default=0)  # people who were there, as counted
    closed_at = UTCMillis(null=True)
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class DriveScan(BaseModel):
    """A phone that opened a drive's code, counted once; `identity` once it is known whose WeChat it is."""

    id = BigAutoField()
    drive = ForeignKeyField(RecruitmentDrive, backref="+")
    visitor = TextField()
    identity = ForeignKeyField(WechatIdentity, null=True, backref="+")
    door = TextField()
    at = UTCMillis()

    class Meta:
        indexes = ((("drive", "visitor"), True),)
