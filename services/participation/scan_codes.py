"""Reading what a scanner read, and holding it for someone who has yet to log in (design §6.2).

A venue or poster code is judged when it first reaches us; `open_scan` turns it into a single-use ticket of ten
minutes that carries that moment, so a slow phone, a log-in or a first registration costs nobody his time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from clock import from_millis, to_millis
from frozen import dataclass
from models import store
from queries import attendance as sql
from services import codes
from services.errors import Refusal, RefusalCode
from services.participation import digits

TICKET_LIFE = timedelta(minutes=10)
DIRECTIONS = {"i1": "in", "o1": "out"}
MARKS = {"i": "in", "o": "out"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A code as it reached us: which shift, which direction, what is wrong with it, and when."""

    shift_code: str
    direction: str
    mode: str
    problem: RefusalCode | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """A scan kept for its owner; `token` goes into the phone's cookie or memory, never into a URL."""

    token: str
    direction: str
    mode: str
    title: str
    activity_code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket under its hash, and the scan it stands for."""

    secret_hash: str
    seen: Seen


#: The key of the shift with this code, if there is one.
KeyOf = Callable[[str], sql.ShiftKey | None]


def read_code(*, code: str, at: datetime, key_of: KeyOf = sql.shift_key) -> Seen:
    """Judge a rotating or poster code, with or without its address, by the moment `at`.

    Problems are in the answer, not raised: CODE_UNKNOWN, CODE_FORGED, CODE_EXPIRED.
    """
    fields = code.strip().rsplit("/", 1)[-1].split(".")
    kind = fields[0]
    if kind in DIRECTIONS and len(fields) == 4:
        return _rotating(kind, *fields[1:], at=at, key_of=key_of)
    if kind == "p1" and len(fields) == 4 and fields[2] in MARKS:
        return _poster(*fields[1:], at=at, key_of=key_of)
    return Seen("", "in", "rotating", RefusalCode.CODE_UNKNOWN, at)


def _rotating(kind: str, shift_code: str, step: str, mac: str, *, at: datetime, key_of: KeyOf) -> Seen:
    direction = DIRECTIONS[kind]
    key = key_of(shift_code)
    if key is None:
        return Seen("", direction, "rotating", RefusalCode.CODE_UNKNOWN, at)
    state = codes.venue_code_state(
        shift_code=shift_code, shift_key=key.code_key, direction=direction, step=step, mac=mac,
        life=key.code_life, at=at,
    )  # fmt: skip
    problem = {"good": None, "expired": RefusalCode.CODE_EXPIRED}.get(state, RefusalCode.CODE_FORGED)
    return Seen(shift_code, direction, "rotating", problem, at)


def _poster(shift_code: str, mark: str, mac: str, *, at: datetime, key_of: KeyOf) -> Seen:
    direction = MARKS[mark]
    key = key_of(shift_code)
    if key is None:
        return Seen("", direction, "poster", RefusalCode.CODE_UNKNOWN, at)
    good = codes.poster_code_good(shift_code=shift_code, shift_key=key.code_key, mark=mark, mac=mac)
    return Seen(shift_code, direction, "poster", None if good else RefusalCode.CODE_FORGED, at)


def open_scan(*, code: str, door: str, at: datetime) -> Ticket:
    """Turn a code into a ticket before anybody is known; a bad code is kept as a refused attempt.

    Refusals: CODE_UNKNOWN, CODE_FORGED, CODE_EXPIRED, ACTIVITY_CANCELLED.
    """
    seen = read_code(code=code, at=at)
    key = sql.shift_key(seen.shift_code) if seen.shift_code else None
    problem = seen.problem
    if problem is None and key is not None and key.activity_state == "cancelled":
        problem = RefusalCode.ACTIVITY_CANCELLED
    token = codes.new_token()
    expires = at + TICKET_LIFE

    def act() -> None:
        if problem is None and key is not None:
            sql.new_ticket(
                secret_hash=codes.token_hash(token), shift_id=key.shift_id, direction=seen.direction,
                mode=seen.mode, seen_at=to_millis(at), expires_at=to_millis(expires),
            )  # fmt: skip
            return
        sql.keep_attempt(
            shift_id=key.shift_id if key else None, volunteer_id=None, identity_id=None, actor_id=None,
            direction=seen.direction, mode=seen.mode, door=door, outcome="refused",
            reason=(problem or RefusalCode.CODE_UNKNOWN).value, nonce=None, at=to_millis(at),
            received_at=to_millis(at),
        )  # fmt: skip

    store.write(act)
    if problem is not None or key is None:
        raise Refusal(problem or RefusalCode.CODE_UNKNOWN, title=key.title if key else "")
    return Ticket(token, seen.direction, seen.mode, key.title, key.activity_code, expires)


def read_ticket(*, token: str, identity_id: int | None, at: datetime, hashed: bool = False) -> Held:
    """The ticket under `token` (or under its hash) as it stands for this identity.

    Problems are in the answer, not raised: TICKET_INVALID (unknown, or spent by someone else), TICKET_EXPIRED.
    """
    secret_hash = token if hashed else codes.token_hash(token)
    held = sql.ticket(secret_hash)
    if held is None:
        return Held(secret_hash, Seen("", "in", "rotating", RefusalCode.TICKET_INVALID, at))
    problem = None
    if held.used_at is not None and held.used_by != identity_id:
        problem = RefusalCode.TICKET_INVALID
    elif held.used_at is None and to_millis(at) > held.expires_at:
        problem = RefusalCode.TICKET_EXPIRED
    return Held(
        secret_hash, Seen(held.shift_code, held.direction, held.mode, problem, from_millis(held.seen_at))
    )


def ticket_of(*, token: str, identity_id: int | None, at: datetime) -> Held:
    """The ticket under `token`, if this identity may redeem it now. Refusals: TICKET_INVALID, TICKET_EXPIRED."""
    held = read_ticket(token=token, identity_id=identity_id, at=at)
    if held.seen.problem is not None:
        raise Refusal(held.seen.problem)
    return held


def ticket_digits(*, token: str, at: datetime) -> str:
    """Six digits for a ticket, to be sent in the chat from a phone whose browser is not WeChat's."""
    secret_hash = codes.token_hash(token)
    if sql.ticket(secret_hash) is None:
        raise Refusal(RefusalCode.TICKET_INVALID)
    return digits.issue(purpose="scan", subject=secret_hash, at=at)
