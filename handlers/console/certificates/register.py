"""The register of certificates, and one of them with what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console import story
from handlers.console.figures.files import archive
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form
from handlers.pictures import pdf
from services import scopes
from services.certificates import asking, deciding, paper, views
from services.certificates.amounts import in_capitals
from services.certificates.paper import what_words, when_words
from services.certificates.views import Brief
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("console_certificates", __name__, enable_openapi=False)

C = RefusalCode
TONES = {"requested": "wait", "announced": "wait", "valid": "ok", "withdrawn": "bad", "refused": "bad"}
COLUMNS = (
    Column("name", "姓名", sort=True, whole=True), Column("public_no", "志愿者编号", under="name"),
    Column("state", "状态", whole=True), Column("number", "证明编号", sort=True, whole=True),
    Column("minutes", "时长（分钟）", sort=True, figure=True), Column("first", "从哪天", whole=True),
    Column("last", "到哪天", whole=True), Column("issuer", "出具单位"), Column("issued", "出具日期", under="number"),
    Column("asked", "申请日期", sort=True, whole=True),
    Column("differs", "后来更正"),
)  # fmt: skip


def _cells(line: Brief) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/certificates/{line.code}"), "public_no": line.public_no,
        "state": Mark(line.word, TONES.get(line.state, "")), "number": line.number, "minutes": line.minutes,
        "first": line.first, "last": line.last, "issuer": line.issuer, "issued": line.issued_on,
        "asked": clock.local_day(line.asked_at).isoformat(), "differs": Mark("要重开", "bad") if line.differs else "",
    }  # fmt: skip


@bp.get("/certificates")
@need_role
def page() -> ResponseReturnValue:
    """Those of his divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "服务证明", COLUMNS,
        (
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("state", "状态", [("open", "没有办完的"), *entry("certificates.states").items()]),
            Choice("differs", "后来更正", [("yes", "要重开的")]),
        ),
        search="姓名或证明编号", empty="还没有人申请服务证明。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="certificates/list", tab="manage", manages=bool(scopes.managed(actor=actor(), at=at)),
    )  # fmt: skip


@bp.get("/certificates/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One certificate."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.one(actor=actor(), code=code, at=clock.now())
    body = render(
        "certificates/one", tab="manage", shown=shown, brief=shown.brief, tones=TONES, problem=words_of(refusal),
        reason=field("reason", 200), capitals=in_capitals(shown.text.minutes),
        lines=[(when_words(each), what_words(each), each.team, each.minutes) for each in shown.lines],
        steps=story.steps("certificate", shown.id), address=f"{parts().public_url}/v/{code}",
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/certificates/<code>/<any('issue', 'refuse', 'withdraw', 'reissue'):step>")
@need_role
def act(code: str, step: str) -> ResponseReturnValue:
    """The centre's word."""
    code, at = known_form(code), clock.now()
    views.one(actor=actor(), code=code, at=at)
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": at}
    made = [code]
    acts = {
        "issue": (lambda: deciding.issue(parts=parts(), **facts), "approved"),
        "refuse": (lambda: deciding.refuse(**facts, reason=field("reason", 200)), "refused"),
        "withdraw": (lambda: deciding.withdraw(**facts, reason=field("reason", 200)), "revoked"),
        "reissue": (lambda: made.append(deciding.reissue(parts=parts(), **facts)), "approved"),
    }
    do, done = acts[step]
    refusal = attempt(do)
    return _one(code, refusal) if refusal else back(f"/console/certificates/{made[-1]}", done)


@bp.get("/certificates/<code>.pdf")
@need_role
def paper_of(code: str) -> ResponseReturnValue:
    """To print."""
    name, body = paper.paper(parts=parts(), actor=actor(), code=known_form(code), at=clock.now())
    return pdf(body, name)


@bp.post("/certificates/papers")
@need_role
def papers() -> ResponseReturnValue:
    """Several in one file: a PDF, each on pages of its own, or (`singly`) a ZIP of PDFs."""
    codes = [known_form(each) for each in field("codes", 20 * asking.MOST).split(",")]
    facts: dict[str, Any] = {"parts": parts(), "actor": actor(), "codes": codes, "at": clock.now()}
    if "singly" not in request.form:
        name, body = paper.of_team(**facts)
        return pdf(body, name)
    name, body = paper.singly(**facts)
    return archive(body, name)
