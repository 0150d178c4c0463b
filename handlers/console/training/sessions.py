"""Sessions: the list, a new one, their results; certificates and the training rate of teams (S42)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, pdf, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.participation.roster import path_of
from handlers.console.planning import simple
from handlers.console.training.ways import leads_some, ways
from handlers.pages.browser import field, known_form
from handlers.pages.format import FILTERS
from handlers.pages.trainings import session_draft, take_results
from services import leading, scopes
from services.errors import Refusal, RefusalCode
from services.training import bases, certificates, courses, providers, rates, results, sessions, views
from services.training.certificates import CertificateLine
from services.training.rates import RateLine
from services.training.views import SessionLine
from wording import entry

bp = APIBlueprint("console_trainings", __name__, enable_openapi=False)

C = RefusalCode
SESSIONS = (
    Column("title", "培训班", sort=True), Column("kind", "类别"), Column("team", "服务队"), Column("place", "地区"),
    Column("starts", "时间", sort=True, whole=True), Column("provider", "培训单位"), Column("base", "基地"),
    Column("signed", "报名", figure=True), Column("came", "到课", figure=True), Column("passed", "合格", figure=True),
    Column("state", "状态"),
)  # fmt: skip
STATES = {
    "coming": ("还没办", "wait"), "open": ("等结业", "bad"), "finished": ("已结业", "ok"), "cancelled": ("取消", ""),
    "draft": ("草稿", ""),
}  # fmt: skip
CERTIFICATES = (
    Column("name", "姓名", sort=True), Column("course", "课程"), Column("number", "编号", whole=True),
    Column("place", "地区"), Column("issued", "发证", sort=True, whole=True),
    Column("expires", "到期", sort=True, whole=True), Column("state", "状态"), Column("revoke", ""),
)  # fmt: skip
RATES = (
    Column("team", "服务队", sort=True), Column("place", "地区", sort=True),
    Column("members", "队员", figure=True, sort=True),
    Column("trained", "学满的", figure=True, sort=True), Column("rate", "培训率（%）", figure=True, sort=True),
    Column("hours", "学时合计", figure=True), Column("aim", "一年要（学时）", figure=True),
)  # fmt: skip
OPENNESS = [("team", "本队队员"), ("area", "本地区的志愿者"), ("everyone", "所有志愿者")]


def may_list() -> None:
    """Leaders, and those who may look at a division."""
    if not scopes.readable(actor=actor(), at=clock.now()) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)


def area() -> Choice:
    """The filter by division."""
    chosen = request.args.get("region", "")[:12]
    return Choice("region", "地区", words.areas(actor(), chosen, clock.now()))


def _cells(line: SessionLine) -> Mapping[str, Any]:
    over = line.state in ("open", "finished")
    return {
        "title": Link(line.title, f"/console/trainings/{line.code}/results" if over else path_of(line.code)),
        "kind": entry("training.kinds").get(line.kind, ""), "team": line.team, "place": line.place,
        "starts": FILTERS["as_moment"](line.starts_at), "provider": line.provider, "base": line.base,
        "signed": line.signed, "came": line.came, "passed": line.passed, "state": Mark(*STATES[line.state]),
    }  # fmt: skip


@bp.get("/trainings")
@need_role
def listed() -> ResponseReturnValue:
    """The sessions."""
    may_list()
    at = clock.now()
    sheet = Sheet(
        "培训班", SESSIONS, search="培训或队名", empty="还没有培训班。",
        choices=(
            area(), Choice("kind", "类别", list(entry("training.kinds").items())),
            Choice("state", "状态", [(key, word) for key, (word, _) in STATES.items() if key != "draft"]),
            Choice("from", "从哪天", day=True), Choice("to", "到哪天", day=True),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="training/list", ways=ways(), tab="manage",
        new_path="/console/trainings/new" if leads_some() else "", new_word="开一个班",
    )  # fmt: skip


@bp.route("/trainings/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """A session of one of his teams."""
    at = clock.now()
    teams = leading.offered_teams(actor=actor(), chosen=field("team", 20), at=at)
    if not teams:
        raise Refusal(C.NOT_ALLOWED)
    place = max((each.region_code for each in teams), key=len)
    fields: list[simple.Field] = [
        ("team", "哪个服务队承办（由它带队签到）", "select", [(each.code, each.name) for each in teams]),
        ("course", "哪门课", "select", courses.offered(region_code=place)), ("day", "哪天", "day", None),
        ("from", "几点开始（09:00）", "text", 5), ("to", "几点结束（11:00）", "text", 5),
        ("people", "名额", "number", None), ("teacher", "老师", "text", 40),
        ("provider", "培训单位", "select", [("", "自己办"), *providers.offered(region_code=place)]),
        ("base", "培训基地", "select", [("", "不在基地"), *bases.offered(region_code=place)]),
        ("place", "地点（在基地办可以不填）", "text", 60), ("openness", "谁能参加", "select", OPENNESS),
        ("content", "讲什么（不填就用课程的）", "area", 1000),
    ]  # fmt: skip
    start = {"people": 30, "openness": "area", "from": "09:00", "to": "11:00", "team": field("team", 20)}
    if request.method == "GET":
        return simple.form("开一个培训班", fields, start, "/console/trainings")
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            sessions.hold(actor=actor(), team_code=field("team", 20), draft=session_draft(), at=at)
        )
    )
    if refusal:
        return simple.form("开一个培训班", fields, start, "/console/trainings", _here(refusal))
    return back(path_of(made[0]), "published")


def _here(refusal: Refusal) -> Refusal:
    """An activity's field under the name it has in this form."""
    names = {"starts_at": "day", "ends_at": "to", "signup_closes_at": "day"}
    name = str(refusal.facts.get("field", ""))
    return Refusal(refusal.code, **{**refusal.facts, "field": names.get(name, name)}) if name else refusal


@bp.get("/trainings/<code>/results")
@need_role
def sheet(code: str) -> ResponseReturnValue:
    """How it went for each."""
    return _sheet(known_form(code))


def _sheet(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = results.sheet(actor=actor(), code=code, at=clock.now())
    return said(render("training/results", tab="manage", sheet=shown, problem=words_of(refusal)), refusal)


@bp.post("/trainings/<code>/results")
@need_role
def put(code: str) -> ResponseReturnValue:
    """Keep them; with `finish`, close the session."""
    code, at = known_form(code), clock.now()

    refusal = attempt(lambda: take_results(actor(), code, at))
    return _sheet(code, refusal) if refusal else back(f"/console/trainings/{code}/results", "saved")


def _certificate_cells(line: CertificateLine) -> Mapping[str, Any]:
    tones = {"valid": "ok", "expired": "bad", "revoked": ""}
    return {
        "name": Link(line.name, f"/console/people/{line.public_no}"), "course": line.course,
        "number": Link(line.number, f"/console/trainings/certificates/{line.code}.pdf"), "place": line.place,
        "issued": line.issued_on, "expires": line.expires_on or "长期", "state": Mark(line.word, tones[line.state]),
        "revoke": Link("撤销", f"/console/trainings/certificates/{line.code}/revoke") if line.may_revoke else "",
    }  # fmt: skip


@bp.get("/trainings/certificates")
@need_role
def all_certificates() -> ResponseReturnValue:
    """Who has which, until when."""
    at = clock.now()
    sheet = Sheet(
        "培训证书", CERTIFICATES, search="姓名、课程、编号", empty="还没有发过证书。",
        choices=(
            area(),
            Choice("state", "状态", [("valid", "有效"), ("soon", "三个月内到期"), ("expired", "已过期"),
                                   ("revoked", "已撤销")]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: certificates.listed(actor=actor(), wanted=wanted, at=at), _certificate_cells,
        template="training/list", ways=ways(), tab="manage", new_path="", new_word="",
    )  # fmt: skip


@bp.get("/trainings/certificates/<code>.pdf")
@need_role
def paper(code: str) -> ResponseReturnValue:
    """One to print."""
    body = certificates.paper(parts=parts(), actor=actor(), code=known_form(code), at=clock.now())
    return pdf(body, "certificate.pdf")


@bp.route("/trainings/certificates/<code>/revoke", methods=["GET", "POST"])
@need_role
def revoke(code: str) -> ResponseReturnValue:
    """It was issued wrongly."""
    code, path = known_form(code), "/console/trainings/certificates"
    certificates.deciding(actor=actor(), code=code, at=clock.now())
    fields: list[simple.Field] = [("reason", "为什么撤销（本人会看到）", "text", 200)]
    if request.method == "GET":
        return simple.form("撤销证书", fields, {}, path)
    refusal = attempt(
        lambda: certificates.revoke(actor=actor(), code=code, reason=field("reason", 200), at=clock.now())
    )
    return simple.form("撤销证书", fields, {}, path, refusal) if refusal else back(path, "saved")


def _rate_cells(line: RateLine, looks: bool) -> Mapping[str, Any]:
    return {
        "team": Link(line.name, f"/console/teams/{line.code}") if looks else line.name, "place": line.place,
        "members": line.members,
        "trained": line.trained, "rate": "" if line.rate is None else line.rate, "hours": line.hours, "aim": line.aim,
    }  # fmt: skip


@bp.get("/trainings/rates")
@need_role
def all_rates() -> ResponseReturnValue:
    """Of each team's members, how many have the hours of a year."""
    at, year = clock.now(), clock.today().year
    if not scopes.countable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)
    sheet = Sheet(
        "培训率", RATES, search="队名", empty="没有这样的服务队。",
        choices=(
            area(), Choice("year", "哪一年", [(str(each), f"{each} 年") for each in (year, year - 1, year - 2)],
                           unset="今年"),
            Choice("kind", "类别", words.options("kinds")),
        ),
    )  # fmt: skip
    looks = g.rights.leads or bool(scopes.readable(actor=actor(), at=at))  # who only counts sees the name
    return answer(
        sheet, lambda wanted: rates.listed(actor=actor(), wanted=wanted, at=at),
        lambda line: _rate_cells(line, looks),
        template="training/list", ways=ways(), tab="manage", new_path="", new_word="",
    )  # fmt: skip
