"""Campaign tags with their totals, and partners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pages.format import FILTERS
from services import leading, regions, scopes
from services.errors import Refusal, RefusalCode
from services.planning import campaigns, partners
from services.planning.campaigns import CampaignLine
from services.planning.partners import PartnerLine
from wording import entry

bp = APIBlueprint("console_tags", __name__, enable_openapi=False)

C = RefusalCode
STATES = (("running", "进行中"), ("over", "已结束"))
CAMPAIGNS = (
    Column("name", "专题、实践活动", sort=True), Column("place", "哪里设的"),
    Column("from", "开始", sort=True, whole=True), Column("to", "结束", whole=True), Column("state", "状态"),
    Column("activities", "活动", figure=True),
    Column("people", "参加", figure=True), Column("hours", "时长", figure=True),
    Column("supplement", "其中补录", figure=True, under="hours"),
    Column("served", "服务群众", figure=True), Column("end", ""),
)  # fmt: skip
PARTNERS = (
    Column("name", "合作方", sort=True), Column("nature", "性质"), Column("kind", "提供"), Column("offers", "内容"),
    Column("agreement", "协议"), Column("due", "协议到期", sort=True, whole=True), Column("contact", "联系人"),
    Column("place", "地区"), Column("team", "服务队"), Column("helped", "支持活动", figure=True),
    Column("state", "状态"), Column("act", ""),
)  # fmt: skip


def _campaign_cells(line: CampaignLine, looks: bool) -> Mapping[str, Any]:
    path = f"/console/all-activities?campaign={line.code}&mark=held"
    return {
        "name": Link(line.name, path) if looks else line.name, "place": line.place,
        "from": line.from_on, "to": line.to_on, "state": Mark("进行中", "ok") if line.running else Mark("已结束", ""),
        "activities": line.activities, "people": line.people, "hours": FILTERS["as_duration"](line.minutes),
        "supplement": FILTERS["as_duration"](line.supplement) if line.supplement else "",
        "served": line.served, "end": Link("结束它", f"/console/campaigns/{line.code}/end") if line.may_end else "",
    }  # fmt: skip


@bp.get("/campaigns")
@need_role
def all_campaigns() -> ResponseReturnValue:
    """The tags, each with what was done under it in his divisions."""
    at = clock.now()
    looks = g.rights.leads or bool(scopes.readable(actor=actor(), at=at))  # who only counts sees the name
    sheet = Sheet(
        "专题和实践活动", CAMPAIGNS, search="名称", empty="还没有专题。", choices=(Choice("state", "状态", STATES),)
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: campaigns.listed(actor=actor(), wanted=wanted, at=at),
        lambda line: _campaign_cells(line, looks),
        template="planning/list_new", tab="manage",
        new_path="/console/campaigns/new" if scopes.managed(actor=actor(), at=at) else "", new_word="设一个专题",
    )  # fmt: skip


def _places() -> list[tuple[str, str]]:
    """His divisions and those right below."""
    mine = scopes.managed(actor=actor(), at=clock.now())
    below = [(each.code, each.name) for code in mine[:5] for each in regions.children(code)[:60]]
    return [(code, regions.path_name(code)) for code in mine] + below


@bp.route("/campaigns/new", methods=["GET", "POST"])
@need_role
def new_campaign() -> ResponseReturnValue:
    """Set a tag for a division and all below."""
    places = _places()
    if not places:
        raise Refusal(C.NOT_ALLOWED)
    fields: list[simple.Field] = [
        ("region", "哪个地区用", "select", places), ("name", "名称", "text", 40), ("content", "要求", "area", 500),
        ("from_on", "开始", "day", None), ("to_on", "结束（不填就一直有效）", "day", None),
    ]  # fmt: skip
    start = {"from_on": clock.today().isoformat()}
    if request.method == "GET":
        return simple.form("设一个专题", fields, start, "/console/campaigns")
    typed = simple.typed(fields)
    refusal = attempt(
        lambda: campaigns.create(
            actor=actor(), region_code=typed["region"][:12], name=typed["name"], content=typed["content"],
            from_on=typed["from_on"], to_on=typed["to_on"], at=clock.now(),
        )
    )  # fmt: skip
    if refusal:
        return simple.form("设一个专题", fields, start, "/console/campaigns", refusal)
    return back("/console/campaigns", "created")


@bp.route("/campaigns/<code>/end", methods=["GET", "POST"])
@need_role
def end_campaign(code: str) -> ResponseReturnValue:
    """Nobody joins it from now on."""
    code = known_form(code)
    campaigns.owned(actor=actor(), code=code, at=clock.now())
    fields: list[simple.Field] = [("reason", "为什么结束", "text", 200)]
    if request.method == "GET":
        return simple.form("结束专题", fields, {}, "/console/campaigns")
    refusal = attempt(
        lambda: campaigns.end(actor=actor(), code=code, reason=field("reason", 200), at=clock.now())
    )
    if refusal:
        return simple.form("结束专题", fields, {}, "/console/campaigns", refusal)
    return back("/console/campaigns", "saved")


def _partner_cells(line: PartnerLine) -> Mapping[str, Any]:
    name = Link(line.name, f"/console/partners/{line.code}/end") if line.may_edit else line.name
    due = Link(line.due_on or "写上", f"/console/partners/{line.code}/renew") if line.may_edit else line.due_on
    over = bool(line.due_on) and line.due_on < clock.today().isoformat()
    return {
        "name": name, "kind": entry("planning.partners").get(line.kind, ""), "offers": line.offers,
        "contact": line.contact, "place": line.place, "team": line.team, "helped": line.helped,
        "state": Mark("已结束", "") if line.to_on else Mark("协议到期", "bad") if over else Mark("合作中", "ok"),
        "nature": entry("planning.natures").get(line.nature, ""), "agreement": line.agreement, "due": due,
        "act": Link("登记实物支持", f"/console/partners/{line.code}/gifts/new") if line.may_edit else "",
    }  # fmt: skip


@bp.route("/partners/<code>/renew", methods=["GET", "POST"])
@need_role
def renew_partner(code: str) -> ResponseReturnValue:
    """A new agreement, or a new last day."""
    code = known_form(code)
    name, agreement, due_on = partners.renewing(actor=actor(), code=code, at=clock.now())
    heading, values = f"续协议：{name}", {"agreement": agreement, "due_on": due_on}
    fields: list[simple.Field] = [
        ("agreement", "协议编号或主要内容", "text", 100), ("due_on", "新协议到哪天", "day", None),
    ]  # fmt: skip
    if request.method == "GET":
        return simple.form(heading, fields, values, "/console/partners")
    refusal = attempt(
        lambda: partners.renew(
            actor=actor(), code=code, agreement=field("agreement", 150), due_on=field("due_on", 10), at=clock.now()
        )
    )
    if refusal:
        return simple.form(heading, fields, values, "/console/partners", refusal)
    return back("/console/partners", "saved")


@bp.get("/partners")
@need_role
def all_partners() -> ResponseReturnValue:
    """Who helps."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "合作方和资源", PARTNERS, search="名称或内容", empty="还没有合作方。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("nature", "性质", list(entry("planning.natures").items())),
            Choice("kind", "提供", list(entry("planning.partners").items())), Choice("state", "状态", STATES),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: partners.listed(actor=actor(), wanted=wanted, at=at), _partner_cells,
        template="planning/list_new", tab="manage", new_path="/console/partners/new" if g.rights.leads else "",
        new_word="登记合作方",
    )  # fmt: skip


@bp.route("/partners/new", methods=["GET", "POST"])
@need_role
def new_partner() -> ResponseReturnValue:
    """Of a team, or of a whole division."""
    teams = [(each.code, each.name) for each in leading.offered_teams(actor=actor(), at=clock.now())]
    places = [(f"region:{code}", f"{name}（全地区的队都能用）") for code, name in _places()]
    if not teams and not places:
        raise Refusal(C.NOT_ALLOWED)
    fields: list[simple.Field] = [
        ("owner", "谁的合作方", "select", [*teams, *places]), ("name", "名称", "text", 40),
        ("kind", "提供什么", "select", list(entry("planning.partners").items())), ("offers", "具体内容", "text", 200),
        ("contact", "联系人和电话", "text", 60),
        ("nature", "性质", "select", [("", "没有填"), *entry("planning.natures").items()]),
        ("agreement", "协议编号或主要内容（没有可以不填）", "text", 100),
        ("due_on", "协议到哪天（可以不填）", "day", None),
    ]  # fmt: skip
    if request.method == "GET":
        return simple.form("登记合作方", fields, {}, "/console/partners")
    typed = simple.typed(fields)
    region = typed["owner"].removeprefix("region:")[:12] if typed["owner"].startswith("region:") else ""
    refusal = attempt(
        lambda: partners.create(
            actor=actor(), region_code=region, team_code="" if region else typed["owner"][:20], name=typed["name"],
            kind=typed["kind"], offers=typed["offers"], contact=typed["contact"], at=clock.now(),
            nature=typed["nature"], agreement=typed["agreement"], due_on=typed["due_on"],
        )
    )  # fmt: skip
    if refusal:
        return simple.form("登记合作方", fields, {}, "/console/partners", refusal)
    return back("/console/partners", "created")


@bp.route("/partners/<code>/end", methods=["GET", "POST"])
@need_role
def end_partner(code: str) -> ResponseReturnValue:
    """It helps no longer."""
    code = known_form(code)
    partners.owned(actor=actor(), code=code, at=clock.now())
    fields: list[simple.Field] = [("reason", "为什么结束合作", "text", 200)]
    if request.method == "GET":
        return simple.form("结束合作", fields, {}, "/console/partners")
    refusal = attempt(
        lambda: partners.end(actor=actor(), code=code, reason=field("reason", 200), at=clock.now())
    )
    if refusal:
        return simple.form("结束合作", fields, {}, "/console/partners", refusal)
    return back("/console/partners", "saved")


@bp.route("/activities/<code>/partners", methods=["GET", "POST"])
@need_role
def gave(code: str) -> ResponseReturnValue:
    """What partners gave to an activity."""
    code, at = known_form(code), clock.now()
    refusal = None
    if request.method == "POST":
        refusal = attempt(
            lambda: partners.give(
                actor=actor(), activity_code=code, partner_code=field("partner", 20), gave=field("gave", 300), at=at
            )
        )
        if refusal is None:
            return back(f"/console/activities/{code}/partners", "saved")
    team, known = partners.choices(actor=actor(), activity_code=code, at=at)
    body = render(
        "planning/gave", tab="desk", code=code, team=team, known=known, given=partners.given(code),
        problem=words_of(refusal),
    )  # fmt: skip
    return said(body, refusal)
