"""Who trains, what, and where: the registers of providers, courses and bases (S86, S89)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.console.training.ways import ways
from handlers.pages.browser import known_form
from services import regions, scopes
from services.errors import Refusal, RefusalCode
from services.listing import Found
from services.training import bases, courses, providers
from services.training.bases import BaseDraft, BaseLine
from services.training.courses import CourseDraft, CourseLine
from services.training.providers import ProviderDraft, ProviderLine
from wording import entry

bp = APIBlueprint("console_training_registers", __name__, enable_openapi=False)

C = RefusalCode
STATES = [("running", "在用"), ("over", "已停")]
YES = [("", "否"), ("yes", "是")]
PROVIDERS, COURSES, BASES = "/console/trainings/providers", "/console/trainings/courses", "/console/trainings/bases"
PROVIDER_COLUMNS = (
    Column("name", "名称", sort=True), Column("kind", "类别"), Column("offers", "能讲什么"), Column("contact", "联系"),
    Column("person", "接单的人"), Column("place", "地区"), Column("from", "登记", sort=True, whole=True),
    Column("state", "状态"), Column("end", ""),
)  # fmt: skip
COURSE_COLUMNS = (
    Column("name", "课程", sort=True), Column("kind", "类别"), Column("minutes", "分钟", sort=True, figure=True),
    Column("tested", "考试"), Column("certificate", "证书"), Column("valid", "有效（月）", figure=True),
    Column("provider", "培训单位"), Column("place", "地区"), Column("state", "状态"), Column("end", ""),
)  # fmt: skip
BASE_COLUMNS = (
    Column("name", "基地", sort=True), Column("place", "地区"), Column("address", "地址"),
    Column("area", "面积（平方米）", figure=True), Column("capacity", "容纳（人）", sort=True, figure=True),
    Column("approval", "批准文件"), Column("approved", "批准日期", whole=True), Column("courses", "课程"),
    Column("provider", "培训单位"), Column("state", "状态"),
)  # fmt: skip


def _look(at: Any) -> None:
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(C.NOT_ALLOWED)


def places() -> list[tuple[str, str]]:
    """His divisions and those right below, to choose from."""
    mine = scopes.managed(actor=actor(), at=clock.now())
    below = [(each.code, each.name) for code in mine[:5] for each in regions.children(code)[:60]]
    return [(code, regions.path_name(code)) for code in mine] + below


def _list(
    sheet: tuple[str, Any, str, str], ask: Callable[..., Found[Any]], cells: Callable[[Any], Mapping[str, Any]],
    choices: list[Choice], path: str,
) -> ResponseReturnValue:  # fmt: skip
    at = clock.now()
    _look(at)
    name, columns, search, new = sheet
    chosen = request.args.get("region", "")[:12]
    area = Choice("region", "地区", words.areas(actor(), chosen, at))
    return answer(
        Sheet(name, columns, search=search, empty="还没有登记。", choices=(area, *choices)),
        lambda wanted: ask(actor=actor(), wanted=wanted, at=at), cells, template="training/list", ways=ways(),
        tab="manage",
        new_path=f"{path}/new" if scopes.managed(actor=actor(), at=at) else "", new_word=new,
    )  # fmt: skip


def _form(
    heading: str, fields: list[simple.Field], values: dict[str, Any], path: str, act: Callable[[dict[str, str]], Any]
) -> ResponseReturnValue:
    """Draw it, or do it: back to the list, or the form again beside what is wrong."""
    if request.method == "GET":
        return simple.form(heading, fields, values, path)
    refusal = attempt(lambda: act(simple.typed(fields)))
    return simple.form(heading, fields, values, path, refusal) if refusal else back(path, "saved")


def _new(
    heading: str, fields: list[simple.Field], start: dict[str, Any], path: str, act: Callable[[dict[str, str]], Any]
) -> ResponseReturnValue:
    where = places()
    if not where:
        raise Refusal(C.NOT_ALLOWED)
    return _form(heading, [("region", "哪个地区", "select", where), *fields], start, path, act)


def _end(heading: str, code: str, path: str, act: Callable[..., None]) -> ResponseReturnValue:
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    return _form(
        heading, [("reason", "为什么", "text", 200)], {}, path, lambda typed: act(reason=typed["reason"], **facts)
    )


# providers


def _provider_cells(line: ProviderLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"{PROVIDERS}/{line.code}") if line.may_edit else line.name,
        "kind": entry("training.providers").get(line.kind, ""), "offers": line.offers, "contact": line.contact,
        "person": line.person, "place": line.place, "from": line.from_on,
        "state": Mark("已停", "") if line.to_on else Mark("在用", "ok"),
        "end": Link("停用", f"{PROVIDERS}/{line.code}/end") if line.may_edit else "",
    }  # fmt: skip


@bp.get("/trainings/providers")
@need_role
def all_providers() -> ResponseReturnValue:
    """Who trains."""
    kinds = Choice("kind", "类别", list(entry("training.providers").items()))
    return _list(
        ("培训单位", PROVIDER_COLUMNS, "名称或内容", "登记培训单位"), providers.listed, _provider_cells,
        [kinds, Choice("state", "状态", STATES)], PROVIDERS,
    )  # fmt: skip


def _provider_fields() -> list[simple.Field]:
    return [
        ("name", "名称", "text", 40), ("kind", "类别", "select", list(entry("training.providers").items())),
        ("offers", "能讲什么", "text", 200), ("contact", "联系人和电话", "text", 60),
        ("person", "谁替它接单（志愿者编号，可以不填；没有的，由中心代接）", "text", 20),
    ]  # fmt: skip


def _provider(typed: dict[str, str]) -> ProviderDraft:
    return ProviderDraft(**{name: typed[name] for name in ("name", "kind", "offers", "contact", "person")})


@bp.route("/trainings/providers/new", methods=["GET", "POST"])
@need_role
def new_provider() -> ResponseReturnValue:
    """Put one on the list."""
    return _new(
        "登记培训单位", _provider_fields(), {}, PROVIDERS,
        lambda typed: providers.create(
            actor=actor(), region_code=typed["region"][:12], draft=_provider(typed), at=clock.now()
        ),
    )  # fmt: skip


@bp.route("/trainings/providers/<code>", methods=["GET", "POST"])
@need_role
def provider(code: str) -> ResponseReturnValue:
    """Correct it."""
    at, code = clock.now(), known_form(code)
    kept = providers.managed(actor=actor(), code=code, at=at)
    values = {name: getattr(kept, name) for name in ("name", "kind", "offers", "contact")}
    values["person"] = kept.person.public_no if kept.person else ""
    return _form(
        "培训单位", _provider_fields(), values, PROVIDERS,
        lambda typed: providers.edit(actor=actor(), code=code, draft=_provider(typed), at=at),
    )  # fmt: skip


@bp.route("/trainings/providers/<code>/end", methods=["GET", "POST"])
@need_role
def end_provider(code: str) -> ResponseReturnValue:
    """It trains no longer."""
    code = known_form(code)
    providers.managed(actor=actor(), code=code, at=clock.now())
    return _end("停用培训单位", code, PROVIDERS, providers.end)


# courses


def _course_cells(line: CourseLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"{COURSES}/{line.code}") if line.may_edit else line.name,
        "kind": entry("training.kinds").get(line.kind, ""), "minutes": line.minutes or "",
        "tested": "考" if line.tested else "", "certificate": "发" if line.certificate else "",
        "valid": line.valid_months or "", "provider": line.provider, "place": line.place,
        "state": Mark("已停", "") if line.to_on else Mark("在用", "ok"),
        "end": Link("停办", f"{COURSES}/{line.code}/end") if line.may_edit else "",
    }  # fmt: skip


@bp.get("/trainings/courses")
@need_role
def all_courses() -> ResponseReturnValue:
    """What can be learnt."""
    kinds = Choice("kind", "类别", list(entry("training.kinds").items()))
    return _list(
        ("培训课程", COURSE_COLUMNS, "课程名", "登记课程"), courses.listed, _course_cells,
        [kinds, Choice("state", "状态", STATES)], COURSES,
    )  # fmt: skip


def _course_fields(region_code: str) -> list[simple.Field]:
    return [
        ("name", "课程名（岗位要求里写的就是这个名字）", "text", 30),
        ("kind", "类别", "select", list(entry("training.kinds").items())), ("content", "讲什么", "area", 1000),
        ("minutes", "要多少分钟（45 分钟是 1 学时）", "number", None), ("tested", "要考试吗", "select", YES),
        ("certificate", "合格的发证书吗", "select", YES),
        ("valid_months", "证书有效几个月（0 是长期）", "number", None),
        ("provider", "培训单位", "select", [("", "不固定"), *providers.offered(region_code=region_code)]),
    ]  # fmt: skip


def _course(typed: dict[str, str]) -> CourseDraft:
    return CourseDraft(
        typed["name"], typed["kind"], typed["content"], simple.whole(typed["minutes"]), typed["tested"] == "yes",
        typed["certificate"] == "yes", simple.whole(typed["valid_months"]), typed["provider"],
    )  # fmt: skip


def _reach() -> str:
    """The division whose registers a new entry may name: his first."""
    return next(iter(scopes.managed(actor=actor(), at=clock.now())), "")


@bp.route("/trainings/courses/new", methods=["GET", "POST"])
@need_role
def new_course() -> ResponseReturnValue:
    """Offer one."""
    return _new(
        "登记课程", _course_fields(_reach()), {"minutes": 90, "valid_months": 0}, COURSES,
        lambda typed: courses.create(
            actor=actor(), region_code=typed["region"][:12], draft=_course(typed), at=clock.now()
        ),
    )  # fmt: skip


@bp.route("/trainings/courses/<code>", methods=["GET", "POST"])
@need_role
def course(code: str) -> ResponseReturnValue:
    """Correct it."""
    at, code = clock.now(), known_form(code)
    kept = courses.managed(actor=actor(), code=code, at=at)
    values: dict[str, Any] = {
        name: getattr(kept, name) for name in ("name", "kind", "content", "minutes", "valid_months")
    }
    values |= {"tested": "yes" if kept.tested else "", "certificate": "yes" if kept.certificate else ""}
    values["provider"] = kept.provider.code if kept.provider else ""
    return _form(
        "培训课程", _course_fields(str(kept.region_code)), values, COURSES,
        lambda typed: courses.edit(actor=actor(), code=code, draft=_course(typed), at=at),
    )  # fmt: skip


@bp.route("/trainings/courses/<code>/end", methods=["GET", "POST"])
@need_role
def end_course(code: str) -> ResponseReturnValue:
    """It is offered no longer."""
    code = known_form(code)
    courses.managed(actor=actor(), code=code, at=clock.now())
    return _end("停办课程", code, COURSES, courses.end)


# bases


def _base_cells(line: BaseLine) -> Mapping[str, Any]:
    tones = {"running": "ok", "planned": "wait", "paused": "bad"}
    return {
        "name": Link(line.name, f"{BASES}/{line.code}") if line.may_edit else line.name, "place": line.place,
        "address": line.address, "area": line.area or "", "capacity": line.capacity or "", "approval": line.approval,
        "approved": line.approved_on, "courses": line.courses, "provider": line.provider,
        "state": Mark(entry("training.bases")[line.state], tones.get(line.state, "")),
    }  # fmt: skip


@bp.get("/trainings/bases")
@need_role
def all_bases() -> ResponseReturnValue:
    """Where."""
    return _list(
        ("培训基地", BASE_COLUMNS, "名称或地址", "登记基地"), bases.listed, _base_cells,
        [Choice("state", "状态", list(entry("training.bases").items()))], BASES,
    )  # fmt: skip


def _base_fields(region_code: str) -> list[simple.Field]:
    return [
        ("name", "名称", "text", 40), ("address", "地址", "text", 100), ("area", "面积（平方米）", "number", None),
        ("capacity", "能容纳多少人", "number", None), ("approval", "批准文件（名称、文号）", "text", 100),
        ("approved_on", "批准日期", "day", None), ("state", "状态", "select", list(entry("training.bases").items())),
        ("courses", "办哪些课程（按住 Ctrl 可以选多个）", "choices", courses.offered(region_code=region_code)),
        ("provider", "哪个培训单位的", "select", [("", "没有"), *providers.offered(region_code=region_code)]),
    ]  # fmt: skip


def _base(typed: dict[str, str]) -> BaseDraft:
    chosen = tuple(each[:20] for each in request.form.getlist("courses")[:100] if each)
    return BaseDraft(
        typed["name"], typed["address"], simple.whole(typed["area"]), simple.whole(typed["capacity"]),
        typed["approval"], typed["approved_on"], typed["state"], typed["provider"], chosen,
    )  # fmt: skip


@bp.route("/trainings/bases/new", methods=["GET", "POST"])
@need_role
def new_base() -> ResponseReturnValue:
    """Enter one."""
    return _new(
        "登记培训基地", _base_fields(_reach()), {"state": "running"}, BASES,
        lambda typed: bases.create(
            actor=actor(), region_code=typed["region"][:12], draft=_base(typed), at=clock.now()
        ),
    )  # fmt: skip


@bp.route("/trainings/bases/<code>", methods=["GET", "POST"])
@need_role
def base(code: str) -> ResponseReturnValue:
    """Correct it, or say that it is paused or closed."""
    at, code = clock.now(), known_form(code)
    kept = bases.managed(actor=actor(), code=code, at=at)
    names = ("name", "address", "area", "capacity", "approval", "state", "courses")
    values: dict[str, Any] = {name: getattr(kept, name) for name in names}
    values |= {"approved_on": kept.approved_on or "", "provider": kept.provider.code if kept.provider else ""}
    return _form(
        "培训基地", _base_fields(str(kept.region_code)), values, BASES,
        lambda typed: bases.edit(actor=actor(), code=code, draft=_base(typed), at=at),
    )  # fmt: skip
