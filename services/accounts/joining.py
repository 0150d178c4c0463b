"""Joining two identities of one person by six digits: shown on one screen, typed in the chat (design §6.1)."""

from __future__ import annotations

from datetime import datetime

from models import Volunteer, WechatIdentity, store
from services.accounts import enrolment
from services.accounts.enrolment import Registered
from services.errors import Refusal, RefusalCode
from services.participation import digits
from services.participation.digits import Claim


def show_digits(*, identity_id: int, at: datetime) -> str:
    """Six digits that join the chat of whoever types them there to this identity's person."""
    return digits.issue(purpose="join", subject=str(identity_id), at=at)


def asks(*, claim: Claim, identity_id: int) -> bool:
    """Whether joining would let an identity that is nobody's act as the person who typed: then he is asked first."""
    shown, typed = WechatIdentity.get_by_id(int(claim.subject)), WechatIdentity.get_by_id(identity_id)
    return typed.volunteer_id is not None and shown.volunteer_id is None


def join(*, claim: Claim, identity_id: int, at: datetime) -> Registered:
    """Join the chat's identity with the one that showed the digits; either side may hold the person.

    Refusals: DIGITS_WRONG (digits for something else), NOT_REGISTERED (neither is known), ALREADY_BOUND (both are,
    as different people), ACCOUNT_CLOSED.
    """
    if claim.purpose != "join":
        raise Refusal(RefusalCode.DIGITS_WRONG)

    def act() -> Registered:
        shown, typed = WechatIdentity.get_by_id(int(claim.subject)), WechatIdentity.get_by_id(identity_id)
        volunteer_id = shown.volunteer_id or typed.volunteer_id
        if volunteer_id is None:
            raise Refusal(RefusalCode.NOT_REGISTERED)
        person = Volunteer.get_by_id(volunteer_id)
        if person.state != "active":
            raise Refusal(RefusalCode.ACCOUNT_CLOSED)
        for side in (shown, typed):
            enrolment.bind(identity_id=side.id, volunteer_id=volunteer_id, at=at)
        return Registered(person.id, person.public_no, person.name)

    return store.write(act)
