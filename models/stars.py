"""Stars (星级, S100): one row for each star somebody reached, through review and public notice to its award."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.activities import RuleSet
from models.base import BaseModel, JsonText, UTCMillis
from models.evaluations import Complaint
from models.people import Volunteer


class StarAward(BaseModel):
    """A star and how far it has come. One row a person and star is alive: in review, announced or awarded.

    States review, announced (the public notice runs), awarded; refused, withdrawn (an award taken back, with its
    reason), lapsed (minutes fell below the step, a higher star took its place, the person left). The step is frozen as
    it stood when the row was made: a later ladder changes nothing that was proposed.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    volunteer = ForeignKeyField(Volunteer, backref="+")
    star = SmallIntegerField()  # 1 to 5
    region_code = TextField()  # of the person
    at_region = TextField()  # whose managers decide
    state = TextField(default="review")
    origin = TextField()  # rule (the worker proposed it) / person (he asked)
    minutes = IntegerField()  # that counted when the row was made
    step_hours = IntegerField()
    with_brought = BooleanField()  # whether minutes from before count
    rule_set = ForeignKeyField(RuleSet, null=True, backref="+")
    merits = TextField(default="")  # 事迹: from the third star on
    asked_by = ForeignKeyField(Volunteer, null=True, backref="+")  # somebody wrote it down for him
    facts = JsonText(null=True)  # what the reviewer saw, frozen with his word
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    why = TextField(default="")  # of a no, or of a yes against a condition
    notice_from = CharField(10, null=True)
    notice_until = CharField(10, null=True)  # the last day of the public notice
    notice_days = SmallIntegerField(default=0)  # working days it has to run
    awarded_on = CharField(10, null=True)
    ended_at = UTCMillis(null=True)
    ended_by = ForeignKeyField(Volunteer, null=True, backref="+")
    ended_why = TextField(default="")
    look_since = UTCMillis(null=True)  # minutes fell below the step of an awarded star: somebody has to look
    look_kept = IntegerField(null=True)  # he kept it with so many minutes
    created_at = UTCMillis()


class StarObjection(BaseModel):
    """An objection to a public notice: a complaint, answered like every other; while it is open, nothing is awarded."""

    id = BigAutoField()
    award = ForeignKeyField(StarAward, backref="+")
    complaint = ForeignKeyField(Complaint, unique=True, backref="+")
