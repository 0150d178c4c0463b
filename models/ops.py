"""What the house itself needs: idempotency, leases, tokens, audit, files."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer


class IdempotencyKey(BaseModel):
    """The first answer to a write, given again to its repeats for 48 hours (design §6.5)."""

    key_hash = TextField(primary_key=True)  # of actor, route and key
    body_hash = TextField()
    status = IntegerField(null=True)  # null while the first is in flight
    answer = TextField(default="")
    created_at = UTCMillis()


class Lease(BaseModel):
    """Who leads: owner and epoch; fenced writes carry the epoch."""

    name = TextField(primary_key=True)
    owner = TextField()
    epoch = BigIntegerField()
    until = UTCMillis()


class JobRun(BaseModel):
    """The last run of each heartbeat job; `/healthz` reads it."""

    name = TextField(primary_key=True)
    started_at = UTCMillis()  # of one that has not run yet: since when it is waited for
    ended_at = UTCMillis(null=True)
    outcome = TextField(default="")
    runs = BigIntegerField(default=0)
    late_after = BigIntegerField(default=0)  # seconds without a run until it is missed; 0 never


class WechatToken(BaseModel):
    """One access token per account, shared by all processes (stable_token, compare-and-refresh)."""

    appid = TextField(primary_key=True)
    sealed = BlobField()
    key_id = TextField()
    expires_at = UTCMillis()
    refreshing_until = UTCMillis(null=True)


class WechatPicture(BaseModel):
    """A picture that an account of ours keeps at WeChat for ever; uploaded once."""

    name = TextField(primary_key=True)  # appid and digest of the picture
    media_id = TextField()
    kept_at = UTCMillis()


class ApiPause(BaseModel):
    """A WeChat API that must rest: quota used up, configuration wrong."""

    api = TextField(primary_key=True)
    until = UTCMillis()
    reason = TextField()


class SendPace(BaseModel):
    """How many of a lane of the outbox asked for a turn in the minute that runs; under its number + 100: in the day."""

    lane = SmallIntegerField(primary_key=True)
    minute = BigIntegerField()  # since 1970; of a day its number since year 1, in Shanghai
    taken = IntegerField()


class AccountCode(BaseModel):
    """A QR code of the official account that WeChat made for a scene of ours, kept while it lives."""

    scene = TextField(primary_key=True)
    url = TextField()  # what the code holds
    until = UTCMillis(null=True)  # without an end where WeChat keeps it for ever
    at = UTCMillis()


class AuditEntry(BaseModel):
    """Who looked at or did something that must be answered for. Append-only."""

    id = BigAutoField()
    actor = ForeignKeyField(Volunteer, null=True)
    verb = TextField()
    subject = TextField()
    detail = JsonText()
    region_code = TextField(default="")  # where it happened, as divided that day; "" is the house itself
    at = UTCMillis()


class StoredFile(BaseModel):
    """A file we keep (proof, photo): where it lies and whose it is."""

    id = BigAutoField()
    name = TextField()
    content_type = TextField()
    size = IntegerField()
    path = TextField()
    owner = ForeignKeyField(Volunteer, null=True)
    created_at = UTCMillis()
