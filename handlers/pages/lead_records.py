"""One person's record at the leader's hands: when he left, a mistake taken back, a doubt looked at."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import clock_near, field, known_form, redirected
from handlers.pages.lead import ELSEWHERE, path_of
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.participation import roster, undoing

bp = APIBlueprint("lead_records", __name__, enable_openapi=False)

C = RefusalCode
#: A clock without a day means the first such time after the check-in.
A_DAY = timedelta(hours=24)


@bp.get("/m/lead/<code>/records/<int:record_id>")
@need_volunteer("h5")
def record(code: str, record_id: int) -> ResponseReturnValue:
    """One person's record: take back a mistake, or look at what is doubted."""
    return _record(known_form(code), record_id)


def _record(code: str, record_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/lead_record.html", tab="home", entry=_entry(code, record_id), back=path_of(code),
        reason=field("reason", 200), time=field("time", 5), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


def _entry(code: str, record_id: int) -> roster.RosterEntry:
    sheet = roster.roster(actor=g.actor, activity_code=code, at=clock.now())
    found = next((each for each in sheet.entries if each.record_id == record_id), None)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    return found


@bp.post("/m/lead/<code>/records/<int:record_id>/undo")
@need_volunteer("h5")
def undo(code: str, record_id: int) -> ResponseReturnValue:
    """Take back a check-in or a check-out, with the reason."""
    code = known_form(code)
    _entry(code, record_id)
    try:
        undoing.undo(
            actor=g.actor, record_id=record_id, side=field("side", 3), reason=field("reason", 200), at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _record(code, record_id, refusal)
    return redirected(f"{path_of(code)}?done=undone")


@bp.post("/m/lead/<code>/records/<int:record_id>/review")
@need_volunteer("h5")
def review(code: str, record_id: int) -> ResponseReturnValue:
    """Believe a doubted scan, or not."""
    code = known_form(code)
    _entry(code, record_id)
    try:
        undoing.review(
            actor=g.actor, record_id=record_id, believe=field("believe", 1) == "1", reason=field("reason", 200),
            at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _record(code, record_id, refusal)
    return redirected(f"{path_of(code)}?done=reviewed")


@bp.post("/m/lead/<code>/records/<int:record_id>/end")
@need_volunteer("h5")
def end(code: str, record_id: int) -> ResponseReturnValue:
    """When he left, where nobody checked him out: forgotten, or the activity was called off."""
    code = known_form(code)
    entry = _entry(code, record_id)
    try:
        left = clock_near(field("time", 5), entry.in_at + A_DAY / 2) if entry.in_at else None
        if left is None:
            raise Refusal(C.FIELD_WRONG, field="time")
        records.set_end(
            actor=g.actor, record_id=record_id, out_at=left, reason=field("reason", 200), at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _record(code, record_id, refusal)
    return redirected(f"{path_of(code)}?done=marked")
