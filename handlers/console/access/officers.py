"""Officers: who was invited to a post and has not come, his code; handing a post over, standing in for its holder."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.access.person_view import word
from handlers.console.access.roles import day
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field
from handlers.qr import svg_uri
from services import scopes
from services.access import handover, oversight, people_list, posts
from services.accounts import invites
from services.errors import Refusal, RefusalCode
from wording import entry, say

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
    """First who takes the post over, then the form with what goes over."""
    return _post("handover", grant_id)


@bp.get("/roles/<int:grant_id>/stand-in")
@need_role
def standing_in(grant_id: int) -> ResponseReturnValue:
    """First who stands in, then the form with the days."""
    return _post("stand_in", grant_id)


def _post(page: str, grant_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    at, typed = clock.now(), field("q", 30)
    shown = oversight.holder(actor=actor(), grant_id=grant_id, at=at)
    chosen, public_no = None, field("person", 20).lower()
    if public_no:
        chosen = people_list.successor(parts=parts(), actor=actor(), public_no=public_no, at=at)
    found = [] if chosen else people_list.successors(parts=parts(), actor=actor(), text=typed, at=at)
    words = {"role": entry("access.roles").get(shown.role, shown.role), "typed": typed, "found": found, "word": word}
    seats = handover.seats(grant_id=grant_id)
    kept = {int(each) for each in request.form.getlist("seat") if each.isdecimal()}
    ticked = kept if request.method == "POST" else {each.grant_id for each in seats}
    html = render(
        f"access/{page}", tab="manage", shown=shown, chosen=chosen, seats=seats, ticked=ticked,
        roles=entry("access.roles"), tasks=_tasks(grant_id) if chosen and page == "handover" else [],
        problem=words_of(refusal), wrong=_wrong(refusal), reason=field("reason", 200), since=field("since", 10),
        until=field("until", 10), **words,
    )  # fmt: skip
    return said(html, refusal)


def _wrong(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return "reason" if refusal.code is RefusalCode.REASON_REQUIRED else str(refusal.facts.get("field", "person"))


def _tasks(grant_id: int) -> list[str]:
    return [
        say(f"access.handover.tasks.{kind}", count=count) for kind, count in handover.tasks(grant_id=grant_id)
    ]


@bp.post("/roles/<int:grant_id>/handover")
@need_role
def hand_over(grant_id: int) -> ResponseReturnValue:
    """One act: the old right ends, the new one begins, the ticked seats go along."""
    at = clock.now()
    oversight.holder(actor=actor(), grant_id=grant_id, at=at)
    refusal = attempt(
        lambda: handover.hand_over(
            actor=actor(), grant_id=grant_id, to_public_no=field("person", 20).lower(), reason=field("reason", 200),
            with_seats={int(each) for each in request.form.getlist("seat") if each.isdecimal()}, at=at,
        )
    )  # fmt: skip
    return _post("handover", grant_id, refusal) if refusal else back("/console/roles", "saved")


@bp.post("/roles/<int:grant_id>/stand-in")
@need_role
def stand_in(grant_id: int) -> ResponseReturnValue:
    """For these days somebody else has the same right."""
    at = clock.now()
    oversight.holder(actor=actor(), grant_id=grant_id, at=at)
    refusal = attempt(
        lambda: handover.stand_in(
            actor=actor(), grant_id=grant_id, to_public_no=field("person", 20).lower(), reason=field("reason", 200),
            since=day(field("since", 10), "since"), until=day(field("until", 10), "until"), at=at,
        )
    )  # fmt: skip
    return _post("stand_in", grant_id, refusal) if refusal else back("/console/roles", "saved")
