"""Honours a person was given (荣誉, S95): which, for which year, and where it came from."""

from __future__ import annotations

from peewee import BigAutoField, CharField, ForeignKeyField, TextField

from models.base import BaseModel, UTCMillis
from models.people import Volunteer


class Honour(BaseModel):
    """One honour of one person. `source` names the matter it came from, once: assessment:12."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer, backref="+")
    kind = TextField()  # assessment (优秀 of a year)
    name = TextField()
    year = CharField(4)
    region_code = TextField()
    source = TextField(unique=True)
    given_by = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
    revoked_at = UTCMillis(null=True)
    revoked_why = TextField(default="")
