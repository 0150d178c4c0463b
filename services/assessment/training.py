"""What an assessment asks of the training room: one function, so that the rooms meet in one place."""

from __future__ import annotations

from collections.abc import Collection

from services.assessment.shapes import SourceRow


def minutes_by_person(people: Collection[int], first_day: str, last_day: str) -> dict[int, int]:
    """person → minutes of training with a class hour, from `first_day` to `last_day`; nobody is in it without a record.

    Nothing is recorded yet: the weight of training goes to the other parts.
    """
    del people, first_day, last_day
    return {}


def rows_of(person: int, first_day: str, last_day: str) -> list[SourceRow]:
    """The trainings behind it."""
    del person, first_day, last_day
    return []
