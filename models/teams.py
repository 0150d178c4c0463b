"""Volunteer teams and their members (志愿服务队)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis
from models.honours import HonourKind
from models.people import Volunteer
from models.regions import Centre


class Speciality(BaseModel):
    """What a team is for: four seeded professions, five grassroots kinds and 特色; the list is open (S18–S25, A2)."""

    code = TextField(primary_key=True)
    kind = TextField()  # professional / grassroots
    name = TextField()
    seeded = BooleanField(default=False)
    high_risk = BooleanField(default=False)  # insurance, adults only (S20)
    sort_order = IntegerField(default=100)
    retired_at = UTCMillis(null=True)


class Team(BaseModel):
    """A team at one division, under one centre. Professional (4+) or grassroots (N) (S18–S26)."""

    id = BigAutoField()
    code = TextField(unique=True)  # random, public
    name = TextField()
    short_name = TextField()  # ≤ 10 characters, for message templates
    kind = TextField()  # professional / grassroots
    speciality = TextField()  # code of a Speciality
    feature = TextField(default="")  # 特色 in words (S25)
    region_code = TextField(index=True)
    centre = ForeignKeyField(Centre)
    state = TextField(default="regular")  # founding / pilot / regular / paused / dissolved / merged
    leader = ForeignKeyField(Volunteer, null=True)
    liaison = ForeignKeyField(Volunteer, null=True)
    standard_name = TextField(default="")  # as the policy would call it, kept beside a registered name (S67)
    keeps_name = BooleanField(default=False)
    national_no = TextField(default="")  # its number in the national system
    site_kind = TextField(default="")  # estate 小区 / farm 集体农庄 / other, below a village (S27)
    site_name = TextField(default="")
    existing = BooleanField(default=False)  # was there before the programme (S35)
    founded_on = CharField(10, null=True)
    pilot_until = CharField(10, null=True)  # (S40)
    merged_into = BigIntegerField(null=True)  # the Team that took it in
    created_at = UTCMillis()


class TeamRegion(BaseModel):
    """A division that a joint team also covers (联建, S28)."""

    team = ForeignKeyField(Team)
    region_code = TextField()

    class Meta:
        primary_key = CompositeKey("team", "region_code")


class TeamMember(BaseModel):
    """A membership from–to; one of a person's running memberships is his home team."""

    id = BigAutoField()
    team = ForeignKeyField(Team, backref="members")
    volunteer = ForeignKeyField(Volunteer, backref="memberships")
    home = BooleanField(default=False)
    from_at = UTCMillis()
    to_at = UTCMillis(null=True)
    ended_why = TextField(default="")  # left / transferred / deceased / merged / exit
    application_id = BigIntegerField(null=True)  # the Application it came from


class Founding(BaseModel):
    """An application to found a team, with its list of conditions, and what the centre above said (S31)."""

    id = BigAutoField()
    team = ForeignKeyField(Team)
    applicant = ForeignKeyField(Volunteer, null=True)
    state = TextField()  # draft / submitted / returned / approved / refused / withdrawn
    reviewing_region = TextField()
    statement = TextField(default="")
    checklist = JsonText(default=dict)
    pilot = BooleanField(default=False)
    submitted_at = UTCMillis(null=True)
    decided_by = ForeignKeyField(Volunteer, null=True)
    decided_at = UTCMillis(null=True)
    answer = TextField(default="")
    created_at = UTCMillis()


class RuleException(BaseModel):
    """A soft rule of the policy that was set aside, and why: warned, reasoned, reported, never blocked."""

    id = BigAutoField()
    rule = TextField()  # the row of domain.md: S23, S26, S29, S79 …
    subject = TextField()  # team:12
    region_code = TextField()
    facts = JsonText(default=dict)
    reason = TextField()
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()
    ended_at = UTCMillis(null=True)


class Department(BaseModel):
    """A partner department: 文明办, 团委, 民政, 司法, 应急 … (S83); names are data, they change."""

    code = TextField(primary_key=True)
    name = TextField()
    sort_order = IntegerField(default=100)
    retired_at = UTCMillis(null=True)


class TeamSupport(BaseModel):
    """Who supports which team with what, from–to (S83–S85)."""

    id = BigAutoField()
    team = ForeignKeyField(Team)
    department = ForeignKeyField(Department, column_name="department_code")
    kind = TextField()  # project / training / exchange
    content = TextField()
    from_on = CharField(10)
    to_on = CharField(10, null=True)
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()


class TeamGuidance(BaseModel):
    """A word from above to a team: guidance, or its record returned for correction (S70), and the answer."""

    id = BigAutoField()
    team = ForeignKeyField(Team)
    kind = TextField()  # guide / return
    text = TextField()
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()
    answered_by = ForeignKeyField(Volunteer, null=True)
    answer = TextField(default="")
    answered_at = UTCMillis(null=True)


class Commendation(BaseModel):
    """A team was commended: the last step from no team to a commended one (S14, S104)."""

    id = BigAutoField()
    team = ForeignKeyField(Team)
    title = TextField()
    awarded_by = TextField()
    awarded_on = CharField(10)
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()
    honour_kind = ForeignKeyField(HonourKind, null=True, column_name="kind_id", backref="+")
    year = TextField(default="")
    revoked_at = UTCMillis(null=True)
    revoked_why = TextField(default="")
    revoked_by = ForeignKeyField(Volunteer, null=True, backref="+")
