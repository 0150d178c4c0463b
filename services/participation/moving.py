"""Changing what stands: edit, move, extend, set a quota. Who signed up is told what was and what is now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from clock import local_day
from models import Activity, Position, Shift, store
from queries import activities as sql
from services import permissions, rules
from services.actors import Actor
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.gates import insurance
from services.messaging import places
from services.participation import changes as moves
from services.participation import domains, late, minors, waitlist
from services.participation.acting import check_alive, check_not_waiting, check_whole, held, note, reason_of
from services.participation.activity_drafts import (
    LENGTHS,
    Links,
    check_kind,
    check_texts,
    check_times,
)
from services.participation.change_facts import MOVES
from services.participation.positions import PositionDraft, check_positions, invalid, put_positions
from services.planning import approvals, links
from wording import say

#: One tap on the leader's screen.
EXTEND_STEP = timedelta(minutes=30)
#: What a leader may change of a published activity; positions are fixed then, their quota has `set_quota`.
EDITABLE = frozenset(
    {*LENGTHS, "domain", "sub_domain", "starts_at", "ends_at", "signup_opens_at", "signup_closes_at"}
    | {"openness", "walk_in", "code_life", "joining", "cancel_hours", "venue_kind", "host_agreed"}
    | {"private_home", "dangerous", "emergency", "agreement"}
)
#: What decides whether a centre must be asked.
KIND = frozenset({"domain", "sub_domain", "dangerous", "emergency"})
#: What may leave a dangerous activity without insurance.
COVERED = KIND | {"starts_at", "ends_at"}
#: What makes a training one stays as it is.
FIXED = frozenset({"domain", "sub_domain", "emergency", "private_home", "venue_kind"})
CHOICES = ("domain", "sub_domain", "openness", "code_life", "joining", "cancel_hours", "venue_kind")


def edit(*, actor: Actor, code: str, changes: Mapping[str, Any], at: datetime) -> None:
    """Change fields of an activity, its `links`; `positions` (tuple of PositionDraft) only while it is a draft.

    A published activity that moves in time or place gets its next version: reminders of the old one are taken
    back and everybody signed up is told; a changed safety notice is to be read again; where it becomes dangerous,
    those under 18 are taken off. Shifts that began and ended
    with it move along, and so does a sign-up that closed at the start. Refusals in order: NOT_FOUND, NOT_ALLOWED,
    ACTIVITY_CANCELLED, ACTIVITY_WAITING (its centre reads it), ACTIVITY_STATE (it is over, or a time is moved after
    the start: that is `extend`), NOT_ALLOWED (an emergency that no centre declares), ACTIVITY_INVALID with `field`,
    INSURANCE_MISSING, APPROVAL_NEEDED (published as routine, it would now have to be asked for).
    """

    def act() -> None:
        activity = held(actor, code, at)
        check_alive(activity)
        check_not_waiting(activity)
        draft = activity.state == "draft"
        unknown = set(changes) - EDITABLE - ({"positions", "links"} if draft else {"links"})
        if unknown:
            raise invalid(min(unknown))
        new = _changed(activity, changes)
        positions = changes.get("positions") if draft else None
        if not draft:
            _check_still_editable(activity, new, at)
        if new.get("emergency") and not permissions.manages(
            actor=actor, region_code=activity.region_code, at=at
        ):
            raise Refusal(RefusalCode.NOT_ALLOWED)
        belongs = _relinked(activity, changes.get("links"), at)
        if not new and positions is None and not belongs:
            return
        old = {field: getattr(activity, field) for field in new}
        _apply(activity, new, positions)
        if not draft:
            # What has begun may still be reworded; only a start that moves must lie ahead.
            check_whole(activity, at if "starts_at" in new else activity.created_at)
            if not COVERED.isdisjoint(new):
                insurance.require_cover(activity, at)
            if not KIND.isdisjoint(new) and approvals.needed(activity=activity, at=at):
                raise Refusal(RefusalCode.APPROVAL_NEEDED)
            if not KIND.isdisjoint(new):
                minors.leave_danger(activity=activity, at=at)
        note(activity.id, "edited", actor, {field: [old[field], new[field]] for field in new} | belongs, at)
        if not draft and any(field in new for field in MOVES):
            moves.record(activity=activity, old=old, new=new, actor=actor, at=at)
        if not draft and not {"starts_at", "ends_at"}.isdisjoint(new):
            late.moved(activity_id=activity.id, actor=actor, at=at)
        if not draft and "risk_notice" in new:
            places.risk_changed(activity=activity, at=at)

    store.write(act)


def set_quota(*, actor: Actor, shift_code: str, quota: int, at: datetime) -> None:
    """Change how many a shift takes; never below those who have a place. New places go to those who wait.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_INVALID (field `quota`).
    """

    def act() -> None:
        shift = Shift.get_or_none(Shift.code == shift_code)
        if shift is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        activity = held(actor, shift.activity.code, at)
        check_alive(activity)
        check_positions((PositionDraft("-", quota),))
        old = Shift.get_by_id(shift.id).quota
        if old != quota and not sql.set_quota(shift_id=shift.id, quota=quota):
            raise invalid("quota")
        if old != quota:
            note(activity.id, "edited", actor, {f"quota:{shift.code}": [old, quota]}, at)
            waitlist.offer_free(shift_id=shift.id, at=at)

    store.write(act)


def extend(
    *, actor: Actor, code: str, at: datetime, ends_at: datetime | None = None, reason: str = ""
) -> datetime:
    """Move the end of a running activity, by default 30 minutes on; the new end.

    Once it is over, or to take back an extension, only with a reason. Never before the planned end, at most
    the rule's `extend_max` minutes after it. All shifts that end with the activity move along, and finished
    records are credited anew. Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_STATE (a
    draft, or not begun: that is `edit`), EXTENSION_INVALID, INSURANCE_ENDS, REASON_REQUIRED.
    """

    def act() -> datetime:
        activity = held(actor, code, at)
        old = activity.ends_at
        wanted = ends_at or old + EXTEND_STEP
        if activity.state == "cancelled":
            raise Refusal(RefusalCode.ACTIVITY_CANCELLED)
        if activity.state == "draft" or at < activity.starts_at:
            raise Refusal(RefusalCode.ACTIVITY_STATE)
        _check_extension(activity, wanted)
        if wanted == old:
            return old
        if wanted > old:
            insurance.require_cover_until(activity, ends_at=wanted, at=at)
        why = reason_of(reason) if at >= old or wanted < old else reason.strip()
        Shift.update(ends_at=wanted).where(Shift.activity == activity.id, Shift.ends_at == old).execute()
        Activity.update(ends_at=wanted).where(Activity.id == activity.id).execute()
        note(activity.id, "extended", actor, {"ends_at": [old, wanted]}, at, why)
        records.recompute(activity_id=activity.id, at=at, actor=actor, reason=why)
        return wanted

    return store.write(act)


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
    if activity.purpose == "training":
        changes = {field: value for field, value in changes.items() if field not in FIXED}
    texts = check_texts({field: text for field, text in changes.items() if field in LENGTHS})
    if texts.get("how_to_join") == "":
        texts["how_to_join"] = say("planning.how_to_join")
    new = {**{field: value for field, value in changes.items() if field in EDITABLE}, **texts}
    if (
        "starts_at" in new
        and "signup_closes_at" not in new
        and activity.signup_closes_at == activity.starts_at
    ):
        new["signup_closes_at"] = new["starts_at"]

    def value(field: str) -> Any:
        return new.get(field, getattr(activity, field))

    if value("private_home") or domains.is_confidential(value("domain"), value("sub_domain")):
        new["openness"] = "team"
    check_kind(**{field: value(field) for field in CHOICES}, purpose=activity.purpose)
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


def _relinked(activity: Activity, wanted: Links | None, at: datetime) -> dict[str, list[Any]]:
    """Write what it belongs to, where that changes; for the history."""
    before = links.of(activity)
    if wanted is None or wanted == before:
        return {}
    kept = wanted
    if wanted.need == before.need:  # a need that was served meanwhile stays with its activity
        kept = Links(project=wanted.project, plan_item=wanted.plan_item, campaigns=wanted.campaigns)
    columns, campaigns = links.found(team=activity.team, links=kept, at=at)
    if kept is not wanted:
        columns["need_id"] = activity.need_id
    links.put(activity=activity, columns=columns, campaigns=campaigns)
    for field, value in columns.items():
        setattr(activity, field, value)
    return {"links": [_shown(before), _shown(wanted)]}


def _shown(belongs: Links) -> str:
    """The codes, for the history."""
    item = str(belongs.plan_item or "")
    return " ".join(each for each in (belongs.need, belongs.project, item, *belongs.campaigns) if each)
