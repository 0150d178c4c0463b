"""From a need to an activity: needs, projects, plans, partners, campaigns, series, approval (点单, 项目, 计划)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.activities import Activity, Shift
from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.teams import Team


class Need(BaseModel):
    """点单: what residents or veterans need, taken in by a station, claimed by a team (条例 §13, S52).

    Without an account it is followed by a secret (`token_hash`); `consent` is the version of what was agreed to.
    States received, open (checked), offered (to one team), claimed, served, closed, refused, withdrawn.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    kind = TextField()  # public / veteran
    region_code = TextField()
    station_region = TextField()
    title = TextField()
    domain = TextField()
    sub_domain = TextField()
    content = TextField()
    risks = TextField(default="")
    wanted_from = CharField(10, null=True)
    wanted_until = CharField(10, null=True)
    private_home = BooleanField(default=False)
    contact_sealed = BlobField(null=True)
    contact_key = TextField(default="")
    volunteer = ForeignKeyField(Volunteer, null=True, backref="+")
    taken_by = ForeignKeyField(Volunteer, null=True, backref="+")
    token_hash = TextField(null=True)
    consent = TextField(default="")
    state = TextField()  # received / open / offered / claimed / served / closed / refused / withdrawn
    team = ForeignKeyField(Team, null=True, backref="+")
    claimed_by = ForeignKeyField(Volunteer, null=True, backref="+")
    answer = TextField(default="")
    answer_due_at = UTCMillis()
    answered_at = UTCMillis(null=True)
    nagged_at = UTCMillis(null=True)
    created_at = UTCMillis()
    updated_at = UTCMillis()


class Project(BaseModel):
    """项目: what holds many activities together (S74)."""

    id = BigAutoField()
    code = TextField(unique=True)
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    title = TextField()
    domain = TextField()
    sub_domain = TextField(default="")
    level = IntegerField()
    from_on = CharField(10)
    to_on = CharField(10)
    funding = TextField(default="")
    funding_note = TextField(default="")
    summary = TextField(default="")
    state = TextField(default="running")  # running / closed
    closing = TextField(default="")
    model_mark = BooleanField(default=False)
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    closed_at = UTCMillis(null=True)


class Plan(BaseModel):
    """A team's plan of a year (`2026`) or a month (`2026-11`), with what it wants to reach (S12)."""

    id = BigAutoField()
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    period = TextField()
    goal = TextField(default="")
    activities = IntegerField(default=0)
    participants = IntegerField(default=0)
    minutes = IntegerField(default=0)
    served = IntegerField(default=0)
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    updated_at = UTCMillis()

    class Meta:
        indexes = ((("team", "period"), True),)


class PlanItem(BaseModel):
    """One activity that is planned."""

    id = BigAutoField()
    plan = ForeignKeyField(Plan, backref="+")
    title = TextField()
    domain = TextField()
    sub_domain = TextField()
    month = CharField(7, default="")
    place = TextField(default="")
    note = TextField(default="")
    dropped_at = UTCMillis(null=True)
    dropped_why = TextField(default="")


class Partner(BaseModel):
    """Somebody who helps with a place, goods, money or people (S53)."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    team = ForeignKeyField(Team, null=True, backref="+")
    name = TextField()
    kind = TextField()
    offers = TextField(default="")
    contact = TextField(default="")
    from_on = CharField(10)
    to_on = CharField(10, null=True)
    nature = TextField(default="")  # foundation, company …: wording/planning.toml [natures]
    agreement = TextField(default="")  # its number, or what it says in short
    due_on = CharField(10, null=True)  # the last day of the agreement
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class ActivityPartner(BaseModel):
    """What a partner gave to an activity."""

    activity = ForeignKeyField(Activity, backref="+")
    partner = ForeignKeyField(Partner, backref="+")
    gave = TextField(default="")

    class Meta:
        primary_key = CompositeKey("activity", "partner")


class Campaign(BaseModel):
    """A tag set from above, seen by all below: 专题, 实践活动 (S6, S49)."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    name = TextField()
    content = TextField(default="")
    from_on = CharField(10)
    to_on = CharField(10, null=True)
    set_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)


class ActivityCampaign(BaseModel):
    """An activity belongs to a campaign."""

    activity = ForeignKeyField(Activity, backref="+")
    campaign = ForeignKeyField(Campaign, backref="+")

    class Meta:
        primary_key = CompositeKey("activity", "campaign")


class ModelMark(BaseModel):
    """示范: marked as a model from above (S53); `subject` is activity:<id> or project:<id>."""

    id = BigAutoField()
    subject = TextField()
    region_code = TextField()
    reason = TextField()
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
    withdrawn_by = ForeignKeyField(Volunteer, null=True, backref="+")
    withdrawn_at = UTCMillis(null=True)
    withdrawn_why = TextField(default="")


class Series(BaseModel):
    """A weekly patrol: a pattern of days and the sheet its activities are made from."""

    id = BigAutoField()
    code = TextField(unique=True)
    team = ForeignKeyField(Team, backref="+")
    pattern = JsonText()
    sheet = JsonText()
    from_on = CharField(10)
    until_on = CharField(10)
    made_until = CharField(10, null=True)
    created_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)


class Approval(BaseModel):
    """An activity waits for its centre, and what the centre said (S80). Unanswered, it goes up."""

    id = BigAutoField()
    activity = ForeignKeyField(Activity, backref="+")
    state = TextField()  # waiting / approved / returned / refused / withdrawn
    region_code = TextField()
    due_at = UTCMillis()
    raised = IntegerField(default=0)
    asked_by = ForeignKeyField(Volunteer, null=True, backref="+")
    asked_at = UTCMillis()
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    answer = TextField(default="")


class ApprovalDelegation(BaseModel):
    """The centre trusts a team to publish without asking (S80)."""

    id = BigAutoField()
    team = ForeignKeyField(Team, backref="+")
    reason = TextField()
    given_by = ForeignKeyField(Volunteer, null=True, backref="+")
    from_at = UTCMillis()
    until = UTCMillis(null=True)


class ActivityView(BaseModel):
    """How often an activity was opened on one day, whoever opened it (S12)."""

    activity = ForeignKeyField(Activity, backref="+")
    local_day = CharField(10)
    views = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("activity", "local_day")


class ActivityChange(BaseModel):
    """Time or place moved: old and new values, told to everyone. Append-only."""

    id = BigAutoField()
    activity = ForeignKeyField(Activity, backref="+")
    version = IntegerField()
    changes = JsonText()
    at = UTCMillis()

    class Meta:
        indexes = ((("activity", "version"), True),)


class ShiftChange(BaseModel):
    """A single shift moved within its activity; `number` counts its moves. Append-only."""

    id = BigAutoField()
    shift = ForeignKeyField(Shift, backref="+")
    number = IntegerField()
    changes = JsonText()
    at = UTCMillis()

    class Meta:
        indexes = ((("shift", "number"), True),)


class ShiftChangeAck(BaseModel):
    """Somebody of that shift says that he has read the change."""

    change = ForeignKeyField(ShiftChange, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("change", "volunteer")


class ChangeAck(BaseModel):
    """Somebody says that he has read the change."""

    change = ForeignKeyField(ActivityChange, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("change", "volunteer")
