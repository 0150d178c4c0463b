"""A team asks its centre before it publishes (S80): who need not ask, what the centre says, what it stops.

Routine kinds, emergencies and teams that the centre trusts publish at once; where a division's rule
`activities.approval` is off, everybody does. What nobody answers within `approval_days` working days goes one centre
up, and on, each once. Asking and deciding are never one person's (`services.decisions`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import datetime

from models import Activity, Approval, ApprovalDelegation, Centre, Team, store
from models.store import Write
from services import audit, decisions, permissions, rules
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import console_path, leaders
from services.participation import acting, domains, publishing
from services.regions import lineage
from services.times import working_days_after

C = RefusalCode
#: Requests that one beat of the worker sends up.
AT_ONCE = 50


def owning_region(team: Team) -> str:
    """The division of the centre a team belongs to: where its activities are approved."""
    return str(Centre.get_by_id(team.centre_id).region_code)


def needed(*, activity: Activity, at: datetime) -> bool:
    """Whether this activity waits for its centre before it is shown."""
    if activity.emergency or activity.approval == "approved":
        return False
    if domains.is_routine(activity.domain, activity.sub_domain) and not activity.dangerous:
        return False
    if not rules.rule("activities", activity.region_code, at).params["approval"]:
        return False
    return not trusted(team_id=activity.team_id, at=at)


def trusted(*, team_id: int, at: datetime) -> ApprovalDelegation | None:
    """The centre's word that this team may publish without asking, as it holds now."""
    found = ApprovalDelegation.select().where(
        ApprovalDelegation.team == team_id, ApprovalDelegation.from_at <= at,
        ApprovalDelegation.until.is_null() | (ApprovalDelegation.until > at),
    )  # fmt: skip
    one: ApprovalDelegation | None = found.order_by(ApprovalDelegation.id.desc()).first()
    return one


def ask(*, actor: Actor, activity: Activity, at: datetime) -> None:
    """Hand a draft to its centre, inside the caller's write; who may decide is told."""
    region = owning_region(activity.team)
    days = rules.rule("activities", activity.region_code, at).params["approval_days"]
    made = Approval.create(
        activity=activity, state="waiting", region_code=region, due_at=working_days_after(at, days),
        asked_by=actor.volunteer_id, asked_at=at,
    )  # fmt: skip
    Activity.update(approval="waiting").where(Activity.id == activity.id).execute()
    acting.note(activity.id, "approval_asked", actor, {}, at)
    _tell_deciders(made, at)


def parties(asked: Approval) -> list[int | None]:
    """Who may not decide: who asked, and who wrote the activity down."""
    return [asked.asked_by_id, asked.activity.created_by_id]


def _tell_deciders(asked: Approval, at: datetime) -> None:
    activity = asked.activity
    telling.tell(
        kind="approval_waiting", key=f"{asked.id}:{asked.raised}", at=at, url=console_path(activity),
        people=decisions.deciders(region_code=asked.region_code, parties=parties(asked), at=at),
        team=activity.team.name, title=activity.title,
    )  # fmt: skip


def _waiting(activity: Activity) -> Approval:
    found = Approval.get_or_none(Approval.activity == activity.id, Approval.state == "waiting")
    if found is None:
        raise Refusal(C.APPROVAL_STATE)
    assert isinstance(found, Approval)
    return found


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """The team takes its request back, to change something. Refusals: NOT_FOUND, NOT_ALLOWED, APPROVAL_STATE."""

    def act() -> None:
        activity = acting.held(actor, code, at)
        _end(_waiting(activity), "withdrawn", None, "", at)
        acting.note(activity.id, "approval_withdrawn", actor, {}, at)

    store.write(act)


def forget(activity: Activity, at: datetime) -> None:
    """Whatever still waits for an answer is withdrawn: the activity is called off. Inside the caller's write."""
    Approval.update(state="withdrawn", decided_at=at).where(
        Approval.activity == activity.id, Approval.state == "waiting"
    ).execute()


def _end(asked: Approval, state: str, actor: Actor | None, answer: str, at: datetime) -> None:
    kept = {"withdrawn": "none", "refused": "returned"}.get(state, state)
    Approval.update(
        state=state, decided_by=actor.volunteer_id if actor else None, decided_at=at, answer=answer
    ).where(Approval.id == asked.id).execute()
    Activity.update(approval=kept).where(Activity.id == asked.activity_id).execute()


def _judged(actor: Actor, code: str, at: datetime) -> tuple[Activity, Approval]:
    """The activity and its open request for one who may decide. NOT_FOUND, NOT_ALLOWED, OWN_RECORD, APPROVAL_STATE."""
    activity = acting.taken(code)
    asked = Approval.get_or_none(Approval.activity == activity.id, Approval.state == "waiting")
    region = asked.region_code if asked else owning_region(activity.team)
    if not permissions.manages(actor=actor, region_code=region, at=at):
        permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
        raise Refusal(C.NOT_ALLOWED)
    if asked is None:
        raise Refusal(C.APPROVAL_STATE)
    decisions.require_decider(actor=actor, region_code=region, parties=parties(asked), at=at)
    return activity, asked


def approve(*, actor: Actor, code: str, answer: str = "", at: datetime) -> None:
    """Yes: it is shown at once. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, APPROVAL_STATE, APPROVAL_LATE (its start
    has passed), TEAM_NOT_FOUNDED."""

    def act() -> None:
        activity, asked = _judged(actor, code, at)
        if activity.starts_at <= at:
            raise Refusal(C.APPROVAL_LATE)
        publishing.check_ready(activity, at)
        _end(asked, "approved", actor, answer.strip()[:200], at)
        acting.note(activity.id, "approved", actor, {}, at, answer.strip()[:200])
        publishing.put_up(actor=actor, activity=activity, at=at)
        _tell_team("approval_approved", asked, at)

    store.write(act)


def send_back(*, actor: Actor, code: str, answer: str, at: datetime) -> None:
    """To be put right and handed up again. Refusals as `approve` up to APPROVAL_STATE, then REASON_REQUIRED."""
    _say_no(actor, code, "returned", answer, at)


def refuse(*, actor: Actor, code: str, answer: str, at: datetime) -> None:
    """No: it does not take place. Refusals as `send_back`."""
    _say_no(actor, code, "refused", answer, at)


def _say_no(actor: Actor, code: str, state: str, answer: str, at: datetime) -> None:
    def act() -> None:
        activity, asked = _judged(actor, code, at)
        why = acting.reason_of(answer)
        _end(asked, state, actor, why, at)
        if state == "refused":
            publishing.call_off(actor=actor, activity=activity, verb="refused", reason=why, at=at)
        else:
            acting.note(activity.id, "returned", actor, {}, at, why)
        _tell_team(f"approval_{state}", asked, at, why)

    store.write(act)


def _tell_team(kind: str, asked: Approval, at: datetime, reason: str = "") -> None:
    activity = asked.activity
    telling.tell(
        kind=kind, key=f"{asked.id}", people=[*parties(asked), *leaders(team_id=activity.team_id, at=at)], at=at,
        url=console_path(activity), title=activity.title, reason=reason,
    )  # fmt: skip


def stop(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """The centre, or one above it, stops an activity, whoever allowed it; everybody who has to do with it is told why.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_STATE (not published, or over), REASON_REQUIRED.
    """

    def act() -> None:
        activity = acting.taken(code)
        region = owning_region(activity.team)
        if not permissions.manages(actor=actor, region_code=region, at=at):
            permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
            raise Refusal(C.NOT_ALLOWED)
        if activity.state != "published" or at >= activity.ends_at:
            raise Refusal(C.ACTIVITY_STATE)
        why = acting.reason_of(reason)
        publishing.call_off(actor=actor, activity=activity, verb="stopped", reason=why, at=at)
        audit.note(
            actor=actor, verb="activity.stopped", subject=f"activity:{activity.id}", at=at, region_code=region,
            detail={"reason": why},
        )  # fmt: skip
        telling.tell(
            kind="activity_stopped", key=str(activity.id), at=at, url=console_path(activity),
            people=[activity.created_by_id, *leaders(team_id=activity.team_id, at=at)],
            title=activity.title, reason=why,
        )  # fmt: skip

    store.write(act)


def raise_due(*, at: datetime, write: Write = store.write) -> int:
    """Send up what nobody answered in time, one centre at a time; how many went up. The topmost keeps its own."""
    due = Approval.select(Approval.id).where(Approval.state == "waiting", Approval.due_at <= at)
    numbers = [row.id for row in due.order_by(Approval.due_at, Approval.id).limit(AT_ONCE)]
    return sum(write(functools.partial(_raise, number, at)) for number in numbers)


def _raise(number: int, at: datetime) -> int:
    asked = Approval.get_or_none(Approval.id == number, Approval.state == "waiting", Approval.due_at <= at)
    if asked is None:
        return 0
    above = centre_above(str(asked.region_code))
    days = rules.rule("activities", asked.activity.region_code, at).params["approval_days"]
    asked.due_at = working_days_after(at, days)
    if above:
        asked.region_code, asked.raised = above, asked.raised + 1
    asked.save(only=[Approval.region_code, Approval.raised, Approval.due_at])
    if above:
        _tell_deciders(asked, at)
    return 1 if above else 0


def centre_above(region_code: str) -> str:
    """The nearest division above that has a centre; "" if there is none."""
    above: Iterable[str] = lineage(region_code)[:-1]
    known = {row.region_code for row in Centre.select().where(Centre.region_code.in_(list(above)))}
    return next((code for code in sorted(known, key=len, reverse=True)), "")
