"""Which service records a person may still object to: one rule, for one record or a whole page of them.

What objections and history say of the records is asked once for all; a page of twenty costs no more than one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from frozen import dataclass
from models import History, Objection, ServiceRecord
from services import rules
from services.bookkeeping import classes, corrections
from services.errors import Refusal, RefusalCode

C = RefusalCode
#: States in which an objection still runs.
OPEN = ("open", "answered", "raised")


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of some records: with a final word, with an objection that runs, when last corrected."""

    final: Collection[int]
    running: Collection[int]
    changed: dict[int, datetime]


def check_open(record: ServiceRecord, at: datetime) -> None:
    """Whether a record can be objected to at all, before anybody writes a word.

    Refusals: CLASS_TIME (a training: whoever held it puts it right), RECORD_STATE (hours of another system, or a case
    is looking at it), OBJECTION_FINAL (the county has spoken), OBJECTION_STATE (one runs already), OBJECTION_LATE.
    """
    _check(record, _told([record]), at)


def open_ones(*, volunteer_id: int, ids: Iterable[int], at: datetime) -> set[int]:
    """Which of a person's records he can object to now."""
    mine = ServiceRecord.select().where(ServiceRecord.volunteer == volunteer_id, ServiceRecord.id.in_(list(ids)))
    found = list(mine)
    told = _told(found)
    return {int(record.id) for record in found if _is_open(record, told, at)}


def runs(record_id: int) -> bool:
    """Whether somebody has to answer an objection to this record."""
    return bool(Objection.select().where(Objection.record == record_id, Objection.state.in_(OPEN)).exists())


def _told(records: Sequence[ServiceRecord]) -> _Told:
    ids = [record.id for record in records]
    objections = list(Objection.select(Objection.record, Objection.state, Objection.final_at).where(
        Objection.record.in_(ids)
    ))  # fmt: skip
    return _Told(
        final={each.record_id for each in objections if each.final_at is not None},
        running={each.record_id for each in objections if each.state in OPEN},
        changed=_changed(ids),
    )


def _changed(ids: Sequence[int]) -> dict[int, datetime]:
    """When each was last corrected or struck out; the last line counts."""
    subjects = {f"record:{ident}": ident for ident in ids}
    lines = (
        History.select(History.subject, History.at)
        .where(History.subject.in_(list(subjects)), History.verb.in_(("recompute", "void")))
        .order_by(History.id)
    )
    return {subjects[each.subject]: each.at for each in lines}


def _check(record: ServiceRecord, told: _Told, at: datetime) -> None:
    if classes.is_class(record.rule_set_id):
        raise Refusal(C.CLASS_TIME)
    if record.source == "transferred" or record.held_by_case is not None:
        raise Refusal(C.RECORD_STATE)
    if record.id in told.final:
        raise Refusal(C.OBJECTION_FINAL)
    if record.id in told.running:
        raise Refusal(C.OBJECTION_STATE)
    days = int(rules.rule_by_id(record.rule_set_id).params["objection_days"])
    since = _since(record, told.changed.get(record.id))
    if since is not None and at > since + timedelta(days=days):
        raise Refusal(C.OBJECTION_LATE, days=days)


def _is_open(record: ServiceRecord, told: _Told, at: datetime) -> bool:
    try:
        _check(record, told, at)
    except Refusal:
        return False
    return True


def _since(record: ServiceRecord, changed: datetime | None) -> datetime | None:
    """From when on the days count; None while nothing is decided. What an answered objection decided does not start
    them anew."""
    if record.confirmed_at is None:
        return record.updated_at if record.state == "void" else None
    if record.why == corrections.REVIEWED or changed is None:
        return record.confirmed_at
    return max(record.confirmed_at, changed)
