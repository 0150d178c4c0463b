"""Benefits in the console: what is given to whom, who may have it, what was done for them (S102, S103)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer, excel
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pages.format import moment
from services import leading, scopes
from services.benefits import entitled, offers, uses, views
from services.benefits.offers import LENGTHS, BenefitDraft
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("console_benefits", __name__, enable_openapi=False)

TONES = {"open": "ok", "paused": "wait", "closed": "", "over": ""}
COLUMNS = (
    Column("name", "礼遇"), Column("kind", "是什么", whole=True), Column("provider", "谁提供"),
    Column("place", "哪里的人"), Column("conditions", "条件"), Column("until", "到哪天", sort=True, whole=True),
    Column("used", "用过", sort=True, figure=True), Column("state", "状态", whole=True),
)  # fmt: skip
PEOPLE = (
    Column("name", "姓名", sort=True), Column("star", "星级", whole=True), Column("team", "服务队"),
    Column("place", "地区"), Column("given", "办理", whole=True), Column("until", "有效到", whole=True),
)  # fmt: skip
USES = (
    Column("name", "姓名"), Column("place", "地区"), Column("at", "什么时候", sort=True, whole=True),
    Column("back", "记错了", whole=True),
)  # fmt: skip
NUMBERS = ("min_star", "min_years", "min_age", "max_age", "uses")
TEXTS = ("kind", "name", "provider", "content", "phone", "partner", "honour", "team", "from_on", "to_on", "per")


def _cells(line: views.Line) -> Mapping[str, Any]:
    states = entry("benefits.states") | {"over": "过期了"}
    return {
        "name": Link(line.name, f"/console/benefits/{line.code}"), "kind": entry("benefits.kinds")[line.kind],
        "provider": line.provider, "place": line.place, "conditions": "、".join(line.conditions) or "不限",
        "until": line.to_on or "长期", "used": line.used, "state": Mark(states[line.state], TONES[line.state]),
    }  # fmt: skip


@bp.get("/benefits")
@need_role
def page() -> ResponseReturnValue:
    """Those of his divisions and above."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "志愿者礼遇", COLUMNS,
        (
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("kind", "是什么", list(entry("benefits.kinds").items())),
            Choice("state", "状态", list(entry("benefits.states").items())),
        ),
        search="名称或提供单位", empty="还没有礼遇。点“登记一项礼遇”。",
    )  # fmt: skip
    manages = bool(scopes.managed(actor=actor(), at=at))
    return answer(
        sheet, lambda wanted: views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="planning/list_new", tab="manage", new_path="/console/benefits/new" if manages else "",
        new_word="登记一项礼遇",
    )  # fmt: skip


def _fields(at: datetime) -> list[simple.Field]:
    partners = [("", "没有登记为合作方"), *offers.partners(actor=actor(), at=at)]
    teams = [("", "不限"), *((one.code, one.name) for one in leading.offered_teams(actor=actor(), at=at))]
    stars = [("0", "不要求"), *((str(star), f"{star} 星以上") for star in range(1, 6))]
    return [
        ("kind", "是什么", "select", list(entry("benefits.kinds").items())), ("name", "名称", "text", LENGTHS["name"]),
        ("provider", "谁提供（扫码的人看得到）", "text", LENGTHS["provider"]),
        ("content", "内容、在哪里用、怎么用", "area", LENGTHS["content"]),
        ("phone", "问谁（电话，可以不填）", "text", LENGTHS["phone"]),
        ("partner", "是哪个合作方", "select", partners), ("min_star", "星级", "select", stars),
        ("honour", "荣誉", "select", list(entry("benefits.honours").items())),
        ("min_years", "加入服务队满几年（0：不要求）", "number", 0),
        ("member", "现在是服务队队员", "select", [("no", "不要求"), ("yes", "要是队员")]),
        ("team", "只给一支队", "select", teams),
        ("min_age", "几岁以上（0：不要求）", "number", 0), ("max_age", "几岁以下（0：不要求）", "number", 0),
        ("from_on", "从哪天起（不填：今天）", "day", 0), ("to_on", "到哪天为止（不填：长期）", "day", 0),
        ("uses", "限几次（0：不限，不用记）", "number", 0),
        ("per", "按什么限", "select", list(entry("benefits.per").items())),
    ]  # fmt: skip


def _draft() -> BenefitDraft:
    texts = {name: field(name, 700) for name in TEXTS}
    numbers = {name: simple.whole(field(name, 9)) for name in NUMBERS}
    return BenefitDraft(member=field("member") == "yes", **texts, **numbers)  # type: ignore[arg-type]


@bp.route("/benefits/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Write one down for one of his divisions."""
    at = clock.now()
    if not scopes.managed(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    here = request.values.get("region", "")[:12]
    places = words.areas(actor(), here, at)
    fields: list[simple.Field] = [("region", "给哪里的志愿者", "select", places), *_fields(at)]
    heading, leads_back = "登记一项礼遇", "/console/benefits"
    if request.method == "GET":
        return simple.form(heading, fields, {"region": here or (places[0][0] if places else "")}, leads_back)
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(offers.create(actor=actor(), region_code=field("region", 12), draft=_draft(), at=at))
    )
    if refusal:
        return simple.form(heading, fields, {}, leads_back, refusal)
    return back(f"/console/benefits/{made[0]}", "created")


@bp.get("/benefits/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One benefit."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    body = render(
        "recognition/benefit", tab="manage", line=views.page(actor=actor(), code=code, at=clock.now()),
        states=entry("benefits.states") | {"over": "过期了"}, tones=TONES, kinds=entry("benefits.kinds"),
        per=entry("benefits.per"), given=request.args.get("given", "")[:6], problem=words_of(refusal),
        typed={name: field(name, 600) for name in ("text", "until")},
        today=entitled.given_today(code=code, at=clock.now()), back=request.args.get("back", "")[:6],
    )  # fmt: skip
    return said(body, refusal)


@bp.route("/benefits/<code>/edit", methods=["GET", "POST"])
@need_role
def edit(code: str) -> ResponseReturnValue:
    """Say it anew."""
    code, at = known_form(code), clock.now()
    draft = offers.draft_of(actor=actor(), code=code, at=at)
    leads_back = f"/console/benefits/{code}"
    if request.method == "GET":
        values = {name: str(value) for name, value in asdict(draft).items()}
        return simple.form("改这项礼遇", _fields(at), values | {"member": "yes" if draft.member else "no"}, leads_back)
    refusal = attempt(lambda: offers.change(actor=actor(), code=code, draft=_draft(), at=at))
    return simple.form("改这项礼遇", _fields(at), {}, leads_back, refusal) if refusal else back(leads_back, "saved")


@bp.post("/benefits/<code>/<any('open', 'paused', 'closed'):step>")
@need_role
def move(code: str, step: str) -> ResponseReturnValue:
    """Pause it, open it again, close it."""
    code = known_form(code)
    refusal = attempt(
        lambda: offers.move(actor=actor(), code=code, state=step, reason=field("text", 600), at=clock.now())
    )
    return _one(code, refusal) if refusal else back(f"/console/benefits/{code}", "saved")


@bp.post("/benefits/<code>/given")
@need_role
def give(code: str) -> ResponseReturnValue:
    """Note that it was done for all who may have it, or take back what was noted today."""
    code, at = known_form(code), clock.now()
    made: list[int] = []
    if field("back"):
        refusal = attempt(lambda: made.append(entitled.take_back(actor=actor(), code=code, at=at)))
        return _one(code, refusal) if refusal else back(f"/console/benefits/{code}?back={made[0]}")
    refusal = attempt(
        lambda: made.append(entitled.give(actor=actor(), code=code, until_on=field("until", 10), at=at))
    )
    return _one(code, refusal) if refusal else back(f"/console/benefits/{code}?given={made[0]}")


@bp.get("/benefits/<code>/people")
@need_role
def people(code: str) -> ResponseReturnValue:
    """Who may have it now."""
    code, at = known_form(code), clock.now()
    line = views.page(actor=actor(), code=code, at=at)
    states, region = entry("benefits.given"), request.args.get("region", "")[:12]
    places = [each for each in words.areas(actor(), region or line.region, at) if each[0].startswith(line.region)]
    sheet = Sheet(
        "谁能享受", PEOPLE, (Choice("region", "地区", places), Choice("given", "办理", list(states.items()))),
        search="姓名", empty="现在没有人符合条件。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: entitled.listed(actor=actor(), code=code, wanted=wanted, at=at), _person,
        template="recognition/benefit_people", tab="manage", line=line, region=region,
    )  # fmt: skip


def _person(line: entitled.Line) -> Mapping[str, Any]:
    tone = {"running": "ok", "over": "bad", "none": ""}[line.given]
    return {
        "name": Link(line.name, f"/console/people/{line.public_no}"), "star": f"{line.star} 星" if line.star else "",
        "team": line.team, "place": line.place, "given": Mark(entry("benefits.given")[line.given], tone),
        "until": line.until,
    }  # fmt: skip


@bp.get("/benefits/<code>/people.xlsx")
@need_role
def people_file(code: str) -> ResponseReturnValue:
    """The list for whoever gives it, with ID numbers where it is an insurance; the taking is kept."""
    code = known_form(code)
    region = request.args.get("region", "")[:12]
    body = entitled.sheet(parts=parts(), actor=actor(), code=code, region_code=region, at=clock.now())
    return excel(body, f"享受名单-{clock.today().isoformat()}")


@bp.get("/benefits/<code>/uses")
@need_role
def used(code: str) -> ResponseReturnValue:
    """The uses that providers counted."""
    code, at = known_form(code), clock.now()
    line = views.page(actor=actor(), code=code, at=at)

    def cells(one: uses.Line) -> Mapping[str, Any]:
        name = Link(one.name, f"/console/people/{one.public_no}")
        again = Link("撤回这次", f"/console/benefits/{code}/uses/{one.id}") if line.may_edit else ""
        return {"name": name, "place": one.place, "at": moment(one.at), "back": again}

    sheet = Sheet("用的记录", USES, (), search="姓名", empty="还没有人用过。")
    return answer(
        sheet, lambda wanted: uses.listed(actor=actor(), code=code, wanted=wanted, at=at), cells,
        template="recognition/benefit_people", tab="manage", line=line, region="",
    )  # fmt: skip


@bp.route("/benefits/<code>/uses/<int:number>", methods=["GET", "POST"])
@need_role
def use_back(code: str, number: int) -> ResponseReturnValue:
    """Take back a use that was counted by mistake."""
    code, at = known_form(code), clock.now()
    one = uses.one(actor=actor(), code=code, use_id=number, at=at)
    fields: list[simple.Field] = [("text", "哪里记错了（留在记录里）", "text", 500)]
    leads_back, heading = f"/console/benefits/{code}/uses", f"撤回 {one.name} {moment(one.at)} 的一次"
    if request.method == "GET":
        return simple.form(heading, fields, {}, leads_back)
    refusal = attempt(
        lambda: uses.take_back(actor=actor(), code=code, use_id=number, reason=field("text", 600), at=at)
    )
    return simple.form(heading, fields, {}, leads_back, refusal) if refusal else back(leads_back, "saved")
