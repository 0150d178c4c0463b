"""From a claimed row to its next state: look again, choose a channel, send, write down what came of it.

For each row: one write that looks whether it is still true and marks the channel about to be used with a
fresh lease, the HTTP call outside any transaction, one write of the result, fenced by the lease.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from clock import from_millis, local_day, to_millis
from models import Delivery, DeliveryTry, store
from queries import Row
from queries import outbox as sql
from services import rules
from services.messaging import channels
from services.messaging.catalogue import REMINDER, SAFETY
from services.messaging.channels import TPL, Door, Letter
from services.messaging.results import settle
from services.parts import Parts
from services.times import after_quiet, day_starts, five_past_midnight
from wechat.errcodes import Kind
from wechat.gateway import Sent, WechatFailure

log = logging.getLogger("hongyao.outbox")

PUSHES_A_DAY = 2
LEASE = timedelta(seconds=60)
#: The platform drops a repeat with the same client_msg_id for 10 minutes; we stop a little before.
REPEAT_WITHIN = timedelta(minutes=9)
RETRY_WAITS = (1, 5, 30, 300, 300)  # seconds
UNKNOWN_WAITS = (5, 65, 65, 120, 120, 120)  # seconds; a repeat within the minute may be refused (45066)
#: Codes that want a longer rest than the ladder's first steps.
LONG_WAITS = {45011: 60, 44991: 60, 45066: 65}
POISON_TRIES, LOST_TRIES = 3, 5
#: Messages that hold only while the sign-up and the activity are as they were.
ABOUT_COMING = ("reminder", "activity_changed", "call_sheet")
NEEDS_SIGNUP = {
    "reminder": ("confirmed",), "activity_changed": ("confirmed", "offered", "waitlisted", "pending"),
    "place_offered": ("offered",), "place_invited": ("offered",),
}  # fmt: skip
#: Messages that nobody's act has caused: they do not wake people (rule set `reminders`).
BY_THE_CLOCK = ("reminder", "confirm_nag", "check_out_forgotten")


def claim(*, owner: str, at: datetime, limit: int, lease_seconds: int = 60) -> list[int]:
    """Lease up to `limit` due rows to `owner`, urgent ones first; their ids. Two owners never get the same."""
    until = to_millis(at + timedelta(seconds=lease_seconds))
    return store.write(lambda: sql.claim(owner, until, to_millis(at), limit))


def deliver_due(*, parts: Parts, owner: str, at: datetime, limit: int, pool: Executor | None = None) -> int:
    """Claim what is due at `at` and bring each row to its next state; how many rows were claimed.

    `pool` sends several at a time (the gateway holds at most four); without it one after the other.
    """
    started = time.monotonic()

    def now() -> datetime:
        return at + timedelta(seconds=time.monotonic() - started)

    def one(delivery_id: int) -> None:
        with store.session():
            deliver_one(parts=parts, owner=owner, delivery_id=delivery_id, now=now)

    claimed = claim(owner=owner, at=at, limit=limit)
    if pool is None:
        for delivery_id in claimed:
            one(delivery_id)
    else:
        list(pool.map(one, claimed))
    return len(claimed)


@dataclass(frozen=True, slots=True)
class _Plan:
    letter: Letter
    door: Door
    form: str


def deliver_one(*, parts: Parts, owner: str, delivery_id: int, now: Callable[[], datetime]) -> None:
    """Bring one claimed row to its next state; what goes wrong with it never reaches the other rows."""
    try:
        # Each turn gives up one channel for good, so there are no more turns than channels.
        for _ in range(len(channels.ORDER) + 1):
            plan = store.write(lambda: _begin(parts, owner, delivery_id, now()))
            if plan is None:
                return
            result: Sent | WechatFailure
            try:
                result = channels.send(parts=parts, door=plan.door, letter=plan.letter)
            except WechatFailure as failure:
                result = failure
            again = store.write(lambda p=plan, r=result: _record(owner, p, r, now()))  # type: ignore[misc]
            if not again:
                return
    except Exception:
        log.exception("delivery %s: our own fault", delivery_id)
        store.write(lambda: _park(owner, delivery_id, now()))


def _begin(parts: Parts, owner: str, delivery_id: int, at: datetime) -> _Plan | None:
    """Look again, choose the channel and mark it with a fresh lease; None when there is nothing to send."""
    row = sql.look(delivery_id, owner)
    if row is None:
        return None  # the lease was lost: somebody else has it, or it was withdrawn
    tries = sql.rows(sql.TRIES, (delivery_id,))
    ended = _ended(row, tries, at)
    if ended is not None:
        _close(owner, delivery_id, *ended)
        return None
    morning = _asleep_until(row, at)
    if morning is not None:
        if row[8] is not None and row[8] <= to_millis(morning):
            _close(owner, delivery_id, "expired")  # at once, so that the leader's call sheet has him
        else:
            _later(owner, delivery_id, morning)
        return None
    volunteer_id, title, body, url, expires_at, skip = (
        row[2],
        row[4],
        row[5],
        row[6],
        row[8],
        row[9].split(","),
    )
    form, values = channels.form_of(row[7])
    for door in channels.doors(
        parts=parts, volunteer_id=volunteer_id, form=form, at=at, identity_id=channels.only_to(row[7])
    ):
        if door.channel in skip:
            continue
        rest = channels.paused_until(door.channel, at)
        if rest is None:
            sql.change(sql.BEGIN, (door.channel, to_millis(at + LEASE), delivery_id, owner))
            return _Plan(Letter(delivery_id, title, body, url, values), door, form)
        if expires_at is None or to_millis(rest) < expires_at:
            _later(owner, delivery_id, rest)  # it can wait for the better channel
            return None
    _close(
        owner, delivery_id, "failed" if any(outcome == "permanent" for _, outcome, _ in tries) else "inbox"
    )
    return None


def _ended(row: Row, tries: list[Row], at: datetime) -> tuple[str, str, datetime | None] | None:
    """(state, channel, sent at) of a row that is not to be sent any more, and None for one that is."""
    (delivery_id, kind, volunteer_id, priority, _, _, _, _, expires_at, _, version,
     person, notice, activity, activity_version, signup, practice, _) = row  # fmt: skip
    if not _still_true(kind, person, notice, activity, version, activity_version, signup):
        return "withdrawn", "", None
    if practice:
        return "inbox", "", None  # nothing leaves the practice area
    if expires_at is not None and expires_at <= to_millis(at):
        return "expired", "", None
    open_ended = ("unknown", "lost")
    first = next(
        (moment for channel, outcome, moment in tries if channel == TPL and outcome in open_ended), None
    )
    if first is not None and at - from_millis(first) > REPEAT_WITHIN:
        return "unknown", TPL, from_millis(first)
    if [outcome for _, outcome, _ in tries].count("lost") >= LOST_TRIES:
        log.error("delivery %s: its worker died %s times, parked", delivery_id, LOST_TRIES)
        return "failed", "", None
    if priority not in (SAFETY, REMINDER):
        day = to_millis(day_starts(local_day(at)))
        pushed = sql.one(sql.PUSHED_TODAY, (volunteer_id, day, delivery_id))
        if pushed is not None and pushed[0] >= PUSHES_A_DAY:
            return "inbox", "", None
    return None


def _asleep_until(row: Row, at: datetime) -> datetime | None:
    """The morning until which a message by the clock waits; None outside the quiet hours and for all others.

    It was due before they began: the worker was down, or the platform busy.
    """
    if row[1] not in BY_THE_CLOCK:
        return None
    params = rules.rule("reminders", row[-1] or "", at).params
    morning = after_quiet(at, quiet_from=params["quiet_from"], quiet_until=params["quiet_until"])
    return morning if morning > at else None


def _still_true(
    kind: str,
    person: str,
    notice: str,
    activity: str | None,
    version: int | None,
    activity_version: int | None,
    signup: str | None,
) -> bool:
    """Whether a message may still go out: person active, notice not stopped, activity and sign-up as told."""
    if person != "active" or notice == "stopped":
        return False
    if kind in ABOUT_COMING and (activity != "published" or version != activity_version):
        return False
    return kind not in NEEDS_SIGNUP or (activity == "published" and signup in NEEDS_SIGNUP[kind])


def _record(owner: str, plan: _Plan, result: Sent | WechatFailure, at: datetime) -> bool:
    """Write down what came of a try; True if the row should look for its next channel at once."""
    delivery_id, channel = plan.letter.delivery_id, plan.door.channel
    if isinstance(result, Sent):
        note(delivery_id, channel, "sent", at, msgid=result.msgid)
        channels.spent(door=plan.door, form=plan.form)
        _close(owner, delivery_id, "sent", channel, at)
        # Given up as unknown while we waited for this very answer.
        Delivery.update(state="sent").where(Delivery.id == delivery_id, Delivery.state == "unknown").execute()
        if result.msgid:
            settle(msgid=result.msgid, at=at)
        return False
    kind = result.kind
    note(delivery_id, channel, str(kind), at, errcode=result.errcode)
    if kind is Kind.USER_STATE:
        channels.closed(door=plan.door, errcode=result.errcode, form=plan.form)
        return _next_channel(owner, delivery_id, channel)
    if kind is Kind.PERMANENT:
        log.error("delivery %s: our bug or a wrong template: %s", delivery_id, result)
        return _next_channel(owner, delivery_id, channel)
    if kind is Kind.UNKNOWN:
        return _unanswered(owner, delivery_id, channel, at)
    if kind is Kind.DONE:
        _close(owner, delivery_id, "sent", channel, at)
        return False
    if kind is Kind.RETRY:
        return _retry(owner, delivery_id, result, channel, at)
    return _rest(owner, delivery_id, result, channel, at)


def _retry(owner: str, delivery_id: int, failure: WechatFailure, channel: str, at: datetime) -> bool:
    """Nothing happened: later, five times; then the inbox has to do."""
    times = _count(delivery_id, str(Kind.RETRY))
    if times > len(RETRY_WAITS):
        _close(owner, delivery_id, "inbox")
        return False
    long = LONG_WAITS.get(failure.errcode or 0, 0)
    if long:
        channels.pause(api=channel, until=at + timedelta(seconds=long), reason=str(failure.errcode))
    _later(owner, delivery_id, at + _jittered(max(RETRY_WAITS[times - 1], long)))
    return False


def _unanswered(owner: str, delivery_id: int, channel: str, at: datetime) -> bool:
    """It may have arrived. A template is repeated under its client_msg_id, anything else never is."""
    if channel != TPL:
        _close(owner, delivery_id, "unknown", channel, at)
        return False
    times = _count(delivery_id, str(Kind.UNKNOWN))
    if times > len(UNKNOWN_WAITS):
        _close(owner, delivery_id, "unknown", channel, at)
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


def _park(owner: str, delivery_id: int, at: datetime) -> None:
    """Our own exception: out of the way for a minute, after three times for good."""
    note(delivery_id, "", "error", at)
    if _count(delivery_id, "error") >= POISON_TRIES:
        _close(owner, delivery_id, "failed")
    else:
        _later(owner, delivery_id, at + timedelta(seconds=60))


def _count(delivery_id: int, outcome: str) -> int:
    return (
        DeliveryTry.select()
        .where(DeliveryTry.delivery == delivery_id, DeliveryTry.outcome == outcome)
        .count()
    )


def note(
    delivery_id: int,
    channel: str,
    outcome: str,
    at: datetime,
    *,
    errcode: int | None = None,
    msgid: str | None = None,
) -> None:
    """Keep one try and what came of it. Inside a write."""
    DeliveryTry.insert(
        delivery=delivery_id, channel=channel, outcome=outcome, errcode=errcode, msgid=msgid, at=at
    ).execute()


def _close(owner: str, delivery_id: int, state: str, channel: str = "", at: datetime | None = None) -> None:
    moment = None if at is None else to_millis(at)
    sql.change(sql.CLOSE, (state, channel, moment, delivery_id, owner))


def _later(owner: str, delivery_id: int, due_at: datetime) -> None:
    sql.change(sql.LATER, (to_millis(due_at), delivery_id, owner))


def _jittered(seconds: float) -> timedelta:
    return timedelta(seconds=seconds * random.uniform(1.0, 1.25))
