"""经费 on the leader's phone: his projects' sums, a line written down, support applied for, spent, closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services import leading
from services.errors import Refusal, RefusalCode
from services.money import grants, lines, own, sources
from services.money.lines import LineDraft
from wording import entry

bp = APIBlueprint("lead_money", __name__, enable_openapi=False)

C = RefusalCode
#: These are none of a form's business.
ELSEWHERE = {C.NOT_FOUND, C.NOT_ALLOWED, C.NOT_REGISTERED, C.ACCOUNT_CLOSED}
LINE = ("direction", "amount", "day", "source", "purpose", "grant", "note")


def _shown(template: str, refusal: Refusal | None = None, **facts: Any) -> ResponseReturnValue:
    page = render_template(
        f"pages/{template}.html", tab="home", problem=sentence(refusal) if refusal else "", done=done(),
        wrong=str(refusal.facts.get("field", "")) if refusal else "", **facts,
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


def _tried(act: Callable[[], Any]) -> Refusal | None:
    try:
        act()
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return refusal
    return None


@bp.get("/m/money")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """The running projects of my teams. Refusal: NOT_ALLOWED for whoever leads none."""
    at = clock.now()
    if not leading.leads_any(actor=g.actor, at=at):
        raise Refusal(C.NOT_ALLOWED)
    return _shown("lead_money", projects=own.projects(actor=g.actor, at=at))


@bp.get("/m/money/<code>")
@need_volunteer("h5")
def project(code: str) -> ResponseReturnValue:
    """One of them: its sums and its applications."""
    shown = own.project(actor=g.actor, code=known_form(code), at=clock.now())
    return _shown("lead_money_project", shown=shown, states=entry("money.states"))


@bp.route("/m/money/<code>/apply", methods=["GET", "POST"])
@need_volunteer("h5")
def apply(code: str) -> ResponseReturnValue:
    """Ask for support."""
    code, at = known_form(code), clock.now()
    typed = {name: field(name, most) for name, most in (("amount", 20), ("source", 20), ("purpose", 600))}
    made: list[str] = []

    def ask() -> None:
        made.append(grants.apply(actor=g.actor, project_code=code, at=at, **typed))

    shown, refusal = own.project(actor=g.actor, code=code, at=at), _tried(ask) if request.method == "POST" else None
    if made:
        return redirected(f"/m/money/grants/{made[0]}?done=applied")
    return _shown(
        "lead_money_apply", refusal, shown=shown, values=typed, sources=sources.names(),
        longest=grants.LENGTHS["purpose"],
    )  # fmt: skip


@bp.route("/m/money/<code>/line", methods=["GET", "POST"])
@need_volunteer("h5")
def line(code: str) -> ResponseReturnValue:
    """Write an income or a spending down."""
    code, at = known_form(code), clock.now()
    typed = {name: field(name, 300 if name == "note" else 20) for name in LINE}

    def put() -> None:
        lines.write_down(actor=g.actor, project_code=code, draft=LineDraft(**typed), at=at)

    shown, refusal = own.project(actor=g.actor, code=code, at=at), None
    if request.method == "POST":
        refusal = _tried(put)
        if refusal is None:
            return redirected(f"/m/money/{code}?done=saved")
    start = typed | {"day": clock.today().isoformat(), "direction": typed["direction"] or "out"}
    return _shown(
        "lead_money_line", refusal, shown=shown, values=typed if request.method == "POST" else start,
        sources=sources.names(), longest=lines.NOTE_LONGEST, purposes=entry("money.purposes"),
        today=clock.today().isoformat(),
    )  # fmt: skip


@bp.get("/m/money/grants/<code>")
@need_volunteer("h5")
def grant(code: str) -> ResponseReturnValue:
    """An application: where it stands, what is left of it."""
    return _grant(known_form(code))


def _grant(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = grants.page(actor=g.actor, code=code, at=clock.now())
    return _shown(
        "lead_money_grant", refusal, grant=shown, states=entry("money.states"), closing=field("closing", 1100),
        longest=grants.LENGTHS["closing"],
    )  # fmt: skip


@bp.post("/m/money/grants/<code>/close")
@need_volunteer("h5")
def close(code: str) -> ResponseReturnValue:
    """The closing report."""
    code, at = known_form(code), clock.now()
    refusal = _tried(lambda: grants.close(actor=g.actor, code=code, report=field("closing", 1100), at=at))
    return _grant(code, refusal) if refusal else redirected(f"/m/money/grants/{code}?done=saved")


@bp.post("/m/money/grants/<code>/withdraw")
@need_volunteer("h5")
def withdraw(code: str) -> ResponseReturnValue:
    """Take the application back."""
    code, at = known_form(code), clock.now()
    refusal = _tried(lambda: grants.withdraw(actor=g.actor, code=code, at=at))
    return _grant(code, refusal) if refusal else redirected(f"/m/money/grants/{code}?done=withdrawn")
