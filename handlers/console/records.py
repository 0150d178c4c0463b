"""One person's record on an activity's list: name him present, set his end, annul it."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.participation import told
from handlers.console.participation.roster import answer, path_of
from handlers.pages.browser import clock_near, field
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.participation import roster, undoing
from services.participation.roster import Roster, RosterEntry

bp = APIBlueprint("console_records", __name__, enable_openapi=False)


def _entry(code: str, record_id: int) -> tuple[Roster, RosterEntry]:
    """The list and the line on it; NOT_FOUND where this activity has no such record."""
    return _on(roster.roster(actor=actor(), activity_code=code, at=clock.now()), record_id)


def _on(sheet: Roster, record_id: int) -> tuple[Roster, RosterEntry]:
    for entry in sheet.entries:
        if entry.record_id == record_id:
            return sheet, entry
    raise Refusal(RefusalCode.NOT_FOUND)


def _page(code: str, record_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    return _shown(*_entry(code, record_id), refusal=refusal)


def _shown(
    sheet: Roster, entry: RosterEntry, *, refusal: Refusal | None = None, may: bool = True
) -> ResponseReturnValue:
    at = clock.now()
    body = render(
        "record", tab="desk", roster=sheet, entry=entry, problem=words_of(refusal), reason=field("reason", 200),
        code=refusal.code.value if refusal else "", suggested=min(at, sheet.ends_at), may=may,
        past=told.lines(f"record:{entry.record_id}"),
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/activities/<code>/records/<int:record_id>")
@need_role
def show(code: str, record_id: int) -> ResponseReturnValue:
    """The record with what can be done about it; without that for those who only look."""
    try:
        return _page(code, record_id)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.NOT_ALLOWED:
            raise
    sheet = roster.looked_at(actor=actor(), activity_code=code, at=clock.now())
    return _shown(*_on(sheet, record_id), may=False)


@bp.post("/activities/<code>/records/<int:record_id>/name")
@need_role
def name_present(code: str, record_id: int) -> ResponseReturnValue:
    """Somebody who scanned a static code was really there."""
    _entry(code, record_id)
    refusal = attempt(lambda: records.name_present(actor=actor(), record_id=record_id, at=clock.now()))
    return answer(code, refusal, "named")


@bp.post("/activities/<code>/records/<int:record_id>/end")
@need_role
def set_end(code: str, record_id: int) -> ResponseReturnValue:
    """When he left, as the leader knows it."""
    _, entry = _entry(code, record_id)
    out_at = clock_near(field("ends", 5), (entry.in_at or clock.now()) + timedelta(hours=11))
    if (
        out_at is not None
        and entry.in_at is not None
        and out_at < entry.in_at.replace(second=0, microsecond=0)
    ):
        out_at = None
    if out_at is None:
        return _page(code, record_id, Refusal(RefusalCode.END_INVALID))
    moment = max(out_at, entry.in_at) if entry.in_at else out_at
    refusal = attempt(
        lambda: records.set_end(
            actor=actor(), record_id=record_id, out_at=moment, reason=field("reason", 200), at=clock.now()
        )
    )
    return _page(code, record_id, refusal) if refusal else back(path_of(code), "ended", "roster")


@bp.post("/activities/<code>/records/<int:record_id>/void")
@need_role
def void(code: str, record_id: int) -> ResponseReturnValue:
    """This was no service; what it brought is taken back."""
    _entry(code, record_id)
    refusal = attempt(
        lambda: records.void(actor=actor(), record_id=record_id, reason=field("reason", 200), at=clock.now())
    )
    return _page(code, record_id, refusal) if refusal else back(path_of(code), "voided", "roster")


@bp.post("/activities/<code>/records/<int:record_id>/undo")
@need_role
def undo(code: str, record_id: int) -> ResponseReturnValue:
    """A check-in or a check-out was a mistake: taken back, and he may come again."""
    _entry(code, record_id)
    refusal = attempt(
        lambda: undoing.undo(
            actor=actor(), record_id=record_id, side=field("side", 3), reason=field("reason", 200), at=clock.now()
        )
    )
    return _page(code, record_id, refusal) if refusal else back(path_of(code), "noted", "roster")


@bp.post("/activities/<code>/records/<int:record_id>/review")
@need_role
def review(code: str, record_id: int) -> ResponseReturnValue:
    """A scan that came late is doubted: believed, or taken back."""
    _entry(code, record_id)
    refusal = attempt(
        lambda: undoing.review(
            actor=actor(), record_id=record_id, believe=field("believe", 1) == "1", reason=field("reason", 200),
            at=clock.now(),
        )
    )  # fmt: skip
    return _page(code, record_id, refusal) if refusal else back(path_of(code), "noted", "roster")
