"""An activity written down once more: as a draft of next week, or as the sheet of a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from clock import SHANGHAI, UTC
from frozen import dataclass
from models import Activity, Project, Team, TrainingSession, store
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import activities, positions
from services.participation.activity_drafts import LENGTHS, ActivityDraft, Links
from services.participation.positions import PositionDraft, ShiftDraft, conditions_of, positions_of
from services.planning import links

WEEK = timedelta(days=7)
#: What is kept of a draft beside its texts, under one name.
SAME = (
    "domain", "sub_domain", "openness", "walk_in", "code_life", "joining", "cancel_hours", "venue_kind", "host_agreed",
    "private_home", "dangerous", "agreement",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """What is different about a copy: its time, its place, how many its only position wants; None: as it was."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str | None = None
    quota: int | None = None


AS_IT_WAS = Changed()


def draft_of(activity: Activity) -> ActivityDraft:
    """The activity as it could be written down again; an emergency is not repeated, a need was answered."""
    belongs = links.of(activity)
    return ActivityDraft(
        **{name: getattr(activity, name) for name in (*LENGTHS, *SAME)}, starts_at=activity.starts_at,
        ends_at=activity.ends_at, signup_closes_at=activity.signup_closes_at, positions=positions_of(activity),
        purpose=activity.purpose,
        links=Links(project=belongs.project, campaigns=belongs.campaigns),
    )  # fmt: skip


def later(draft: ActivityDraft, by: timedelta) -> ActivityDraft:
    """The same, so much later; sign-up opens with publication."""
    closes = draft.signup_closes_at
    return replace(
        draft, starts_at=draft.starts_at + by, ends_at=draft.ends_at + by, signup_opens_at=None,
        signup_closes_at=closes + by if closes else None, positions=positions.moved(draft.positions, by),
    )  # fmt: skip


def fitting(*, team: Team, draft: ActivityDraft, at: datetime) -> ActivityDraft:
    """The draft without the project or campaigns that have ended meanwhile."""
    running = {each.code for each in links.running_campaigns(region_code=str(team.region_code), at=at)}
    project = Project.get_or_none(Project.code == draft.links.project, Project.state == "running")
    kept = Links(
        project=draft.links.project if project else "",
        campaigns=tuple(code for code in draft.links.campaigns if code in running),
    )
    return replace(draft, links=kept)


def _changed(draft: ActivityDraft, changed: Changed) -> ActivityDraft:
    """The draft with what is different: moved with all its shifts; as long as it was, unless an end is given."""
    by = changed.starts_at - draft.starts_at if changed.starts_at else timedelta()
    moved = later(draft, by)
    ends_at = changed.ends_at or moved.ends_at
    places = moved.positions
    if changed.quota is not None and len(places) == 1:
        places = (replace(places[0], quota=changed.quota),)
    place = moved.place if changed.place is None else changed.place
    closes = min(moved.signup_closes_at or ends_at, ends_at)
    return replace(moved, ends_at=ends_at, signup_closes_at=closes, place=place, positions=places)


def copy(*, actor: Actor, code: str, at: datetime, changed: Changed = AS_IT_WAS) -> str:
    """A draft like this activity, on the same weekday in the first week that is still to come, or as `changed` says;
    its code.

    Refusals: NOT_FOUND, NOT_ALLOWED, TEAM_CLOSED; ACTIVITY_INVALID with the field of what was changed.
    """
    old = Activity.get_or_none(Activity.code == code)
    if old is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=old.team_id, at=at)
    if old.team.state in permissions.CLOSED_TEAMS:
        raise Refusal(RefusalCode.TEAM_CLOSED)
    weeks = max(1, -(-(at - old.starts_at) // WEEK))
    draft = fitting(team=old.team, draft=_changed(later(draft_of(old), weeks * WEEK), changed), at=at)

    def act() -> str:
        made = activities.write_down(actor=actor, team=old.team, draft=draft, at=at)
        if old.purpose == "training":
            _same_course(old.id, made.id)
        return str(made.code)

    return store.write(act)


def _same_course(old_id: int, new_id: int) -> None:
    """A copied training teaches the same; no order stands behind it."""
    taught = TrainingSession.get_or_none(TrainingSession.activity == old_id)
    if taught is not None:
        TrainingSession.create(
            activity=new_id, course=taught.course_id, provider=taught.provider_id, base=taught.base_id,
            teacher=taught.teacher,
        )  # fmt: skip


def kept(draft: ActivityDraft) -> dict[str, Any]:
    """The draft as JSON: its clock times and lengths, no day."""
    starts = draft.starts_at
    closes = draft.signup_closes_at or starts
    return {
        **{name: getattr(draft, name) for name in (*LENGTHS, *SAME)},
        "start": f"{starts.astimezone(SHANGHAI):%H:%M}", "minutes": _minutes(draft.ends_at - starts),
        "closes": _minutes(closes - starts), "project": draft.links.project, "campaigns": list(draft.links.campaigns),
        "positions": [
            {
                "name": each.name, "quota": each.quota, "requirement": each.requirement,
                "conditions": each.conditions.kept(),
                "shifts": [
                    [_minutes(shift.starts_at - starts), _minutes(shift.ends_at - starts), shift.quota]
                    for shift in each.shifts
                ],
            }
            for each in draft.positions
        ],
    }  # fmt: skip


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def on_day(sheet: Mapping[str, Any], day: date) -> ActivityDraft:
    """The sheet as the draft of one day."""
    starts = datetime.combine(day, time.fromisoformat(sheet["start"]), SHANGHAI).astimezone(UTC)

    def after(minutes: int) -> datetime:
        return starts + timedelta(minutes=minutes)

    return ActivityDraft(
        **{name: sheet[name] for name in (*LENGTHS, *SAME)}, starts_at=starts, ends_at=after(sheet["minutes"]),
        signup_closes_at=after(sheet["closes"]),
        links=Links(project=sheet["project"], campaigns=tuple(sheet["campaigns"])),
        positions=tuple(
            PositionDraft(
                each["name"], each["quota"], each["requirement"], conditions_of(each["conditions"]),
                tuple(ShiftDraft(after(begin), after(end), quota) for begin, end, quota in each["shifts"]),
            )
            for each in sheet["positions"]
        ),
    )  # fmt: skip
