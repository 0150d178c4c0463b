"""Who judges whom (互评): drawn by lot, the same seed giving the same peers, everybody as often as everybody else.

The people of a team stand in a circle in an order drawn from the seed; each judges the next few. So everybody judges
and is judged equally often, nobody himself. Where two of the circle may not judge each other (the same person twice,
one household's phone), two arrows change their heads, which keeps everybody's number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from random import Random

#: How many circles are tried where people may not judge each other, before an arrow is left out.
TRIES = 20

Arrow = tuple[int, int]  # (who judges, who is judged)


def draw(
    *, people: Sequence[int], seed: str, each: int, apart: Collection[frozenset[int]] = (),
    recommended_by: Mapping[int, int] | None = None,
) -> list[Arrow]:  # fmt: skip
    """(judge, judged) for the people of one team, in order.

    `each`: how many judge each of them, fewer where the team is smaller. `apart`: pairs that may not judge each other.
    `recommended_by`: person → who recommended him; nobody is left with his recommender as the only judge.
    """
    circle = sorted(people)
    count = min(each, len(circle) - 1)
    if count < 1:
        return []
    random = Random(seed)
    forbidden = {(a, b) for pair in apart for a in pair for b in pair if a != b}
    best: list[Arrow] = []
    for _ in range(TRIES if forbidden else 1):
        random.shuffle(circle)
        arrows = _switched(_arrows(circle, count), forbidden, random)
        if len(arrows) > len(best):
            best = arrows
        if len(best) == len(circle) * count:
            break
    return sorted(_without_lone_recommenders(best, recommended_by or {}))


def _arrows(circle: Sequence[int], count: int) -> list[Arrow]:
    size = len(circle)
    return [
        (circle[place], circle[(place + step) % size])
        for place in range(size)
        for step in range(1, count + 1)
    ]


def _switched(arrows: list[Arrow], forbidden: Collection[Arrow], random: Random) -> list[Arrow]:
    """The arrows without the forbidden ones: each of those changes heads with another, or is left out."""
    bad = [arrow for arrow in arrows if arrow in forbidden]
    if not bad:
        return arrows
    kept = set(arrows) - set(bad)
    for a, b in bad:
        others = sorted(kept)
        random.shuffle(others)
        for c, d in others:
            new = {(a, d), (c, b)}
            if a != d and c != b and not new & kept and not any(arrow in forbidden for arrow in new):
                kept = (kept - {(c, d)}) | new
                break
    return sorted(kept)


def _without_lone_recommenders(arrows: list[Arrow], recommended_by: Mapping[int, int]) -> list[Arrow]:
    judges: dict[int, list[int]] = {}
    for judge, judged in arrows:
        judges.setdefault(judged, []).append(judge)
    return [
        (judge, judged)
        for judge, judged in arrows
        if not (judges[judged] == [judge] and recommended_by.get(judged) == judge)
    ]
