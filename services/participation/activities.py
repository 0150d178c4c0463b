"""Activities from draft to cancellation: create, publish, copy, cancel; changes live in `moving` (活动).

Every act holds the activity while it works, so that nobody signs up between its reading and its telling, and
leaves a line in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clock import local_day
from models import Activity, Team, store
from services import content, permissions, rules
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.participation import domains
from services.participation.acting import check_alive, held, note, reason_of
from services.participation.activity_drafts import (
    LENGTHS,
    ActivityDraft,
    check_kind,
    check_texts,
    check_times,
)
from services.participation.activity_views import mine, open_near, today, view
from services.participation.moving import EXTEND_STEP, edit, extend, set_quota
from services.participation.positions import PositionDraft, check_positions, put_positions
from services.participation.publishing import call_off, check_ready, put_up
from services.parts import Parts
from services.planning import approvals, links
from wording import say

__all__ = [
    "ActivityDraft", "PositionDraft", "cancel", "create", "edit", "extend", "mine", "move", "open_near", "publish",
    "set_quota", "today", "view", "write_down",
]  # fmt: skip

#: What stands in the draft and in the activity under one name, beside its texts.
SAME = (
    "domain", "sub_domain", "openness", "walk_in", "code_life", "starts_at", "ends_at", "joining", "venue_kind",
    "host_agreed", "private_home", "dangerous", "emergency", "agreement", "purpose",
)  # fmt: skip


def create(*, parts: Parts, actor: Actor, team_code: str, draft: ActivityDraft, at: datetime) -> str:
    """Write down a draft for a team; its public code. The hours rule of the team's division is frozen in it.

    Refusals in order: NOT_FOUND (no such team, or none of the actor's business), NOT_ALLOWED (also an emergency that
    no centre declares), ACTIVITY_INVALID (fact `field`), TEXT_REFUSED by WeChat's content check when it comes from
    the mini-program.
    """
    team = Team.get_or_none(Team.code == team_code, Team.state.not_in(permissions.CLOSED_TEAMS))
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    check_emergency(actor=actor, team=team, emergency=draft.emergency, at=at)
    texts = checked(draft, at)
    links.found(team=team, links=draft.links, at=at)
    _check_words(parts, actor, f"{texts['title']} {texts['place']} {texts['content']}")
    return store.write(lambda: str(write_down(actor=actor, team=team, draft=draft, at=at).code))


def check_emergency(*, actor: Actor, team: Team, emergency: bool, at: datetime) -> None:
    """Only a centre declares an emergency: NOT_ALLOWED to a team's leader."""
    if emergency and not permissions.manages(actor=actor, region_code=str(team.region_code), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)


def _window(draft: ActivityDraft, at: datetime) -> tuple[datetime, datetime]:
    """When sign-up opens and closes. For a draft about the past it cannot open now: publishing refuses by its start."""
    closes = draft.signup_closes_at or draft.starts_at
    return draft.signup_opens_at or min(at, closes - EXTEND_STEP), closes


def checked(draft: ActivityDraft, at: datetime) -> dict[str, str]:
    """The texts of a draft whose every field can be kept; ACTIVITY_INVALID with the first that cannot."""
    texts = check_texts({field: getattr(draft, field) for field in LENGTHS})
    opens, closes = _window(draft, at)
    check_kind(
        domain=draft.domain, sub_domain=draft.sub_domain, openness=draft.openness, code_life=draft.code_life,
        joining=draft.joining, cancel_hours=draft.cancel_hours, venue_kind=draft.venue_kind, purpose=draft.purpose,
    )  # fmt: skip
    check_times(starts_at=draft.starts_at, ends_at=draft.ends_at, opens_at=opens, closes_at=closes)
    check_positions(draft.positions, starts_at=draft.starts_at, ends_at=draft.ends_at)
    texts["how_to_join"] = texts["how_to_join"] or say("planning.how_to_join")
    return texts


def write_down(
    *, actor: Actor, team: Team, draft: ActivityDraft, at: datetime, series_id: int | None = None
) -> Activity:
    """The draft as rows, inside the caller's write. ACTIVITY_INVALID as `create`. A training is held under the rule of
    class time, so none of its records can ever count as service."""
    texts = checked(draft, at)
    opens, closes = _window(draft, at)
    columns, campaigns = links.found(team=team, links=draft.links, at=at)
    fields: dict[str, Any] = {name: getattr(draft, name) for name in SAME}
    if draft.cancel_hours is not None:
        fields["cancel_hours"] = draft.cancel_hours
    else:
        fields["cancel_hours"] = rules.rule("signup", team.region_code, at).params["cancel_hours"]
    if draft.private_home or domains.is_confidential(draft.domain, draft.sub_domain):
        fields["openness"] = "team"
    rule = rules.rule("training" if draft.purpose == "training" else "hours", team.region_code, at)
    activity = Activity.create(
        code=new_code(), team=team, region_code=team.region_code, local_day=local_day(draft.starts_at).isoformat(),
        signup_opens_at=opens, signup_closes_at=closes, hours_rule=rule.id,
        created_by=actor.volunteer_id, created_at=at, series_id=series_id, **fields, **texts,
    )  # fmt: skip
    put_positions(activity, draft.positions)
    links.put(activity=activity, columns=columns, campaigns=campaigns)
    note(activity.id, "created", actor, {}, at)
    return activity


def publish(*, actor: Actor, code: str, at: datetime) -> bool:
    """Show a draft to the volunteers, or hand it to the centre that allows it first; whether it is shown now.

    Publishing what is published, or asking again while it waits, changes nothing. Refusals in order: NOT_FOUND (also
    for another's team), NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_STATE, TEAM_NOT_FOUNDED (the team is not approved
    yet, paused or closed), ACTIVITY_INVALID with the first `field` that GB/T 40143 §6.1 misses, or `starts_at` when
    it is past, INSURANCE_MISSING where it is dangerous and nobody is covered.
    """

    def act() -> bool:
        activity = held(actor, code, at)
        if activity.state == "published":
            return True
        check_alive(activity)
        if activity.approval == "waiting":
            return False
        check_ready(activity, at)
        if approvals.needed(activity=activity, at=at):
            approvals.ask(actor=actor, activity=activity, at=at)
            return False
        put_up(actor=actor, activity=activity, at=at)
        return True

    return store.write(act)


def cancel(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Call an activity off; everybody signed up is told not to come. A second time changes nothing.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_STATE (it is over), REASON_REQUIRED.
    """

    def act() -> None:
        activity = held(actor, code, at)
        if activity.state == "cancelled":
            return
        was = activity.state
        if was == "ended" or (was == "published" and at >= activity.ends_at):
            raise Refusal(RefusalCode.ACTIVITY_STATE)
        why = reason_of(reason)
        approvals.forget(activity, at)
        call_off(actor=actor, activity=activity, verb="cancelled", reason=why, at=at)

    store.write(act)


def move(*, parts: Parts, actor: Actor, code: str, changes: Mapping[str, Any], at: datetime) -> None:
    """`edit` of time and place from a phone: what is written there is checked as in `create`. Refusals: TEXT_REFUSED,
    then as `edit`."""
    if place := str(changes.get("place", "")).strip():
        _check_words(parts, actor, place)
    edit(actor=actor, code=code, changes=changes, at=at)


def _check_words(parts: Parts, actor: Actor, words: str) -> None:
    """WeChat wants text from a mini-program checked; where it cannot say, the leader answers for his words."""
    if content.verdict(parts=parts, identity_id=actor.identity_id, text=words) == "risky":
        raise Refusal(RefusalCode.TEXT_REFUSED)
