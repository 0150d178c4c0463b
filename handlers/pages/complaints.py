"""投诉举报, open to everybody without an account: the form, the code to follow it by, the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import identify, opened_by_code, writer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services import regions
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints
from services.evaluation.complaints import Filed
from wording import entry

bp = APIBlueprint("complaints", __name__, enable_openapi=False)

C = RefusalCode
LONGEST = 600
BESIDE = {C.TEXT_EMPTY, C.TEXT_TOO_LONG, C.TOO_MANY_TRIES, C.COMPLAINT_STATE, C.BAD_REQUEST, C.REGION_UNKNOWN}
#: Refusals of an objection that are said beside its form.
BESIDE_OBJECTION = {C.TEXT_EMPTY, C.TEXT_TOO_LONG, C.TOO_MANY_TRIES, C.NOTICE_OVER}


@bp.get("/m/complaints")
def form() -> ResponseReturnValue:
    """The form (`?activity=` or `?team=` for what it is about), and the field for the code of an older one."""
    return _form()


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    known = identify("h5")
    mine = known.region_code if known else ""
    cities = [
        (one.code, one.name) for top in regions.children("") for one in (top, *regions.children(top.code))
    ]
    page = render_template(
        "pages/complaint_new.html", tab="", kinds=complaints.offered(), typed={
            name: field(name, LONGEST) for name in ("kind", "text", "contact", "activity", "team", "region")
        }, cities=cities, mine=(mine or "")[:6], problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/complaints")
def file() -> ResponseReturnValue:
    """Take it in; the code is shown once."""
    if field("token", 40):
        return redirected(f"/m/complaints/{known_form(field('token', 40).lower(), limit=40)}")
    known = writer()
    try:
        made = complaints.file(
            parts=parts(), actor=known.actor("pages") if known else None,
            address=request.remote_addr or "", kind=field("kind", 20), text=field("text", LONGEST),
            contact=field("contact", 60), region_code=field("region", 12), activity_code=field("activity", 20),
            team_code=field("team", 20), at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _form(refusal)
    return render_template("pages/complaint_filed.html", tab="", made=made)


@bp.get("/m/complaints/<token>")
def one(token: str) -> ResponseReturnValue:
    """How it stands."""
    return _one(token)


def _one(token: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    with opened_by_code("h5"):
        shown = complaints.follow(token=known_form(token, limit=40))
    page = render_template(
        "pages/complaint.html", tab="", shown=shown, token=token, kinds=complaints.kinds(),
        findings=entry("complaints.findings"), done=done(),
        text=field("text", LONGEST), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/complaints/<token>")
def act(token: str) -> ResponseReturnValue:
    """Add something, be content, or ask the centre above."""
    token, at = known_form(token, limit=40), clock.now()
    try:
        with opened_by_code("h5"):
            _do(token, at)
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _one(token, refusal)
    return redirected(f"/m/complaints/{token}?done=saved")


def _do(token: str, at: datetime) -> None:
    if "content" in request.form:
        complaints.content(token=token, at=at)
    elif "further" in request.form:
        complaints.go_further(token=token, text=field("text", LONGEST), at=at)
    else:
        complaints.add(token=token, text=field("text", LONGEST), at=at)


def objected(
    code: str, object_to: Callable[..., Filed], shown: Callable[[str, Refusal], ResponseReturnValue]
) -> ResponseReturnValue:
    """Take in an objection to a public notice from its page, and show once the code to follow it by; `shown` is the
    notice's page beside a refusal."""
    known = writer()
    facts: dict[str, Any] = {
        "parts": parts(), "actor": known.actor("pages") if known else None,
        "address": request.remote_addr or "", "code": code,
    }  # fmt: skip
    try:
        made = object_to(**facts, text=field("text", 600), contact=field("contact", 60), at=clock.now())
    except Refusal as refusal:
        if refusal.code not in BESIDE_OBJECTION:
            raise
        return shown(code, refusal)
    return render_template("pages/complaint_filed.html", tab="", made=made)
