"""Honours in the console: what was given, the list of honours, the comparison sheet, the rows behind figures (S105)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import XLSX, Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from services import scopes
from services.errors import Refusal, RefusalCode
from services.honours import comparing, desk, kinds, revoking, rows
from services.honours.comparing import Compared
from services.workbooks import workbook
from wording import entry, say

bp = APIBlueprint("console_honours", __name__, enable_openapi=False)

KINDS = "/console/honours/kinds"
LONGEST = 300


@bp.get("/honours")
@need_role
def given() -> ResponseReturnValue:
    """What the divisions gave to people; revoked ones stay, and say so."""
    at = clock.now()
    _readable()
    chosen, year = request.args.get("region", "")[:12], clock.today().year
    sheet = Sheet(
        "个人荣誉", (
            Column("person", "姓名", whole=True), Column("name", "荣誉"), Column("year", "年度", whole=True),
            Column("by", "哪里授予"), Column("place", "地区"), Column("day", "日期", whole=True),
            Column("state", "状态", whole=True), Column("why", "撤销的理由"), Column("revoke", "", whole=True),
        ), (
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("year", "年度", [(str(each), f"{each} 年") for each in range(year, year - 6, -1)]),
            Choice("state", "状态", [("standing", "有效"), ("revoked", "已撤销")]),
        ), search="姓名或荣誉名称", empty="还没有荣誉。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: desk.listed(actor=actor(), wanted=wanted, at=at), _given,
        template="recognition/nominations", tab="manage", reads=True,
        proposes=bool(scopes.managed(actor=actor(), at=at)),
    )  # fmt: skip


def _readable() -> None:
    if not scopes.readable(actor=actor(), at=clock.now()):
        raise Refusal(RefusalCode.NOT_ALLOWED)


def _given(line: desk.Line) -> Mapping[str, Any]:
    return {
        "person": Link(line.person, f"/console/people/{line.public_no}"), "name": line.name, "year": line.year,
        "by": line.awarded_by, "place": line.place, "day": line.day,
        "state": Mark("有效", "ok") if line.standing else Mark("已撤销", "bad"), "why": line.why,
        "revoke": Link("撤销", f"/console/honours/given/{line.code}/revoke") if line.revokes else "",
    }  # fmt: skip


@bp.route("/honours/given/<code>/revoke", methods=["GET", "POST"])
@need_role
def revoke(code: str) -> ResponseReturnValue:
    """Take it back, with the reason that its holder reads."""
    code = known_form(code, limit=20)
    fields: list[simple.Field] = [("reason", "理由（本人看得到）", "area", LONGEST)]
    if request.method == "GET":
        revoking.held(actor=actor(), code=code, at=clock.now())
        return simple.form("撤销这项荣誉", fields, {}, "/console/honours")
    refusal = attempt(
        lambda: revoking.revoke(actor=actor(), code=code, reason=field("reason", 600), at=clock.now())
    )
    return simple.form("撤销这项荣誉", fields, {}, "/console/honours", refusal) if refusal else back(
        "/console/honours", "withdrawn"
    )  # fmt: skip


@bp.get("/honours/kinds")
@need_role
def listed() -> ResponseReturnValue:
    """The policy's own, and those of his divisions."""
    at = clock.now()
    _readable()
    whom = entry("honours.whom")
    sheet = Sheet(
        "荣誉目录", (
            Column("name", "荣誉"), Column("whom", "给谁", whole=True), Column("level", "哪一级定", whole=True),
            Column("years", "多久一次", whole=True), Column("place", "谁加的"), Column("source", "依据"),
            Column("self", "本人自荐", whole=True), Column("close", "", whole=True),
        ), (
            Choice("whom", "给谁", [(key, word) for key, word in whom.items() if key != "both"]),
            Choice("state", "状态", [("closed", "已停用")], unset="在用"),
        ), search="荣誉名称", empty="没有符合条件的荣誉。",
    )  # fmt: skip
    adds = scopes.managed(actor=actor(), at=at)
    return answer(
        sheet, lambda wanted: kinds.listed(actor=actor(), wanted=wanted, at=at), _kind, template="planning/list_new",
        tab="manage", new_path=f"{KINDS}/new" if adds else "", new_word="加一项本地的荣誉",
    )  # fmt: skip


def _kind(line: Any) -> Mapping[str, Any]:
    level = entry("honours.levels")[str(line.level)]
    return {
        "name": line.name, "whom": entry("honours.whom")[line.for_whom],
        "level": level + ("推荐" if line.outside and line.level else ""), "place": line.place or "政策列名",
        "years": f"{line.every_years} 年一次" if line.every_years else "按通知", "source": line.source,
        "self": "可以" if line.self_proposed else "不可以",
        "close": Link("停用", f"{KINDS}/{line.code}/close") if line.mine else "",
    }  # fmt: skip


@bp.route("/honours/kinds/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """An honour of one's own division."""
    at = clock.now()
    codes = scopes.managed(actor=actor(), at=at)
    if not codes:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    levels = entry("honours.levels")
    fields: list[simple.Field] = [
        ("region", "哪个地区的", "select", words.areas(actor(), field("region", 12), at)),
        ("name", "荣誉名称", "text", kinds.NAME_LONGEST),
        ("for_whom", "给谁", "select", list(entry("honours.whom").items())),
        ("level", "哪一级最后定", "select", [(key, levels[key]) for key in "012345"]),
        ("every_years", "几年一次（0 表示按通知）", "number", None),
        ("source", "依据（文件名称或文号）", "text", kinds.SOURCE_LONGEST),
        ("outside", "由谁颁发", "select", [("no", "本系统"), ("yes", "其他单位，本系统只推荐")]),
        ("self_proposed", "本人可以自荐吗", "select", [("no", "不可以"), ("yes", "可以")]),
    ]
    values = {"region": codes[0], "every_years": "1", "level": "3", "for_whom": "person"}
    if request.method == "GET":
        return simple.form("加一项本地的荣誉", fields, values, KINDS)
    typed = simple.typed(fields)
    refusal = attempt(
        lambda: kinds.add(
            actor=actor(), region_code=typed["region"][:12], name=typed["name"], for_whom=typed["for_whom"],
            level=simple.whole(typed["level"]), every_years=simple.whole(typed["every_years"]), source=typed["source"],
            outside=typed["outside"] == "yes", self_proposed=typed["self_proposed"] == "yes", at=at,
        )
    )  # fmt: skip
    return simple.form("加一项本地的荣誉", fields, values, KINDS, refusal) if refusal else back(KINDS, "created")


@bp.route("/honours/kinds/<code>/close", methods=["GET", "POST"])
@need_role
def close(code: str) -> ResponseReturnValue:
    """It is proposed no longer."""
    code = known_form(code, limit=20)
    if request.method == "GET":
        kind = kinds.own(actor=actor(), code=code, at=clock.now())
        return render("recognition/kind_close", tab="manage", kind=kind)
    kinds.close(actor=actor(), code=code, at=clock.now())
    return back(KINDS, "stopped")


@bp.route("/honours/compare", methods=["GET", "POST"])
@need_role
def compare() -> ResponseReturnValue:
    """Two to ten candidates side by side; read for a reason, kept nowhere but in the audit."""
    _readable()
    typed = {name: field(name, longest) for name, longest in (("numbers", 400), ("purpose", 60), ("reason", LONGEST))}
    found: list[Compared] = []
    refusal = None
    if request.method == "POST":
        refusal = attempt(
            lambda: found.append(
                comparing.compare(
                    actor=actor(), numbers=comparing.numbers_of(typed["numbers"]), purpose=typed["purpose"],
                    reason=typed["reason"], at=clock.now(),
                )
            )
        )  # fmt: skip
        if found and field("format", 4) == "xlsx":
            return _excel(found[0])
    body = render(
        "recognition/compare", tab="manage", typed=typed, problem=words_of(refusal), found=found[0] if found else None,
        lines=comparing.lines(found[0]) if found else [], opens=rows.OPENS, longest=LONGEST,
        about=say("honours.sheet.about"),
    )  # fmt: skip
    return said(body, refusal)


def _excel(found: Compared) -> Response:
    heads = [say("honours.sheet.item"), *(f"{one.name}（{one.public_no}）" for one in found.people)]
    table = [(label, *cells) for _, label, cells in comparing.lines(found)]
    notes = [
        (say("honours.sheet.span", first=found.first, last=found.last),), (say("honours.sheet.about"),),
        (say("honours.sheet.made", purpose=found.purpose, reason=found.reason),),
    ]
    title = say("honours.sheet.title")
    reply = Response(workbook(title=title, headings=heads, rows=[*table, *notes]), mimetype=XLSX)
    reply.headers.set("Content-Disposition", "attachment", filename=f"{title}.xlsx")
    reply.headers["Cache-Control"] = "no-store"
    return reply


@bp.get("/people/<public_no>/record/<what>")
@need_role
def record(public_no: str, what: str) -> ResponseReturnValue:
    """The rows behind one figure of somebody's record."""
    at, number = clock.now(), known_form(public_no)
    person = rows.whose(actor=actor(), public_no=number, what=what, at=at)
    names = entry("honours.rows")
    name, others = names[what], rows.open_to(actor=actor(), person=person, at=at)
    sheet = Sheet(
        f"{person.name}：{name}",
        (Column("day", "日期", sort=True, whole=True), Column("what", name), Column("value", "结果")),
        (Choice("span", "时间", [("record", f"最近 {rows.months(person, at)} 个月")]),), empty="没有记录。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: rows.listed(actor=actor(), public_no=number, what=what, wanted=wanted, at=at), _row,
        template="recognition/record", tab="manage", number=number, here=what,
        others={key: names[key] for key in others},
    )  # fmt: skip


def _row(line: rows.Row) -> Mapping[str, Any]:
    return {"day": line.day, "what": Link(line.what, line.path) if line.path else line.what, "value": line.value}
