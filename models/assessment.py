"""The year's assessment: cycles and their phases, one card a person, peers, objections, exits (考核, S45–S47)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.activities import RuleSet
from models.base import BaseModel, JsonText, UTCMillis
from models.people import Volunteer
from models.teams import Team


class AssessmentPlan(BaseModel):
    """Dates that a division prescribes to itself and all centres below it, for one year."""

    id = BigAutoField()
    region_code = TextField()
    year = CharField(4)
    phases = JsonText()  # [{"kind", "name", "opens_on", "closes_on", "weight"}], in order
    binding = BooleanField(default=False)  # centres below may not choose other dates
    state = TextField(default="published")  # published / withdrawn
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    created_at = UTCMillis()


class AssessmentCycle(BaseModel):
    """One year of one centre: a county with all below it, or the teams a city or the province keeps itself. One a year
    that was not given up.

    States planned (nothing has opened yet), running (a phase is or was open), results (the last phase is over, results
    go out), closed (every result is final), cancelled.
    """

    id = BigAutoField()
    code = TextField(unique=True)
    region_code = TextField()
    year = CharField(4)
    state = TextField(default="planned")
    plan = ForeignKeyField(AssessmentPlan, null=True, backref="+")
    seed = TextField()  # of the peers: the same seed gives the same peers
    rule_set = ForeignKeyField(RuleSet, null=True, backref="+")  # kind assessment, frozen when the first phase opens
    cards = IntegerField(default=0)  # how many were made at the opening
    made_by = ForeignKeyField(Volunteer, null=True, backref="+")
    version = IntegerField(default=1)  # moved by every decision: the cap on 优秀 is counted behind it
    late_told_at = UTCMillis(null=True)  # when the centre and the one above were last told that it is late
    cancelled_why = TextField(default="")
    cancel_told = BooleanField(default=False)  # those it concerned know that it was given up
    created_at = UTCMillis()
    closed_at = UTCMillis(null=True)


class AssessmentPhase(BaseModel):
    """One phase with its days, both within it: self 自评, peer 互评, extra (any other way), review 复评.

    States waiting, opening, open, closing, closed. `step` and `reached` say how far the worker has come with opening or
    closing it: rows up to the id `reached` are done.
    """

    id = BigAutoField()
    cycle = ForeignKeyField(AssessmentCycle, backref="phases")
    number = SmallIntegerField()
    kind = TextField()
    name = TextField()
    opens_on = CharField(10)
    closes_on = CharField(10)
    opens_at = UTCMillis()
    closes_at = UTCMillis()  # the midnight that ends its last day
    weight = SmallIntegerField(default=0)  # of an extra phase; the others have theirs from the rule set
    state = TextField(default="waiting")
    step = TextField(default="")
    reached = BigIntegerField(default=0)
    reminded = SmallIntegerField(default=0)  # how many of the moments of reminding are done
    missed = BooleanField(default=False)  # it was over before the worker came to it
    told_on = CharField(10, default="")  # the last day, as those it concerns know it
    opened_at = UTCMillis(null=True)
    closed_at = UTCMillis(null=True)

    class Meta:
        indexes = ((("cycle", "number"), True),)


class AssessmentCard(BaseModel):
    """One person in one year: what he, his peers and the centre say, what the books say, and the result. One a person
    and year, whatever the centre, void ones aside.

    All scores are whole points 0–100. States open, decided (by the centre, not told yet), told (he may object),
    objected, final, aside (not assessed this year: `aside_why`), void (the cycle was given up).
    """

    id = BigAutoField()
    code = TextField(unique=True)
    cycle = ForeignKeyField(AssessmentCycle, backref="+")
    year = CharField(4)
    volunteer = ForeignKeyField(Volunteer, backref="+")
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()  # of the team
    joined_at = UTCMillis()  # since when he is in the programme's teams without a break
    state = TextField(default="open")
    aside_why = TextField(default="")  # on_leave / too_late / deceased / merged / left / moved / other
    aside_note = TextField(default="")
    self_score = SmallIntegerField(null=True)
    self_text = TextField(default="")
    self_at = UTCMillis(null=True)
    self_door = TextField(default="")
    peer_votes = SmallIntegerField(default=0)
    peer_score = SmallIntegerField(null=True)  # null with too few votes
    objective_score = SmallIntegerField(null=True)
    objective = JsonText(null=True)  # parts, weights and the rows they come from
    objective_at = UTCMillis(null=True)
    review_score = SmallIntegerField(null=True)  # the centre's own; null: it took the objective score
    weights = JsonText(null=True)  # what each score counted, in percent
    total = SmallIntegerField(null=True)
    suggested = TextField(default="")  # excellent / pass / look (below the pass mark: somebody looks)
    clear = BooleanField(default=False)  # may be decided with many others at once
    grade = TextField(null=True)  # excellent / pass / fail
    reason = TextField(default="")  # what the person reads
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    told_at = UTCMillis(null=True)
    object_until = UTCMillis(null=True)
    final_at = UTCMillis(null=True)
    version = IntegerField(default=1)
    created_at = UTCMillis()


class AssessmentPeer(BaseModel):
    """Somebody is to judge a member of his team. Who it was, only an auditor sees."""

    id = BigAutoField()
    cycle = ForeignKeyField(AssessmentCycle, backref="+")
    card = ForeignKeyField(AssessmentCard, backref="+")
    reviewer = ForeignKeyField(Volunteer, backref="+")
    score = SmallIntegerField(null=True)
    words = TextField(default="")
    door = TextField(default="")
    at = UTCMillis(null=True)
    void_why = TextField(default="")  # same_person / gone / unknown (the judge does not know him)

    class Meta:
        indexes = ((("card", "reviewer"), True),)


class AssessmentMark(BaseModel):
    """What an extra phase says of a person (群众评议 …): entered by his leader or the centre."""

    card = ForeignKeyField(AssessmentCard, backref="+")
    phase = ForeignKeyField(AssessmentPhase, backref="+")
    score = SmallIntegerField()
    note = TextField(default="")
    actor = ForeignKeyField(Volunteer, null=True, backref="+")
    at = UTCMillis()

    class Meta:
        primary_key = CompositeKey("card", "phase")


class AssessmentObjection(BaseModel):
    """异议 to a result: one a card, answered by somebody who did not decide it; the answer is final."""

    id = BigAutoField()
    code = TextField(unique=True)
    card = ForeignKeyField(AssessmentCard, unique=True, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    region_code = TextField()
    text = TextField()
    state = TextField()  # open / answered / withdrawn
    due_at = UTCMillis()
    grade_before = TextField()
    grade_after = TextField(null=True)
    answer = TextField(default="")
    answered_by = ForeignKeyField(Volunteer, null=True, backref="+")
    answered_at = UTCMillis(null=True)
    nagged_at = UTCMillis(null=True)
    created_at = UTCMillis()


class AssessmentExit(BaseModel):
    """淘汰: a final 不合格 proposes it, somebody else approves it, the memberships end (S46)."""

    id = BigAutoField()
    code = TextField(unique=True)
    card = ForeignKeyField(AssessmentCard, unique=True, backref="+")
    volunteer = ForeignKeyField(Volunteer, backref="+")
    team = ForeignKeyField(Team, backref="+")
    region_code = TextField()
    state = TextField()  # proposed / approved / refused / withdrawn
    reason = TextField(default="")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    rejoin_from = CharField(10, null=True)
    nagged_at = UTCMillis(null=True)
    created_at = UTCMillis()
