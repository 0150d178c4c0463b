"""Lives change: merged entries, a new phone, a new home, a death; and acts done for those without a phone."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, TextField

from models.base import BaseModel, JsonText, UTCMillis
from models.identity import WechatIdentity
from models.ops import StoredFile
from models.people import Volunteer
from models.teams import Team


class PersonMerge(BaseModel):
    """Two entries were one person; `moved` tells what went over, so that it can be undone."""

    id = BigAutoField()
    kept = ForeignKeyField(Volunteer)
    dropped = ForeignKeyField(Volunteer)
    moved = JsonText()
    reason = TextField()
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()
    undone_by = ForeignKeyField(Volunteer, null=True)
    undone_at = UTCMillis(null=True)


class Recovery(BaseModel):
    """找回: a known person comes with a new WeChat. Station cases wait before they take effect."""

    id = BigAutoField()
    code = TextField(unique=True)
    volunteer = ForeignKeyField(Volunteer)
    identity = ForeignKeyField(WechatIdentity)  # the new one
    way = TextField()  # phone / station
    state = TextField()  # waiting / done / stopped / refused
    due_at = UTCMillis(null=True)
    officer = ForeignKeyField(Volunteer, null=True)
    reason = TextField(default="")
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)


class HomeTransfer(BaseModel):
    """转队: the home team moves with hours, stars and vetting; the old county's view ends that day."""

    id = BigAutoField()
    code = TextField(unique=True)
    volunteer = ForeignKeyField(Volunteer)
    from_team = ForeignKeyField(Team, null=True)
    to_team = ForeignKeyField(Team)
    from_region = TextField()
    to_region = TextField()
    state = TextField()  # requested / done / refused / withdrawn
    reason = TextField(default="")
    answer = TextField(default="")
    asked_by = ForeignKeyField(Volunteer, null=True)
    agreed_at = UTCMillis(null=True)  # the person's own word, where his team asked
    decided_by = ForeignKeyField(Volunteer, null=True)
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)


class DeathReport(BaseModel):
    """已故: every message stops with the report; the station confirms, and may undo it (PIPL §49)."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    region_code = TextField(default="")  # where he belonged when it was reported
    died_on = CharField(10, null=True)
    reported_by = ForeignKeyField(Volunteer, null=True)
    relation = TextField(default="")
    kin_name = TextField(default="")
    kin_phone_sealed = BlobField(null=True)
    kin_phone_key = TextField(default="")
    state = TextField()  # reported / confirmed / undone
    confirmed_by = ForeignKeyField(Volunteer, null=True)
    confirmed_at = UTCMillis(null=True)
    undone_by = ForeignKeyField(Volunteer, null=True)
    undone_at = UTCMillis(null=True)
    reason = TextField(default="")
    before = JsonText(default=dict)  # what ended with it: memberships, roles, sign-ups
    at = UTCMillis()


class ProxyAct(BaseModel):
    """代办: a leader or officer did this for him, on a signed form of which the photo is kept. Append-only."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    actor = ForeignKeyField(Volunteer)
    act = TextField()
    subject = TextField(default="")
    form = ForeignKeyField(StoredFile)
    at = UTCMillis()


class PersonCard(BaseModel):
    """A printed card with photo and a long-lived code, for those who carry no phone; revocable."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    code_hash = TextField(unique=True)
    serial = TextField(unique=True)  # what is printed in words, to tell cards apart
    photo = ForeignKeyField(StoredFile, null=True)
    issued_by = ForeignKeyField(Volunteer, null=True)
    issued_at = UTCMillis()
    revoked_by = ForeignKeyField(Volunteer, null=True)
    revoked_at = UTCMillis(null=True)
    reason = TextField(default="")


class Handover(BaseModel):
    """A post changed hands in one act: rights, seats in teams, open tasks. Append-only."""

    id = BigAutoField()
    from_person = ForeignKeyField(Volunteer, null=True, column_name="from_id")
    to_person = ForeignKeyField(Volunteer, column_name="to_id")
    post = TextField()  # a Role
    region_code = TextField(null=True)
    team_id = BigIntegerField(null=True)
    moved = JsonText()
    reason = TextField()
    actor = ForeignKeyField(Volunteer, null=True)
    at = UTCMillis()
