"""Reckoning the cards of a cycle from the books: objective score, votes, total, what that suggests (S45, A4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from clock import to_millis
from models import AssessmentCycle, AssessmentPhase, store
from models.store import Write
from queries import assessment as people_sql
from queries import assessment_scores as sql
from queries.assessment_scores import Card, Span
from services.assessment import cards, phases_of, reckoning, training
from services.assessment.reckoning import Facts, Scores
from services.operation import apart
from services.times import day_starts


def recompute_due(*, at: datetime, write: Write = store.write) -> int:
    """Reckon the undecided cards of every cycle whose review runs, or is late, anew; how many. Daily."""
    due = AssessmentCycle.select().join(AssessmentPhase).where(
        AssessmentPhase.kind == "review", AssessmentPhase.state.in_(("open", "closing", "closed")),
        AssessmentCycle.state.in_(("running", "results")),
    )  # fmt: skip
    return apart.each(list(due), lambda cycle: recompute(cycle, at=at, write=write))


def recompute(cycle: AssessmentCycle, *, at: datetime, write: Write = store.write, phase_id: int | None = None) -> int:
    """Reckon every open card of a cycle, in parts; how many. What is decided stays as it was decided.

    With `phase_id`, how far it came is kept there, and a worker that died goes on behind it.
    """
    after, stored = (phases_of.reached(phase_id) if phase_id else 0), 0
    while batch := sql.cards(cycle_id=cycle.id, after=after):
        scope = (cycle.id, after, batch[-1].id)
        after = batch[-1].id
        rows = _reckoned(cycle, [card for card in batch if card.state == "open"], scope, at)
        for start in range(0, len(rows), people_sql.PART):
            part = rows[start : start + people_sql.PART]
            stored += write(lambda part=part: _keep(part, at, phase_id))  # type: ignore[misc]
    return stored


def _keep(part: list[tuple[Any, ...]], at: datetime, phase_id: int | None) -> int:
    """Store a part, and how far it went, in one write; how many cards changed."""
    if phase_id is not None:
        phases_of.reach(phase_id, part[-1][0])
    return sql.keep(part, to_millis(at))


def recompute_one(cycle: AssessmentCycle, card_id: int, *, at: datetime) -> None:
    """Reckon one card, inside the caller's write."""
    batch = [card for card in sql.cards(cycle_id=cycle.id, after=card_id - 1, limit=1) if card.id == card_id]
    sql.keep(_reckoned(cycle, batch, (cycle.id, card_id - 1, card_id), at), to_millis(at))


def span(cycle: AssessmentCycle) -> Span:
    """The days that count, with their moments."""
    first, last = cards.year_span(cycle)
    ends = day_starts(date.fromisoformat(last) + timedelta(days=1))
    return Span(first, last, to_millis(day_starts(date.fromisoformat(first))), to_millis(ends))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all cards of a cycle are reckoned by: its numbers, the weights of its extra phases, the days that count."""

    params: Mapping[str, Any]
    extras: Mapping[int, int]
    class_hour: int
    days: Span


def _reckoned(
    cycle: AssessmentCycle, batch: list[Card], scope: tuple[int, int, int], at: datetime
) -> list[tuple[Any, ...]]:
    extras = {phase.id: phase.weight for phase in phases_of.of(cycle) if phase.kind == "extra"}
    frame = _Frame(phases_of.params(cycle), extras, training.class_hour(cycle.region_code, at), span(cycle))
    facts = _facts(batch, scope, frame.days)
    votes, marks, doubtful = sql.votes(scope), sql.marks(scope), sql.in_cases(scope)
    return [
        _row(card, facts[card.id], votes.get(card.id, (0, 0, 0)), marks.get(card.id, {}), frame, card.id in doubtful)
        for card in batch
    ]


def _facts(batch: list[Card], scope: tuple[int, int, int], days: Span) -> dict[int, Facts]:
    minutes, came = sql.minutes(scope, days), sql.attendance(scope, days)
    judged, trained = sql.judgements(scope, days), sql.trained(scope, days)
    found = {}
    for card in batch:
        amount, entries, last_entry = minutes.get(card.id, (0, 0, 0))
        present, last_signup, absent = came.get(card.id, (0, 0, ()))
        times, stars, last_word = judged.get(card.id, (0, 0, 0))
        found[card.id] = Facts(
            amount, entries, present, absent, times, stars, trained.get(card.id),
            {"minutes": last_entry, "signup": last_signup, "evaluation": last_word},
        )  # fmt: skip
    return found


def _row(
    card: Card, facts: Facts, votes: tuple[int, int, int], marks: Mapping[int, int], frame: _Frame, in_doubt: bool
) -> tuple[Any, ...]:
    found = reckoning.parts(facts, frame.params, frame.class_hour)
    score = reckoning.objective(found)
    peer = peer_score(votes, frame.params)
    extras = [(weight, marks.get(phase)) for phase, weight in frame.extras.items()]
    scores = Scores(card.self_score, peer, score, card.review_score, extras)
    done = reckoning.reckon(scores, frame.params, in_doubt=in_doubt)
    return (
        card.id, card.version, votes[0], peer, score, _kept(found, facts, frame.days),
        _weights(tuple(done.weights.items())), done.total, done.suggested, int(done.clear),
    )  # fmt: skip


def peer_score(votes: tuple[int, int, int], params: Mapping[str, Any]) -> int | None:
    """The mean of the votes (how many, their sum, of them his recommender's); None with too few, or his
    recommender's alone."""
    count, total, recommenders = votes
    if count < max(1, params["min_votes"]) or count == recommenders:
        return None
    return reckoning.half_up(total, count)


#: Each part with its weight, score, numbers, and which rows they are: of the books, up to the last one read. Numbers
#: alone go into it; as a dict with an encoder it was a quarter of what a card costs.
_KEPT = (
    '{"first_day":"%s","last_day":"%s","parts":{'
    '"hours":{"weight":%d,"score":%s,"minutes":%d,"entries":%d,"upto":%d},'
    '"attendance":{"weight":%d,"score":%s,"present":%d,"absent":%d,"upto":%d,"absences":[%s]},'
    '"evaluation":{"weight":%d,"score":%s,"judged":%d,"stars":%d,"upto":%d},'
    '"training":{"weight":%d,"score":%s,"minutes":%d,"recorded":%d}}}'
)


def _kept(found: Mapping[str, tuple[int, int | None]], facts: Facts, days: Span) -> str:
    """What a card keeps of its objective score, as JSON."""
    hours, attendance, evaluation, training = [
        (weight, "null" if score is None else score) for weight, score in found.values()
    ]
    minutes, entries, present, absent, judged, stars, trained, upto = facts
    return _KEPT % (
        days.first_day, days.last_day, *hours, minutes, entries, upto["minutes"],
        *attendance, present, len(absent), upto["signup"], ",".join(map(str, absent)) if absent else "",
        *evaluation, judged, stars, upto["evaluation"], *training, trained or 0, trained is not None,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _weights(shares: tuple[tuple[str, int], ...]) -> str:
    """A whole province has a handful of them."""
    return json.dumps(dict(shares), separators=(",", ":"))
