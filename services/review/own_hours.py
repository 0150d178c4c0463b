"""A leader's own hours go to the centre (domain U6): what waits there, and the word that it waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from peewee import fn

from frozen import dataclass
from models import Activity, RoleGrant, ServiceRecord, Team, Volunteer, store
from models.store import Write
from services import decisions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.permissions import LEADING

#: The centre is told so long after the activity's end.
AFTER = timedelta(hours=1)
#: Older ones stand in the list and are not told about any more.
NEWS = timedelta(days=30)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A leader's record that waits for the centre."""

    record_id: int
    name: str
    team: str
    title: str
    activity_code: str
    local_day: str
    minutes: int


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Row]:
    """Finished records of leaders in their own teams that wait, of the reader's divisions. Refusals: NOT_ALLOWED."""
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    query = _waiting(at).where(scopes.within(ServiceRecord.region_code, reach))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | Team.name.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"day": ServiceRecord.local_day, "name": Volunteer.name}, default="day",
        tie=ServiceRecord.id, row=_row,
    )  # fmt: skip


def _waiting(at: datetime) -> Any:
    leads = RoleGrant.select(RoleGrant.id).where(
        RoleGrant.volunteer == ServiceRecord.volunteer, RoleGrant.team_id == ServiceRecord.team,
        RoleGrant.role.in_([role.value for role in LEADING]), RoleGrant.from_at <= at,
        RoleGrant.until.is_null() | (RoleGrant.until > at),
    )  # fmt: skip
    return (
        ServiceRecord.select(ServiceRecord, Volunteer, Team, Activity)
        .join(Volunteer, on=(ServiceRecord.volunteer == Volunteer.id))
        .switch(ServiceRecord)
        .join(Team, on=(ServiceRecord.team == Team.id))
        .switch(ServiceRecord)
        .join(Activity, on=(ServiceRecord.activity == Activity.id))
        .switch(ServiceRecord)
        .where(
            ServiceRecord.state == "pending", ServiceRecord.out_at.is_null(False), fn.EXISTS(leads),
        )
    )  # fmt: skip


def _row(row: ServiceRecord) -> Row:
    return Row(
        row.id, row.volunteer.name, row.team.short_name, row.activity.title if row.activity else "",
        row.activity.code if row.activity else "", row.local_day, row.minutes,
    )  # fmt: skip


def tell_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell the nearest centre, once for each record, that a leader's own hours wait; how many were told."""
    rows = list(
        _waiting(at)
        .where(Activity.ends_at <= at - AFTER, Activity.ends_at > at - NEWS)
        .order_by(ServiceRecord.id)
        .limit(AT_ONCE)
    )
    return sum(write(partial(_tell, row, at)) for row in rows)


def _tell(row: ServiceRecord, at: datetime) -> int:
    people = decisions.deciders(region_code=row.region_code, parties=[row.volunteer_id], at=at)
    facts: dict[str, Any] = {"name": row.volunteer.name, "title": row.activity.title if row.activity else ""}
    return telling.tell(
        kind="own_hours_waiting", people=sorted(people), key=str(row.id), at=at, url="/console/own-hours", **facts
    )
