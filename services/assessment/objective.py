"""What the books say of a year: hours, attendance, evaluations, training, each with the rows it came from (S45)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import SourceRow


def rows(*, actor: Actor, card_code: str, part: str, at: datetime) -> list[SourceRow]:
    """The rows behind one part of a card's objective score: for the person himself and those who may look at his team.

    `part`: hours, attendance, evaluation, training. Refusals: NOT_FOUND, BAD_REQUEST (`part`).
    """
    raise NotImplementedError
