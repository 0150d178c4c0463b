"""Commending a team (褒奖激励, S104): nomination with its figures, a word from each level, public notice, award."""

from __future__ import annotations

from peewee import BigAutoField, CharField, ForeignKeyField, TextField

from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.teams import Commendation, Team


class Nomination(BaseModel):
    """A team proposed for a commendation by `award_region`; `at_region` is the level that has the word now."""

    id = BigAutoField()
    code = TextField(unique=True)
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()  # of the team
    award_region = TextField()
    at_region = TextField()
    title = TextField()
    merits = TextField()
    figures = JsonText()  # as they stood when it was made
    state = TextField(default="review")  # review / announced / awarded / refused / withdrawn
    notice_from = CharField(10, null=True)
    notice_until = CharField(10, null=True)  # the last day of the public notice
    nagged_at = UTCMillis(null=True)  # when the awarding centre was told that the notice is over
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()
    ended_at = UTCMillis(null=True)
    commendation = ForeignKeyField(Commendation, null=True, backref="+")


class NominationStep(BaseModel):
    """What one level said."""

    id = BigAutoField()
    nomination = ForeignKeyField(Nomination, backref="+")
    region_code = TextField()
    verdict = TextField()  # agreed / refused / stopped / awarded
    text = TextField(default="")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()
