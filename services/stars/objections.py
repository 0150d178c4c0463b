"""Objecting to a star in the public notice: anybody may, without an account, from the notice's own page (S100).

An objection is a complaint like others: sealed contact, a code to follow it by, days to answer, nobody involved
answers. While it is open, the star is not awarded; where it is right, the reviewer stops the star.
"""

from __future__ import annotations

from datetime import datetime

from models import Complaint, StarAward, StarObjection
from services import public_notices, regions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints
from services.evaluation.complaints import Filed
from services.parts import Parts
from services.stars import asking


def running(row: StarAward, at: datetime) -> bool:
    """Whether the public notice of a star runs today."""
    return row.state == "announced" and public_notices.runs(row.notice_from, row.notice_until, at)


def object_to(
    *, parts: Parts, actor: Actor | None, address: str, code: str, text: str, contact: str = "", at: datetime
) -> Filed:  # fmt: skip
    """Say that somebody should not get this star; the code to follow it by.

    Refusals: NOT_FOUND (no notice that runs), those of `complaints.file`."""
    row = asking.by_code(code)
    if not running(row, at) or regions.in_practice(str(row.region_code)):
        raise Refusal(RefusalCode.NOT_FOUND)

    def link(made: Complaint) -> int:
        # The notice is held on to: it cannot be awarded while this is written.
        held = StarAward.update(state="announced").where(StarAward.id == row.id, StarAward.state == "announced")
        if not held.execute():
            raise Refusal(RefusalCode.NOT_FOUND)
        StarObjection.create(award=row.id, complaint=made)
        return int(row.volunteer_id)

    return complaints.file(
        parts=parts, actor=actor, address=address, kind="star", text=text, contact=contact,
        region_code=str(row.at_region), at=at, link=link,
    )  # fmt: skip
