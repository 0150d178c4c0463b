"""The pages about training that are open to whoever asks: the row above each list, and whether he may add to it."""

from __future__ import annotations

from flask import g

import clock
from handlers.console.frame import actor
from services import leading, scopes

#: For leaders and those who may look at a division; for the latter alone.
BOTH = (("/console/trainings", "培训班"), ("/console/trainings/orders", "订单"), ("/console/drives", "招募"))
LOOKING = (
    ("/console/trainings/certificates", "证书"), ("/console/trainings/courses", "课程"),
    ("/console/trainings/providers", "培训单位"), ("/console/trainings/bases", "基地"),
)  # fmt: skip
RATES = ("/console/trainings/rates", "培训率")


def ways() -> list[tuple[str, str]]:
    """(path, word) of each page he may open."""
    at = clock.now()
    looks = bool(scopes.readable(actor=actor(), at=at))
    found = [*BOTH] if looks or g.rights.leads else []
    if found or scopes.countable(actor=actor(), at=at):
        found.append(RATES)
    return [*found, *LOOKING] if looks else found


def leads_some() -> bool:
    """Whether there is a team for which he may add something."""
    return leading.leads_any(actor=actor(), at=clock.now())
