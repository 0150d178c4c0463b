"""Members say yes or no themselves: in the chat, on the page, in the mini-program, or on the telephone with who wrote
it down (S44). Nobody is ever put on a list without his own word.

A yes is a sign-up for the team's activity by the one function of all sign-ups, so insurance, age and another place at
that time are looked at as always. The call is held while the number is counted: of two for the last place one gets it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from frozen import dataclass
from models import Dispatch, PersonCall, Shift, Signup, TeamCall, Volunteer, store
from services import audit, permissions
from services.actors import Actor
from services.dispatch.answers import require_in_time
from services.dispatch.holding import held, note, standing
from services.errors import Refusal, RefusalCode
from services.participation import signups
from wording import say

C = RefusalCode
HELD = ("confirmed", "pending", "offered", "waitlisted")
#: A call lasts a day at most, so does the way to it.
MOST_MINUTES = 24 * 60
REASON_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What his answer came to; `activity_code` "" in a drill, or for a no."""

    state: str
    activity_code: str = ""


def accept(*, actor: Actor, code: str, risk_accepted: bool, minutes: int | None = None, at: datetime) -> Said:
    """Say yes: he has a place. Said twice, it is the first one's answer; `minutes`: how long he needs from now until
    he is there, said with the yes or after it, the newest counts.

    An urgent call takes him although he stands in an everyday activity then; what both cover counts once in the hours.
    Refusals in order: NOT_REGISTERED; NOT_FOUND (not asked); DISPATCH_CLOSED; FIELD_WRONG (`minutes`);
    DISPATCH_TOO_LATE (there when it is over); DISPATCH_FULL (his team's number is there, or the call's, and his team
    brings no boat or vehicle that is lacking); those of `signups.sign_up` (RISK_NOT_ACCEPTED,
    INSURANCE_GONE, TIME_CLASH …).
    """
    return store.write(lambda: _accept(actor, code, risk_accepted, minutes, None, at))


def decline(*, actor: Actor, code: str, reason: str = "", at: datetime) -> Said:
    """Say no, also after a yes: the place is free again. `reason`: why, if he likes to say it, also after the no; the
    newest counts. Only those who lead his team read it.

    Refusals: NOT_REGISTERED, NOT_FOUND, ALREADY_CHECKED_IN.
    """
    return store.write(lambda: _decline(actor, code, reason, None, at))


def record(
    *, actor: Actor, code: str, public_no: str, accepts: bool, risk_read: bool = False, minutes: int | None = None,
    reason: str = "", at: datetime,
) -> Said:  # fmt: skip
    """Write down what a member said on the telephone, for those who lead his team; `risk_read`: the safety notice was
    read to him and he said yes to it. `minutes`, `reason` as he said them. Who wrote it stands beside it, and in the
    audit.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (his own answer he gives himself); then as `accept`.
    """

    def act() -> Said:
        dispatch = held(code)
        person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state == "active")
        if person is None:
            raise Refusal(C.NOT_FOUND)
        call = PersonCall.get_or_none(PersonCall.dispatch == dispatch.id, PersonCall.volunteer == person.id)
        if call is None:
            raise Refusal(C.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=call.team_call.team_id, at=at)
        if person.id == actor.volunteer_id:
            raise Refusal(C.OWN_RECORD)
        audit.note(
            actor=actor, verb="dispatch.record", subject=f"volunteer:{person.id}", at=at,
            detail={"dispatch": code, "accepts": accepts},
        )  # fmt: skip
        himself = Actor("proxy", person.id, helper_id=actor.volunteer_id)
        if accepts:
            return _accept(himself, code, risk_read, minutes, actor.volunteer_id, at)
        return _decline(himself, code, reason, actor.volunteer_id, at)

    return store.write(act)


def _own(actor: Actor, dispatch: Dispatch) -> PersonCall:
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    found = PersonCall.get_or_none(PersonCall.dispatch == dispatch.id, PersonCall.volunteer == actor.volunteer_id)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, PersonCall)
    return found


def shift_of(call: TeamCall) -> Shift | None:
    """The one shift of the team's activity; None in a drill, or while there is no activity."""
    found: Shift | None = Shift.get_or_none(Shift.activity == call.activity_id) if call.activity_id else None
    return found


def _accept(actor: Actor, code: str, risk: bool, minutes: int | None, writer: int | None, at: datetime) -> Said:
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    dispatch = held(code)
    own = _own(actor, dispatch)
    team: TeamCall = own.team_call
    shift = shift_of(team)
    has = shift is not None and _signup(shift, actor) is not None
    if dispatch.state != "calling" or at >= dispatch.ends_at or team.state != "coming":  # his team does not come
        raise Refusal(C.DISPATCH_CLOSED)
    there_at = _there_at(dispatch, minutes, at)
    if not has and (own.state != "accepted" or not dispatch.drill) and not standing(dispatch).takes(team):
        raise Refusal(C.DISPATCH_FULL)
    if shift is not None:
        try:
            signups.sign_up(
                actor=actor, shift_code=str(shift.code), risk_accepted=risk, load_accepted=True,
                agreement_accepted=True, channel="dispatch", at=at,
                clash_reason=say("dispatch.activity.clash") if dispatch.urgent else "",
            )  # fmt: skip
        except Refusal as no:
            raise (Refusal(C.DISPATCH_FULL) if no.code is C.SHIFT_FULL else no) from None
    _keep(dispatch, own, "accepted", actor, writer, at, there_at=there_at)
    return Said("accepted", str(shift.activity.code) if shift else "")


def _there_at(dispatch: Dispatch, minutes: int | None, at: datetime) -> datetime | None:
    if minutes is None:
        return None
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refusal(C.FIELD_WRONG, field="minutes")
    there_at = at + timedelta(minutes=minutes)
    require_in_time(dispatch, there_at)
    return there_at


def _decline(actor: Actor, code: str, reason: str, writer: int | None, at: datetime) -> Said:
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    dispatch = held(code)
    own = _own(actor, dispatch)
    shift = shift_of(own.team_call)
    if shift is not None and _signup(shift, actor) is not None:
        signups.cancel(actor=actor, shift_code=str(shift.code), reason=say("dispatch.activity.cannot_come"), at=at)
    _keep(dispatch, own, "declined", actor, writer, at, reason=reason.strip()[:REASON_LENGTH])
    return Said("declined")


def _signup(shift: Shift, actor: Actor) -> Signup | None:
    found: Signup | None = Signup.get_or_none(
        Signup.shift == shift.id, Signup.volunteer == actor.volunteer_id, Signup.state.in_(HELD)
    )
    return found


def _keep(
    dispatch: Dispatch, own: PersonCall, state: str, actor: Actor, writer: int | None, at: datetime,
    there_at: datetime | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Keep the answer; one that is said again keeps what was said with it before, unless it says that anew."""
    again = own.state == state
    changes: dict[str, Any] = {
        "there_at": there_at or (own.there_at if again else None), "reason": reason or (own.reason if again else ""),
    }  # fmt: skip
    if not again or own.recorded_by_id != writer:
        how = "phone" if writer else actor.door
        changes |= {"state": state, "how": how, "recorded_by": writer, "answered_at": at}
        note(dispatch, f"person_{state}", actor, at, {"how": ["", how]})
    PersonCall.update(**changes).where(PersonCall.id == own.id).execute()
