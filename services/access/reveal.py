"""Showing an ID number or a phone in full: to those who manage the person's division, for a reason, into the audit."""

from __future__ import annotations

from datetime import datetime

from models import store
from services import audit, limits
from services.access import belonging, people_list
from services.accounts import consents
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.parts import Parts

WHAT = ("document", "phone")
#: Numbers one officer may open in ten minutes: work yes, copying a county no.
MOST, SECONDS = 20, 600


def reveal(*, parts: Parts, actor: Actor, public_no: str, what: str, reason: str, at: datetime) -> str:
    """The number in full, once; that it was shown, to whom and why is in the audit before it is.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage his division), BAD_REQUEST (`what`), REASON_REQUIRED,
    OTHER_CONSENT (the ID number of one who took that purpose back), TOO_MANY_TRIES, NUMBER_MISSING (none of him).
    """
    person = belonging.require_over(actor=actor, public_no=public_no, at=at)
    if what not in WHAT:
        raise Refusal(RefusalCode.BAD_REQUEST, why="what")
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if what == "document":
        consents.require_of(volunteer_id=person.id, purpose=consents.ID_NUMBER)
    limits.count(key=f"reveal|{actor.volunteer_id}", limit=MOST, seconds=SECONDS, at=at)
    number = people_list.opened(parts, person, what)
    if not number:
        raise Refusal(RefusalCode.NUMBER_MISSING)
    store.write(
        lambda: audit.note(
            actor=actor, verb="person.reveal", subject=f"volunteer:{person.id}",
            detail={"what": what, "reason": reason.strip()}, at=at, region_code=belonging.divisions_of(person)[0],
        )
    )  # fmt: skip
    return number
