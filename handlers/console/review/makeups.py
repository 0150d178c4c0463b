"""补录 at the desk: what waits, one request, a paper list with its photo, the form of a paper list."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.lives.proxies import photo
from handlers.console.story import steps
from handlers.pages.browser import clock_near, field, known_form
from handlers.pictures import jpeg
from services.errors import Refusal, RefusalCode
from services.lives.files import MOST_BYTES
from services.review import makeup_views, makeups, paper_lists

bp = APIBlueprint("console_makeups", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
STATES = {
    "requested": ("等核对", "wait"), "approved": ("已补上", "ok"), "refused": ("没有通过", "bad"),
    "withdrawn": ("已撤回", ""),
}  # fmt: skip
LIST = Sheet(
    "补录",
    (
        Column("name", "姓名", sort=True, whole=True), Column("title", "活动"), Column("team", "服务队"),
        Column("minutes", "分钟", sort=True, figure=True), Column("asked_by", "谁申请的", whole=True),
        Column("state", "状态"), Column("at", "日期", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple((key, words[0]) for key, words in STATES.items())),),
    search="姓名或活动", empty="没有补录申请。",
)  # fmt: skip


@bp.before_request
def allow_photos() -> None:
    """A photo of a list is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


@bp.get("/makeups")
@need_role
def listed() -> ResponseReturnValue:
    """Requests of the actor's teams and divisions; those on a paper list lead to the list."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: makeup_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="review/makeups", tab="desk",
    )  # fmt: skip


def _cells(row: makeup_views.Line) -> dict[str, Any]:
    path = f"/console/makeups/lists/{row.list_code}" if row.list_code else f"/console/makeups/{row.code}"
    return {
        "name": Link(row.name, path), "title": row.title, "team": row.team, "minutes": row.minutes,
        "asked_by": row.asked_by, "state": Mark(*STATES[row.state]), "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/makeups/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One request with what was said and shown."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = makeup_views.one(actor=actor(), code=code, at=clock.now())
    page = render(
        "review/makeup", tab="desk", shown=shown, states=STATES, problem=words_of(refusal),
        reason=field("reason", LONG), wrong=_at_reason(refusal), past=steps("makeup", shown.number),
    )  # fmt: skip
    return said(page, refusal)


def _at_reason(refusal: Refusal | None) -> str:
    return "reason" if refusal and refusal.code in (C.REASON_REQUIRED, C.TEXT_TOO_LONG) else ""


@bp.post("/makeups/<code>")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Yes, or no with a reason."""
    code, at = known_form(code), clock.now()
    if "approve" in request.form:
        refusal = attempt(lambda: makeups.approve(actor=actor(), code=code, at=at))
        word = "approved"
    else:
        refusal = attempt(
            lambda: makeups.refuse(actor=actor(), code=code, reason=field("reason", LONG), at=at)
        )
        word = "refused"
    return _one(code, refusal) if refusal else back(f"/console/makeups/{code}", word)


@bp.get("/makeups/<code>/photo")
@need_role
def proof(code: str) -> ResponseReturnValue:
    """The photo that came with a request or a list; the look is noted."""
    found = makeup_views.photo(parts=parts(), actor=actor(), code=known_form(code), at=clock.now())
    return jpeg(found, "makeup")


@bp.get("/makeups/lists/<code>")
@need_role
def paper(code: str) -> ResponseReturnValue:
    """A paper list: the photo, the names, one decision."""
    return _paper(known_form(code))


def _paper(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = makeup_views.paper_list(actor=actor(), code=code, at=clock.now())
    page = render(
        "review/paper_list", tab="desk", shown=shown, states=STATES, problem=words_of(refusal),
        reason=field("reason", LONG), kept=set(request.form.getlist("keep")) if request.form else None,
        wrong=_at_reason(refusal), past=steps("batch", shown.number),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/makeups/lists/<code>")
@need_role
def decide_list(code: str) -> ResponseReturnValue:
    """Yes to the names that stay ticked, or no to all."""
    code = known_form(code)
    shown = makeup_views.paper_list(actor=actor(), code=code, at=clock.now())
    approves, kept = "approve" in request.form, set(request.form.getlist("keep"))
    without = [line.code for line in shown.lines if line.state == "requested" and line.code not in kept]
    refusal = attempt(
        lambda: paper_lists.decide_batch(
            actor=actor(), code=code, approves=approves, without=without if approves else (),
            reason=field("reason", LONG), at=clock.now(),
        )
    )  # fmt: skip
    return _paper(code, refusal) if refusal else back(
        f"/console/makeups/lists/{code}", "approved" if approves else "refused"
    )  # fmt: skip


@bp.get("/activities/<code>/paper-list")
@need_role
def form(code: str) -> ResponseReturnValue:
    """The form: who was there, from when to when, the photo."""
    return _form(known_form(code))


def _form(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    activity, people = makeup_views.candidates(actor=actor(), activity_code=code, at=clock.now())
    page = render(
        "review/paper_form", tab="desk", activity=activity, people=people, problem=words_of(refusal),
        ticked=set(request.form.getlist("who")), reason=field("reason", LONG), begins=field("begins", 5),
        ends=field("ends", 5), wrong=_beside(refusal),
    )  # fmt: skip
    return said(page, refusal)


def _beside(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    name = refusal.code.value
    return "photo" if name.startswith("photo") else {
        C.REASON_REQUIRED: "reason", C.TEXT_TOO_LONG: "reason", C.MAKEUP_TIMES: "times", C.NOBODY_TO_TELL: "who",
    }.get(refusal.code, "")  # fmt: skip


@bp.post("/activities/<code>/makeup-for")
@need_role
def ask_for(code: str) -> ResponseReturnValue:
    """For one person, whom the leader saw there; a photo only if there is one."""
    code = known_form(code)
    activity, _ = makeup_views.candidates(actor=actor(), activity_code=code, at=clock.now())
    begins = clock_near(field("begins", 5), activity.starts_at)
    ends = clock_near(field("ends", 5), activity.ends_at)
    shift, _, person = field("one", 40).partition(".")

    def act() -> None:
        if begins is None or ends is None:
            raise Refusal(C.MAKEUP_TIMES)
        made.append(
            makeups.ask(
                parts=parts(), actor=actor(), shift_code=shift, public_no=person, from_at=begins, to_at=ends,
                reason=field("reason", LONG), photo=photo(), at=clock.now(),
            )
        )  # fmt: skip

    made: list[str] = []
    refusal = attempt(act)
    return _form(code, refusal) if refusal else back(f"/console/makeups/{made[0]}", "submitted")


@bp.post("/activities/<code>/paper-list")
@need_role
def hand_in(code: str) -> ResponseReturnValue:
    """Hand it in: it waits for the level above."""
    code = known_form(code)
    activity, _ = makeup_views.candidates(actor=actor(), activity_code=code, at=clock.now())
    begins = clock_near(field("begins", 5), activity.starts_at)
    ends = clock_near(field("ends", 5), activity.ends_at)
    chosen = [(shift, person) for shift, _, person in (x.partition(".") for x in request.form.getlist("who"))]
    if begins is None or ends is None:
        return _form(code, Refusal(C.MAKEUP_TIMES))
    made: list[paper_lists.BatchAsked] = []
    refusal = attempt(
        lambda: made.append(
            paper_lists.ask_batch(
                parts=parts(), actor=actor(), activity_code=code, people=chosen, from_at=begins, to_at=ends,
                reason=field("reason", LONG), photo=photo(), at=clock.now(),
            )
        )
    )  # fmt: skip
    return _form(code, refusal) if refusal else back(f"/console/makeups/lists/{made[0].code}", "submitted")
