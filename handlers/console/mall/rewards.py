"""Rewards of a division: the list, a new one, changing it, its photo, closing it; debts of points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pages.format import FILTERS
from handlers.pictures import jpeg_uri
from services import regions, scopes
from services.bookkeeping import debts
from services.bookkeeping.debts import DebtLine
from services.errors import Refusal, RefusalCode
from services.lives.files import MOST_BYTES
from services.mall import rewards
from services.mall.rewards import RewardDraft, RewardLine

bp = APIBlueprint("console_mall", __name__, enable_openapi=False)

PATH = "/console/mall"
COLUMNS = (
    Column("title", "礼品", sort=True), Column("owner", "哪里的"), Column("partner", "合作方"),
    Column("price", "要多少分", sort=True, figure=True), Column("stock", "还有", sort=True, figure=True),
    Column("waiting", "等领取", figure=True), Column("given", "领走", figure=True),
    Column("from", "从", sort=True, whole=True), Column("to", "到", whole=True), Column("place", "在哪里领"),
    Column("state", "状态"),
)  # fmt: skip
STATES = {"open": ("可以换", "ok"), "closed": ("停了", ""), "gone": ("换完了", "wait")}
DEBTS = (
    Column("name", "姓名"), Column("place", "地区"), Column("points", "当时欠", sort=True, figure=True),
    Column("owed", "还欠", figure=True), Column("reason", "为什么"), Column("since", "从", sort=True, whole=True),
    Column("state", "状态"),
)  # fmt: skip


@bp.before_request
def allow_photos() -> None:
    """A photo is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


def area() -> Choice:
    """The filter by division."""
    return Choice("region", "地区", words.areas(actor(), request.args.get("region", "")[:12], clock.now()))


def _cells(line: RewardLine) -> Mapping[str, Any]:
    title = Link(line.title, f"{PATH}/{line.code}") if line.may_change else line.title
    return {
        "title": title, "owner": line.owner, "partner": line.partner, "price": line.price, "stock": line.stock,
        "waiting": line.waiting, "given": line.given, "from": line.from_on, "to": line.to_on or "长期",
        "place": line.place, "state": Mark(*STATES[line.state]),
    }  # fmt: skip


@bp.get("/mall")
@need_role
def listed() -> ResponseReturnValue:
    """The rewards."""
    at = clock.now()
    sheet = Sheet(
        "积分礼品", COLUMNS, search="礼品", empty="还没有礼品。点“放进一样礼品”。",
        choices=(area(), Choice("state", "状态", [(key, word) for key, (word, _) in STATES.items()])),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: rewards.listed(actor=actor(), wanted=wanted, at=at), _cells, template="mall/list",
        tab="manage", may_add=bool(scopes.managed(actor=actor(), at=at)),
    )  # fmt: skip


def _fields(region: str, *, new: bool) -> list[simple.Field]:
    found: list[simple.Field] = [
        ("title", "礼品（例如：大米 5 公斤；不能是现金、购物卡）", "text", rewards.TITLE),
        ("price", "要多少分", "number", None),
        ("stock", "放进几件", "number", None) if new else ("more", "再放进几件（拿走就写 -3）", "text", 7),
        ("place_region", "哪里发", "select", rewards.stations(region)),
        ("place", "在哪里、什么时候领（例如：县中心一楼，工作日 9:00 到 17:00）", "text", rewards.PLACE),
        ("from_on", "从哪天可以换", "day", None), ("to_on", "到哪天（不填就一直可以）", "day", None),
        ("per_person", "每人最多换几件（0 表示不限）", "number", None),
        ("stars", "几星以上才能换", "select", [("0", "不限"), *((str(n), f"{n} 星以上") for n in range(1, 6))]),
        ("honour", "荣誉", "select", [("", "不限"), ("1", "得过荣誉的才能换")]),
        ("partner", "谁提供的", "select", [("", "中心（站）自己"), *rewards.partners(region)]),
        ("about", "说明（可以不写）", "area", rewards.ABOUT),
    ]  # fmt: skip
    return found


def _draft(typed: Mapping[str, str]) -> RewardDraft:
    return RewardDraft(
        title=typed["title"], price=simple.whole(typed["price"]), stock=simple.whole(typed.get("stock", "0")),
        place=typed["place"], place_region=typed["place_region"], from_on=typed["from_on"], to_on=typed["to_on"],
        about=typed["about"], stars=simple.whole(typed["stars"]), honour=bool(typed["honour"]),
        per_person=simple.whole(typed["per_person"]), partner=typed["partner"],
    )  # fmt: skip


def _places() -> list[tuple[str, str]]:
    return [(code, regions.path_name(code)) for code in scopes.managed(actor=actor(), at=clock.now())]


@bp.route("/mall/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """A reward of one of his divisions."""
    at, own = clock.now(), _places()
    if not own:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    region = request.args.get("region", "")[:12] or own[0][0]
    if not scopes.covers([code for code, _ in own], region):
        raise Refusal(RefusalCode.NOT_FOUND)
    fields = _fields(region, new=True)
    heading = f"放进一样礼品：{regions.path_name(region)}"
    if request.method == "GET":
        start = {"from_on": clock.today().isoformat(), "per_person": 1, "place_region": region}
        return simple.form(heading, fields, start, PATH)
    typed = simple.typed(fields)
    refusal = attempt(lambda: rewards.put_in(actor=actor(), region_code=region, draft=_draft(typed), at=at))
    return simple.form(heading, fields, {}, PATH, _beside(refusal)) if refusal else back(PATH, "saved")


def _beside(refusal: Refusal) -> Refusal:
    """What would be pay is said at the title; too few left, at the number."""
    name = {RefusalCode.REWARD_CASH: "title", RefusalCode.REWARD_GONE: "more"}.get(refusal.code)
    return Refusal(refusal.code, **{**refusal.facts, "field": name}) if name else refusal


@bp.route("/mall/<code>", methods=["GET", "POST"])
@need_role
def one(code: str) -> ResponseReturnValue:
    """Change a reward."""
    code, at = known_form(code), clock.now()
    now = rewards.draft_of(actor=actor(), code=code, at=at)
    fields = _fields(now.region_code, new=False)
    refusal = None
    if request.method == "POST":
        typed = simple.typed(fields)
        refusal = attempt(
            lambda: rewards.change(
                actor=actor(), code=code, draft=_draft(typed), more=_signed(typed["more"]), at=at
            )
        )
        if refusal is None:
            return back(f"{PATH}/{code}", "saved")
        refusal = _beside(refusal)
    values = simple.typed(fields) if refusal else {**now.values, "more": "0"}
    body = render(
        "mall/reward", tab="manage", heading=now.values["title"], fields=fields, values=values, leads_back=PATH,
        problem=words_of(refusal), wrong=str(refusal.facts.get("field", "")) if refusal else "", reward=now,
        photo=_photo(code) if now.has_photo else "",
    )  # fmt: skip
    return said(body, refusal)


def _photo(code: str) -> str:
    body = rewards.photo(parts=parts(), actor=actor(), code=code, at=clock.now())
    return jpeg_uri(body) if body else ""


def _signed(text: str) -> int:
    """A whole number that may be below zero; one that nothing takes for what is none."""
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 7:
        return 0 if not text else 10**8
    return int(text)


@bp.post("/mall/<code>/state")
@need_role
def state(code: str) -> ResponseReturnValue:
    """Close it, or open it again."""
    code = known_form(code)
    rewards.set_state(actor=actor(), code=code, state=field("state", 10), at=clock.now())
    return back(f"{PATH}/{code}", "saved")


@bp.route("/mall/<code>/photo", methods=["GET", "POST"])
@need_role
def photo(code: str) -> ResponseReturnValue:
    """Its photo."""
    code, at = known_form(code), clock.now()
    now = rewards.draft_of(actor=actor(), code=code, at=at)
    refusal = None
    if request.method == "POST":
        sent = request.files.get("photo")
        body = sent.read() if sent else b""
        refusal = attempt(lambda: rewards.show_photo(parts=parts(), actor=actor(), code=code, body=body, at=at))
        if refusal is None:
            return back(f"{PATH}/{code}", "saved")
    shown = _photo(code) if now.has_photo else ""
    return said(render("mall/photo", tab="manage", reward=now, photo=shown, problem=words_of(refusal)), refusal)


def _debt(line: DebtLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/people/{line.public_no}"), "place": line.place, "points": line.points,
        "owed": line.owed, "reason": line.reason, "since": FILTERS["as_day"](line.since),
        "state": Mark("还清了", "ok") if line.cleared_at else Mark("欠着", "bad"),
    }  # fmt: skip


@bp.get("/points/debts")
@need_role
def all_debts() -> ResponseReturnValue:
    """Points that corrections took after they were spent."""
    at = clock.now()
    sheet = Sheet(
        "积分欠账", DEBTS, search="姓名", empty="没有人欠积分。",
        choices=(area(), Choice("state", "状态", [("open", "欠着"), ("cleared", "还清了")])),
    )  # fmt: skip
    return answer(sheet, lambda wanted: debts.listed(actor=actor(), wanted=wanted, at=at), _debt, tab="manage")
