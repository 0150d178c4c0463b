"""Certificates of service record on the phone: ask, look, take it away; and for anybody whether one is true (/v/)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, prefetching, redirected
from handlers.pictures import pdf
from handlers.qr import svg_uri
from services.certificates import asking, checking, paper, views
from services.certificates.amounts import in_capitals
from services.certificates.drafting import Scope
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("certificates", __name__, enable_openapi=False)

C = RefusalCode
DONE = {"asked", "issued", "cancelled"}
ELSEWHERE = {C.NOT_FOUND, C.NOT_REGISTERED, C.ACCOUNT_CLOSED}
#: How the form names all of a person's time, and days that he types.
EVER, OWN_DAYS = "ever", "days"


def done() -> str:
    """What was just done, from the address after a post; "" if nothing we know."""
    word = request.args.get("done", "")
    return word if word in DONE else ""


def scope() -> Scope:
    """What the form asks for: fields `when` (ever, a year, days), `first`, `last`, `team`. Days that were filled in
    count, whatever `when` says: whoever typed them means them."""
    when, team, first, last = field("when", 10) or EVER, field("team", 20), field("first", 10), field("last", 10)
    if first or last:
        return Scope(first, last, team)
    if when == EVER:
        return Scope("", "", team)
    if not (when.isascii() and when.isdigit() and len(when) == 4):
        raise Refusal(C.FIELD_WRONG, field="when")
    return asking.year_scope(when, team)


@bp.get("/m/certificates")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """My certificates, and the form for one."""
    return _mine()


def _mine(refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/certificates.html", tab="me", mine=views.mine(volunteer_id=me_id()), done=done(),
        offer=asking.offer(volunteer_id=me_id()), problem=sentence(refusal) if refusal else "",
        wrong=str(refusal.facts.get("field", "")) if refusal else "",
        typed=_typed(),
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


def _typed() -> dict[str, str]:
    """The form as it was sent; a link may name its days in one word (`when=2026-03-01_2026-03-31`)."""
    typed = {name: field(name, 21) for name in ("when", "first", "last", "team")}
    first, both, last = typed["when"].partition("_")
    return typed | {"when": OWN_DAYS, "first": first, "last": last} if both else typed


@bp.post("/m/certificates")
@need_volunteer("h5")
def ask() -> ResponseReturnValue:
    """Ask for one; where several centres certify, one of each."""
    try:
        codes = asking.ask(parts=parts(), actor=g.actor, scope=scope(), at=clock.now())
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _mine(refusal)
    if len(codes) > 1:
        return redirected("/m/certificates?done=asked")
    return redirected(f"/m/certificates/{codes[0]}?done=asked")


@bp.get("/m/certificates/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """One of mine: where it stands, and the code that proves it."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.own(actor=g.actor, code=code)
    page = render_template(
        "pages/certificate.html", tab="me", shown=shown, brief=shown.brief, capitals=in_capitals(shown.text.minutes),
        picture=svg_uri(f"{parts().public_url}/v/{code}") if shown.may_print else "", done=done(),
        problem=sentence(refusal) if refusal else "", spaced=paper.spaced(code),
        file=paper.link(parts=parts(), code=code, at=clock.now()) if shown.may_print else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/certificates/<code>")
@need_volunteer("h5")
def act(code: str) -> ResponseReturnValue:
    """Take the request back, or ask for a new one by what the books say now."""
    code, at = known_form(code), clock.now()
    try:
        if "again" in request.form:
            made = asking.ask_again(parts=parts(), actor=g.actor, code=code, at=at)
            return redirected(f"/m/certificates/{made}?done=asked")
        asking.cancel(actor=g.actor, code=code, at=at)
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _one(code, refusal)
    return redirected("/m/certificates?done=cancelled")


@bp.get("/m/certificates/<code>.pdf")
@need_volunteer("h5")
def paper_of(code: str) -> ResponseReturnValue:
    """The same on paper."""
    name, body = paper.paper(parts=parts(), actor=g.actor, code=known_form(code), at=clock.now())
    return pdf(body, name)


@bp.get("/v/<code>/<until>.<mac>.pdf")
def paper_by_link(code: str, until: str, mac: str) -> ResponseReturnValue:
    """The same for a browser that does not know him: WeChat hands files to another one. Good for half an hour."""
    name, body = paper.by_link(
        parts=parts(), code=known_form(code), until=known_form(until), mac=known_form(mac), at=clock.now()
    )
    return pdf(body, name)


def _unlisted(page: str, status: int = 200) -> Response:
    """A page that no search engine and no browser keeps."""
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/v")
def enter() -> ResponseReturnValue:
    """Where a code is typed from the paper."""
    typed = checking.typed(field("code", 60))
    if not typed:
        return _unlisted(render_template("pages/certificate_enter.html", mistyped=False))
    if not checking.is_code(typed):
        return _unlisted(render_template("pages/certificate_enter.html", mistyped=True), 404)
    return redirected(f"/v/{typed}")


@bp.get("/v/<code>")
def known(code: str) -> ResponseReturnValue:
    """What was issued under this code, to anybody who holds it."""
    address = request.remote_addr or ""
    try:
        shown = checking.look(
            code=checking.typed(known_form(code)), address=address, counted=not prefetching(), at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code is not C.NOT_FOUND:
            raise
        return _unlisted(render_template("pages/certificate_unknown.html"), 404)
    return _unlisted(
        render_template("pages/certificate_known.html", shown=shown, capitals=in_capitals(shown.minutes))
    )


@bp.get("/certificates")
def notices() -> ResponseReturnValue:
    """The public notices of certificates about to be issued (公示)."""
    return _unlisted(
        render_template("pages/certificates_announced.html", found=checking.announced(at=clock.now()))
    )
