"""The calls of one's divisions as a list, and those that run now, for the desk (S44)."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Dispatch, Team, TeamCall
from services import scopes
from services.actors import Actor
from services.dispatch import lending
from services.dispatch.holding import standing
from services.listing import Found, Wanted, cut

#: What the desk names; more stand in the list.
RUNNING_MOST = 5


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in the list."""

    code: str
    title: str
    place: str
    state: str
    drill: bool
    urgent: bool
    wanted: int
    accepted: int
    created_at: datetime


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CallLine]:
    """The calls of one's divisions, and those that called teams of theirs; filters: state, drill."""
    reach = scopes.readable(actor=actor, at=at)
    lent = TeamCall.select(TeamCall.dispatch).join(Team).where(scopes.within(Team.region_code, reach))
    mine = scopes.within(Dispatch.region_code, reach) | ((Dispatch.state != "draft") & Dispatch.id.in_(lent))
    query = Dispatch.select().where(mine)
    if wanted.text:
        query = query.where(Dispatch.title.contains(wanted.text) | Dispatch.place.contains(wanted.text))
    if state := wanted.chosen("state"):
        query = query.where(Dispatch.state == state)
    if drill := wanted.chosen("drill"):
        query = query.where(Dispatch.drill == (drill == "yes"))
    return cut(
        query, wanted=wanted, sorts={"created": Dispatch.id, "state": Dispatch.state}, default="-created",
        tie=Dispatch.id, row=_line,
    )  # fmt: skip


def _line(row: Dispatch) -> CallLine:
    return CallLine(
        str(row.code), str(row.title), str(row.place), str(row.state), bool(row.drill), bool(row.urgent),
        int(row.people), standing(row).accepted, row.created_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Running:
    """A call that runs; `lends`: it waits for the reader's word whether other divisions' teams may be called."""

    line: CallLine
    lends: bool


def running(*, actor: Actor, at: datetime) -> list[Running]:
    """The running calls of one's divisions, those that called their teams, and those that ask for his word."""
    if not scopes.readable(actor=actor, at=at):
        return []
    found = listed(actor=actor, wanted=Wanted(filters={"state": "calling"}, size=RUNNING_MOST), at=at)
    codes = [each.code for each in found.rows]
    rows = {str(row.code): row for row in Dispatch.select().where(Dispatch.code.in_(codes))}
    return [
        Running(each, lending.waiting_for(actor=actor, dispatch=rows[each.code], at=at)) for each in found.rows
    ]
