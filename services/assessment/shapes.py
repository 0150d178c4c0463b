"""What the doors get to see of an assessment: frozen shapes of cycles, cards, tasks, results. Scores are whole points
0–100; days are Shanghai days."""

from __future__ import annotations

from datetime import date, datetime

from frozen import dataclass


@dataclass(frozen=True, slots=True)
class PhaseDates:
    """A phase as a centre sets it: `kind` self, peer, extra or review; both days lie within it. `weight`: of an extra
    phase, in percent points beside the policy's 20 / 30 / 50."""

    kind: str
    opens_on: date
    closes_on: date
    name: str = ""
    weight: int = 0


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase as it stands. States waiting, open (also while the worker is opening it), closed.

    `done` of `all`: self-assessments handed in, judgements given, marks entered, cards decided; 0 of 0 before it opens.
    `missed`: it was over before the worker came to it.
    """

    number: int
    kind: str
    name: str
    opens_on: date
    closes_on: date
    weight: int
    state: str
    missed: bool = False
    done: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class CycleLine:
    """A cycle in a list. States planned, running, results, closed, cancelled; `late`: cards that the centre has not
    decided although the last phase is over, `late_days` since when."""

    code: str
    region_code: str
    place: str
    year: str
    state: str
    phase: PhaseLine | None
    cards: int
    decided: int
    late: int
    late_days: int


@dataclass(frozen=True, slots=True)
class CyclePage:
    """A cycle whole. `grades` counts the decided cards by grade, `aside` those not assessed by why; `excellent_left`
    how many more 优秀 the cap allows. `params`: the policy's numbers it goes by. `prescribed_by`: the division whose
    dates bind it, "" for none."""

    line: CycleLine
    phases: tuple[PhaseLine, ...]
    grades: dict[str, int]
    aside: dict[str, int]
    excellent_cap: int
    excellent_left: int
    clear: int
    objections_open: int
    exits_open: int
    params: dict[str, int]
    prescribed_by: str
    may_manage: bool


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Dates prescribed for a year by a division to itself and the centres below."""

    id: int
    region_code: str
    place: str
    year: str
    phases: tuple[PhaseDates, ...]
    binding: bool
    made_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ObjectivePart:
    """One part of what the books say: `name` hours, attendance, evaluation or training; `score` None where there is
    nothing to judge by (its weight went to the other parts). `facts` are the numbers it was made of."""

    name: str
    weight: int
    score: int | None
    facts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Objective:
    """The objective score with its parts; `first_day`…`last_day` what was counted, `at` when."""

    score: int
    parts: tuple[ObjectivePart, ...]
    first_day: str
    last_day: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row that a part came from: `kind` minutes, signup, evaluation or training; `value` in minutes, or the score."""

    kind: str
    id: int
    local_day: str
    title: str
    value: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came out, as the person is told. `weights`: what each score counted in percent (a missing one: 0).

    `peer_score` is None with too few votes. `exit_state`: proposed, approved, refused or "".
    """

    grade: str
    total: int
    reason: str
    weights: dict[str, int]
    self_score: int | None
    peer_score: int | None
    objective_score: int | None
    review_score: int
    told_at: datetime
    object_until: datetime
    may_object: bool
    objection: ObjectionLine | None
    final_at: datetime | None
    exit_state: str
    rejoin_from: date | None


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A person's own assessment of one year. `may_self`: he can hand in (or change) his self-assessment now;
    `aside_why`: why he is not assessed (on_leave, too_late, other …), "" if he is. `result` only once it was told.
    `tasks_done` of `tasks`: the people he was asked to judge."""

    code: str
    year: str
    place: str
    team: str
    state: str
    aside_why: str
    phases: tuple[PhaseLine, ...]
    now: PhaseLine | None
    self_score: int | None
    self_text: str
    self_at: datetime | None
    may_self: bool
    objective: Objective | None
    tasks: int
    tasks_done: int
    result: Result | None


@dataclass(frozen=True, slots=True)
class PeerTask:
    """Somebody whom the reader is to judge: what is known of his year, and what the reader said so far. `open`: he can
    say it, or change it, now. `passed`: he said that he does not know him, which is done and counts nothing."""

    id: int
    name: str
    team: str
    minutes: int
    activities: int
    score: int | None
    words: str
    at: datetime | None
    until: date
    open: bool
    passed: bool = False


@dataclass(frozen=True, slots=True)
class CardLine:
    """One person in the centre's list. `suggested` excellent, pass or look; `clear`: may be decided with others at
    once; `peer_score` None with too few votes."""

    code: str
    version: int
    name: str
    public_no: str
    team: str
    team_code: str
    state: str
    aside_why: str
    self_score: int | None
    peer_score: int | None
    peer_votes: int
    objective_score: int | None
    review_score: int | None
    total: int | None
    suggested: str
    clear: bool
    grade: str
    mine: bool


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A person in an extra phase: the score entered for him, None if none was."""

    card_code: str
    name: str
    team: str
    score: int | None
    note: str
    by: str
    may: bool


@dataclass(frozen=True, slots=True)
class PeerVote:
    """What a peer said. `reviewer` is filled for the auditor alone."""

    score: int | None
    words: str
    at: datetime | None
    void_why: str
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything about one person on one page, for those who decide. `rows` open on demand (`objective.rows`).

    `may_decide`: the reader can decide now; `why_not`: own (his own matter), phase, state, "" otherwise. `grades`: the
    grades he may give.
    """

    line: CardLine
    cycle_code: str
    year: str
    joined_at: datetime
    self_text: str
    self_at: datetime | None
    votes: tuple[PeerVote, ...]
    peers_asked: int
    marks: tuple[MarkLine, ...]
    objective: Objective | None
    weights: dict[str, int]
    reason: str
    decided_by: str
    decided_at: datetime | None
    told_at: datetime | None
    object_until: datetime | None
    final_at: datetime | None
    objection: ObjectionLine | None
    exit: ExitLine | None
    previous: tuple[tuple[str, str], ...]  # (year, grade), newest first
    cases: int  # open cases of forged hours about him
    may_decide: bool
    why_not: str
    grades: tuple[str, ...]
    number: int = 0  # of the card, for its history


@dataclass(frozen=True, slots=True)
class Bulk:
    """What came of deciding many at once: how many were decided, and those left out, each with why (changed, own,
    not_clear, cap, state)."""

    decided: int
    left: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection to a result. States open, answered, withdrawn."""

    code: str
    card_code: str
    name: str
    team: str
    year: str
    text: str
    state: str
    due_at: datetime
    grade_before: str
    grade_after: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    at: datetime
    may_answer: bool = False


@dataclass(frozen=True, slots=True)
class ExitLine:
    """A proposal to end somebody's membership. States proposed, approved, refused, withdrawn."""

    code: str
    card_code: str
    name: str
    public_no: str
    team: str
    year: str
    total: int
    card_reason: str
    state: str
    reason: str
    decided_by: str
    decided_at: datetime | None
    rejoin_from: date | None
    at: datetime
    may_decide: bool = False


@dataclass(frozen=True, slots=True)
class TeamProgress:
    """How far a team is, for its leader: names of those who have not done theirs, never a score."""

    team: str
    year: str
    phase: PhaseLine | None
    all: int
    self_done: int
    peers_all: int
    peers_done: int
    self_missing: tuple[str, ...]
    peers_missing: tuple[str, ...]
    cycle_code: str = ""
    phases: tuple[PhaseLine, ...] = ()


@dataclass(frozen=True, slots=True)
class HonourLine:
    """An honour of a person."""

    kind: str
    name: str
    year: str
    at: datetime
