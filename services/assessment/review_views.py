"""The centre's list of cards and everything about one person on one page (复评)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import CardLine, ReviewPage
from services.listing import Found, Wanted


def listed(*, actor: Actor, cycle_code: str, wanted: Wanted, at: datetime) -> Found[CardLine]:
    """The cards of a cycle. Filters: state (undecided, decided, told, objected, final, aside), suggested (excellent,
    pass, look), clear (yes), grade, team (a team's code), missing (self, peer). Sorts: total, name, team, objective.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    raise NotImplementedError


def one(*, actor: Actor, card_code: str, at: datetime) -> ReviewPage:
    """Everything about one person, votes without names. For those who may look at his team's people.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    raise NotImplementedError


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many cards, objections and exits wait for a word of the reader's kind; 0 without any right."""
    raise NotImplementedError
