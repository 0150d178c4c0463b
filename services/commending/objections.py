"""Objecting to an honour in the public notice: anybody may, without an account, from the notice's own page (S104).

An objection is a complaint like others; while it is open nothing is awarded, and where it is right, the awarding centre
stops the nomination.
"""

from __future__ import annotations

from datetime import datetime

from models import Complaint, Nomination, NominationObjection
from queries.assessment_standing import kept_of
from services import public_notices, regions
from services.actors import Actor
from services.commending import nominations
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints
from services.evaluation.complaints import Filed
from services.parts import Parts

C = RefusalCode
#: What was shown in public once.
SHOWN = ("announced", "awarded", "revoked")


def running(made: Nomination, at: datetime) -> bool:
    """Whether its public notice runs today."""
    return made.state == "announced" and public_notices.runs(made.notice_from, made.notice_until, at)


def object_to(
    *, parts: Parts, actor: Actor | None, address: str, code: str, text: str, contact: str = "", at: datetime
) -> Filed:  # fmt: skip
    """Say that this team or person should not be honoured; the code to follow it by.

    Refusals: NOT_FOUND (never shown in public), NOTICE_OVER, those of `complaints.file`."""
    made = nominations.open_one(code=code)
    if made.state not in SHOWN or regions.in_practice(str(made.region_code)):
        raise Refusal(C.NOT_FOUND)
    if not running(made, at):
        raise Refusal(C.NOTICE_OVER)

    def link(complaint: Complaint) -> int | None:
        # The notice is held on to: it cannot be awarded while this is written.
        held = Nomination.update(state="announced").where(Nomination.id == made.id, Nomination.state == "announced")
        if not held.execute():
            raise Refusal(C.NOTICE_OVER)
        NominationObjection.create(nomination=made.id, complaint=complaint)
        return kept_of(made.volunteer_id) if made.volunteer_id else None

    return complaints.file(
        parts=parts, actor=actor, address=address, kind="honour", text=text, contact=contact,
        region_code=str(made.award_region), team_code="", at=at, link=link,
    )  # fmt: skip
