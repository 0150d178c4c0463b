"""From a refusal to an answer: JSON with a status for programs, a page with a sentence for people.

Anything that is not a refusal is our fault: logged with the request id, 500, and raised again in tests.
"""

from __future__ import annotations

import logging
from typing import Any

import peewee
from flask import Flask, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from services.errors import Refusal, RefusalCode
from wording import say

log = logging.getLogger("hongyao.web")

C = RefusalCode
#: The HTTP status of each refusal; the rest are 409: understood, but not now.
STATUS = {
    C.LOGIN_REQUIRED: 401, C.LOGIN_CODE_INVALID: 401, C.LOGIN_BLOCKED: 403, C.WECHAT_UNAVAILABLE: 503,
    C.NOT_REGISTERED: 403, C.ACCOUNT_CLOSED: 403, C.TOO_MANY_TRIES: 429, C.DIGITS_WRONG: 400,
    C.DIGITS_EXPIRED: 410, C.INVITE_INVALID: 410,
    C.NAME_INVALID: 400, C.DOCUMENT_INVALID: 400, C.PHONE_INVALID: 400, C.REGION_UNKNOWN: 400,
    C.CONSENT_REQUIRED: 400, C.UNDER_AGE: 403, C.OWN_NUMBER_WRONG: 400,
    C.NOT_ALLOWED: 403, C.OWN_RECORD: 403, C.NOT_FOUND: 404, C.MODULE_OFF: 404, C.TEAM_ONLY: 403, C.AREA_ONLY: 403,
    C.ADULTS_ONLY: 403, C.ACTIVITY_HIDDEN: 403, C.NO_POSTER: 403, C.TOO_YOUNG: 403, C.INVITE_ONLY: 403,
    C.SIGNUP_BARRED: 403,
    C.AGREEMENT_REQUIRED: 400,
    C.ACTIVITY_INVALID: 400, C.RISK_NOT_ACCEPTED: 400,
    C.CODE_UNKNOWN: 404, C.CODE_EXPIRED: 410, C.CODE_FORGED: 400,
    C.CODE_REVOKED: 410, C.KIT_LINK_INVALID: 410, C.KIT_OVER: 410,
    C.TICKET_INVALID: 404, C.TICKET_EXPIRED: 410, C.REASON_REQUIRED: 400, C.EXTENSION_INVALID: 400,
    C.END_INVALID: 400, C.OBJECTION_MINUTES: 400, C.SHIFT_TIMES: 400,
    C.TEXT_EMPTY: 400, C.TEXT_TOO_LONG: 400, C.MAKEUP_TIMES: 400, C.BAR_UNTIL: 400, C.EVALUATION_SCORE: 400,
    C.LINK_USED: 410, C.SEND_AT_WRONG: 400, C.NOTICE_TOO_LONG: 400,
    C.BAD_REQUEST: 400, C.POLICY_VALUE: 400, C.FIGURE_WRONG: 400,
    C.TOO_LARGE: 413, C.UNSUPPORTED_TYPE: 415, C.METHOD_NOT_ALLOWED: 405,
    C.KEY_MISMATCH: 422, C.BUSY: 503,
    C.SHEET_TOO_LARGE: 413, C.SHEET_OLD: 400, C.SHEET_NOT_XLSX: 400, C.SHEET_MACROS: 400, C.SHEET_BOMB: 400,
    C.FORMULA_OUTSIDE: 400, C.FIELD_WRONG: 400, C.TEAM_NAME_WRONG: 400, C.TEAM_NAME_NUMBER: 400,
    C.PHOTO_CONSENT: 400, C.PHOTO_MANY: 400,
    C.PHOTO_MISSING: 400, C.PHOTO_TOO_LARGE: 413, C.PHOTO_UNREADABLE: 400, C.PHOTO_TOO_MANY_PIXELS: 413,
    C.STORAGE_AWAY: 503,
    C.CORRECTION_NOTHING: 400, C.MINOR_DETAILS: 403, C.CONFIRM_AGAIN: 403,
    C.RECOVERY_NO_MATCH: 400, C.MERGE_SAME: 400, C.PRACTICE_NUMBER: 400,
    C.PROXY_GAINS: 403, C.CARD_REVOKED: 410, C.REWARD_STARS: 403, C.REWARD_HONOUR: 403, C.REWARD_CASH: 400,
    C.SHEET_DAMAGED: 400, C.SHEET_EMPTY: 400, C.SHEET_TOO_LONG: 400, C.SHEET_HEADING_MISSING: 400,
    C.SHEET_HEADING_TWICE: 400, C.SHEET_HEADING_UNKNOWN: 400, C.NATIONAL_NO_INVALID: 400,
}  # fmt: skip
#: What an HTTP error of the framework means in our words.
FROM_HTTP = {404: C.NOT_FOUND, 405: C.METHOD_NOT_ALLOWED, 413: C.TOO_LARGE, 415: C.UNSUPPORTED_TYPE}


def status_of(code: RefusalCode) -> int:
    """The HTTP status for a refusal."""
    return STATUS.get(code, 409)


def sentence(refusal: Refusal) -> str:
    """The refusal as a person reads it."""
    return say(f"refusals.{refusal.code.value}", **refusal.facts)


def body_of(refusal: Refusal) -> dict[str, Any]:
    """The refusal as a program reads it."""
    return {"code": refusal.code.value, "message": sentence(refusal), "facts": jsonable(refusal.facts)}


def jsonable(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts with everything JSON does not know turned into text."""
    plain = (str, int, float, bool, type(None), list)
    return {key: value if isinstance(value, plain) else str(value) for key, value in facts.items()}


def wants_json() -> bool:
    """Whether the one who asked is a program: the API, the callback, or a script on a page."""
    return request.path.startswith(("/api/", "/wechat/", "/livez", "/readyz", "/healthz", "/metrics"))


def render(refusal: Refusal) -> ResponseReturnValue:
    """The answer for a refusal at this request's door."""
    status = status_of(refusal.code)
    headers = {"Retry-After": str(refusal.facts.get("seconds", 1))} if status in (429, 503) else {}
    if wants_json():
        return jsonify(body_of(refusal)), status, headers
    if refusal.code is C.LOGIN_REQUIRED and request.method in ("GET", "HEAD"):
        door = "/console/login" if request.path.startswith("/console") else "/m/login"
        return redirect(f"{door}?next={request.path}")
    console = request.path.startswith("/console")
    page = render_template(
        "refusal.html", sentence=sentence(refusal), code=refusal.code.value, console=console
    )
    return page, status, headers


def invalid(problem: Any) -> ResponseReturnValue:
    """The answer for a body or a query that is not as the view declared it."""
    where = {name: texts for fields in problem.detail.values() for name, texts in fields.items()}
    return render(Refusal(C.BAD_REQUEST, why="fields", fields=sorted(where)))


def register(app: Flask) -> None:
    """Install the handlers."""
    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> ResponseReturnValue:
        return render(refusal)

    @app.errorhandler(HTTPException)
    def framework(problem: HTTPException) -> ResponseReturnValue:
        status = problem.code or 500
        if status < 400:
            return problem
        answer = make_response(render(Refusal(FROM_HTTP.get(status, C.BAD_REQUEST), why=problem.name)))
        if isinstance(problem, MethodNotAllowed):
            answer.allow.update(problem.valid_methods or ())  # which a refusal by method has to name (RFC 9110)
        return answer

    @app.errorhandler(MaxConnectionsExceeded)
    @app.errorhandler(peewee.OperationalError)
    @app.errorhandler(peewee.InterfaceError)
    def busy(problem: Exception) -> ResponseReturnValue:
        log.error("database: %s [%s]", problem, g.get("request_id", "-"))
        return render(Refusal(C.BUSY))

    @app.errorhandler(OverflowError)
    def beyond(problem: OverflowError) -> ResponseReturnValue:
        """A day near the calendar's end, or a number no table holds: ours are far from both, so it was sent to us."""
        log.warning("out of range: %s at %s [%s]", problem, request.path, g.get("request_id", "-"))
        return render(Refusal(C.BAD_REQUEST, why="range"))

    @app.errorhandler(Exception)
    def fault(problem: Exception) -> ResponseReturnValue:
        if app.config.get("PROPAGATE_EXCEPTIONS") or app.testing:
            raise problem
        number = g.get("request_id", "-")
        log.exception("fault %s at %s", number, request.path)
        if wants_json():
            message = say("refusals.fault", number=number)
            return jsonify({"code": "fault", "message": message, "facts": {"request": number}}), 500
        return render_template(
            "refusal.html", sentence=say("refusals.fault", number=number), code="fault"
        ), 500
