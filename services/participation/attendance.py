"""Check-in and check-out: the ways in. Every one ends in `judging.perform`, the whole rule in one function.

Ways, strongest first (design §6.3; the flow chart is in docs/checkin.md): the leader scans the person's code; the
person scans the rotating code; a static code in the chat or on a poster (counts once the leader names him present);
the leader ticks a list. What a phone kept without a network comes through `offline`. Server time alone decides.
"""

from __future__ import annotations

from datetime import datetime

from clock import to_millis
from models import store
from queries import attendance as sql
from services import permissions
from services.accounts.people import kept_id
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import person_codes
from services.participation.judging import perform
from services.participation.scan_codes import Seen, read_code, read_ticket
from services.participation.scans import Scanned, Try
from services.parts import Parts

__all__ = ["Scanned", "scan", "scan_in_chat", "scan_person", "scan_with_ticket", "tick"]


class _SpentMeanwhile(Exception):
    """Somebody else's scan with the same ticket was committed while this one was judged."""


def scan(*, actor: Actor, code: str, at: datetime, nonce: str | None = None) -> Scanned:
    """The person scanned a rotating or poster code while logged in.

    Refusals in order: NOT_REGISTERED, CODE_UNKNOWN, CODE_FORGED, CODE_EXPIRED, then those of the act itself
    (see `judging`).
    """
    standings: list[sql.Standing] = []

    def key_of(shift_code: str) -> sql.ShiftKey | None:
        standings[:] = sql.look_up(shift_code=shift_code, volunteer_id=actor.volunteer_id)
        return next((each.key for each in standings if each.named), None)

    def act() -> Scanned | Refusal:
        seen = read_code(code=code, at=at, key_of=key_of)  # one look for the code and for him who scanned it
        return perform(Try(actor.volunteer_id, seen, actor, None, nonce, at, at), standings)

    return _raise_or_return(store.write(act))


def scan_with_ticket(*, actor: Actor, ticket: str, at: datetime, hashed: bool = False) -> Scanned:
    """The person redeems the ticket that his first request got; judged by the moment of that request.

    The ticket is spent only when the scan is accepted or repeated, so a registration may come in between.
    `hashed`: `ticket` is the hash that six digits stand for (`scan_codes.ticket_digits`), not the token.
    Refusals: NOT_REGISTERED, TICKET_INVALID (unknown, or spent by someone else), TICKET_EXPIRED, then `judging`.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)

    def act() -> Scanned | Refusal:
        held = read_ticket(token=ticket, identity_id=actor.identity_id, at=at, hashed=hashed)
        outcome = perform(Try(actor.volunteer_id, held.seen, actor, None, None, at, held.seen.seen_at))
        if isinstance(outcome, Scanned) and not sql.use_ticket(
            secret_hash=held.secret_hash, identity_id=actor.identity_id, now=to_millis(at)
        ):
            now = read_ticket(token=ticket, identity_id=actor.identity_id, at=at, hashed=hashed)
            if now.seen.problem is not None:
                raise _SpentMeanwhile
        return outcome

    try:
        return _raise_or_return(store.write(act))
    except _SpentMeanwhile:  # on another phone; nothing of this scan stays, and it is judged anew
        return _raise_or_return(store.write(act))


def scan_in_chat(*, actor: Actor, direction: str, shift_code: str, at: datetime) -> Scanned:
    """The person scanned the activity's official-account QR: static, so it waits for the leader's naming."""
    seen = Seen(shift_code=shift_code, direction=direction, mode="chat", problem=None, seen_at=at)
    return _run(Try(actor.volunteer_id, seen, actor, None, None, at, at))


def scan_person(
    *, parts: Parts, actor: Actor, person_code: str, shift_code: str, direction: str, at: datetime,
    nonce: str | None = None,
) -> Scanned:  # fmt: skip
    """The leader scanned a person's own code, or his printed card: proves person and place, also beyond the quota.

    Refusals: NOT_FOUND (not his activity), CODE_FORGED, CODE_EXPIRED, CODE_UNKNOWN (nobody), CODE_REVOKED,
    CARD_REVOKED, OWN_RECORD (his own code), then `judging`.
    """
    _require_leader(actor=actor, shift_code=shift_code, at=at)
    problem, volunteer_id = person_codes.read(parts=parts, code=person_code, at=at)
    if volunteer_id is not None and volunteer_id == actor.volunteer_id:
        problem = RefusalCode.OWN_RECORD
    seen = Seen(shift_code=shift_code, direction=direction, mode="person", problem=problem, seen_at=at)
    return _run(Try(volunteer_id, seen, actor, actor.volunteer_id, nonce, at, at))


def tick(
    *,
    actor: Actor,
    shift_code: str,
    public_no: str,
    direction: str,
    at: datetime,
    when: datetime | None = None,
) -> Scanned:
    """The leader ticks a person on his list, now or with the moment he wrote down (`when`, not in the future).

    Refusals: NOT_FOUND (not his activity, or nobody), OWN_RECORD (never himself), then `judging`.
    """
    _require_leader(actor=actor, shift_code=shift_code, at=at)
    volunteer_id = kept_id(public_no)
    if volunteer_id is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    problem = RefusalCode.OWN_RECORD if volunteer_id == actor.volunteer_id else None
    moment = min(when or at, at)
    seen = Seen(shift_code=shift_code, direction=direction, mode="list", problem=problem, seen_at=moment)
    return _run(Try(volunteer_id, seen, actor, actor.volunteer_id, None, at, moment))


def _require_leader(*, actor: Actor, shift_code: str, at: datetime) -> None:
    found = sql.look_up(shift_code=shift_code, volunteer_id=None)
    if not found:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=found[0].team_id, at=at)


def _run(attempt: Try) -> Scanned:
    return _raise_or_return(store.write(lambda: perform(attempt)))


def _raise_or_return(outcome: Scanned | Refusal) -> Scanned:
    """A refusal is raised only now, after the try is committed."""
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome
