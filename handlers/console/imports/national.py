"""The national system in the console: people both ways, records to enter, differences in hours."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer, excel, wanted
from handlers.pages.browser import field, known_form
from services import scopes
from services.accounts import withheld
from services.errors import Refusal, RefusalCode
from services.national import entries, numbers, people
from services.national.entries import Entry, TeamMonth
from services.national.people import Difference, Person
from wording import entry, say

bp = APIBlueprint("console_national", __name__, enable_openapi=False)

TABS = (
    ("/console/national", "还没有注册"),
    ("/console/national/teamless", "注册了没入队"),
    ("/console/national/reported", "编号等核验"),
    ("/console/national/months", "按队按月"),
    ("/console/national/entries", "录入清单"),
    ("/console/national/differences", "时长差异"),
)
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
IDENTITIES = {"veteran": "退役军人", "family": "军属", "staff": "工作人员", "social": "社会人士"}
TONES = {"none": "", "reported": "wait", "verified": "ok"}


def _facts(path: str, **more: Any) -> dict[str, Any]:
    if not scopes.readable(actor=actor(), at=clock.now()):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    may = bool(scopes.managed(actor=actor(), at=clock.now()))
    return {"tab": "manage", "tabs": TABS, "path": path, "may": may, "problem": "", "wrong": "", **more}


def _people(which: str, path: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    sheet = Sheet(
        name=say(f"national.lists.{which}"),
        columns=(
            Column("name", "姓名", sort=True, whole=True),
            Column("identity", "身份", whole=True), Column("place", "地区", sort=True),
            Column("team", "服务队名称"), Column("number", "国家志愿者编号", whole=True), Column("state", "状态"),
        ),
        search="姓名，或国家志愿者编号", empty="没有要办的人。",
    )  # fmt: skip
    facts = _facts(path, which=which)
    facts["problem"] = words_of(refusal)
    page = answer(
        sheet, lambda asked: people.worklist(actor=actor(), which=which, wanted=asked, at=clock.now()), _person,
        template="imports/national_people", **facts,
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


def _person(row: Person) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/people/{row.public_no}"), "identity": IDENTITIES.get(row.identity, ""),
        "place": row.region_name, "team": row.team, "number": row.national_no,
        "state": Mark(say(f"national.states.{row.national_state}"), TONES[row.national_state]),
        "public_no": row.public_no,
    }  # fmt: skip


@bp.get("/national")
@need_role
def unregistered() -> ResponseReturnValue:
    """In a team, without a number."""
    return _people("unregistered", "/console/national")


@bp.get("/national/teamless")
@need_role
def teamless() -> ResponseReturnValue:
    """With a number, in no team."""
    return _people("teamless", "/console/national/teamless")


@bp.get("/national/reported")
@need_role
def reported() -> ResponseReturnValue:
    """With a number of his own telling."""
    return _people("reported", "/console/national/reported")


@bp.post("/national/reported/<public_no>")
@need_role
def verify(public_no: str) -> ResponseReturnValue:
    """The number has been looked up and is right."""
    refusal = attempt(lambda: numbers.verify(actor=actor(), public_no=known_form(public_no), at=clock.now()))
    if refusal:
        return _people("reported", "/console/national/reported", refusal)
    return back("/console/national/reported", "noted")


def _months() -> list[tuple[str, str]]:
    """This month and the eleven before it."""
    today: date = clock.today()
    places = [today.year * 12 + today.month - 1 - back for back in range(12)]
    return [(f"{n // 12}-{n % 12 + 1:02d}", f"{n // 12}年{n % 12 + 1}月") for n in places]


@bp.get("/national/months")
@need_role
def months() -> ResponseReturnValue:
    """What is still to be entered, team by team and month by month; each leads to its records."""
    sheet = Sheet(
        name="按队按月录入",
        columns=(
            Column("team", "服务队", sort=True), Column("month", "月份", sort=True, whole=True),
            Column("records", "还没录入（条）", figure=True), Column("hours", "时长（小时）", figure=True),
            Column("supplement", "其中补录", figure=True, under="hours"), Column("act", "操作", whole=True),
        ),
        choices=(Choice("month", "月份", _months()),), search="服务队", empty="都录入了。",
    )  # fmt: skip
    return answer(
        sheet, lambda asked: entries.by_month(actor=actor(), wanted=asked, at=clock.now()), _team_month,
        template="imports/national_people", **_facts("/console/national/months", which="months"),
    )  # fmt: skip


def _team_month(row: TeamMonth) -> dict[str, Any]:
    year, _, month = row.month.partition("-")
    path = f"/console/national/entries?state=no&month={row.month}&team={row.code}"
    return {
        "team": row.name, "month": f"{year}年{int(month)}月", "records": row.records,
        "hours": round(row.minutes / 60, 2), "supplement": round(row.supplement / 60, 2) or "",
        "act": Link("去录入", path), "public_no": "",
    }  # fmt: skip


def _entry_sheet() -> Sheet:
    team, month = request.args.get("team", "")[:20], request.args.get("month", "")[:7]
    chosen = entries.teams(actor=actor(), chosen=team, at=clock.now())
    # An old month comes from the list by team and month: offered as long as it is chosen.
    older = [(month, f"{month[:4]}年{int(month[5:])}月")] if MONTH.fullmatch(month) else []
    return Sheet(
        name=entry("national.title"),
        columns=(
            Column("mark", "记录编号"), Column("name", "姓名", whole=True), Column("document", "证件号码", whole=True),
            Column("number", "国家志愿者编号", whole=True), Column("team", "队伍名称", sort=True),
            Column("title", "项目/活动名称"),
            Column("domain", "服务类别"), Column("day", "日期", sort=True, whole=True),
            Column("times", "起止", whole=True),
            Column("hours", "时长（小时）", figure=True), Column("place", "地点"),
            Column("way", "记录方式", whole=True),
            Column("state", "是否已录入"),
        ),
        choices=(
            Choice("state", "录入", (("no", "还没有录入"), ("yes", "已录入"))),
            Choice("way", "记录方式", [(way, say(f"national.ways.{way}")) for way in entries.WAYS]),
            Choice("month", "月份", [*_months(), *(each for each in older if each not in _months())]),
            *([Choice("team", "服务队", chosen)] if chosen else []),
        ),
        search="服务队，或姓名", empty="没有要录入的记录。",
    )  # fmt: skip


def _entry(row: Entry) -> dict[str, Any]:
    return {
        "mark": row.id, "name": row.name, "document": row.document, "number": row.national_no, "team": row.team,
        "title": row.title, "domain": row.domain, "day": row.day,
        "times": f"{row.starts}-{row.ends}" if row.ends else row.starts,
        "hours": round(row.minutes / 60, 2), "place": row.place, "way": row.way,
        "state": Mark(say(f"national.entered.{row.state}"), "ok" if row.state == "yes" else "wait"),
        "entered": row.state, "withheld": row.withheld,
    }  # fmt: skip


def _entries(refusal: Refusal | None = None) -> ResponseReturnValue:
    facts = _facts(
        "/console/national/entries", asked_for=request.query_string.decode("ascii", "ignore")[:300]
    )
    facts |= {"problem": words_of(refusal), "withheld": withheld.sentence}
    facts["wrong"] = "reason" if refusal and refusal.code is RefusalCode.REASON_REQUIRED else ""
    page = answer(
        _entry_sheet(), lambda asked: entries.listed(parts=parts(), actor=actor(), wanted=asked, at=clock.now()),
        _entry, template="imports/national_entries", **facts,
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


@bp.get("/national/entries")
@need_role
def entry_list() -> ResponseReturnValue:
    """Confirmed records in the entry form's order."""
    return _entries()


@bp.post("/national/entries")
@need_role
def mark() -> ResponseReturnValue:
    """Mark the chosen records as entered, or take the mark away."""
    ids = [
        int(each)
        for each in request.form.getlist("record")
        if each.isascii() and each.isdigit() and len(each) < 16
    ]
    refusal = attempt(
        lambda: entries.mark(actor=actor(), ids=ids, entered=field("entered", 5) != "no", at=clock.now())
    )
    return _entries(refusal) if refusal else back("/console/national/entries", "noted")


@bp.post("/national/entries/file")
@need_role
def hand_over() -> ResponseReturnValue:
    """The file to type from, with full numbers; with a reason."""
    made: list[bytes] = []
    refusal = attempt(
        lambda: made.append(
            entries.hand_over(
                parts=parts(),
                actor=actor(),
                wanted=wanted(_entry_sheet()),
                reason=field("reason", 200),
                at=clock.now(),
            ).file
            or b""
        )
    )
    return (
        _entries(refusal)
        if refusal
        else excel(made[0], f"{entry('national.title')}-{clock.today().isoformat()}")
    )


@bp.get("/national/differences")
@need_role
def differences() -> ResponseReturnValue:
    """Hours there and here, person by person."""
    sheet = Sheet(
        name="时长差异",
        columns=(
            Column("name", "姓名", sort=True, whole=True), Column("place", "地区"),
            Column("number", "国家志愿者编号", whole=True),
            Column("ours", "本系统时长（小时）", sort=True, figure=True), Column("before", "其中以前转入", figure=True),
            Column("made_up", "其中补录", figure=True),
            Column("theirs", "全国系统时长（小时）", sort=True, figure=True), Column("gap", "差（小时）", figure=True),
            Column("as_of", "都算到", whole=True),
        ),
        choices=(Choice("way", "哪边多", (("more", "本系统多"), ("less", "全国系统多"))),),
        search="姓名，或国家志愿者编号",
        empty="没有差异。先到“导入 Excel”导入全国系统的编号和时长。",
    )  # fmt: skip
    return answer(
        sheet, lambda asked: people.differences(actor=actor(), wanted=asked, at=clock.now()), _difference,
        template="imports/national_people", **_facts("/console/national/differences", which="differences"),
    )  # fmt: skip


def _difference(row: Difference) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/people/{row.public_no}"), "place": row.region_name, "number": row.national_no,
        "ours": round(row.ours / 60, 2), "theirs": round(row.theirs / 60, 2),
        "before": round(row.transferred / 60, 2), "made_up": round(row.supplement / 60, 2),
        "gap": round((row.ours - row.theirs) / 60, 2), "as_of": row.as_of, "public_no": row.public_no,
    }  # fmt: skip
