"""Insurance (人身意外伤害保险): who is covered when; before that nothing dangerous opens (条例 §17, S94).

A cover holds for a division and all below it, for a team, or for one activity. `require_cover` is the one place that
asks; publishing calls it, so a declared emergency goes out at once where the yearly cover stands.
"""

from __future__ import annotations

from datetime import datetime

from clock import local_day
from models import Activity, Insurance
from services.errors import Refusal, RefusalCode
from services.participation import domains
from services.regions import below, lineage


def dangerous(activity: Activity) -> bool:
    """Whether the service may harm: by its kind, or by its leader's or centre's word (S58)."""
    return bool(activity.dangerous) or domains.is_danger(activity.domain, activity.sub_domain)


def covered(activity: Activity, *, until: datetime | None = None) -> bool:
    """Whether covers that stand, one after another, hold from the activity's start to its end, or to `until`."""
    end = until or activity.ends_at
    own = (Insurance.activity == activity.id) | (
        Insurance.activity.is_null()
        & (
            (Insurance.team == activity.team_id)
            | (Insurance.team.is_null() & Insurance.region_code.in_(["", *lineage(activity.region_code)]))
        )
    )
    standing = Insurance.select().where(
        own, Insurance.ended_at.is_null(), Insurance.covers_from <= end,
        Insurance.covers_until >= activity.starts_at,
    )  # fmt: skip
    held: datetime = activity.starts_at
    for each in standing.order_by(Insurance.covers_from, Insurance.id):
        if each.covers_from <= held:
            held = max(held, each.covers_until)
    return held >= end and standing.exists()


def uncovered_by(cover: Insurance, *, at: datetime) -> list[Activity]:
    """The dangerous activities to come or running that this cover held for and that no other one holds for now."""
    begin, end = below(cover.region_code)
    held = (Activity.region_code >= begin) & (Activity.region_code < end)
    if cover.team_id is not None:
        held = Activity.team == cover.team_id
    if cover.activity_id is not None:
        held = Activity.id == cover.activity_id
    rows = Activity.select().where(
        held, Activity.state == "published", Activity.ends_at > at, Activity.starts_at <= cover.covers_until
    )
    return [row for row in rows.order_by(Activity.starts_at, Activity.id) if dangerous(row) and not covered(row)]


def require_standing(activity_id: int) -> None:
    """Nobody more signs up for what is dangerous once its cover was ended (条例 §17). Refusals: INSURANCE_GONE."""
    if not covered(Activity.get_by_id(activity_id)):
        raise Refusal(RefusalCode.INSURANCE_GONE)


def require_cover_until(activity: Activity, *, ends_at: datetime, at: datetime) -> None:
    """A dangerous activity goes on longer only as far as it is insured (条例 §17). What is over already needs nothing.

    Refusals: INSURANCE_ENDS.
    """
    if dangerous(activity) and ends_at > at and not covered(activity, until=ends_at):
        raise Refusal(RefusalCode.INSURANCE_ENDS)


def require_cover(activity: Activity, at: datetime) -> None:
    """Go on only if a dangerous activity is insured for the whole of its time; other activities need nothing.

    Asked when it is published, and when its time or kind changes. In a declared emergency as always: the cover for
    the year is there before the flood. Refusals: INSURANCE_MISSING (fact `day`, the first day of the activity).
    """
    if dangerous(activity) and activity.ends_at > at and not covered(activity):
        raise Refusal(RefusalCode.INSURANCE_MISSING, day=local_day(activity.starts_at).isoformat())
