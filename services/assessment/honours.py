"""褒奖 of the excellent: an honour and points by rule, once the result is final (S47)."""

from __future__ import annotations

from services.assessment.shapes import HonourLine


def of_person(*, volunteer_id: int) -> list[HonourLine]:
    """A person's honours that stand, newest first."""
    raise NotImplementedError
