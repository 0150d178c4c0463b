"""Officers: who was invited to a post and has not come, his code to show or print, handing a post over."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field
from handlers.qr import svg_uri
from services import scopes
from services.access import oversight, posts
from services.accounts import invites
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("console_officers", __name__, enable_openapi=False)

LIST = Sheet(
    "还没来的干部",
    (
        Column("name", "姓名", sort=True, whole=True), Column("role", "岗位", sort=True), Column("place", "在哪里"),
        Column("at", "邀请日期", sort=True, whole=True), Column("state", "邀请码"), Column("act", "操作", whole=True),
    ),
    (Choice("over", "邀请码", (("no", "有效"), ("yes", "已过期"))),),
    search="姓名", empty="没有在等的干部，请来的都到了。",
)  # fmt: skip


@bp.get("/officers")
@need_role
def awaited() -> ResponseReturnValue:
    """Who has not come; for those who look at divisions. Only who manages them is led to the codes."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    return answer(
        LIST, lambda wanted: posts.awaited(actor=actor(), wanted=wanted, at=at), _cells, template="access/officers",
        tab="manage",
    )  # fmt: skip


def _cells(row: posts.Awaited) -> dict[str, Any]:
    return {
        "name": row.name, "role": entry("access.roles").get(row.role, row.role), "place": row.place,
        "at": clock.local_day(row.invited_at).isoformat(),
        "state": Mark("已过期", "bad") if row.over else Mark("有效", "ok"),
        "act": Link("看邀请码", f"/console/officers/{row.token}") if g.rights.manages else "",
    }  # fmt: skip


@bp.get("/officers/<token>")
@need_role
def code(token: str) -> ResponseReturnValue:
    """One invitation, to show on the screen or to print."""
    at = clock.now()
    shown = posts.invitation(actor=actor(), token=token, at=at)
    picture = ""
    if not shown.over:
        picture = svg_uri(invites.invite_qr(parts=parts(), actor=actor(), token=token, at=at).url)
    return render("access/officer_code", tab="manage", shown=shown, picture=picture, roles=entry("access.roles"))


@bp.post("/officers/<token>")
@need_role
def again(token: str) -> ResponseReturnValue:
    """A new code for thirty days; the old one is over."""
    fresh = posts.invite_again(actor=actor(), token=token, at=clock.now())
    return back(f"/console/officers/{fresh}", "created")


@bp.get("/roles/<int:grant_id>/handover")
@need_role
def handing(grant_id: int) -> ResponseReturnValue:
    """The form: who takes the post over."""
    return _handing(grant_id)


def _handing(grant_id: int, refusal: Any = None) -> ResponseReturnValue:
    shown = oversight.holder(actor=actor(), grant_id=grant_id, at=clock.now())
    page = render(
        "access/handover", tab="manage", shown=shown, roles=entry("access.roles"), problem=words_of(refusal),
        wrong="" if refusal is None else "reason" if refusal.code.value == "reason_required" else "person",
        person=field("person", 20), reason=field("reason", 200),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/roles/<int:grant_id>/handover")
@need_role
def hand_over(grant_id: int) -> ResponseReturnValue:
    """One act: the old right ends, the new one begins."""
    at = clock.now()
    oversight.holder(actor=actor(), grant_id=grant_id, at=at)
    refusal = attempt(
        lambda: posts.hand_over(
            actor=actor(),
            grant_id=grant_id,
            to_public_no=field("person", 20).lower(),
            reason=field("reason", 200),
            at=at,
        )
    )
    return _handing(grant_id, refusal) if refusal else back("/console/roles", "saved")
