"""ID numbers that a list leaves out, for their owners took that purpose back (PIPL §15); whoever reads it is told."""

from __future__ import annotations

from collections.abc import Collection

from services.accounts import consents
from services.workbooks import Page
from wording import say


def owners(people: Collection[int]) -> set[int]:
    """Whose number of these people stays closed."""
    return consents.withdrawn(people, consents.ID_NUMBER)


def cell() -> str:
    """What stands in place of such a number."""
    return say("access.withheld.cell")


def sentence(rows: int) -> str:
    """How many rows of a list are without the number, and why; "" where none is."""
    return say("access.withheld.said", rows=rows) if rows else ""


def pages(rows: int) -> list[Page]:
    """The sheet of a file that says so; a sheet of its own, so that the list itself can be read back."""
    title = say("access.withheld.title")
    return [Page(title, [title], [[sentence(rows)]])] if rows else []
