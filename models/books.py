"""The two books, minutes and points, and the totals kept beside them (时长, 积分).

Append-only: database triggers refuse UPDATE and DELETE. A correction is a reversing entry and a new one.
"""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.activities import RuleSet
from models.attendance import ServiceRecord
from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.teams import Team


class MinuteEntry(BaseModel):
    """Whole minutes put to a person's account, or taken back by a reversal."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    amount = IntegerField()
    kind = TextField()  # service / transferred / reversal
    record = ForeignKeyField(ServiceRecord, null=True)
    team = ForeignKeyField(Team, null=True)
    region_code = TextField()
    local_day = CharField(10)
    rule_set = ForeignKeyField(RuleSet, null=True)
    idem_key = TextField(unique=True)
    reverses = ForeignKeyField("self", null=True, unique=True)
    actor = ForeignKeyField(Volunteer, null=True)
    note = TextField(default="")
    created_at = UTCMillis()


class PointEntry(BaseModel):
    """Whole points, frozen with the rule they came from; spending, expiry and reversal are entries too."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    amount = IntegerField()
    kind = TextField()  # service / honour, reversal; what takes: redemption and its refund, expiry
    record = ForeignKeyField(ServiceRecord, null=True)
    redemption_id = BigIntegerField(null=True)  # a Redemption (models/mall.py)
    # The last day of points that came, also in their reversal; null: they went. Of a refund: at least until then.
    expires_on = CharField(10, null=True)
    region_code = TextField()
    local_day = CharField(10)
    rule_set = ForeignKeyField(RuleSet, null=True)
    idem_key = TextField(unique=True)
    reverses = ForeignKeyField("self", null=True, unique=True)
    actor = ForeignKeyField(Volunteer, null=True)
    note = TextField(default="")
    created_at = UTCMillis()


class Balance(BaseModel):
    """A person's totals, changed in the transaction of the entry and proved nightly by `verify-books`."""

    volunteer = ForeignKeyField(Volunteer, primary_key=True)
    minutes = BigIntegerField(default=0)
    points = BigIntegerField(default=0)
    records = IntegerField(default=0)


class PointDebt(BaseModel):
    """Points that a correction took after they were spent: open exactly as long as the balance is below zero."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer, backref="+")
    region_code = TextField()
    points = IntegerField()  # the most it was
    reason = TextField(default="")
    since = UTCMillis()
    cleared_at = UTCMillis(null=True)


class PeriodMinutes(BaseModel):
    """A person's minutes of a year (`2026`) or a month (`2026-11`), with the division for rankings."""

    volunteer = ForeignKeyField(Volunteer)
    period = TextField()
    region_code = TextField()
    minutes = IntegerField()
    records = IntegerField()

    class Meta:
        primary_key = CompositeKey("volunteer", "period")


class Seal(BaseModel):
    """A link of the hash chain over a book or the audit, sealed by the worker."""

    id = BigAutoField()
    book = TextField()
    first_id = BigIntegerField()
    last_id = BigIntegerField()
    digest = TextField()
    sealed_at = UTCMillis()


class ProofMark(BaseModel):
    """How far the old seals of a book have been proved again, a few each night; those that did not hold are proved
    every night until they do."""

    book = TextField(primary_key=True)
    reached = BigIntegerField(default=0)
    broken = JsonText(default=list)  # numbers of seals
    at = UTCMillis()
