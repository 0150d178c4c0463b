"""Personal codes taken back before their time: a phone was lost, a picture went round.

A code says when it was issued; those issued before the revocation open nothing any more, the next one is good again.
What was scanned before the revocation counts (reliability.md §4.4). Cards have a revocation of their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import to_millis
from frozen import dataclass
from models import CodeRevocation, TeamMember, Volunteer, store
from services import audit
from services.accounts.people import person_id
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode
from services.lives import proxies
from services.messaging import telling


def revoke(*, actor: Actor, public_no: str, reason: str, at: datetime) -> None:
    """Take back every personal code of this person that exists; his own, or as one who may help him, who tells him.

    Refusals: NOT_FOUND, NOT_ALLOWED (`proxies.require_helper`), REASON_REQUIRED (from a helper).
    """
    words = reason.strip()
    if actor.volunteer_id is not None and person_id(public_no) == actor.volunteer_id:
        mine = actor.volunteer_id
        store.write(lambda: end_codes(actor=actor, volunteer_id=mine, reason=words, at=at))
        return
    number = proxies.require_helper(actor=actor, public_no=public_no, at=at).id
    if not words:
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> None:
        end_codes(actor=actor, volunteer_id=number, reason=words, at=at)
        telling.tell(
            kind="codes_ended", people=[number], key=f"{number}:{to_millis(at)}", at=at, url="/m/code",
            reason=words,
        )  # fmt: skip

    store.write(act)


@dataclass(frozen=True, slots=True)
class Helped:
    """Somebody whose codes the actor may take back."""

    public_no: str
    name: str


def helped(*, actor: Actor, activity_code: str, at: datetime) -> list[Helped]:
    """The members of an activity's team, but for the actor, by name. Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    query = (
        Volunteer.select(Volunteer.public_no, Volunteer.name)
        .join(TeamMember)
        .where(
            TeamMember.team == activity.team_id, TeamMember.to_at.is_null(), Volunteer.state == "active",
            Volunteer.id != (actor.volunteer_id or 0),
        )
        .order_by(Volunteer.name, Volunteer.id)
    )  # fmt: skip
    return [Helped(each.public_no, each.name) for each in query]


def end_codes(*, actor: Actor, volunteer_id: int, reason: str, at: datetime) -> None:
    """The same inside a write that has looked at the right already (a recovery)."""
    # Codes count in whole seconds: the next one must be later than those that exist.
    before = at.replace(microsecond=0) + timedelta(seconds=1)
    fields = {"issued_before": before, "reason": reason, "actor": actor.volunteer_id, "at": at}
    CodeRevocation.insert(volunteer=volunteer_id, **fields).on_conflict(
        conflict_target=[CodeRevocation.volunteer], update=fields
    ).execute()
    audit.note(actor=actor, verb="code.revoke", subject=f"volunteer:{volunteer_id}", detail={"reason": reason}, at=at)
