"""Where a purpose begins, it is agreed to (PIPL §14): whoever joins a team is asked for what still lacks his yes.

Everybody said yes to 参加志愿服务 when he registered or answered an invitation, so nobody is asked twice; who took it
back since, or agreed to an older text, is asked here, beside the pledge and apart from it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from frozen import dataclass
from models import Consent
from services.accounts import consents, enrolment
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from wording import entry

#: What a team needs of its members' data. The ID number is used for certificates and insurance, not here; who does not
#: say that he is a veteran is one of the public.
JOINING = (consents.SERVICE,)


@dataclass(frozen=True, slots=True)
class Owed:
    """A purpose that lacks his yes, with the text of today."""

    purpose: str
    title: str
    text: str


def owed(*, volunteer_id: int) -> tuple[Owed, ...]:
    """What he is to be asked before he joins a team; nothing for almost everybody."""
    said = {
        row.purpose: row.version if row.given else ""
        for row in Consent.select()
        .where(Consent.volunteer == volunteer_id, Consent.purpose.in_(JOINING))
        .order_by(Consent.id)
    }
    texts = {purpose: entry(f"consents.{purpose}") for purpose in JOINING}
    return tuple(
        Owed(purpose, words["title"], words["text"])
        for purpose, words in texts.items()
        if said.get(purpose, words["version"]) != words["version"]
    )


def agree_or_refuse(*, actor: Actor, volunteer_id: int, agreed: Collection[str], at: datetime) -> None:
    """Keep the yes to what he owed; inside the caller's write. What stands already is not kept again.

    Refusals: CONSENT_REQUIRED.
    """
    wanted = [each.purpose for each in owed(volunteer_id=volunteer_id)]
    if not set(wanted) <= set(agreed):
        raise Refusal(RefusalCode.CONSENT_REQUIRED)
    enrolment.keep_consents(volunteer_id=volunteer_id, purposes=wanted, channel=actor.door, at=at)
