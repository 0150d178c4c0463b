"""Volunteers, what they agreed to, what they may do (志愿者, 授权)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis


class Volunteer(BaseModel):
    """A person. The public number is random and lasts; the ID number is sealed and found by a blind index."""

    id = BigAutoField()
    public_no = TextField(unique=True)
    name = TextField()
    document_type = TextField(default="id_card")
    document_sealed = BlobField(null=True)  # AES-256-GCM, key id inside, AAD bound to row and column
    document_key = TextField(default="")
    document_index = TextField(null=True, unique=True)  # HMAC of the normalised number
    phone_sealed = BlobField(null=True)
    phone_key = TextField(default="")
    phone_index = TextField(null=True, index=True)
    phone_proof = TextField(default="none")  # none / wechat / officer
    birth_date = CharField(10, null=True)
    identity = TextField()  # veteran / family / staff / social (S29)
    region_code = TextField(index=True)
    national_no = TextField(default="")  # number in the national volunteer system (S71)
    national_state = TextField(default="none")  # none / reported (by himself) / verified (by an officer)
    national_at = UTCMillis(null=True)
    national_by = BigIntegerField(null=True)
    died_on = CharField(10, null=True)
    photo_id = BigIntegerField(null=True)  # a StoredFile
    state = TextField(default="active")  # invited / active / left / deceased / merged
    merged_into = ForeignKeyField("self", null=True)
    entered_by = ForeignKeyField("self", null=True)  # who typed this person in for him
    version = IntegerField(default=1)
    created_at = UTCMillis()


class Consent(BaseModel):
    """One act of consent or withdrawal, for one purpose and one version of its text. Append-only (PIPL §14)."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    purpose = TextField()
    version = TextField()
    given = BooleanField()
    channel = TextField()
    at = UTCMillis()


class RoleGrant(BaseModel):
    """A right at a division (and below) or at a team, from–to. The only source of authority."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    role = TextField()
    region_code = TextField(null=True)
    team_id = BigIntegerField(null=True)  # a Team, which is declared after people
    speciality = TextField(default="")  # a partner department sees only teams of this speciality (S78)
    acting_for = BigIntegerField(null=True)  # a deputy with dates: whose post he fills
    granted_by = ForeignKeyField(Volunteer, null=True)
    reason = TextField(default="")
    from_at = UTCMillis()
    until = UTCMillis(null=True)


class BindInvite(BaseModel):
    """A one-time official-account QR that binds the person a leader or station entered."""

    token = TextField(primary_key=True)
    volunteer = ForeignKeyField(Volunteer)
    team_id = BigIntegerField(null=True)  # the Team he joins by saying yes
    role = TextField(default="")  # the post an officer takes up by saying yes
    region_code = TextField(null=True)
    batch_id = BigIntegerField(null=True)  # the import that invited him
    created_by = ForeignKeyField(Volunteer, null=True)
    qr_ticket = TextField(default="")
    qr_url = TextField(default="")
    created_at = UTCMillis()
    expires_at = UTCMillis()
    opened_by = TextField(null=True)  # the openid that scanned it first
    used_at = UTCMillis(null=True)


class History(BaseModel):
    """What changed on a record, by whom: {field: [old, new]}."""

    id = BigAutoField()
    subject = TextField()  # kind:id, e.g. activity:12
    verb = TextField()
    actor = ForeignKeyField(Volunteer, null=True)
    changes = JsonText()
    reason = TextField(default="")
    at = UTCMillis()
