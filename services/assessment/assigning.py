"""Drawing the peers of a cycle, team by team, and what one household's phone or a second account forbids."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, groupby

from models import AssessmentPhase
from models.store import Write
from queries import assessment as sql
from queries.assessment import Candidate
from services.assessment import drawing, phases_of

#: Arrows in one write: two numbers each, so more of them than of other rows.
ARROWS = 5000


def assign(phase: AssessmentPhase, *, write: Write) -> None:
    """Draw the peers of every team of the phase's cycle, in parts; a team that is drawn stays so."""
    cycle = phase.cycle
    each = int(phases_of.params(cycle)["peers"])
    part: list[tuple[int, int]] = []
    last = phase.reached
    for team_id, circle in groupby(
        sql.circle(cycle_id=cycle.id, after_team=phase.reached), lambda c: c.team_id
    ):
        part += _drawn(f"{cycle.seed}:{team_id}", list(circle), each)
        last = team_id
        if len(part) >= ARROWS:
            _store(phase, part, last, write)
            part = []
    if last > phase.reached:
        _store(phase, part, last, write)


def _drawn(seed: str, circle: list[Candidate], each: int) -> Iterator[tuple[int, int]]:
    card_of = {one.volunteer_id: one.card_id for one in circle}
    arrows = drawing.draw(
        people=list(card_of), seed=seed, each=each, apart=apart(circle),
        recommended_by={one.volunteer_id: one.recommender_id for one in circle if one.recommender_id},
    )  # fmt: skip
    return ((card_of[judged], judge) for judge, judged in arrows)


def apart(circle: list[Candidate]) -> set[frozenset[int]]:
    """Pairs that may be one person, or share a phone: they do not judge each other."""
    found: set[frozenset[int]] = set()
    for sign in (lambda c: c.phone, lambda c: c.born and f"{c.name} {c.born}"):
        groups: dict[str, list[int]] = {}
        for one in circle:
            if key := sign(one):
                groups.setdefault(key, []).append(one.volunteer_id)
        found |= {frozenset(pair) for same in groups.values() for pair in combinations(same, 2)}
    return found


def _store(phase: AssessmentPhase, arrows: list[tuple[int, int]], team_id: int, write: Write) -> None:
    """Enter a part, and how far it went, in one write; nothing where the phase moved on meanwhile."""

    def act() -> None:
        moved = (
            AssessmentPhase.update(reached=team_id)
            .where(
                AssessmentPhase.id == phase.id, AssessmentPhase.state == "opening", AssessmentPhase.reached <= team_id
            )
            .execute()
        )  # fmt: skip
        if moved and arrows:
            sql.put_peers(cycle_id=phase.cycle_id, arrows=arrows)

    write(act)
