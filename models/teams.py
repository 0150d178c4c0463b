"""Volunteer teams and their members (志愿服务队)."""

from __future__ import annotations

from peewee import BigAutoField, BooleanField, CompositeKey, ForeignKeyField, TextField

from models.base import BaseModel, UTCMillis
from models.people import Volunteer
from models.regions import Centre


class Team(BaseModel):
    """A team at one division, under one centre. Professional (4+) or grassroots (N) (S18–S26)."""

    id = BigAutoField()
    code = TextField(unique=True)  # random, public
    name = TextField()
    short_name = TextField()  # ≤ 10 characters, for message templates
    kind = TextField()  # professional / grassroots
    speciality = TextField()
    region_code = TextField(index=True)
    centre = ForeignKeyField(Centre)
    state = TextField(default="regular")  # founding / pilot / regular / paused / dissolved / merged
    leader = ForeignKeyField(Volunteer, null=True)
    liaison = ForeignKeyField(Volunteer, null=True)
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
