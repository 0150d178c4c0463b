"""The same person twice, in the console: who it may be, the two side by side, merging, undoing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field, known_form
from handlers.pages.format import moment
from services.access import person_view
from services.errors import Refusal, RefusalCode
from services.lives import merging
from services.lives.merging import MergeLine
from wording import entry

bp = APIBlueprint("console_merging", __name__, enable_openapi=False)

C = RefusalCode
COLUMNS = (
    Column("name", "保留的登记", sort=True, whole=True), Column("dropped", "并掉的登记", whole=True),
    Column("at", "时间", sort=True, whole=True),
    Column("who", "经办人", whole=True), Column("reason", "理由"), Column("state", "状态"),
)  # fmt: skip


def _cells(line: MergeLine) -> Mapping[str, Any]:
    return {
        "name": Link(f"{line.name}（{line.public_no}）", f"/console/people/{line.public_no}"),
        "dropped": f"{line.dropped_name}（{line.dropped_no}）", "at": moment(line.at), "who": line.who,
        "reason": line.reason, "state": Mark("已撤销", "") if line.undone_at else Mark("已合并", "ok"),
        "id": line.id, "undoable": line.undoable,
    }  # fmt: skip


def _list(number: int = 0, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    sheet = Sheet("重复登记", COLUMNS, search="姓名", empty="还没有合并过。")
    page = answer(
        sheet, lambda asked: merging.listed(actor=actor(), wanted=asked, at=at), _cells, template="lives/merging",
        tab="manage", likely=merging.candidates(actor=actor(), at=at), problem=words_of(refusal), wrong=str(number),
        typed=field("reason", 200),
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


@bp.get("/merging")
@need_role
def merges() -> ResponseReturnValue:
    """Who may be one person, and what was merged."""
    return _list()


def _where(one: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    person = person_view.person(parts=parts(), actor=actor(), public_no=one, at=clock.now())
    body = render(
        "lives/merging_find", tab="manage", person=person, problem=words_of(refusal), wrong="number" if refusal else ""
    )
    return said(body, refusal)


@bp.get("/merging/new")
@need_role
def new() -> ResponseReturnValue:
    """The other entry, then the two side by side."""
    one, two = field("one", 20), field("two", 20)
    return _preview(known_form(one), known_form(two)) if two else _where(known_form(one))


@bp.post("/merging/find")
@need_role
def find() -> ResponseReturnValue:
    """The other entry by its number; an ID number never stands in an address."""
    one, found = known_form(field("one", 20)), [""]

    def act() -> None:
        found[0] = merging.find(parts=parts(), actor=actor(), text=field("number", 40), at=clock.now())
        if found[0] == one:
            raise Refusal(C.MERGE_SAME)

    refusal = attempt(act)
    return _where(one, refusal) if refusal else back(f"/console/merging/new?one={one}&two={found[0]}")


def _preview(one: str, two: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown: list[merging.Preview] = []
    barred = attempt(
        lambda: shown.append(
            merging.preview(parts=parts(), actor=actor(), kept_no=one, dropped_no=two, at=clock.now())
        )
    )
    body = render(
        "lives/merging_preview", tab="manage", shown=shown[0] if shown else None, one=one, two=two,
        problem=words_of(refusal or barred), words=entry("lives_recovery.moved"), reason=field("reason", 200),
        wrong="reason" if refusal and refusal.code is C.REASON_REQUIRED else "form" if refusal or barred else "",
    )  # fmt: skip
    return said(body, refusal or barred)


@bp.post("/merging/new")
@need_role
def merge() -> ResponseReturnValue:
    """Make them one."""
    one, two = known_form(field("one", 20)), known_form(field("two", 20))
    refusal = attempt(
        lambda: merging.merge(
            parts=parts(), actor=actor(), kept_no=one, dropped_no=two, reason=field("reason", 200), at=clock.now()
        )
    )
    return _preview(one, two, refusal) if refusal else back("/console/merging", "noted")


@bp.post("/merging/<int:number>/undo")
@need_role
def undo(number: int) -> ResponseReturnValue:
    """Two people after all."""
    refusal = attempt(
        lambda: merging.undo(
            parts=parts(), actor=actor(), merge_id=number, reason=field("reason", 200), at=clock.now()
        )
    )
    return _list(number, refusal) if refusal else back("/console/merging", "undone")
