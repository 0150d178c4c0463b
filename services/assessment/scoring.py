"""Reckoning the cards of a cycle from the books: objective score, votes, total, what that suggests (S45, A4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from clock import to_millis
from models import AssessmentCycle, AssessmentPhase, store
from models.store import Write
from queries import assessment_scores as sql
from queries.assessment_scores import Frame, Span
from services.assessment import cards, phases_of, reckoning, training
from services.operation import apart
from services.times import day_starts

#: Each part with its weight, score, numbers, and which rows they are: of the books, up to the last one read.
_FACTS = (
    '{{"first_day":"{days.first_day}","last_day":"{days.last_day}","parts":{{'
    '"hours":{{"weight":%s,"score":%s,"minutes":%s,"entries":%s,"upto":%s}},'
    '"attendance":{{"weight":%s,"score":%s,"present":%s,"absent":%s,"upto":%s,"absences":[%s]}},'
    '"evaluation":{{"weight":%s,"score":%s,"judged":%s,"stars":%s,"upto":%s}},'
    '"training":{{"weight":%s,"score":%s,"minutes":%s,"recorded":%s}}}}}}'
)


def recompute_due(*, at: datetime, write: Write = store.write) -> int:
    """Reckon the undecided cards of every cycle whose review runs, or is late, anew; how many changed. Daily."""
    due = AssessmentCycle.select().join(AssessmentPhase).where(
        AssessmentPhase.kind == "review", AssessmentPhase.state.in_(("open", "closing", "closed")),
        AssessmentCycle.state.in_(("running", "results")),
    )  # fmt: skip
    return apart.each(list(due), lambda cycle: recompute(cycle, at=at, write=write))


def recompute(cycle: AssessmentCycle, *, at: datetime, write: Write = store.write, phase_id: int | None = None) -> int:
    """Reckon every open card of a cycle, in parts; how many changed. What is decided stays as it was decided.

    With `phase_id`, how far it came is kept there, and a worker that died goes on behind it.
    """
    after, stored, frame = (phases_of.reached(phase_id) if phase_id else 0), 0, _frame(cycle, at)
    while upto := sql.part_ends(cycle_id=cycle.id, after=after):
        scope = (cycle.id, after, upto)
        stored += write(lambda scope=scope: _part(frame, scope, at, phase_id))  # type: ignore[misc]
        after = upto
    return stored


def _part(frame: Frame, scope: tuple[int, int, int], at: datetime, phase_id: int | None) -> int:
    """Reckon a part, and note how far it went, in one write; how many cards changed."""
    if phase_id is not None:
        phases_of.reach(phase_id, scope[2])
    return sql.reckon(frame=frame, scope=scope, now=to_millis(at))


def recompute_one(cycle: AssessmentCycle, card_id: int, *, at: datetime) -> None:
    """Reckon one card, inside the caller's write."""
    sql.reckon(frame=_frame(cycle, at), scope=(cycle.id, card_id - 1, card_id), now=to_millis(at))


def span(cycle: AssessmentCycle) -> Span:
    """The days that count, with their moments."""
    first, last = cards.year_span(cycle)
    ends = day_starts(date.fromisoformat(last) + timedelta(days=1))
    return Span(first, last, to_millis(day_starts(date.fromisoformat(first))), to_millis(ends))


def _frame(cycle: AssessmentCycle, at: datetime) -> Frame:
    """What all cards of a cycle are reckoned by."""
    days, params = span(cycle), phases_of.params(cycle)
    extras = [(phase.number, phase.weight) for phase in phases_of.of(cycle) if phase.kind == "extra"]
    rule = {
        "hours_target": params["hours_target"] * 60,
        "training_target": params["training_target"] * training.class_hour(cycle.region_code, at),
        "min_votes": max(1, params["min_votes"]),
        "whole": sum(reckoning.counts(params, [weight for _, weight in extras])) + params["weight_review"],
        "excellent_mark": reckoning.excellent_from(params), "clear_mark": reckoning.clear_from(params),
    }  # fmt: skip
    kept = {name: params[name] for name in sql.RULE if name not in rule}
    return Frame(days, {**rule, **kept}, _weights(params, extras), _FACTS.format(days=days))


def _weights(params: Mapping[str, Any], extras: Sequence[tuple[int, int]]) -> dict[int, str]:
    """The JSON of what each score counts, for whoever may have been heard."""
    marks = (1, 2, *(4 << number for number, _ in extras))
    counts = reckoning.counts(params, [weight for _, weight in extras])
    return {
        sum(mark for mark, said in zip(marks, heard, strict=True) if said):
            json.dumps(reckoning.shares(counts, params["weight_review"], heard), separators=(",", ":"))
        for heard in product((False, True), repeat=len(marks))
    }
