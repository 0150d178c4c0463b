"""What comes in by Excel, row by row, and the figures of the national system (导入, 全国志愿服务信息系统)."""

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

from models.attendance import ServiceRecord
from models.base import BaseModel, JsonText, UTCMillis
from models.ops import StoredFile
from models.people import Volunteer


class ImportBatch(BaseModel):
    """One file: read and judged first (checked), applied when its owner says so."""

    id = BigAutoField()
    code = TextField(unique=True)
    kind = TextField()  # teams / people / officers / hours / national_people / national_records
    region_code = TextField()  # where the importer works; nothing outside is touched
    file_name = TextField()
    file_hash = TextField()
    state = TextField()  # reading / checked / applying / applied / refused / dropped
    total = IntegerField(default=0)
    done = IntegerField(default=0)  # rows read, then rows applied: the progress bar
    counts = JsonText(default=dict)  # {verdict: rows}
    why = TextField(default="")  # the refusal code of a file that could not be read at all
    actor = ForeignKeyField(Volunteer, null=True)
    created_at = UTCMillis()
    finished_at = UTCMillis(null=True)


class ImportFile(BaseModel):
    """The file itself, sealed, until the worker has read it."""

    batch = ForeignKeyField(ImportBatch, primary_key=True)
    sealed = BlobField()


class ImportRow(BaseModel):
    """One row of a file with what becomes of it. The cells are sealed: they hold ID numbers."""

    batch = ForeignKeyField(ImportBatch)
    row_no = IntegerField()  # as Excel counts
    sealed = BlobField()
    shown = JsonText()  # the cells as they may be shown, ID numbers and phones masked
    verdict = TextField()  # new / changed / same / refused
    problems = JsonText(default=list)  # [[column, refusal code], …]
    changes = JsonText(default=dict)  # {field: [old, new]}, masked
    subject = TextField(default="")  # volunteer:7, team:3, record:9
    applied_at = UTCMillis(null=True)

    class Meta:
        primary_key = CompositeKey("batch", "row_no")


class TransferredHours(BaseModel):
    """Where a transferred record's hours come from: nobody starts at zero (S72, issue of records before)."""

    record = ForeignKeyField(ServiceRecord, primary_key=True)
    system = TextField()
    from_on = CharField(10)
    to_on = CharField(10)
    proof = TextField(default="")
    proof_file = ForeignKeyField(StoredFile, null=True, column_name="proof_id")
    batch = ForeignKeyField(ImportBatch, null=True)
    verified_by = ForeignKeyField(Volunteer, null=True)
    verified_at = UTCMillis(null=True)


class NationalFigure(BaseModel):
    """What the national system says of a person's hours on a day; compared with ours. Append-only."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    minutes = IntegerField()
    as_of = CharField(10)
    batch = ForeignKeyField(ImportBatch, null=True)
    at = UTCMillis()
