"""Needs by the clock: what nobody answered in time, and what was served because its activity is over (S52)."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

from peewee import fn

from models import Activity, Need, store
from models.store import Write
from services import regions
from services.actors import WORKER
from services.planning import needs
from services.planning.approvals import centre_above

#: Needs that one beat of the worker looks at.
AT_ONCE = 50
#: So long after the last step of a need that is over, how to reach whoever asked is wiped (PIPL §19).
CONTACT_KEPT = timedelta(days=180)
OVER = ("served", "closed", "refused", "withdrawn")


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell the centre above of needs that nobody answered in time, each once; how many."""
    late = Need.select(Need.id).where(
        Need.state == "received", Need.answer_due_at <= at, Need.nagged_at.is_null()
    )
    numbers = [row.id for row in late.order_by(Need.answer_due_at, Need.id).limit(AT_ONCE)]
    return sum(write(functools.partial(_nag, number, at)) for number in numbers)


def _nag(number: int, at: datetime) -> int:
    taken = Need.update(nagged_at=at).where(
        Need.id == number, Need.state == "received", Need.nagged_at.is_null()
    )
    if not taken.execute():
        return 0
    need = Need.get_by_id(number)
    above = centre_above(str(need.station_region)) or str(need.station_region)
    needs.tell_station(need, "need_late", at, region=above, place=regions.path_name(str(need.station_region)))
    return 1


def follow(*, at: datetime, write: Write = store.write) -> int:
    """Needs whose activity is over have been served; how many."""
    over = Activity.select().where(
        Activity.need_id == Need.id, Activity.state.in_(("published", "ended")), Activity.ends_at <= at
    )
    found = Need.select(Need.id).where(Need.state == "claimed", fn.EXISTS(over)).order_by(Need.id).limit(AT_ONCE)
    return sum(write(functools.partial(_follow, row.id, at)) for row in list(found))


def _follow(number: int, at: datetime) -> int:
    need = Need.get_or_none(Need.id == number, Need.state == "claimed")
    if need is None:
        return 0
    needs.mark_served(WORKER, need, at)
    return 1


def forget_contacts(*, at: datetime, write: Write = store.write) -> int:
    """Wipe how to reach people whose need is long over; how many."""
    old = Need.select(Need.id).where(
        Need.state.in_(OVER), Need.updated_at < at - CONTACT_KEPT, Need.contact_sealed.is_null(False)
    )
    numbers = [row.id for row in old.order_by(Need.id).limit(AT_ONCE)]
    if not numbers:
        return 0
    return int(write(Need.update(contact_sealed=None, contact_key="").where(Need.id.in_(numbers)).execute))
