"""Reference reports that freeze, and the superior's own forms (S108–S110, 套表)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BlobField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer


class ReferenceReport(BaseModel):
    """Figures of a centre, or of a director's terms of office; never changed once submitted (`digest` proves it)."""

    id = BigAutoField()
    code = TextField(unique=True)
    kind = TextField()  # centre / leader
    region_code = TextField()
    person = ForeignKeyField(Volunteer, null=True, backref="+")
    name = TextField()  # of the centre or the person, as on that day
    issuer = TextField()  # the centre that made it
    from_on = CharField(10)
    to_on = CharField(10)
    terms = JsonText()  # [{"region", "team", "label", "from_on", "to_on"}]
    figures = JsonText(default=list)  # one {figure: number} for each term
    state = TextField(default="making")  # making / draft / submitted / withdrawn
    note = TextField(default="")
    digest = TextField(default="")
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    made_at = UTCMillis()  # the figures are of that moment
    submitted_by = ForeignKeyField(Volunteer, null=True, backref="+")
    submitted_at = UTCMillis(null=True)
    withdrawn_why = TextField(default="")


class ReferenceRow(BaseModel):
    """A row that a report's numbers came from: what stands in it, and what it adds to which figure."""

    id = BigAutoField()
    report = ForeignKeyField(ReferenceReport, backref="+")
    term = SmallIntegerField()
    part = TextField()  # teams / activities / trainings / assessment / complaints / commendations / honours
    number = IntegerField()
    cells = JsonText()  # texts, in the order of the part's headings
    sums = JsonText()  # {figure: what this row adds}


class OfficeForm(BaseModel):
    """An Excel form of a superior's own, as it was uploaded."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    name = TextField()
    file_name = TextField()
    body = BlobField()
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)


class OfficeFormCell(BaseModel):
    """Which figure goes into a cell; `only_…` and `place` ("" = the division it is filled for) narrow it."""

    form = ForeignKeyField(OfficeForm, backref="+")
    sheet = TextField()
    cell = TextField()
    figure = TextField()
    only_kind = TextField(default="")
    only_speciality = TextField(default="")
    only_domain = TextField(default="")
    place = TextField(default="")

    class Meta:
        primary_key = CompositeKey("form", "sheet", "cell")
