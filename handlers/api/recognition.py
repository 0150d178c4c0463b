"""What my service has brought me, in one answer: the mini-program's own page."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

import clock
from handlers.api.benefits import BenefitOut
from handlers.api.certificates import CertificateBriefOut
from handlers.api.honours import HonourOut
from handlers.api.hours import PointsOut, SummaryOut
from handlers.api.schemas import Answer
from handlers.api.stars import MyStarsOut
from handlers.auth import me_id, need_volunteer
from services import recognition
from services.mall import catalogue

bp = APIBlueprint("recognition", __name__, tag="Me")


class RecognitionOut(Answer):
    """Everything. `progress`: per cent of the way from the star my hours reach to the next one; `points`: the
    newest twenty entries with their reasons, the others under /me/points; `benefits`: those I may have; `mall`: my
    division gives things for points.
    """

    hours: SummaryOut
    star: MyStarsOut
    progress: int
    honours: list[HonourOut]
    points: PointsOut
    certificates: list[CertificateBriefOut]
    benefits: list[BenefitOut]
    mall: bool


@bp.get("/me/recognition")
@need_volunteer("api")
@bp.output(RecognitionOut)
@bp.doc(summary="My hours, stars, honours, points and certificates", responses=[401, 403], security="token")
def mine() -> Any:
    """One answer for one page."""
    at = clock.now()
    found = recognition.mine(volunteer_id=me_id(), at=at)
    return {
        "hours": found.hours, "star": found.star, "progress": recognition.progress(found.star),
        "honours": found.honours, "points": found.points, "certificates": found.certificates,
        "benefits": found.benefits, "mall": catalogue.uses_mall(volunteer_id=me_id(), at=at),
    }  # fmt: skip
