"""Hours that wait for a leader's yes, activity by activity: what is clear, and what he has to look at first (S111)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from frozen import dataclass
from models import Activity, ServiceRecord, Team, Volunteer
from services import decisions, leading
from services.actors import Actor
from services.bookkeeping import classes
from services.bookkeeping.records import obstacle
from services.errors import RefusalCode

#: Activities that are told of at once.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Clear:
    """One record that a yes confirms; whole minutes."""

    record_id: int
    name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An activity with records that wait. `clear` can be confirmed now; `to_look` are doubted, made by a static code
    or without a check-out; `own` wait for somebody else, since they are the reader's."""

    code: str
    title: str
    team_code: str
    local_day: str
    starts_at: datetime
    clear: tuple[Clear, ...]
    to_look: int
    own: int

    @property
    def minutes(self) -> int:
        """What a yes would confirm."""
        return sum(each.minutes for each in self.clear)


def waiting(
    *, actor: Actor, at: datetime, team_codes: Collection[str] = (), start: str = "", end: str = "", code: str = "",
    most: int = SHOWN,
) -> list[Waiting]:  # fmt: skip
    """The newest activities of the actor's teams that hold pending records, `most` of them at most.

    Who holds a post in a team sees that team's; a centre's officer without one, those of his division. `start` and
    `end` are local days (half open), `code` one activity, `team_codes` some of his teams. Nothing for anybody else.
    """
    own = leading.own_teams(actor=actor, at=at)
    mine = Team.id.in_(own) if own else leading.led(actor=actor, at=at)
    pending = ServiceRecord.select(ServiceRecord.activity).where(
        ServiceRecord.state == "pending", ServiceRecord.activity.is_null(False)
    )
    query = Activity.select(Activity, Team).join(Team).where(mine, Activity.id.in_(pending))
    if team_codes:
        query = query.where(Team.code.in_(list(team_codes)))
    if start:
        query = query.where(Activity.local_day >= start)
    if end:
        query = query.where(Activity.local_day < end)
    if code:
        query = query.where(Activity.code == code)
    found = list(query.order_by(Activity.starts_at.desc(), Activity.id.desc()).limit(most))
    records = _pending_of([activity.id for activity in found])
    return [_told(actor, activity, records.get(activity.id, []), at) for activity in found]


def _pending_of(ids: list[int]) -> dict[int, list[ServiceRecord]]:
    rows = (
        ServiceRecord.select(ServiceRecord, Volunteer.id, Volunteer.name)
        .join(Volunteer, on=ServiceRecord.volunteer)
        .where(ServiceRecord.activity.in_(ids), ServiceRecord.state == "pending")
        .order_by(Volunteer.name, ServiceRecord.id)
    )
    found: dict[int, list[ServiceRecord]] = {}
    for row in rows:
        found.setdefault(row.activity_id, []).append(row)
    return found


def _told(actor: Actor, activity: Activity, records: list[ServiceRecord], at: datetime) -> Waiting:
    his = decisions.own_matters(actor=actor, region_code=activity.region_code, at=at, team_id=activity.team_id)
    clear, to_look, own = [], 0, 0
    for record in records:
        code = obstacle(record, his)
        if code is None:
            clear.append(Clear(record.id, record.volunteer.name, classes.shown(record)))
        elif code is RefusalCode.OWN_RECORD:
            own += 1
        else:
            to_look += 1
    return Waiting(
        activity.code, activity.title, activity.team.code, activity.local_day, activity.starts_at, tuple(clear),
        to_look, own,
    )  # fmt: skip
