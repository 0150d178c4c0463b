"""Scans and what comes of them (签到, 签退, 服务时长)."""

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

from models.activities import Activity, RuleSet, Shift
from models.base import BaseModel, JsonText, UTCMillis
from models.identity import WechatIdentity
from models.people import Volunteer
from models.teams import Team


class ScanTicket(BaseModel):
    """A venue or poster code that reached us before its owner was known: ten minutes, single use, one phone."""

    secret_hash = TextField(primary_key=True)
    shift = ForeignKeyField(Shift)
    direction = TextField()  # in / out
    mode = TextField()  # rotating / poster
    seen_at = UTCMillis()  # the moment the scan is judged by
    expires_at = UTCMillis()
    used_at = UTCMillis(null=True)
    used_by = ForeignKeyField(WechatIdentity, null=True)


class Attempt(BaseModel):
    """Every scan, tick and check-in message, accepted or refused, with its reason. Append-only."""

    id = BigAutoField()
    shift = ForeignKeyField(Shift, null=True)
    volunteer = ForeignKeyField(Volunteer, null=True)
    identity = ForeignKeyField(WechatIdentity, null=True)
    actor = ForeignKeyField(Volunteer, null=True)  # the leader, where he scanned or ticked
    direction = TextField(null=True)
    mode = TextField()  # rotating / person / chat / poster / list
    door = TextField()  # api / pages / bot / console / worker
    outcome = TextField()  # accepted / repeat / refused
    reason = TextField(default="")  # the refusal code
    nonce = TextField(null=True)
    kit_id = BigIntegerField(null=True)  # the OfflineKit it came from
    device_at = UTCMillis(null=True)  # what the phone without a network said
    flag = TextField(default="")  # what is odd about it: clamped, duplicate, old, orphan, revoked …
    detail = TextField(default="")
    at = UTCMillis()  # the moment judged by
    received_at = UTCMillis()


class ServiceRecord(BaseModel):
    """One person's service in one shift: the case that leads to book entries. Minutes are whole (条例 §19)."""

    id = BigAutoField()
    shift = ForeignKeyField(Shift, null=True, backref="records")
    activity = ForeignKeyField(Activity, null=True, backref="records")
    team = ForeignKeyField(Team)
    volunteer = ForeignKeyField(Volunteer, backref="records")
    region_code = TextField()
    local_day = CharField(10)
    source = TextField(default="scan")  # scan / supplement / transferred
    state = TextField(default="pending")  # pending / confirmed / disputed / void
    in_at = UTCMillis(null=True)
    in_mode = TextField(default="")
    out_at = UTCMillis(null=True)
    out_mode = TextField(default="")
    closed_by = TextField(default="")  # self / leader / worker
    minutes = IntegerField(default=0)
    why = TextField(default="")  # a wording key: why it counts as it does
    needs_naming = BooleanField(default=False)  # a static code: the leader names him present first
    named_by = ForeignKeyField(Volunteer, null=True)
    by_hand = BooleanField(default=False)
    rule_set = ForeignKeyField(RuleSet)
    confirmed_by = ForeignKeyField(Volunteer, null=True)
    confirmed_at = UTCMillis(null=True)
    national_state = TextField(default="no")  # no / yes: entered in the national system (S72)
    national_no = TextField(default="")
    national_at = UTCMillis(null=True)
    overlap = IntegerField(default=0)  # minutes left out because another record counts them
    needs_review = TextField(default="")  # why somebody has to look first; "" for nothing
    held_by_case = BigIntegerField(null=True)  # an HoursCase
    makeup_id = BigIntegerField(null=True)  # the Makeup it came from
    version = IntegerField(default=1)  # grows with each correction; part of the book entries' keys
    created_at = UTCMillis()
    updated_at = UTCMillis()


class OfflineKit(BaseModel):
    """What a leader's phone took along to a place without network: roster, key, revocations; until when."""

    id = BigAutoField()
    code = TextField(unique=True)
    link_hash = TextField(unique=True)  # of the one-time link that opens it on the phone
    session_hash = TextField(null=True)  # of the session it lives by: may only scan
    activity = ForeignKeyField(Activity)
    leader = ForeignKeyField(Volunteer)
    issued_at = UTCMillis()
    link_until = UTCMillis()
    opened_at = UTCMillis(null=True)
    until = UTCMillis()
    device = TextField(default="")
    uploaded_at = UTCMillis(null=True)
    items = IntegerField(default=0)
    wiped_at = UTCMillis(null=True)
    revoked_at = UTCMillis(null=True)


class ScanAnswer(BaseModel):
    """The first answer to an offline scan, given again to its repeats. Append-only."""

    kit = ForeignKeyField(OfflineKit)
    nonce = TextField()
    answer = JsonText()
    at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("kit", "nonce")


class CodeRevocation(BaseModel):
    """Personal codes of somebody that were issued before this moment open nothing any more."""

    volunteer = ForeignKeyField(Volunteer, primary_key=True)
    issued_before = UTCMillis()
    reason = TextField(default="")
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()


class NameVerdict(BaseModel):
    """Whom a written name of a phone without a network meant, or why it counts for nobody (None). Append-only."""

    attempt = ForeignKeyField(Attempt, primary_key=True)
    volunteer = ForeignKeyField(Volunteer, null=True, backref="+")
    reason = TextField(default="")
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
