"""Activities, their positions and shifts (活动, 岗位, 班次)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.teams import Team


class RuleSet(BaseModel):
    """One version of a division's numbers: hours, points, reminders … Never edited, only followed by another."""

    id = BigAutoField()
    kind = TextField()
    region_code = TextField()  # "" = everywhere
    version = IntegerField()
    params = TextField()  # JSON
    own = JsonText(default=list)  # the numbers this division set itself; the others came from above
    locks = JsonText(default=list)  # those that divisions below may not set
    reason = TextField(default="")
    set_by = ForeignKeyField(Volunteer, null=True)
    valid_from = UTCMillis()

    class Meta:
        indexes = ((("kind", "region_code", "version"), True),)


class Activity(BaseModel):
    """One activity of a team: what GB/T 40143 §6.1 asks to be published, and how people get in."""

    id = BigAutoField()
    code = TextField(unique=True)  # random, public, in /q/a1.<code>
    team = ForeignKeyField(Team)
    region_code = TextField()
    purpose = TextField(default="service")  # service / training: class minutes, never service hours
    title = TextField()
    domain = TextField()
    sub_domain = TextField()
    place = TextField()
    content = TextField(default="")
    conditions = TextField(default="")
    risk_notice = TextField()
    safeguards = TextField(default="")
    contact = TextField(default="")
    how_to_join = TextField(default="")
    openness = TextField(default="everyone")  # team / area / everyone
    joining = TextField(default="open")  # open / approval (the leader says yes) / invite
    cancel_hours = IntegerField(default=12)  # until so long before the start a place is given back without a word
    venue_kind = TextField(default="")  # 六进, wording/domains.toml [venues] (S55)
    host_contact = TextField(default="")
    host_agreed = BooleanField(default=False)  # the school or barracks said yes
    private_home = BooleanField(default=False)  # in public: the village alone, no time, no photo, no list
    dangerous = BooleanField(default=False)  # by its leader's or centre's word, beside what its kind says (S58)
    emergency = BooleanField(default=False)  # a declared emergency: no cap, no rest, no waiting for approval
    agreement = BooleanField(default=False)  # needs its own agreement (条例 §14)
    approval = TextField(default="none")  # none (needs none, or not asked) / waiting / approved / returned
    need_id = BigIntegerField(null=True)
    project_id = BigIntegerField(null=True)
    series_id = BigIntegerField(null=True)
    plan_item_id = BigIntegerField(null=True)
    model_mark = BooleanField(default=False)  # 示范活动, given from above (S53)
    walk_in = BooleanField(default=True)
    code_life = IntegerField(default=30)  # seconds a rotating code lives, 30–120
    state = TextField(default="draft")  # draft / published / cancelled / ended
    version = IntegerField(default=1)  # counts moves of time or place; reminders carry it
    starts_at = UTCMillis()
    ends_at = UTCMillis()
    local_day = CharField(10)
    signup_opens_at = UTCMillis()
    signup_closes_at = UTCMillis()
    hours_rule = ForeignKeyField(RuleSet)
    created_by = ForeignKeyField(Volunteer, null=True)
    created_at = UTCMillis()
    published_at = UTCMillis(null=True)
    ended_at = UTCMillis(null=True)
    nagged_at = UTCMillis(null=True)  # when the leader was last asked to confirm hours
    callsheet_at = UTCMillis(null=True)  # when the leader got the list of the not reached


class Position(BaseModel):
    """A job within an activity, with how many are wanted and what is asked of them."""

    id = BigAutoField()
    activity = ForeignKeyField(Activity, backref="positions")
    name = TextField()
    requirement = TextField(default="")
    quota = IntegerField()
    conditions = JsonText(default=dict)  # skills, qualifications, trainings (lists), age_from, age_to


class Shift(BaseModel):
    """A position's period: what people sign up for and scan in to."""

    id = BigAutoField()
    code = TextField(unique=True)  # random, public, in /q/i1.<code>.…
    activity = ForeignKeyField(Activity, backref="shifts")
    position = ForeignKeyField(Position, backref="shifts")
    starts_at = UTCMillis()
    ends_at = UTCMillis()
    planned_ends_at = UTCMillis()
    quota = IntegerField()
    taken = IntegerField(default=0)  # places confirmed or on offer; changed only by guarded update
    code_key = TextField()  # key of the rotating code's MAC, hex
    closed_at = UTCMillis(null=True)  # when forgotten check-outs were closed
