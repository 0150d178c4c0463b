"""What everybody may see: the home page's figures, and stories of volunteers with photos and consents (S2, S9, S82)."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CharField, ForeignKeyField, IntegerField, TextField

from models.base import BaseModel, UTCMillis
from models.ops import StoredFile
from models.people import Volunteer
from models.teams import Team


class PublicFigure(BaseModel):
    """Province, city or county with all below it, as the worker last counted: of all years, and of the year alone."""

    region_code = TextField(primary_key=True)
    volunteers = IntegerField()
    teams = IntegerField()
    minutes = BigIntegerField()
    served = BigIntegerField()  # people, by the leaders' reports
    year = CharField(4)
    year_minutes = BigIntegerField()
    year_served = BigIntegerField()
    counted_at = UTCMillis()


class Story(BaseModel):
    """A story of volunteers. `version` counts what was written and shown: a consent is for one version."""

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    team = ForeignKeyField(Team, null=True, backref="+")
    domain = TextField(default="")  # what kind of service it tells of; "" for none
    sub_domain = TextField(default="")
    title = TextField()
    body = TextField()
    state = TextField(default="draft")  # draft / asking (for consents) / review / published / withdrawn
    version = IntegerField(default=1)
    author = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    answer = TextField(default="")
    published_at = UTCMillis(null=True)
    withdrawn_at = UTCMillis(null=True)
    withdrawn_why = TextField(default="")
    post_state = TextField(default="")  # to the official account's drafts: due / begun / done / failed / unknown
    post_id = TextField(default="")
    post_errcode = IntegerField(null=True)
    post_at = UTCMillis(null=True)
    created_at = UTCMillis()


class StoryPerson(BaseModel):
    """Somebody who is shown, with what, and what he says to it (PIPL §25, §15)."""

    id = BigAutoField()
    story = ForeignKeyField(Story, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    shows = TextField()  # name / photo / both
    state = TextField(default="waiting")  # waiting / given / refused / withdrawn
    version = IntegerField(default=0)  # of the story he answered to
    asked_at = UTCMillis(null=True)
    answered_at = UTCMillis(null=True)

    class Meta:
        indexes = ((("story", "volunteer"), True),)


class StoryPhoto(BaseModel):
    """A photo of a story, in the order of their ids."""

    id = BigAutoField()
    story = ForeignKeyField(Story, backref="+")
    file = ForeignKeyField(StoredFile, backref="+")
    caption = TextField(default="")
