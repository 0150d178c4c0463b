"""Recruitment drives (定向招募): the list with what came of them, a new one, its codes (S87)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, number, pdf, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.planning import simple
from handlers.console.training.registers import places
from handlers.console.training.sessions import area, may_list
from handlers.console.training.ways import leads_some, ways
from handlers.pages.browser import known_form
from handlers.qr import svg_uri
from services import leading, scopes
from services.conversation import account_codes
from services.errors import Refusal, RefusalCode
from services.recruitment import drive_report, drives
from services.recruitment.drive_report import DriveLine
from services.recruitment.drives import DriveDraft

bp = APIBlueprint("console_drives", __name__, enable_openapi=False)

C = RefusalCode
PATH = "/console/drives"
COLUMNS = (
    Column("title", "招募", sort=True), Column("where", "地点"), Column("place", "地区"), Column("team", "服务队"),
    Column("session", "适应性培训"), Column("from", "开始", sort=True, whole=True), Column("to", "结束", whole=True),
    Column("audience", "在场", figure=True), Column("scanned", "扫码", figure=True),
    Column("applied", "申请", figure=True), Column("accepted", "入队", figure=True),
    Column("served", "已服务", figure=True), Column("joined", "入队率（%）", figure=True), Column("state", "状态"),
)  # fmt: skip


def _cells(line: DriveLine) -> Mapping[str, Any]:
    return {
        "title": Link(line.title, f"{PATH}/{line.code}"), "where": line.where, "place": line.place, "team": line.team,
        "session": line.session, "from": line.from_on, "to": line.to_on, "audience": line.audience or "",
        "scanned": line.scanned, "applied": line.applied, "accepted": line.accepted, "served": line.served,
        "joined": "" if line.joined is None else line.joined,
        "state": Mark("已结束", "") if line.over else Mark("进行中", "ok"),
    }  # fmt: skip


@bp.get("/drives")
@need_role
def listed() -> ResponseReturnValue:
    """What came of each."""
    may_list()
    at = clock.now()
    sheet = Sheet(
        "定向招募", COLUMNS, search="名称", empty="还没有招募。",
        choices=(
            area(), Choice("state", "状态", [("running", "进行中"), ("over", "已结束")]),
            Choice("bound", "在哪里招", [("session", "适应性培训班上"), ("other", "别的地方")]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: drive_report.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="training/list", ways=ways(), tab="manage", new_path=f"{PATH}/new" if leads_some() else "",
        new_word="开始招募",
    )  # fmt: skip


@bp.route("/drives/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Begin one."""
    at = clock.now()
    teams = [(each.code, each.name) for each in leading.offered_teams(actor=actor(), at=at)]
    where = places()
    if not teams and not where:
        raise Refusal(C.NOT_ALLOWED)
    fields: list[simple.Field] = [
        *([("region", "哪个地区", "select", where)] if where else []),
        ("title", "名称（比如：秋季适应性培训）", "text", 40), ("place", "地点", "text", 60),
        ("session", "在哪个适应性培训班上", "select",
         [("", "不在这里办的班，或者别的场合"), *drives.offered_sessions(actor=actor(), at=at)]),
        ("team", "加入哪个队", "select", [*([("", "让他自己找附近的队")] if where else []), *teams]),
        ("from_on", "开始", "day", None), ("to_on", "结束", "day", None),
        ("audience", "在场多少人（可以以后填）", "number", None),
    ]  # fmt: skip
    today = clock.today().isoformat()
    if request.method == "GET":
        return simple.form("开始招募", fields, {"from_on": today, "to_on": today}, PATH)
    typed = simple.typed(fields)
    names = ("title", "place", "session", "team", "from_on", "to_on")
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            drives.create(
                actor=actor(), region_code="" if not scopes.managed(actor=actor(), at=at) else typed["region"][:12],
                draft=DriveDraft(audience=simple.whole(typed["audience"]), **{name: typed[name] for name in names}),
                at=at,
            )
        )
    )  # fmt: skip
    return simple.form("开始招募", fields, {}, PATH, refusal) if refusal else back(f"{PATH}/{made[0]}", "created")


@bp.get("/drives/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """The codes to show, and what came of it."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    drive = drives.led(actor=actor(), code=code, at=at)
    link = f"{parts().public_url}/r/{code}"
    body = render(
        "training/drive", tab="manage", drive=drive_report.one(drive_id=drive.id, at=at), link=link,
        picture=svg_uri(link), problem=words_of(refusal),
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/drives/<code>/sheet.pdf")
@need_role
def sheet(code: str) -> ResponseReturnValue:
    """A sheet for the door with the account's own code."""
    made = account_codes.drive_sheet(parts=parts(), actor=actor(), code=known_form(code), at=clock.now())
    return pdf(made, "drive.pdf")


@bp.post("/drives/<code>")
@need_role
def act(code: str) -> ResponseReturnValue:
    """How many were there; or it is over."""
    code, at = known_form(code), clock.now()
    if "close" in request.form:
        drives.close(actor=actor(), code=code, at=at)
        return back(f"{PATH}/{code}", "saved")
    count = number("audience")
    refusal = attempt(
        lambda: drives.count_audience(
            actor=actor(), code=code, audience=-1 if count is None else count, at=at
        )
    )
    return _page(code, refusal) if refusal else back(f"{PATH}/{code}", "saved")
