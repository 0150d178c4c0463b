"""经费: income and spending line by line, what was wrong reversed; the list of sources; gifts of partners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pages.format import in_yuan
from services import scopes
from services.errors import Refusal, RefusalCode
from services.money import gifts, grants, lines, sources
from services.money.lines import LineDraft, MoneyRow
from services.planning import projects
from wording import entry

bp = APIBlueprint("console_money", __name__, enable_openapi=False)

C = RefusalCode
DIRECTIONS = (("in", "收入"), ("out", "支出"))
COLUMNS = (
    Column("day", "日期", sort=True, whole=True), Column("project", "项目", sort=True), Column("team", "服务队"),
    Column("place", "地区"), Column("direction", "收支"), Column("source", "来源"), Column("purpose", "用途"),
    Column("amount", "金额（元）", sort=True, figure=True, whole=True), Column("partner", "合作方"),
    Column("note", "说明"), Column("who", "谁记的", whole=True), Column("act", ""),
)  # fmt: skip


def _cells(row: MoneyRow) -> Mapping[str, Any]:
    word, tone = ("收入", "ok") if row.direction == "in" else ("支出", "wait")
    act: Any = Link("冲销", f"/console/money/{row.code}/reverse") if row.may_reverse else ""
    return {
        "day": row.day, "project": Link(row.project, f"/console/projects/{row.project_code}"), "team": row.team,
        "place": row.place, "direction": Mark(f"冲{word}" if row.reverses else word, "bad" if row.reverses else tone),
        "source": row.source, "purpose": row.purpose, "amount": in_yuan(row.fen), "partner": row.partner,
        "note": row.note, "who": row.who, "act": Mark("已冲销", "bad") if row.reversed else act,
    }  # fmt: skip


def may_list() -> None:
    """Go on for those who lead a team or look at a division. Refusal: NOT_ALLOWED."""
    if not scopes.readable(actor=actor(), at=clock.now()) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)


@bp.get("/money")
@need_role
def listed() -> ResponseReturnValue:
    """The lines of his teams and divisions."""
    may_list()
    at, year = clock.now(), clock.today().year
    sheet = Sheet(
        "经费收支", COLUMNS, search="项目、队名、说明", empty="还没有记过账。在项目的页面里记一笔。",
        choices=(
            Choice("region", "地区", words.areas(actor(), request.args.get("region", "")[:12], at)),
            Choice("direction", "收支", DIRECTIONS), Choice("source", "来源", list(sources.names().items())),
            Choice("purpose", "用途", list(entry("money.purposes").items())),
            Choice("year", "哪一年", [(str(each), f"{each} 年") for each in range(year, year - 6, -1)]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: lines.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage",
        template="money/lines", may_add=sources.may_add(actor=actor(), at=at),
    )  # fmt: skip


@bp.route("/projects/<code>/money/new", methods=["GET", "POST"])
@need_role
def new(code: str) -> ResponseReturnValue:
    """One line of a project."""
    code = known_form(code)
    project = lines.led_project(actor=actor(), code=code, at=clock.now())
    partners = [(each.code, each.name) for each in lines.partners_of(project)]
    fields: list[simple.Field] = [
        ("direction", "收入还是支出", "select", list(DIRECTIONS)), ("amount", "金额（元，例如 1200.50）", "text", 15),
        ("day", "哪一天", "day", None),
        ("source", "钱从哪里来（花支持的钱不用选）", "select", list(sources.names().items())),
        ("purpose", "用在哪里（支出才选）", "select", [("", "收入不用选"), *entry("money.purposes").items()]),
        ("grant", "花的是哪笔支持（支出才选）", "select", [("", "不是支持的钱"), *grants.open_ones(project.id)]),
        ("partner", "哪个合作方给的", "select", [("", "不是合作方给的"), *partners]),
        ("note", "说明（不公开）", "text", lines.NOTE_LONGEST),
    ]  # fmt: skip
    there = f"/console/projects/{code}"
    values = {"day": clock.today().isoformat(), "direction": "out", "grant": field("grant", 20)}
    if request.method == "GET":
        return simple.form(f"记一笔：{project.title}", fields, values, there)
    typed = simple.typed(fields)
    refusal = attempt(
        lambda: lines.write_down(actor=actor(), project_code=code, draft=LineDraft(**typed), at=clock.now())
    )
    return simple.form(f"记一笔：{project.title}", fields, values, there, refusal) if refusal else back(there, "noted")


@bp.route("/money/<code>/reverse", methods=["GET", "POST"])
@need_role
def reverse(code: str) -> ResponseReturnValue:
    """Take a line back by its opposite."""
    code = known_form(code)
    fields: list[simple.Field] = [("reason", "为什么冲销（原来的留着，再记一笔相反的）", "text", lines.NOTE_LONGEST)]
    lines.require_own(actor=actor(), code=code, at=clock.now())
    if request.method == "GET":
        return simple.form("冲销", fields, {}, "/console/money")
    refusal = attempt(lambda: lines.reverse(actor=actor(), code=code, reason=field("reason", 300), at=clock.now()))
    return simple.form("冲销", fields, {}, "/console/money", refusal) if refusal else back("/console/money", "noted")


@bp.route("/money/sources/new", methods=["GET", "POST"])
@need_role
def add_source() -> ResponseReturnValue:
    """One more source, for the whole programme."""
    if not sources.may_add(actor=actor(), at=clock.now()):
        raise Refusal(C.NOT_ALLOWED)
    known = "、".join(sources.names().values())
    fields: list[simple.Field] = [("name", f"新的来源（已经有：{known}）", "text", sources.LONGEST)]
    if request.method == "GET":
        return simple.form("加一种经费来源", fields, {}, "/console/money")
    refusal = attempt(lambda: sources.add(actor=actor(), name=field("name", 60), at=clock.now()))
    if refusal:
        return simple.form("加一种经费来源", fields, {}, "/console/money", refusal)
    return back("/console/money", "saved")


GIFTS = (
    Column("day", "日期", sort=True, whole=True), Column("partner", "合作方", sort=True), Column("what", "给了什么"),
    Column("worth", "折合（元）", figure=True), Column("project", "用在哪个项目"), Column("place", "地区"),
)  # fmt: skip


@bp.get("/gifts")
@need_role
def all_gifts() -> ResponseReturnValue:
    """What partners gave beside money."""
    may_list()
    at = clock.now()
    sheet = Sheet(
        "实物和服务支持", GIFTS, search="合作方、内容", empty="还没有登记。在“合作方和资源”里登记。",
        choices=(Choice("region", "地区", words.areas(actor(), request.args.get("region", "")[:12], at)),),
    )  # fmt: skip

    def cells(row: gifts.GiftRow) -> Mapping[str, Any]:
        return {
            "day": row.day, "partner": row.partner, "what": row.what, "project": row.project, "place": row.place,
            "worth": "" if row.worth is None else in_yuan(row.worth),
        }  # fmt: skip

    return answer(sheet, lambda wanted: gifts.listed(actor=actor(), wanted=wanted, at=at), cells, tab="manage")


@bp.route("/partners/<code>/gifts/new", methods=["GET", "POST"])
@need_role
def give(code: str) -> ResponseReturnValue:
    """Something that a partner gave."""
    code, at = known_form(code), clock.now()
    choices = [(each.code, each.title) for each in gifts.projects_for(actor=actor(), partner_code=code, at=at)]
    fields: list[simple.Field] = [
        ("what", "给了什么（例如：矿泉水 20 箱）", "text", gifts.LONGEST), ("day", "哪一天", "day", None),
        ("worth", "大约值多少钱（元，可以不填）", "text", 15),
        ("project", "用在哪个项目", "select", [("", "不单给哪个项目"), *choices]),
    ]  # fmt: skip
    values = {"day": clock.today().isoformat()}
    if request.method == "GET":
        return simple.form("登记实物和服务支持", fields, values, "/console/partners")
    typed = simple.typed(fields)
    refusal = attempt(
        lambda: gifts.give(
            actor=actor(), partner_code=code, what=typed["what"], worth=typed["worth"], day=typed["day"],
            project_code=typed["project"], at=at,
        )
    )  # fmt: skip
    if refusal:
        return simple.form("登记实物和服务支持", fields, values, "/console/partners", refusal)
    return back("/console/gifts", "noted")


def of_project(code: str) -> dict[str, Any]:
    """What the project's page shows of its money."""
    return {"money": lines.sums(code), "may_money": projects.may_lead(actor=actor(), code=code, at=clock.now())}
