"""Honours on their way (褒奖激励, S104, S105): a team or a person nominated with figures, a word from each level,
public notice and objections, award."""

from __future__ import annotations

from typing import Any

from peewee import BigAutoField, BooleanField, CharField, ForeignKeyField, SmallIntegerField, TextField

from models.base import BaseModel, JsonText, UTCMillis
from models.evaluations import Complaint
from models.honours import Honour, HonourKind
from models.people import Volunteer
from models.teams import Commendation, Team


class Nomination(BaseModel):
    """A team or a person proposed to `award_region`; `at_region` is the level that has the word now.

    Of a person, `team` is his home team then. Without a `kind` it is a team's commendation with a title of its own.
    States review, announced (the public notice runs), awarded; refused, withdrawn, revoked (after the award).
    """

    id = BigAutoField()
    code = TextField(unique=True)
    kind = ForeignKeyField(HonourKind, null=True, backref="+")
    team: Any = ForeignKeyField(Team, null=True, backref="+")
    volunteer: Any = ForeignKeyField(Volunteer, null=True, backref="+")
    region_code = TextField()  # of the team, or the person
    award_region = TextField()
    at_region = TextField()
    title = TextField()
    year = TextField(default="")
    posthumous = BooleanField(default=False)
    merits = TextField()
    figures = JsonText()  # as they stood when it was made
    state = TextField(default="review")
    notice_from = CharField(10, null=True)
    notice_until = CharField(10, null=True)  # the last day of the public notice
    notice_days = SmallIntegerField(default=0)  # working days it has to run
    nagged_at = UTCMillis(null=True)  # when the awarding centre was told that the notice is over
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)
    commendation = ForeignKeyField(Commendation, null=True, backref="+")
    honour = ForeignKeyField(Honour, null=True, backref="+")


class NominationStep(BaseModel):
    """What one level said."""

    id = BigAutoField()
    nomination = ForeignKeyField(Nomination, backref="+")
    region_code = TextField()
    verdict = TextField()  # agreed / refused / stopped / awarded / declined / withdrawn / revoked
    text = TextField(default="")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()


class NominationObjection(BaseModel):
    """An objection to a public notice: a complaint like every other; while it is open, nothing is awarded."""

    id = BigAutoField()
    nomination = ForeignKeyField(Nomination, backref="+")
    complaint = ForeignKeyField(Complaint, unique=True, backref="+")
