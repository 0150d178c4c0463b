"""The whole rule of checking in and out, in one function: `perform` (the flow chart is in docs/checkin.md).

Every way in ends here: the leader's scan, the person's own, the chat, the poster, the list, and what a phone kept
while it had no network. Every try is kept, refused ones too, before the refusal is raised.
"""

from __future__ import annotations

from clock import from_millis, to_millis
from queries import attendance as sql
from services import rules
from services.accounts import consents
from services.bookkeeping import corrections
from services.bookkeeping.reckoning import Credit, credit
from services.errors import Refusal, RefusalCode
from services.participation import domains, eligibility, late, outcomes
from services.participation.scans import STATIC_MODES, Scanned, Try, local_time, scanned, window

UNDONE = "undone"


def perform(attempt: Try, standings: list[sql.Standing] | None = None) -> Scanned | Refusal:
    """Judge, record and keep the try; inside a write. `standings`: what was looked up for it already in this write."""
    seen = attempt.seen
    if standings is None:
        standings = (
            sql.look_up(shift_code=seen.shift_code, volunteer_id=attempt.volunteer_id) if seen.shift_code else []
        )
    target = _target(standings, seen.direction, to_millis(attempt.when))
    try:
        outcome = _judge(attempt, target)
    except Refusal as refusal:
        _keep(attempt, target, "refused", refusal.code.value, late.flag_of(attempt, refusal.code))
        return refusal
    _keep(attempt, target, outcome.outcome, "", outcome.flag)
    return outcome


def _target(standings: list[sql.Standing], direction: str, when: int) -> sql.Standing | None:
    """The shift that is meant: where his record is, else where he is signed up now, else the one named.

    A leader shows one code for an activity with several positions; each person counts for his own.
    """
    named = next((each for each in standings if each.named), None)
    if direction == "out":
        inside = [
            each
            for each in standings
            if each.in_at is not None and each.out_at is None and each.record_state != "void"
        ]
        done = [each for each in standings if each.record_id is not None]
        return (
            next(iter(inside), None)
            or next((each for each in done if each.named), None)
            or (done[-1] if done else named)
        )
    if named is not None and (named.record_id is not None or named.signup == "confirmed"):
        return named
    mine = [each for each in standings if each.signup == "confirmed"]
    near = [each for each in mine if window(each)[0] <= when <= window(each)[1]]
    return next(iter(near or mine), named)


def _judge(attempt: Try, target: sql.Standing | None) -> Scanned:
    """Decide one scan.

    Refusals in order: NOT_REGISTERED, ACCOUNT_CLOSED, the code's own problem, CODE_UNKNOWN,
    ACTIVITY_CANCELLED, ACTIVITY_STATE; then for a first scan TOO_EARLY, TOO_LATE, WALK_IN_NOT_ALLOWED, TEAM_ONLY,
    AREA_ONLY, CONSENT_WITHDRAWN (scanned by a leader OTHER_CONSENT: he takes part no more), the law's ages
    (`eligibility.check_law`), SHIFT_FULL (in) or NO_CHECK_IN, RECORD_STATE (out). A scan that comes late is doubted
    where it would be TOO_EARLY, TOO_LATE or ACTIVITY_CANCELLED (`late.doubt_of`).
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
    if target.activity_state == "cancelled" and attempt.late is None:
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED, title=target.title)
    if target.activity_state == "draft":
        raise Refusal(RefusalCode.ACTIVITY_STATE)
    if seen.direction == "in":
        return _check_in(attempt, target)
    return _check_out(attempt, target)


def _within_window(target: sql.Standing, when: int) -> None:
    opens, closes = window(target)
    if when < opens:
        raise Refusal(RefusalCode.TOO_EARLY, title=target.title, opens=local_time(opens))
    if when > closes:
        raise Refusal(RefusalCode.TOO_LATE, title=target.title, closed=local_time(closes))


def _check_in(attempt: Try, target: sql.Standing) -> Scanned:
    volunteer_id = attempt.volunteer_id
    assert volunteer_id is not None
    undone = target.record_state == "void" and target.why == UNDONE
    anew = undone or (late.left_behind(target) and not late.doubt_of(attempt, target))
    if target.record_id is not None and not anew:
        if target.record_state == "void":
            raise Refusal(RefusalCode.RECORD_STATE)
        return late.merge(attempt, target) if attempt.late else scanned("repeat", "in", target, target.record_id)
    when, now = to_millis(attempt.when), to_millis(attempt.received_at)
    if attempt.late is None:
        _within_window(target, when)
    if target.signup != "confirmed":
        _walk_in(attempt, target, volunteer_id, now)
    static, by_hand = attempt.seen.mode in STATIC_MODES, attempt.seen.mode == "list"
    doubts = late.said({"in": late.doubt_of(attempt, target)})
    if anew:
        record_id = sql.revive(
            target, mode=attempt.seen.mode, static=static, by_hand=by_hand, doubts=doubts, at=when, now=now
        )
    else:
        record_id = sql.check_in(
            target, volunteer_id=volunteer_id, mode=attempt.seen.mode, static=static, by_hand=by_hand,
            doubts=doubts, at=when, now=now,
        )  # fmt: skip
    if record_id is None:  # another scan of his was a moment earlier
        again = sql.look_up(shift_code=target.shift_code, volunteer_id=volunteer_id)
        first = next(each for each in again if each.record_id is not None)
        return late.merge(attempt, first) if attempt.late else scanned("repeat", "in", first, first.record_id or 0)
    opened = target._replace(
        record_id=record_id, record_state="pending", in_at=when, in_mode=attempt.seen.mode, out_at=None,
        out_mode="", minutes=0, needs_naming=static, needs_review=doubts, closed_by="",
    )  # fmt: skip
    if target.outcome in outcomes.AWAY:  # marked as not come, and here he is
        outcomes.came(shift_id=target.shift_id, volunteer_id=volunteer_id, actor=attempt.actor, at=attempt.received_at)
    if attempt.leader_id is not None:  # a check-out may have come before this check-in
        opened = late.paired(attempt, opened)
    return scanned("accepted", "in", opened, record_id, late.first_flag(attempt, doubts))


def _walk_in(attempt: Try, target: sql.Standing, volunteer_id: int, now: int) -> None:
    """Someone came without signing up; a leader who scans or ticks him lets him in beyond quota and rule, not beyond
    the law: no minor in danger, none without his guardian's word, nobody who took 参加志愿服务 back."""
    led = attempt.leader_id is not None
    if not led:
        if not target.walk_in:
            raise Refusal(RefusalCode.WALK_IN_NOT_ALLOWED, title=target.title)
        if target.openness == "team" and not sql.is_member(team_id=target.team_id, volunteer_id=volunteer_id):
            raise Refusal(RefusalCode.TEAM_ONLY, title=target.title)
        if target.openness == "area" and not (target.person_region or "").startswith(target.region_code[:6]):
            raise Refusal(RefusalCode.AREA_ONLY, title=target.title)
    law = sql.law(activity_id=target.activity_id, volunteer_id=volunteer_id, purpose=consents.SERVICE)
    if law is not None:
        called, domain, sub_domain, birth_date, rests_since = law
        if rests_since is not None and rests_since <= to_millis(attempt.when):  # PIPL §15: what was before stays
            raise consents.refusal(consents.SERVICE, by_other=led)
        eligibility.check_law(
            birth_date=birth_date, starts_at=target.starts_at, danger=called or domains.is_danger(domain, sub_domain),
            volunteer_id=volunteer_id, activity_id=target.activity_id,
        )  # fmt: skip
    # A place on offer is kept for him already.
    if target.signup != "offered" and not sql.take_place(shift_id=target.shift_id, beyond_quota=led):
        raise Refusal(RefusalCode.SHIFT_FULL, title=target.title)
    sql.walk_in(target, volunteer_id=volunteer_id, channel=attempt.actor.door, now=now)


def _check_out(attempt: Try, target: sql.Standing) -> Scanned:
    if target.record_id is None or target.in_at is None:
        raise Refusal(RefusalCode.NO_CHECK_IN, title=target.title)
    if target.record_state == "void" and target.why == UNDONE:
        raise Refusal(RefusalCode.NO_CHECK_IN, title=target.title)
    if attempt.late is not None:
        if target.record_state == "void":
            raise Refusal(RefusalCode.RECORD_STATE)
        return late.merge(attempt, target)
    if target.out_at is not None:
        return scanned("repeat", "out", target, target.record_id)
    if target.record_state != "pending":
        raise Refusal(RefusalCode.RECORD_STATE)
    when, now = to_millis(attempt.when), to_millis(attempt.received_at)
    if attempt.leader_id is None:
        _within_window(target, when)
    when = max(when, target.in_at)
    counts = credit(
        in_at=from_millis(target.in_at), out_at=from_millis(when), starts_at=from_millis(target.starts_at),
        ends_at=from_millis(target.ends_at), params=rules.rule_by_id(target.rule_id).params,
    )  # fmt: skip
    if target.needs_review:
        counts = Credit(0, corrections.IN_REVIEW)
    static = attempt.seen.mode in STATIC_MODES
    beside = sql.check_out(
        record_id=target.record_id, mode=attempt.seen.mode, closed_by="leader" if attempt.leader_id else "self",
        minutes=counts.minutes, why=counts.why, static=static, by_hand=attempt.seen.mode == "list", at=when, now=now,
    )  # fmt: skip
    minutes = counts.minutes
    if beside:  # he was somewhere else, too: together they count the union
        corrections.settle(record_id=target.record_id, at=attempt.received_at)
        minutes = sql.minutes_of(target.record_id)
    if beside is None:
        again = sql.look_up(shift_code=target.shift_code, volunteer_id=attempt.volunteer_id)
        first = next(each for each in again if each.record_id == target.record_id)
        return scanned("repeat", "out", first, target.record_id)
    done = target._replace(out_at=when, minutes=minutes, needs_naming=bool(target.needs_naming) or static)
    return scanned("accepted", "out", done, target.record_id)


def _keep(attempt: Try, target: sql.Standing | None, outcome: str, reason: str, flag: str) -> None:
    known = target is not None and target.person_state is not None
    brought = attempt.late
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
        received_at=to_millis((brought.came_at if brought else None) or attempt.received_at),
        kit_id=brought.kit_id if brought else None,
        device_at=to_millis(brought.device_at) if brought and brought.device_at else None,
        flag=flag,
        detail=brought.flag if brought else "",
    )
