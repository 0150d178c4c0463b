"""Log in from the mini-program, register, log out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g, request
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import need_login, who
from handlers.idempotency import idempotent, idempotent_outside
from services import limits
from services.accounts import identity, joining, registration, sessions

bp = APIBlueprint("session", __name__, tag="Log-in")

Text = Annotated[str, StringConstraints(max_length=100)]
#: Log-ins from one address in ten minutes: a village hall behind one router, not a machine guessing.
LOGINS, LOGIN_SECONDS = 300, 600


class LoginIn(Body):
    """The code of `wx.login`: five minutes, once."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LoginOut(Answer):
    """A session; send its token as `Authorization: Bearer …`."""

    token: str
    expires_at: Moment
    registered: bool
    name: str


class RegisterIn(Body):
    """Who I am. `phone_code` comes from WeChat's phone button; a typed `phone` is vouched for by the station."""

    name: Text
    document: Text
    phone_code: Text | None = None
    phone: Text | None = None
    region_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,12}$")]
    identity: Literal["veteran", "family", "staff", "social"]
    consents: Annotated[list[Text], Field(max_length=10)]


class RegisterOut(Answer):
    """My public number."""

    public_no: str
    name: str


class DigitsOut(Answer):
    """Six digits to type in the official account's chat; ten minutes, once."""

    digits: str


@bp.post("/session")
@bp.input(LoginIn)
@bp.output(LoginOut, 201)
@bp.doc(summary="Log in with a mini-program code", responses=[400, 401, 403, 429, 503])
def log_in(json_data: LoginIn) -> Any:
    """Opens a session for this openid, registered or not."""
    at = clock.now()
    limits.count(key=f"login|{request.remote_addr}", limit=LOGINS, seconds=LOGIN_SECONDS, at=at)
    device = request.headers.get("User-Agent", "")[:120]
    return identity.mini_login(parts=parts(), code=json_data.code, at=at, device=device)


@bp.delete("/session")
@need_login("api")
@bp.output({}, 204)
@bp.doc(summary="Log out", responses=[401], security="token")
def log_out() -> Any:
    """This token opens nothing any more."""
    sessions.close(token=request.headers["Authorization"].partition(" ")[2].strip(), at=clock.now())
    return "", 204


@bp.post("/registration")
@need_login("api")
@idempotent_outside
@bp.input(RegisterIn)
@bp.output(RegisterOut, 201)
@bp.doc(summary="Register as a volunteer", responses=[400, 401, 403, 409, 429, 503], security="token")
def register(json_data: RegisterIn) -> Any:
    """Name and ID number are checked; every consent is kept with the version of its text."""
    session = who()
    assert session.identity_id is not None
    done = registration.register(
        parts=parts(), identity_id=session.identity_id, name=json_data.name, document=json_data.document,
        phone_code=json_data.phone_code, phone=json_data.phone, region_code=json_data.region_code,
        identity=json_data.identity, consents=set(json_data.consents), channel="api", at=clock.now(),
    )  # fmt: skip
    return RegisterOut(public_no=done.public_no, name=done.name)


@bp.post("/session/digits")
@need_login("api")
@idempotent
@bp.output(DigitsOut, 201)
@bp.doc(summary="Six digits that join me with my chat", responses=[401, 409, 429], security="token")
def show_digits() -> Any:
    """For accounts without an Open Platform account: typed in the chat, they make both one person."""
    assert g.actor.identity_id is not None
    return DigitsOut(digits=joining.show_digits(identity_id=g.actor.identity_id, at=clock.now()))
