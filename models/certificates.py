"""Certificates of service record (志愿服务记录证明, S113), and the seals that centres put under them."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BlobField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.regions import Centre
from models.teams import Team


class CentreSeal(BaseModel):
    """What a centre puts under its certificates: the picture of its seal and two names. A change is a new row."""

    id = BigAutoField()
    centre = ForeignKeyField(Centre, backref="+")
    picture = BlobField()  # PNG, sealed by the vault
    head = TextField()  # 负责人
    handler = TextField()  # 经办人
    set_by = ForeignKeyField(Volunteer, null=True, backref="+")
    from_at = UTCMillis()
    until = UTCMillis(null=True)


class Certificate(BaseModel):
    """What a centre certifies of a person's service. From its issue on `content` does not change any more.

    States requested, announced (公示), valid, withdrawn, superseded; refused, cancelled (by the person).
    """

    id = BigAutoField()
    code = TextField(unique=True)  # in /v/<code>: whoever holds the paper may look
    number = TextField(null=True, unique=True)  # from its issue on
    volunteer = ForeignKeyField(Volunteer, backref="+")
    centre = ForeignKeyField(Centre, backref="+")
    region_code = TextField()  # whose managers answer for it now
    team = ForeignKeyField(Team, null=True, backref="+")  # only what was served there
    from_on = CharField(10, null=True)  # none: from the first day on
    to_on = CharField(10)  # the last day
    state = TextField()
    content = JsonText(default=dict)  # services/certificates/drafting.Content
    records = JsonText(default=list)  # [record, minutes] it was made of
    document = BlobField(null=True)  # the document's number, sealed
    seal = ForeignKeyField(CentreSeal, null=True, backref="+")
    minutes = IntegerField(null=True)  # whole minutes, as frozen
    minutes_now = IntegerField(null=True)  # what the books say now, where it differs
    compared_at = UTCMillis(null=True)
    supersedes = ForeignKeyField("self", null=True, backref="+")
    asked_by = ForeignKeyField(Volunteer, null=True, backref="+")
    asked_at = UTCMillis()
    nagged_at = UTCMillis(null=True)  # when it was last said that the answer is late
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")  # none: by the division's rule
    decided_at = UTCMillis(null=True)
    notice_from = CharField(10, null=True)
    notice_until = CharField(10, null=True)
    issued_at = UTCMillis(null=True)
    ended_by = ForeignKeyField(Volunteer, null=True, backref="+")
    ended_at = UTCMillis(null=True)
    reason = TextField(default="")  # of a refusal or withdrawal
    looked = IntegerField(default=0)  # how often somebody checked it
    looked_at = UTCMillis(null=True)


class CertificateSerial(BaseModel):
    """The last running number that a division's centre gave in a year."""

    region_code = TextField()
    year = CharField(4)
    last = IntegerField()

    class Meta:
        primary_key = CompositeKey("region_code", "year")
