"""From a claimed row to its next state: look again, choose a channel, send, write down what came of it.

For each row: one write that looks whether it is still true and marks the channel about to be used with a
fresh lease, the HTTP call outside any transaction, one write of the result, fenced by the lease.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import DeliveryTry, store
from queries import Row
from queries import outbox as sql
from queries.outbox import Look
from services import rules
from services.messaging import cards, catalogue, channels, digests, pacing
from services.messaging.catalogue import BROADCAST, SAFETY
from services.messaging.channels import TPL, Door, Letter
from services.messaging.results import settle
from services.messaging.still import still_true
from services.parts import Parts
from services.times import after_quiet, five_past_midnight, next_clock
from wechat.errcodes import Kind
from wechat.gateway import Sent, WechatFailure

log = logging.getLogger("hongyao.outbox")

LEASE = timedelta(seconds=60)
#: The platform drops a repeat with the same client_msg_id for 10 minutes; we stop a little before.
REPEAT_WITHIN = timedelta(minutes=9)
#: The clocks of two workers differ by no more; a try that lies later than this was noted by a clock set back since.
APART = timedelta(minutes=1)
RETRY_WAITS = (1, 5, 30, 300, 300)  # seconds
UNKNOWN_WAITS = (5, 65, 65, 120, 120, 120)  # seconds; a repeat within the minute may be refused (45066)
#: Codes that want a longer rest than the ladder's first steps.
LONG_WAITS = {45011: 60, 44991: 60, 45066: 65}
POISON_TRIES, LOST_TRIES = 3, 5
BEYOND = 2**31 - 1
#: The other worker's message to the same person comes first; look again after so long.
BEHIND = timedelta(seconds=1)


def claim(*, owner: str, at: datetime, limit: int, lease_seconds: int = 60) -> list[int]:
    """Lease up to `limit` due rows to `owner`, urgent ones first; their ids. Two owners never get the same."""
    until = to_millis(at + timedelta(seconds=lease_seconds))
    return [ident for ident, _ in store.write(lambda: sql.claim(owner, until, to_millis(at), limit))]


def deliver_due(*, parts: Parts, owner: str, at: datetime, limit: int, pool: Executor | None = None) -> int:
    """Claim what is due at `at` and bring each row to its next state; how many rows were claimed.

    `pool` sends several at a time (the gateway holds as many), but one person's one after the other; without it
    all of them are sent so.
    """
    started = time.monotonic()
    until = to_millis(at + LEASE)

    def now() -> datetime:
        return at + timedelta(seconds=time.monotonic() - started)

    def each(idents: Iterable[int]) -> None:
        for ident in idents:
            with store.session():
                deliver_one(parts=parts, owner=owner, delivery_id=ident, now=now, numbers=numbers)

    claimed = store.write(lambda: sql.claim(owner, until, to_millis(at), limit))
    if not claimed:
        return 0
    numbers = rules.Everywhere("reminders", at)
    if pool is None:
        each(ident for ident, _ in claimed)
    else:
        by_person = sorted(claimed, key=lambda pair: pair[1])  # stable: in order within a person
        turns = [[ident for ident, _ in some] for _, some in groupby(by_person, key=lambda pair: pair[1])]
        first = {ident: place for place, (ident, _) in enumerate(claimed)}
        list(pool.map(each, sorted(turns, key=lambda idents: first[idents[0]])))
    return len(claimed)


@dataclass(frozen=True, slots=True)
class _Plan:
    letter: Letter
    door: Door
    form: str
    look: Look
    slot: str
    began: datetime


def deliver_one(
    *, parts: Parts, owner: str, delivery_id: int, now: Callable[[], datetime], numbers: rules.Everywhere
) -> None:
    """Bring one claimed row to its next state; what goes wrong with it never reaches the other rows."""
    plan: _Plan | None = None
    result: Sent | WechatFailure | None = None
    try:
        # Each turn gives up one channel for good, so there are no more turns than channels.
        for _ in range(len(catalogue.WAYS) + 1):
            plan = result = None
            plan = store.write(lambda: _begin(parts, owner, delivery_id, now(), numbers))
            if plan is None:
                return
            try:
                result = channels.send(parts=parts, door=plan.door, letter=plan.letter)
            except WechatFailure as failure:
                result = failure
            again = store.write(lambda p=plan, r=result: _record(parts, owner, p, r, now()))  # type: ignore[misc]
            if not again:
                return
    except Exception:
        log.exception("delivery %s: our own fault", delivery_id)
        store.write(lambda: _park(owner, delivery_id, plan, result, now()))


def _begin(
    parts: Parts, owner: str, delivery_id: int, at: datetime, numbers: rules.Everywhere
) -> _Plan | None:
    """Look again, choose the channel and mark it with a fresh lease; None when there is nothing to send now."""
    row = sql.look(delivery_id, owner, to_millis(at))
    if row is None:
        return None  # the lease was lost: somebody else has it, or it was withdrawn
    if row.ahead:
        _later(owner, delivery_id, at + BEHIND)
        return None
    tries = sql.rows(sql.TRIES, (delivery_id,)) if row.tries > 1 or row.skip else []
    ended = _ended(row, tries, at)
    if ended is not None:
        _close(owner, row, row.slot, *ended)
        return None
    urgent = row.priority == SAFETY
    params = numbers.of(row.region_code).params
    line = catalogue.kind(row.kind)
    at_once = line.name == cards.KIND  # he looks at the chat this moment
    if not (urgent or at_once) and _asleep(owner, row, params, at):
        return None
    if not urgent and line.switch and f",{line.group}," in row.off:
        _close(owner, row, row.slot, "inbox")  # he turned it off: the inbox has it
        return None
    door = _door(parts, owner, row, line, at)
    if door is None:
        return None
    if door.channel == "":
        refused = any(outcome == "permanent" for _, outcome, _ in tries)
        _close(owner, row, row.slot, "failed" if refused else "inbox")
        return None
    slot = row.slot
    if not (urgent or at_once) and line.name != digests.KIND:
        slot = _slot(row, params, at)
        if not slot:
            evening = to_millis(next_clock(at, params["digest_at"]))
            sql.change(sql.HOLD, (evening, delivery_id, owner))
            return None
    if row.priority == BROADCAST:
        turn = pacing.turn(a_minute=parts.broadcast_a_minute, at=at)
        if turn is None and door.channel == TPL:
            turn = pacing.day_turn(a_day=parts.templates_a_day, hours=params, at=at)
        if turn is not None:
            if slot != row.slot:
                sql.change(sql.FREE_SLOT, (row.volunteer_id, slot))
            _later(owner, delivery_id, turn)
            return None
    sql.change(sql.BEGIN, (door.channel, to_millis(at + LEASE), slot, delivery_id, owner))
    form, values = channels.form_of(row.data)
    letter = Letter(delivery_id, row.title, row.body, row.url, values, card=line.name == cards.KIND)
    return _Plan(letter, door, form, row, slot, at)


def _ended(row: Look, tries: list[Row], at: datetime) -> tuple[str, str, datetime | None] | None:
    """(state, channel, sent at) of a row that is not to be sent any more, and None for one that is."""
    if not still_true(
        kind=row.kind, person=row.person, notice=row.notice, activity=row.activity, version=row.version,
        activity_version=row.activity_version, signup=row.signup, key=row.key,
    ):  # fmt: skip
        return "withdrawn", "", None
    if row.practice:
        return "inbox", "", None  # nothing leaves the practice area
    if row.expires_at is not None and row.expires_at <= to_millis(at):
        return "expired", "", None
    open_ended = ("unknown", "lost")
    first = next(
        (moment for channel, outcome, moment in tries if channel == TPL and outcome in open_ended), None
    )
    if first is not None and not -APART <= at - from_millis(first) <= REPEAT_WITHIN:
        return "unknown", TPL, from_millis(first)
    if [outcome for _, outcome, _ in tries].count("lost") >= LOST_TRIES:
        log.error("delivery %s: its worker died %s times, parked", row.id, LOST_TRIES)
        return "failed", "", None
    return None


def _asleep(owner: str, row: Look, params: Mapping[str, Any], at: datetime) -> bool:
    """Whether it waits for its person's morning; over by then, it expires at once, so that the call sheet has him."""
    morning = after_quiet(at, quiet_from=params["quiet_from"], quiet_until=params["quiet_until"])
    if morning <= at:
        return False
    if row.expires_at is not None and row.expires_at <= to_millis(morning):
        _close(owner, row, row.slot, "expired")
    else:
        _later(owner, row.id, morning)
    return True


def _door(parts: Parts, owner: str, row: Look, line: catalogue.Kind, at: datetime) -> Door | None:
    """The first way that can work now; an empty one when there is none, None when it waits for a better one.

    An emergency waits only where every way rests.
    """
    form, _ = channels.form_of(row.data)
    skip, urgent = row.skip.split(","), row.priority == SAFETY
    # A text message costs money and wakes people: for emergencies alone, after every other way.
    order = line.channels if urgent else [each for each in line.channels if each != channels.SMS]
    waits: datetime | None = None
    for door in channels.doors(
        parts=parts, volunteer_id=row.volunteer_id, form=form, order=order, at=at,
        identity_id=channels.only_to(row.data),
    ):  # fmt: skip
        if door.channel in skip:
            continue
        rest = channels.rests(channel=door.channel, form=form, at=at)
        if rest.until is None and not rest.banned:
            return door
        if rest.until is None or (row.expires_at is not None and to_millis(rest.until) >= row.expires_at):
            continue
        waits = rest.until if waits is None else min(waits, rest.until)
        if not urgent:
            break  # it can wait for the better channel
    if waits is None:
        return channels.NO_DOOR
    _later(owner, row.id, waits)
    return None


def _slot(row: Look, params: Mapping[str, Any], at: datetime) -> str:
    """The day of which it is one of the pushes; "" when they are used up and it can wait for the evening.

    What would be over before the evening goes out in any case, and counts.
    """
    day = local_day(at).isoformat()
    if row.slot == day:
        return day  # has it from an earlier try
    most = 0 if row.fewer else params["pushes_a_day"]
    evening = to_millis(next_clock(at, params["digest_at"]))
    if row.expires_at is not None and row.expires_at <= evening:
        most = BEYOND
    if most <= 0:
        return ""
    return day if sql.one(sql.TAKE_SLOT, (row.volunteer_id, day, most)) is not None else ""


def _record(parts: Parts, owner: str, plan: _Plan, result: Sent | WechatFailure, at: datetime) -> bool:
    """Write down what came of a try; True if the row should look for its next channel at once."""
    delivery_id, channel = plan.look.id, plan.door.channel
    if isinstance(result, Sent):
        note(delivery_id, channel, "sent", at, msgid=result.msgid)
        channels.spent(door=plan.door, form=plan.form)
        if channel == channels.CS:
            cards.behind_message(
                parts=parts, kind=plan.look.kind, title=plan.letter.title, url=plan.letter.url,
                volunteer_id=plan.look.volunteer_id, identity_id=plan.door.identity_id, at=at,
            )  # fmt: skip
        if not _close(owner, plan.look, plan.slot, "sent", channel, at):
            # Given back, taken by another or given up as unknown while we waited for this very answer.
            sql.change(sql.LATE_ANSWER, (channel, to_millis(at), delivery_id))
        if plan.look.kind == digests.KIND:
            digests.sent(digest_id=delivery_id, at=at)
        if result.msgid:
            settle(msgid=result.msgid, at=at)
        return False
    kind = result.kind
    note(delivery_id, channel, str(kind), at, errcode=result.errcode)
    if plan.look.kind == cards.KIND and kind in cards.ALONE:
        log.warning("card %s: %s", delivery_id, result)
        _close(owner, plan.look, plan.slot, "failed", channel)
        return False
    if kind is Kind.USER_STATE:
        channels.closed(door=plan.door, errcode=result.errcode, form=plan.form)
        return _next_channel(owner, delivery_id, channel)
    if kind is Kind.PERMANENT:
        log.error("delivery %s: our bug or a wrong template: %s", delivery_id, result)
        return _next_channel(owner, delivery_id, channel)
    if kind is Kind.UNKNOWN:
        return _unanswered(owner, plan, at)
    if kind is Kind.DONE:
        _close(owner, plan.look, plan.slot, "sent", channel, at)
        return False
    if kind is Kind.RETRY:
        return _retry(owner, plan, result, at)
    if result.errcode in channels.BANNED:
        log.critical("template %s of %s rests: %s", plan.form, channel, result)
        channels.ban(channel=channel, form=plan.form, errcode=result.errcode, at=at)
        return True
    return _rest(owner, delivery_id, result, channel, at)


def _retry(owner: str, plan: _Plan, failure: WechatFailure, at: datetime) -> bool:
    """Nothing happened: later, five times; then the inbox has to do."""
    delivery_id, channel = plan.look.id, plan.door.channel
    times = _count(delivery_id, str(Kind.RETRY))
    if times > len(RETRY_WAITS):
        _close(owner, plan.look, plan.slot, "inbox")
        return False
    long = LONG_WAITS.get(failure.errcode or 0, 0)
    if long:
        channels.pause(api=channel, until=at + timedelta(seconds=long), reason=str(failure.errcode))
    _later(owner, delivery_id, at + _jittered(max(RETRY_WAITS[times - 1], long)))
    return False


def _unanswered(owner: str, plan: _Plan, at: datetime) -> bool:
    """It may have arrived. A template is repeated under its client_msg_id, anything else never is."""
    delivery_id, channel = plan.look.id, plan.door.channel
    if channel != TPL:
        _close(owner, plan.look, plan.slot, "unknown", channel, at)
        return False
    times = _count(delivery_id, str(Kind.UNKNOWN))
    if times > len(UNKNOWN_WAITS):
        _close(owner, plan.look, plan.slot, "unknown", channel, at)
    else:
        _later(owner, delivery_id, at + _jittered(UNKNOWN_WAITS[times - 1]))
    return False


def _rest(owner: str, delivery_id: int, failure: WechatFailure, channel: str, at: datetime) -> bool:
    """Token, configuration, quota: not this row's fault. Pause, and let it look again at once or after."""
    if failure.kind is Kind.TOKEN:
        api, until = channels.ACCOUNT[channel], at + timedelta(seconds=60)
    elif failure.kind is Kind.QUOTA:
        api, until = channel, five_past_midnight(at)
    else:
        api, until = channels.ALL, at + timedelta(minutes=10)
    log.critical("sending rests on %s until %s: %s", api, until.isoformat(), failure)
    channels.pause(api=api, until=until, reason=f"{failure.kind} {failure.errcode}")
    return True


def _next_channel(owner: str, delivery_id: int, channel: str) -> bool:
    sql.change(sql.SKIP, (channel, channel, delivery_id, owner))
    return True


def _park(
    owner: str, delivery_id: int, plan: _Plan | None, result: Sent | WechatFailure | None, at: datetime
) -> None:
    """Our own exception: out of the way for a minute, after three times for good; but what has gone out, or perhaps
    has, is not sent as if it had not."""
    note(delivery_id, "", "error", at)
    if plan is not None and isinstance(result, Sent):
        note(delivery_id, plan.door.channel, "sent", at, msgid=result.msgid)
        _close(owner, plan.look, plan.slot, "sent", plan.door.channel, at)
        return
    if plan is not None and result is None:
        if plan.door.channel != TPL:
            _close(owner, plan.look, plan.slot, "unknown", plan.door.channel, at)
            return
        note(delivery_id, TPL, "lost", plan.began)
    if _count(delivery_id, "error") >= POISON_TRIES:
        sql.change(sql.CLOSE, ("failed", "", None, delivery_id, owner))
    else:
        _later(owner, delivery_id, at + timedelta(seconds=60))


def _count(delivery_id: int, outcome: str) -> int:
    return DeliveryTry.select().where(DeliveryTry.delivery == delivery_id, DeliveryTry.outcome == outcome).count()


def note(
    delivery_id: int, channel: str, outcome: str, at: datetime, *, errcode: int | None = None, msgid: str | None = None
) -> None:
    """Keep one try and what came of it. Inside a write."""
    sql.change(sql.NOTE, (delivery_id, channel, outcome, errcode, msgid, to_millis(at)))


def _close(
    owner: str, row: Look, slot: str, state: str, channel: str = "", at: datetime | None = None
) -> bool:
    """End a row in `state`; one that did not go out gives its place among the day's pushes back."""
    moment = None if at is None else to_millis(at)
    done = sql.one(sql.CLOSE, (state, channel, moment, row.id, owner)) is not None
    if done and slot and state not in ("sent", "unknown"):
        sql.change(sql.FREE_SLOT, (row.volunteer_id, slot))
    return done


def _later(owner: str, delivery_id: int, due_at: datetime) -> None:
    sql.change(sql.LATER, (to_millis(due_at), delivery_id, owner))


def _jittered(seconds: float) -> timedelta:
    return timedelta(seconds=seconds * random.uniform(1.0, 1.25))
