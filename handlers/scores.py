"""Points of an assessment as people say them: five words, and the exact number for who has one in mind."""

from __future__ import annotations

from unicodedata import normalize

from frozen import dataclass
from wording import entry


@dataclass(frozen=True, slots=True)
class Step:
    """A word and the points it stands for."""

    score: int
    word: str


def steps(of: str) -> list[Step]:
    """The words for one's own year (`own`) or a team-mate's (`peer`), the best first."""
    return [Step(int(score), word) for score, word in entry(f"scores.{of}").items()]


def nearest(of: str, score: int | None) -> int | None:
    """The step that a score lies at; None for none."""
    return None if score is None else min((abs(each.score - score), each.score) for each in steps(of))[1]


def meant(step: str, exact: str) -> int:
    """The points somebody chose: the number he typed, else the step he tapped; -1 where it is no number at all."""
    text = normalize("NFKC", exact).strip().removesuffix("分").strip() or step
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else -1
