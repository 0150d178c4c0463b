"""Check-in and check-out: every way in ends in `_perform`, the whole rule in one function.

Ways, strongest first (design §6.3): the leader scans the person's code; the person scans the rotating code;
a static code in the chat or on a poster (counts once the leader names him present); the leader ticks a list.
Server time alone decides. Every try is kept, refused ones too, before the refusal is raised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clock import from_millis, to_millis
from models import store
from queries import attendance as sql
from services import permissions, rules
from services.accounts.people import person_id
from services.actors import Actor
from services.bookkeeping import corrections
from services.bookkeeping.reckoning import credit
from services.codes import read_person_code
from services.errors import Refusal, RefusalCode
from services.lives.card_codes import holder, is_card
from services.participation.scan_codes import Seen, read_code, read_ticket
from services.parts import Parts

#: Codes that prove only that they were seen once.
STATIC_MODES = frozenset({"chat", "poster"})
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan came to. `minutes` are credited whole minutes; moments are aware UTC."""

    outcome: str  # accepted / repeat
    direction: str
    record_id: int
    activity_code: str
    shift_code: str
    title: str
    name: str
    in_at: datetime
    out_at: datetime | None
    minutes: int
    needs_naming: bool
    ends_at: datetime
    check_out_until: datetime


@dataclass(frozen=True, slots=True)
class _Try:
    """One scan to be judged: who, what, where, and by which moment."""

    volunteer_id: int | None
    seen: Seen
    actor: Actor
    leader_id: int | None
    nonce: str | None
    received_at: datetime
    when: datetime  # the moment judged by


class _SpentMeanwhile(Exception):
    """Somebody else's scan with the same ticket was committed while this one was judged."""


def scan(*, actor: Actor, code: str, at: datetime, nonce: str | None = None) -> Scanned:
    """The person scanned a rotating or poster code while logged in.

    Refusals in order: NOT_REGISTERED, CODE_UNKNOWN, CODE_FORGED, CODE_EXPIRED, then those of the act itself
    (see `_judge`).
    """
    return _run(_Try(actor.volunteer_id, read_code(code=code, at=at), actor, None, nonce, at, at))


def scan_with_ticket(*, actor: Actor, ticket: str, at: datetime, hashed: bool = False) -> Scanned:
    """The person redeems the ticket that his first request got; judged by the moment of that request.

    The ticket is spent only when the scan is accepted or repeated, so a registration may come in between.
    `hashed`: `ticket` is the hash that six digits stand for (`scan_codes.ticket_digits`), not the token.
    Refusals: NOT_REGISTERED, TICKET_INVALID (unknown, or spent by someone else), TICKET_EXPIRED, then `_judge`.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)

    def act() -> Scanned | Refusal:
        held = read_ticket(token=ticket, identity_id=actor.identity_id, at=at, hashed=hashed)
        outcome = _perform(_Try(actor.volunteer_id, held.seen, actor, None, None, at, held.seen.seen_at))
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
    return _run(_Try(actor.volunteer_id, seen, actor, None, None, at, at))


def scan_person(
    *, parts: Parts, actor: Actor, person_code: str, shift_code: str, direction: str, at: datetime,
    nonce: str | None = None,
) -> Scanned:  # fmt: skip
    """The leader scanned a person's own code, or his printed card: proves person and place, also beyond the quota.

    Refusals: NOT_FOUND (not his activity), CODE_FORGED, CODE_EXPIRED, CODE_UNKNOWN (nobody), CARD_REVOKED,
    OWN_RECORD (his own code), then `_judge`.
    """
    _require_leader(actor=actor, shift_code=shift_code, at=at)
    if is_card(person_code):
        problem, volunteer_id = holder(person_code)
        if problem is None and volunteer_id == actor.volunteer_id:
            problem = RefusalCode.OWN_RECORD
        card = Seen(shift_code=shift_code, direction=direction, mode="person", problem=problem, seen_at=at)
        return _run(_Try(volunteer_id, card, actor, actor.volunteer_id, nonce, at, at))
    state, public_no = read_person_code(sign_key=parts.sign_key, code=person_code.rsplit("/", 1)[-1], at=at)
    problem = {"good": None, "expired": RefusalCode.CODE_EXPIRED}.get(state, RefusalCode.CODE_FORGED)
    volunteer_id = person_id(public_no) if state == "good" else None
    if state == "good" and volunteer_id is None:
        problem = RefusalCode.CODE_UNKNOWN
    if volunteer_id is not None and volunteer_id == actor.volunteer_id:
        problem = RefusalCode.OWN_RECORD
    seen = Seen(shift_code=shift_code, direction=direction, mode="person", problem=problem, seen_at=at)
    return _run(_Try(volunteer_id, seen, actor, actor.volunteer_id, nonce, at, at))


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

    Refusals: NOT_FOUND (not his activity, or nobody), OWN_RECORD (never himself), then `_judge`.
    """
    _require_leader(actor=actor, shift_code=shift_code, at=at)
    volunteer_id = person_id(public_no)
    if volunteer_id is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    problem = RefusalCode.OWN_RECORD if volunteer_id == actor.volunteer_id else None
    moment = min(when or at, at)
    seen = Seen(shift_code=shift_code, direction=direction, mode="list", problem=problem, seen_at=moment)
    return _run(_Try(volunteer_id, seen, actor, actor.volunteer_id, None, at, moment))


def _require_leader(*, actor: Actor, shift_code: str, at: datetime) -> None:
    found = sql.look_up(shift_code=shift_code, volunteer_id=None)
    if not found:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=found[0].team_id, at=at)


def _run(attempt: _Try) -> Scanned:
    return _raise_or_return(store.write(lambda: _perform(attempt)))


def _raise_or_return(outcome: Scanned | Refusal) -> Scanned:
    """A refusal is raised only now, after the try is committed."""
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _perform(attempt: _Try) -> Scanned | Refusal:
    """Judge, record and keep the try; inside a write."""
    seen = attempt.seen
    standings = (
        sql.look_up(shift_code=seen.shift_code, volunteer_id=attempt.volunteer_id) if seen.shift_code else []
    )
    target = _target(standings, seen.direction, to_millis(attempt.when))
    try:
        outcome = _judge(attempt, target)
    except Refusal as refusal:
        _keep(attempt, target, "refused", refusal.code.value)
        return refusal
    _keep(attempt, target, outcome.outcome, "")
    return outcome


def _target(standings: list[sql.Standing], direction: str, when: int) -> sql.Standing | None:
    """The shift that is meant: where his record is, else where he is signed up now, else the one named.

    A leader shows one code for an activity with several positions; each person counts for his own.
    """
    named = next((each for each in standings if each.named), None)
    if direction == "out":
        inside = [each for each in standings if each.in_at is not None and each.out_at is None]
        done = [each for each in standings if each.record_id is not None]
        return (
            next(iter(inside), None)
            or next((each for each in done if each.named), None)
            or (done[-1] if done else named)
        )
    if named is not None and (named.record_id is not None or named.signup == "confirmed"):
        return named
    mine = [each for each in standings if each.signup == "confirmed"]
    near = [each for each in mine if _window(each)[0] <= when <= _window(each)[1]]
    return next(iter(near or mine), named)


def _judge(attempt: _Try, target: sql.Standing | None) -> Scanned:
    """Decide one scan.

    Refusals in order: NOT_REGISTERED, ACCOUNT_CLOSED, the code's own problem, CODE_UNKNOWN,
    ACTIVITY_CANCELLED, ACTIVITY_STATE; then for a first scan TOO_EARLY, TOO_LATE, TEAM_ONLY, AREA_ONLY,
    WALK_IN_NOT_ALLOWED, SHIFT_FULL (in) or NO_CHECK_IN, RECORD_STATE (out).
    """
    seen = attempt.seen
    if seen.problem is not None and attempt.leader_id is not None:
        raise Refusal(seen.problem)
    if attempt.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    if target is not None and target.person_state != "active":
        raise Refusal(RefusalCode.ACCOUNT_CLOSED)
    if seen.problem is not None:
        raise Refusal(seen.problem)
    if target is None:
        raise Refusal(RefusalCode.CODE_UNKNOWN)
    if target.activity_state == "cancelled":
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED, title=target.title)
    if target.activity_state == "draft":
        raise Refusal(RefusalCode.ACTIVITY_STATE)
    if seen.direction == "in":
        return _check_in(attempt, target)
    return _check_out(attempt, target)


def _window(target: sql.Standing) -> tuple[int, int]:
    """From when until when this shift may be scanned, epoch ms."""
    params = rules.rule_by_id(target.rule_id).params
    return (
        target.starts_at - params["scan_before"] * MINUTE_MS,
        target.ends_at + params["scan_after"] * MINUTE_MS,
    )


def _within_window(target: sql.Standing, when: int) -> None:
    opens, closes = _window(target)
    if when < opens:
        raise Refusal(RefusalCode.TOO_EARLY, title=target.title, opens=local_time(opens))
    if when > closes:
        raise Refusal(RefusalCode.TOO_LATE, title=target.title, closed=local_time(closes))


def local_time(millis: int) -> str:
    """`HH:MM` of the day in Shanghai, for sentences."""
    return (from_millis(millis) + timedelta(hours=8)).strftime("%H:%M")


def _check_in(attempt: _Try, target: sql.Standing) -> Scanned:
    volunteer_id = attempt.volunteer_id
    assert volunteer_id is not None
    if target.record_id is not None:
        if target.record_state == "void":
            raise Refusal(RefusalCode.RECORD_STATE)
        return _scanned("repeat", "in", target, target.record_id)
    when, now = to_millis(attempt.when), to_millis(attempt.received_at)
    _within_window(target, when)
    if target.signup != "confirmed":
        _walk_in(attempt, target, volunteer_id, now)
    static, by_hand = attempt.seen.mode in STATIC_MODES, attempt.seen.mode == "list"
    record_id = sql.check_in(
        target,
        volunteer_id=volunteer_id,
        mode=attempt.seen.mode,
        static=static,
        by_hand=by_hand,
        at=when,
        now=now,
    )
    if record_id is None:  # another scan of his was a moment earlier
        again = sql.look_up(shift_code=target.shift_code, volunteer_id=volunteer_id)
        first = next(each for each in again if each.record_id is not None)
        return _scanned("repeat", "in", first, first.record_id or 0)
    opened = replace(target, in_at=when, minutes=0, needs_naming=static)
    return _scanned("accepted", "in", opened, record_id)


def _walk_in(attempt: _Try, target: sql.Standing, volunteer_id: int, now: int) -> None:
    """Someone came without signing up; a leader who scans or ticks him lets him in beyond quota and rule."""
    led = attempt.leader_id is not None
    if not led:
        if not target.walk_in:
            raise Refusal(RefusalCode.WALK_IN_NOT_ALLOWED, title=target.title)
        if target.openness == "team" and not sql.is_member(team_id=target.team_id, volunteer_id=volunteer_id):
            raise Refusal(RefusalCode.TEAM_ONLY, title=target.title)
        if target.openness == "area" and not (target.person_region or "").startswith(target.region_code[:6]):
            raise Refusal(RefusalCode.AREA_ONLY, title=target.title)
    if not sql.take_place(shift_id=target.shift_id, beyond_quota=led):
        raise Refusal(RefusalCode.SHIFT_FULL, title=target.title)
    sql.walk_in(target, volunteer_id=volunteer_id, channel=attempt.actor.door, now=now)


def _check_out(attempt: _Try, target: sql.Standing) -> Scanned:
    if target.record_id is None or target.in_at is None:
        raise Refusal(RefusalCode.NO_CHECK_IN, title=target.title)
    if target.out_at is not None:
        return _scanned("repeat", "out", target, target.record_id)
    if target.record_state != "pending":
        raise Refusal(RefusalCode.RECORD_STATE)
    when, now = to_millis(attempt.when), to_millis(attempt.received_at)
    if attempt.leader_id is None:
        _within_window(target, when)
    when = max(when, target.in_at)
    now_counts = credit(
        in_at=from_millis(target.in_at), out_at=from_millis(when), starts_at=from_millis(target.starts_at),
        ends_at=from_millis(target.ends_at), params=rules.rule_by_id(target.rule_id).params,
    )  # fmt: skip
    static = attempt.seen.mode in STATIC_MODES
    beside = sql.check_out(
        record_id=target.record_id, mode=attempt.seen.mode, closed_by="leader" if attempt.leader_id else "self",
        minutes=now_counts.minutes, why=now_counts.why, static=static,
        by_hand=attempt.seen.mode == "list", at=when, now=now,
    )  # fmt: skip
    minutes = now_counts.minutes
    if beside:  # he was somewhere else, too: together they count the union
        corrections.settle(record_id=target.record_id, at=attempt.received_at)
        minutes = sql.minutes_of(target.record_id)
    if beside is None:
        again = sql.look_up(shift_code=target.shift_code, volunteer_id=attempt.volunteer_id)
        first = next(each for each in again if each.record_id == target.record_id)
        return _scanned("repeat", "out", first, target.record_id)
    done = replace(target, out_at=when, minutes=minutes, needs_naming=bool(target.needs_naming) or static)
    return _scanned("accepted", "out", done, target.record_id)


def _scanned(outcome: str, direction: str, target: sql.Standing, record_id: int) -> Scanned:
    return Scanned(
        outcome=outcome,
        direction=direction,
        record_id=record_id,
        activity_code=target.activity_code,
        shift_code=target.shift_code,
        title=target.title,
        name=target.name or "",
        in_at=from_millis(target.in_at or 0),
        out_at=None if target.out_at is None else from_millis(target.out_at),
        minutes=target.minutes or 0,
        needs_naming=bool(target.needs_naming),
        ends_at=from_millis(target.ends_at),
        check_out_until=from_millis(_window(target)[1]),
    )


def _keep(attempt: _Try, target: sql.Standing | None, outcome: str, reason: str) -> None:
    known = target is not None and target.person_state is not None
    sql.keep_attempt(
        shift_id=target.shift_id if target else None,
        volunteer_id=attempt.volunteer_id if known else None,
        identity_id=attempt.actor.identity_id,
        actor_id=attempt.leader_id,
        direction=attempt.seen.direction,
        mode=attempt.seen.mode,
        door=attempt.actor.door,
        outcome=outcome,
        reason=reason,
        nonce=attempt.nonce,
        at=to_millis(attempt.when),
        received_at=to_millis(attempt.received_at),
    )
