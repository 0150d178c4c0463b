"""What a person's service has brought him, in one answer: hours, stars, honours, certificates, benefits, points (S96).

Honours and stars come before points (S95), and hours are none of them: nothing that is spent lowers them. Each part is
its own room's answer; here they only stand side by side.
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from services.benefits import views as benefits
from services.benefits.views import Own
from services.bookkeeping import hours
from services.bookkeeping.hours import HoursSummary, PointsView
from services.certificates import views as certificates
from services.certificates.deciding import OPEN
from services.certificates.views import Brief
from services.honours import views as honours
from services.honours.shapes import HonourLine
from services.stars import views as stars
from services.stars.shapes import Mine as MyStar

#: Entries of the book of points that stand in the answer; the others come page by page.
POINTS = 20


@dataclass(frozen=True, slots=True)
class Mine:
    """All of it; whole minutes and points."""

    hours: HoursSummary
    star: MyStar
    honours: list[HonourLine]
    points: PointsView
    certificates: list[Brief]
    benefits: list[Own]

    @property
    def valid(self) -> int:
        """How many certificates hold."""
        return sum(each.state == "valid" for each in self.certificates)

    @property
    def asked(self) -> int:
        """How many certificates are asked for and not issued yet."""
        return sum(each.state in OPEN for each in self.certificates)


def mine(*, volunteer_id: int, at: datetime, points: int = POINTS) -> Mine:
    """Everything of one person. Refusals: NOT_FOUND."""
    return Mine(
        hours=hours.summary(volunteer_id=volunteer_id, at=at), star=stars.mine(volunteer_id=volunteer_id, at=at),
        honours=honours.standing(volunteer_id=volunteer_id),
        points=hours.points(volunteer_id=volunteer_id, limit=points),
        certificates=certificates.mine(volunteer_id=volunteer_id),
        benefits=[each for each in benefits.mine(volunteer_id=volunteer_id, at=at) if each.fits],
    )  # fmt: skip


def progress(star: MyStar) -> int:
    """How far of the way from the step his hours reach to the next one, in per cent; 100 on the top step."""
    if star.to_next is None:
        return 100
    done = star.ladder[star.reached - 1] * 60 if star.reached else 0
    whole = star.ladder[star.reached] * 60 - done
    return max(0, min(99, (star.counted - done) * 100 // whole)) if whole > 0 else 0
