"""What a person asks for about his own data: a copy of it, what is wrong in it put right, an end to his account (PIPL
§45–47)."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BlobField, BooleanField, ForeignKeyField, TextField

from models.base import BaseModel, UTCMillis
from models.people import Volunteer


class DataCopy(BaseModel):
    """Everything about one person as one file, sealed; made by the worker, gone after a day."""

    id = BigAutoField()
    code = TextField(unique=True)
    volunteer = ForeignKeyField(Volunteer, backref="+")
    state = TextField()  # asked / ready
    whole = BooleanField()  # his numbers stand in it in full: he said his ID number when he asked
    sealed = BlobField(null=True)
    sealed_key = TextField(default="")
    asked_at = UTCMillis()
    ready_at = UTCMillis(null=True)
    until = UTCMillis()


class AccountClosing(BaseModel):
    """注销: asked for, fourteen days to think it over, then who he is is erased and the books stay."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer, backref="+")
    state = TextField()  # asked / undone / done
    door = TextField()
    asked_at = UTCMillis()
    due_at = UTCMillis()
    reminded_at = UTCMillis(null=True)
    held = TextField(default="")  # the refusal code for which it waits beyond its day
    ended_at = UTCMillis(null=True)


class PurgeMark(BaseModel):
    """How far a rule of forgetting has come: rows up to the number `reached` are done, `gone` of them were."""

    name = TextField(primary_key=True)
    reached = BigIntegerField(default=0)
    gone = BigIntegerField(default=0)
    at = UTCMillis()


class Correction(BaseModel):
    """更正: what a person says is wrong about him and what is right (PIPL §46); an officer who saw his papers decides.

    What is right lies sealed until then, and no longer: afterwards only which fields it was about is kept.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    volunteer = ForeignKeyField(Volunteer, backref="+")
    what = TextField()  # name / document / name document
    sealed = BlobField(null=True)  # {field: what is right}
    sealed_key = TextField(default="")
    state = TextField()  # asked / done / refused / withdrawn
    door = TextField()
    asked_at = UTCMillis()
    decided_at = UTCMillis(null=True)
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    reason = TextField(default="")
