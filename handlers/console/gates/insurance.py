"""保险: which cover holds for whom until when; a new one, the end of one, the list for the insurer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer, excel
from handlers.console.lives.proxies import allow_photos, photo
from handlers.pages.browser import field, known_form
from handlers.pages.format import moment
from handlers.pictures import jpeg
from services import leading, scopes
from services.accounts import withheld
from services.errors import Refusal, RefusalCode
from services.gates import covers
from services.regions import path_name
from services.times import day_starts
from services.workbooks import Page, pages

bp = APIBlueprint("console_insurance", __name__, enable_openapi=False)

STATES = {
    "running": ("有效", "ok"), "coming": ("还没开始", "wait"), "over": ("已到期", "bad"), "ended": ("已终止", "bad"),
}  # fmt: skip
SCOPES = {"region": "地区", "team": "服务队", "activity": "一次活动"}
SHEET = Sheet(
    "保险",
    (
        Column("whom", "保谁"), Column("scope", "范围", whole=True), Column("insurer", "保险公司", sort=True),
        Column("product", "险种"), Column("policy", "保单号", whole=True), Column("from", "从", sort=True, whole=True),
        Column("until", "到", sort=True, whole=True), Column("state", "状态", whole=True), Column("note", "说明"),
        Column("photo", "保单照片", whole=True),
    ),
    (
        Choice("state", "状态", tuple((key, word) for key, (word, _) in STATES.items())),
        Choice("scope", "范围", tuple(SCOPES.items())),
    ),
    search="保险公司、保单号、服务队", empty="还没有登记保险。有危险的活动，先登记保险才能发布。",
)  # fmt: skip
#: What is named in the box "保谁", by the word before its code.
WHOM = {"region": "region_code", "team": "team_code", "activity": "activity_code"}
TEXTS = ("insurer", "product", "policy_no", "note", "from", "until", "place")


@bp.get("/insurance")
@need_role
def listed() -> ResponseReturnValue:
    """The covers of one's divisions and teams."""
    at = clock.now()
    return answer(
        SHEET, lambda wanted: covers.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="gates/insurance", tab="manage",
    )  # fmt: skip


def _cells(row: covers.Cover) -> dict[str, Any]:
    return {
        "whom": row.whom, "scope": SCOPES[row.scope], "insurer": row.insurer, "product": row.product,
        "policy": row.policy_no, "from": moment(row.covers_from), "until": moment(row.covers_until),
        "state": Mark(*STATES[row.state]), "note": row.ended_why or row.note,
        "photo": Link("看照片", f"/console/insurance/{row.code}/photo") if row.may_see_photo else "",
    }  # fmt: skip


def _form(values: dict[str, str], refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    regions = [(f"region:{code}", path_name(code)) for code in scopes.managed(actor=actor(), at=at)]
    teams = [(f"team:{each.code}", each.name) for each in leading.led_teams(actor=actor(), at=at, most=200)]
    one = [
        (f"activity:{each.code}", f"{moment(each.starts_at)} {each.title}")
        for each in covers.coverable(actor=actor(), at=at)
    ]
    ending = covers.endable(actor=actor(), at=at)
    body = render(
        "gates/insurance_form", tab="manage", values=values, places=regions + teams, activities=one,
        problem=words_of(refusal), wrong=str(refusal.facts.get("field", "photo")) if refusal else "", ending=ending,
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/insurance/new")
@need_role
def new() -> ResponseReturnValue:
    """An empty form: a year from today."""
    today = clock.today()
    blank = dict.fromkeys(TEXTS, "")
    return _form(blank | {"from": today.isoformat(), "until": (today + timedelta(days=364)).isoformat()})


bp.before_request(allow_photos)


@bp.post("/insurance/new")
@need_role
def record() -> ResponseReturnValue:
    """Record a cover; both days belong to it."""
    values = {name: field(name, 300) for name in TEXTS}
    kind, _, code = values["place"].partition(":")
    whom = {WHOM.get(kind, "region_code"): code}

    def act() -> None:
        covers.record(
            actor=actor(), parts=parts(), at=clock.now(), photo=photo(), covers_from=_day(values["from"]),
            covers_until=_day(values["until"]) + timedelta(days=1),
            **{name: values[name] for name in ("insurer", "product", "policy_no", "note")}, **whom,
        )  # fmt: skip

    refusal = attempt(act)
    return _form(values, refusal) if refusal else back("/console/insurance", "saved")


def _day(text: str) -> datetime:
    try:
        return day_starts(date.fromisoformat(text))
    except ValueError:
        raise Refusal(RefusalCode.FIELD_WRONG, field="covers_until") from None


@bp.get("/insurance/<code>/photo")
@need_role
def proof(code: str) -> ResponseReturnValue:
    """The photo of the policy, for those who keep the cover."""
    return jpeg(covers.photo(parts=parts(), actor=actor(), code=known_form(code), at=clock.now()), f"policy-{code}")


@bp.post("/insurance/<code>/end")
@need_role
def end(code: str) -> ResponseReturnValue:
    """End one with a reason."""
    refusal = attempt(lambda: covers.end(actor=actor(), code=code, reason=field("reason", 200), at=clock.now()))
    return _form(dict.fromkeys(TEXTS, ""), refusal) if refusal else back("/console/insurance", "saved")


@bp.get("/activities/<code>/insured")
@need_role
def insured(code: str) -> ResponseReturnValue:
    """The list for the insurer, as a file; who took it is kept."""
    rows = covers.insured(parts=parts(), actor=actor(), activity_code=code, at=clock.now())
    page = Page(
        "投保名单", ("姓名", "证件号码", "出生日期", "岗位", "开始", "结束"),
        [
            (row.name, row.document, row.birth_date, row.position, moment(row.starts_at), moment(row.ends_at))
            for row in rows
        ],
    )  # fmt: skip
    body = pages([page, *withheld.pages(sum(row.withheld for row in rows))])
    return excel(body, f"投保名单-{clock.today().isoformat()}")
