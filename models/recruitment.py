"""Becoming a member: application, vetting, what was promised, what a person can and wants to do (招募)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis
from models.ops import StoredFile
from models.people import Volunteer
from models.teams import Team


class Application(BaseModel):
    """One way in, two routes: a person applies, or a team or centre recommends him and he says yes (S37)."""

    id = BigAutoField()
    code = TextField(unique=True)  # random, public
    route = TextField()  # self 个人自荐 / organisation 组织推荐
    state = TextField()  # offered (to the person) / submitted / approved / refused / declined / withdrawn
    team = ForeignKeyField(Team)
    volunteer = ForeignKeyField(Volunteer)
    recommender = ForeignKeyField(Volunteer, null=True)
    statement = TextField(default="")
    source = TextField(default="")
    drive_id = BigIntegerField(null=True)  # the RecruitmentDrive that led him here
    door = TextField(default="")
    decided_by = ForeignKeyField(Volunteer, null=True)
    decided_at = UTCMillis(null=True)
    reason = TextField(default="")  # of a refusal; the person reads it
    reply = TextField(default="")  # and may answer
    replied_at = UTCMillis(null=True)
    created_at = UTCMillis()


class Reference(BaseModel):
    """群众口碑: who was asked, how many, what they said (S38). Append-only; the newest counts."""

    id = BigAutoField()
    application = ForeignKeyField(Application)
    asked = TextField()  # who, in words
    asked_count = IntegerField()
    favourable = BooleanField()
    note = TextField(default="")
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()


class Examination(BaseModel):
    """组织考察: the five criteria, each passed or not, with a note (S38, S39). Append-only; the newest counts."""

    id = BigAutoField()
    application = ForeignKeyField(Application)
    criteria = JsonText()  # {criterion: {"passed": bool, "note": str}}
    passed = BooleanField()
    examined_on = CharField(10)
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()


class Acceptance(BaseModel):
    """Somebody accepted a text in one version: the pledge, a team's service agreement (S5, 条例 §14). Append-only."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    document = TextField()  # pledge / agreement
    version = TextField()
    team_id = BigIntegerField(null=True)
    activity_id = BigIntegerField(null=True)  # an Activity with an agreement of its own
    door = TextField()
    proxy_id = BigIntegerField(null=True)  # the ProxyAct, where somebody accepted for him on paper
    at = UTCMillis()


class Skill(BaseModel):
    """A skill of the catalogue: military, civil, everyday (S41)."""

    code = TextField(primary_key=True)
    name = TextField()
    category = TextField()  # military / civil / life
    sort_order = IntegerField(default=100)
    retired_at = UTCMillis(null=True)


class VolunteerSkill(BaseModel):
    """Somebody says he can do this."""

    volunteer = ForeignKeyField(Volunteer)
    skill = ForeignKeyField(Skill, column_name="skill_code")
    note = TextField(default="")
    at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("volunteer", "skill")


class Qualification(BaseModel):
    """A licence or certificate with proof and expiry; counts once an officer has verified it (S21, S22, 条例 §16)."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    kind = TextField()  # code of the skill or profession it proves
    name = TextField()
    number = TextField(default="")
    issued_on = CharField(10, null=True)
    expires_on = CharField(10, null=True)
    proof = ForeignKeyField(StoredFile, null=True)
    state = TextField(default="stated")  # stated / verified / refused / withdrawn
    checked_by = ForeignKeyField(Volunteer, null=True)
    checked_at = UTCMillis(null=True)
    note = TextField(default="")
    reminded_for = CharField(10, null=True)  # the expiry he was reminded of
    created_at = UTCMillis()


class Willingness(BaseModel):
    """What a person would like to do, when, and how far from home (S30)."""

    volunteer = ForeignKeyField(Volunteer, primary_key=True)
    domains = JsonText(default=list)  # codes of wording/domains.toml
    times = JsonText(default=list)  # weekday_morning … weekend_evening, emergency
    reach = SmallIntegerField(default=4)  # level of the division he would go to: 5 village … 2 city
    note = TextField(default="")
    updated_at = UTCMillis()
