"""Activities from draft to cancellation: create, publish, edit, cancel, extend (活动).

Every act holds the activity while it works, so that nobody signs up between its reading and its telling, and
leaves a line in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from clock import local_day
from models import Activity, History, Position, Shift, Team, WechatIdentity, store
from queries import activities as sql
from services import permissions, rules
from services.actors import Actor
from services.bookkeeping import records
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import notices
from services.participation.activity_drafts import (
    LENGTHS,
    ActivityDraft,
    check_complete,
    check_kind,
    check_texts,
    check_times,
)
from services.participation.activity_views import mine, open_near, today, view
from services.participation.positions import PositionDraft, check_positions, invalid, put_positions
from services.parts import Parts
from wechat.gateway import WechatFailure

__all__ = [
    "ActivityDraft", "PositionDraft", "cancel", "create", "edit", "extend", "mine", "open_near", "publish",
    "set_quota", "today", "view",
]  # fmt: skip

#: States of a team in which it may ask people to come.
PUBLISHING = ("regular", "pilot")
#: One tap on the leader's screen.
EXTEND_STEP = timedelta(minutes=30)
#: What a leader may change of a published activity; positions are fixed then, their quota has `set_quota`.
EDITABLE = frozenset(
    {*LENGTHS, "domain", "sub_domain", "starts_at", "ends_at", "signup_opens_at", "signup_closes_at"}
    | {"openness", "walk_in", "code_life"}
)
#: What makes people come at the wrong time or to the wrong place if they are not told.
MOVES = ("starts_at", "ends_at", "place")
#: Scene of WeChat's content check: a text that others will read, like a forum's.
FORUM = 3


def create(*, parts: Parts, actor: Actor, team_code: str, draft: ActivityDraft, at: datetime) -> str:
    """Write down a draft for a team; its public code. The hours rule of the team's division is frozen in it.

    Refusals in order: NOT_FOUND (no such team, or none of the actor's business), NOT_ALLOWED, ACTIVITY_INVALID
    (fact `field`), TEXT_REFUSED by WeChat's content check when it comes from the mini-program.
    """
    team = Team.get_or_none(Team.code == team_code, Team.state.not_in(permissions.CLOSED_TEAMS))
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    texts = check_texts({field: getattr(draft, field) for field in LENGTHS})
    closes = draft.signup_closes_at or draft.starts_at
    # Sign-up for a draft about the past cannot open now: publishing will refuse it by its start.
    opens = draft.signup_opens_at or min(at, closes - EXTEND_STEP)
    check_kind(
        domain=draft.domain, sub_domain=draft.sub_domain, openness=draft.openness, code_life=draft.code_life
    )
    check_times(starts_at=draft.starts_at, ends_at=draft.ends_at, opens_at=opens, closes_at=closes)
    check_positions(draft.positions, starts_at=draft.starts_at, ends_at=draft.ends_at)
    _check_words(parts, actor, f"{texts['title']} {texts['place']} {texts['content']}")

    def act() -> str:
        activity = Activity.create(
            code=new_code(), team=team, region_code=team.region_code, domain=draft.domain,
            sub_domain=draft.sub_domain, openness=draft.openness, walk_in=draft.walk_in,
            code_life=draft.code_life, starts_at=draft.starts_at, ends_at=draft.ends_at,
            local_day=local_day(draft.starts_at).isoformat(), signup_opens_at=opens, signup_closes_at=closes,
            hours_rule=rules.rule("hours", team.region_code, at).id, created_by=actor.volunteer_id,
            created_at=at, **texts,
        )  # fmt: skip
        put_positions(activity, draft.positions)
        _note(activity.id, "created", actor, {}, at)
        return str(activity.code)

    return store.write(act)


def publish(*, actor: Actor, code: str, at: datetime) -> None:
    """Show a draft to the volunteers. Publishing what is published already changes nothing.

    Refusals in order: NOT_FOUND (also for another's team), NOT_ALLOWED, ACTIVITY_CANCELLED, TEAM_NOT_FOUNDED (the
    team is not approved yet, paused or closed), ACTIVITY_INVALID with the first `field` that GB/T 40143 §6.1
    misses, or `starts_at` when it is past.
    """

    def act() -> None:
        activity = _held(actor, code, at)
        if activity.state == "published":
            return
        _check_alive(activity)
        if activity.team.state not in PUBLISHING:
            raise Refusal(RefusalCode.TEAM_NOT_FOUNDED)
        _check_whole(activity, at)
        opens = max(activity.signup_opens_at, min(at, activity.signup_closes_at - timedelta(minutes=1)))
        Activity.update(state="published", published_at=at, signup_opens_at=opens).where(
            Activity.id == activity.id
        ).execute()
        _note(activity.id, "published", actor, {"state": ["draft", "published"]}, at)

    store.write(act)


def edit(*, actor: Actor, code: str, changes: Mapping[str, Any], at: datetime) -> None:
    """Change fields of an activity; `positions` (tuple of PositionDraft) only while it is a draft.

    A published activity that moves in time or place gets its next version: reminders of the old one are taken
    back and everybody signed up is told. Shifts that began and ended with it move along, and so does a sign-up
    that closed at the start. Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_STATE (it
    is over, or a time is moved after the start: that is `extend`), ACTIVITY_INVALID with `field`.
    """

    def act() -> None:
        activity = _held(actor, code, at)
        _check_alive(activity)
        draft = activity.state == "draft"
        unknown = set(changes) - EDITABLE - ({"positions"} if draft else set())
        if unknown:
            raise invalid(min(unknown))
        new = _changed(activity, changes)
        positions = changes.get("positions") if draft else None
        if not draft:
            _check_still_editable(activity, new, at)
        if not new and positions is None:
            return
        old = {field: getattr(activity, field) for field in new}
        _apply(activity, new, positions)
        if not draft:
            # What has begun may still be reworded; only a start that moves must lie ahead.
            _check_whole(activity, at if "starts_at" in new else activity.created_at)
        _note(activity.id, "edited", actor, {field: [old[field], new[field]] for field in new}, at)
        if not draft and any(field in new for field in MOVES):
            notices.activity_changed(activity=activity, old=old, new=new, at=at)

    store.write(act)


def set_quota(*, actor: Actor, shift_code: str, quota: int, at: datetime) -> None:
    """Change how many a shift takes; never below those who have a place.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_INVALID (field `quota`).
    """

    def act() -> None:
        shift = Shift.get_or_none(Shift.code == shift_code)
        if shift is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        activity = _held(actor, shift.activity.code, at)
        _check_alive(activity)
        check_positions((PositionDraft("-", quota),))
        old = Shift.get_by_id(shift.id).quota
        if old != quota and not sql.set_quota(shift_id=shift.id, quota=quota):
            raise invalid("quota")
        if old != quota:
            _note(activity.id, "edited", actor, {f"quota:{shift.code}": [old, quota]}, at)

    store.write(act)


def cancel(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Call an activity off; everybody signed up is told not to come. A second time changes nothing.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_STATE (it is over), REASON_REQUIRED.
    """

    def act() -> None:
        activity = _held(actor, code, at)
        if activity.state == "cancelled":
            return
        was = activity.state
        if was == "ended" or (was == "published" and at >= activity.ends_at):
            raise Refusal(RefusalCode.ACTIVITY_STATE)
        why = _reason(reason)
        activity.state = "cancelled"
        activity.save(only=[Activity.state])
        _note(activity.id, "cancelled", actor, {"state": [was, "cancelled"]}, at, why)
        if was == "published":
            notices.activity_cancelled(activity=activity, reason=why, at=at)

    store.write(act)


def extend(
    *, actor: Actor, code: str, at: datetime, ends_at: datetime | None = None, reason: str = ""
) -> datetime:
    """Move the end of a running activity, by default 30 minutes on; the new end.

    Once it is over, or to take back an extension, only with a reason. Never before the planned end, at most
    the rule's `extend_max` minutes after it. All shifts that end with the activity move along, and finished
    records are credited anew. Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_STATE (a
    draft, or not begun: that is `edit`), EXTENSION_INVALID, REASON_REQUIRED.
    """

    def act() -> datetime:
        activity = _held(actor, code, at)
        old = activity.ends_at
        wanted = ends_at or old + EXTEND_STEP
        if activity.state == "cancelled":
            raise Refusal(RefusalCode.ACTIVITY_CANCELLED)
        if activity.state == "draft" or at < activity.starts_at:
            raise Refusal(RefusalCode.ACTIVITY_STATE)
        _check_extension(activity, wanted)
        if wanted == old:
            return old
        why = _reason(reason) if at >= old or wanted < old else reason.strip()
        Shift.update(ends_at=wanted).where(Shift.activity == activity.id, Shift.ends_at == old).execute()
        Activity.update(ends_at=wanted).where(Activity.id == activity.id).execute()
        _note(activity.id, "extended", actor, {"ends_at": [old, wanted]}, at, why)
        records.recompute(activity_id=activity.id, at=at, actor=actor, reason=why)
        return wanted

    return store.write(act)


def _held(actor: Actor, code: str, at: datetime) -> Activity:
    """The activity, held until the write is done, for one who leads its team; else NOT_FOUND or NOT_ALLOWED."""
    number = sql.hold(code)
    if number is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    activity: Activity = Activity.get_by_id(number)
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    return activity


def _check_alive(activity: Activity) -> None:
    if activity.state == "cancelled":
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED)
    if activity.state == "ended":
        raise Refusal(RefusalCode.ACTIVITY_STATE)


def _check_whole(activity: Activity, at: datetime) -> None:
    """Everything a published activity must have, and a start after `at`."""
    check_complete(
        place=activity.place, content=activity.content, risk_notice=activity.risk_notice,
        safeguards=activity.safeguards, domain=activity.domain, sub_domain=activity.sub_domain,
        positions=activity.positions.count(), starts_at=activity.starts_at, at=at,
    )  # fmt: skip


def _check_still_editable(activity: Activity, new: Mapping[str, Any], at: datetime) -> None:
    """Nothing changes once it is over; no time and no sign-up moves once it has begun."""
    if at >= activity.ends_at or (at >= activity.starts_at and not {"starts_at", "ends_at"}.isdisjoint(new)):
        raise Refusal(RefusalCode.ACTIVITY_STATE)


def _check_extension(activity: Activity, wanted: datetime) -> None:
    follow = (Shift.activity == activity.id) & (Shift.ends_at == activity.ends_at)
    planned = Shift.select(fn.MAX(Shift.planned_ends_at)).where(follow).scalar() or activity.ends_at
    most = timedelta(minutes=rules.rule_by_id(activity.hours_rule_id).params["extend_max"])
    if not planned <= wanted <= planned + most:
        raise Refusal(RefusalCode.EXTENSION_INVALID)


def _changed(activity: Activity, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields whose values really change, checked together with those that stay."""
    texts = check_texts({field: text for field, text in changes.items() if field in LENGTHS})
    new = {**{field: value for field, value in changes.items() if field in EDITABLE}, **texts}
    if (
        "starts_at" in new
        and "signup_closes_at" not in new
        and activity.signup_closes_at == activity.starts_at
    ):
        new["signup_closes_at"] = new["starts_at"]

    def value(field: str) -> Any:
        return new.get(field, getattr(activity, field))

    check_kind(
        domain=value("domain"), sub_domain=value("sub_domain"), openness=value("openness"),
        code_life=value("code_life"),
    )  # fmt: skip
    if not {"starts_at", "ends_at", "signup_opens_at", "signup_closes_at"}.isdisjoint(new):
        check_times(
            starts_at=value("starts_at"), ends_at=value("ends_at"), opens_at=value("signup_opens_at"),
            closes_at=value("signup_closes_at"),
        )  # fmt: skip
    return {field: fresh for field, fresh in new.items() if fresh != getattr(activity, field)}


def _apply(activity: Activity, new: Mapping[str, Any], positions: tuple[PositionDraft, ...] | None) -> None:
    """Write the new values; shifts that began or ended with the activity follow it."""
    old_start, old_end = activity.starts_at, activity.ends_at
    for field, value in new.items():
        setattr(activity, field, value)
    activity.local_day = local_day(activity.starts_at).isoformat()
    if activity.state == "published" and any(field in new for field in MOVES):
        activity.version += 1
    activity.save()
    if positions is not None:
        check_positions(positions, starts_at=activity.starts_at, ends_at=activity.ends_at)
        Shift.delete().where(Shift.activity == activity.id).execute()
        Position.delete().where(Position.activity == activity.id).execute()
        put_positions(activity, positions)
        return
    for shift in Shift.select().where(Shift.activity == activity.id):
        shift.starts_at = activity.starts_at if shift.starts_at == old_start else shift.starts_at
        if shift.ends_at == old_end:
            shift.ends_at = shift.planned_ends_at = activity.ends_at
        if not activity.starts_at <= shift.starts_at < shift.ends_at <= activity.ends_at:
            raise invalid("starts_at")
        shift.save(only=[Shift.starts_at, Shift.ends_at, Shift.planned_ends_at])


def _check_words(parts: Parts, actor: Actor, words: str) -> None:
    """WeChat wants text from a mini-program checked; where it cannot say, the leader answers for his words."""
    identity = WechatIdentity.get_or_none(WechatIdentity.id == actor.identity_id, WechatIdentity.kind == "mp")
    if identity is None:
        return
    try:
        verdict = parts.gateway.check_text(identity.openid, words[:2500], scene=FORUM)
    except WechatFailure:
        return
    if verdict.suggest == "risky":
        raise Refusal(RefusalCode.TEXT_REFUSED)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    return reason.strip()[:200]


def _note(
    activity_id: int,
    verb: str,
    actor: Actor,
    changes: Mapping[str, list[Any]],
    at: datetime,
    reason: str = "",
) -> None:
    """A line of history; moments as ISO 8601 in UTC."""
    shown = {
        field: [value.isoformat() if isinstance(value, datetime) else value for value in pair]
        for field, pair in changes.items()
    }
    History.create(
        subject=f"activity:{activity_id}",
        verb=verb,
        actor=actor.volunteer_id,
        changes=shown,
        reason=reason,
        at=at,
    )
