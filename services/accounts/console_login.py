"""Logging in to the console without a password: the computer shows a code, the phone says yes (design §6.4).

The computer's ticket is bound to its browser and serves once. `flask grant` makes a one-time link for the first
log-in and for a lost phone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import Digits, LoginTicket, store
from services import codes, permissions
from services.accounts.sessions import Opened, open_session
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import digits

LIFE = timedelta(minutes=10)
GRANT_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A log-in that waits: `token` for the QR code `/l/<token>`, `digits` to send in the chat (`登录 482913`)."""

    token: str = field(repr=False)
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the phone shows of the computer before its owner says yes; `here`: it is this browser itself that waits."""

    device: str
    digits: str
    here: bool = False


def begin(*, device: str, browser: str, at: datetime) -> Waiting:
    """A computer wants to log in; only `browser` (a secret in its cookie) may collect."""
    token = codes.new_token()
    hashed = codes.token_hash(token)

    def act() -> str:
        LoginTicket.delete().where(LoginTicket.expires_at < at - timedelta(days=1)).execute()
        LoginTicket.create(
            token_hash=hashed, kind="scan", secret_hash=codes.token_hash(browser), device=device[:120],
            created_at=at, expires_at=at + LIFE,
        )  # fmt: skip
        return digits.issue(purpose="console", subject=hashed, at=at)

    return Waiting(token, store.write(act))


def _ticket(hashed: str, kind: str, at: datetime) -> LoginTicket:
    """Refusals: TICKET_INVALID, TICKET_EXPIRED."""
    found = LoginTicket.get_or_none(LoginTicket.token_hash == hashed, LoginTicket.kind == kind)
    if found is None:
        raise Refusal(RefusalCode.TICKET_INVALID)
    if found.expires_at <= at:
        raise Refusal(RefusalCode.TICKET_EXPIRED)
    assert isinstance(found, LoginTicket)
    return found


def look(*, token: str, at: datetime, browser: str = "") -> Shown:
    """What waits behind a code that `browser` opens. Refusals: TICKET_INVALID (unknown or answered), TICKET_EXPIRED."""
    ticket = _ticket(codes.token_hash(token), "scan", at)
    if ticket.state != "waiting":
        raise Refusal(RefusalCode.TICKET_INVALID)
    living = Digits.get_or_none(
        Digits.purpose == "console", Digits.subject == ticket.token_hash, Digits.used_at.is_null()
    )
    here = bool(browser) and ticket.secret_hash == codes.token_hash(browser)
    return Shown(ticket.device, living.digits if living is not None else "", here)


def approve(
    *, token: str = "", token_hash: str = "", actor: Actor, identity_id: int | None, at: datetime
) -> None:
    """The phone's owner says yes, to a scanned code (`token`) or by digits in the chat (`token_hash`).

    Refusals: NOT_REGISTERED, NOT_ALLOWED (no role), TICKET_INVALID (unknown or answered), TICKET_EXPIRED.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    if not permissions.roles_of(volunteer_id=actor.volunteer_id, at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    _answer(token_hash or codes.token_hash(token), at, "approved", actor.volunteer_id, identity_id)


def refuse(*, token: str, at: datetime) -> None:
    """The phone's owner says no. Refusals: TICKET_INVALID, TICKET_EXPIRED."""
    _answer(codes.token_hash(token), at, "refused", None, None)


def _answer(hashed: str, at: datetime, state: str, volunteer_id: int | None, identity_id: int | None) -> None:
    def act() -> None:
        _ticket(hashed, "scan", at)
        waiting = LoginTicket.update(state=state, volunteer=volunteer_id, identity=identity_id).where(
            LoginTicket.token_hash == hashed, LoginTicket.state == "waiting"
        )
        if not waiting.execute():
            raise Refusal(RefusalCode.TICKET_INVALID)

    store.write(act)


def collect(*, token: str, browser: str, at: datetime) -> Opened | None:
    """The computer asks whether the phone has said yes: None while it waits, then its session, once.

    Refusals: TICKET_INVALID (unknown, used, another browser), TICKET_EXPIRED, NOT_ALLOWED (the phone said no).
    """

    def act() -> Opened | None:
        ticket = _ticket(codes.token_hash(token), "scan", at)
        if ticket.secret_hash != codes.token_hash(browser) or ticket.state == "used":
            raise Refusal(RefusalCode.TICKET_INVALID)
        if ticket.state == "refused":
            raise Refusal(RefusalCode.NOT_ALLOWED)
        return None if ticket.state == "waiting" else _open(ticket, ticket.device, at)

    return store.write(act)


def _open(ticket: LoginTicket, device: str, at: datetime) -> Opened:
    """Use the ticket up and open the console session; inside the caller's write."""
    mine = (LoginTicket.token_hash == ticket.token_hash) & (LoginTicket.state == "approved")
    if not LoginTicket.update(state="used").where(mine).execute():
        raise Refusal(RefusalCode.TICKET_INVALID)
    person = ticket.volunteer_id if ticket.identity_id is None else None
    return open_session(
        kind="console", identity_id=ticket.identity_id, volunteer_id=person, device=device, at=at
    )


def grant_link(*, volunteer_id: int, at: datetime) -> str:
    """The token of a one-time link that logs a person in to the console within an hour."""
    token = codes.new_token()
    store.write(
        lambda: LoginTicket.create(
            token_hash=codes.token_hash(token), kind="grant", state="approved", volunteer=volunteer_id,
            created_at=at, expires_at=at + GRANT_LIFE,
        )
    )  # fmt: skip
    return token


def use_grant(*, token: str, device: str, at: datetime) -> Opened:
    """Log in by a one-time link. Refusals: TICKET_INVALID (unknown or used), TICKET_EXPIRED."""
    return store.write(lambda: _open(_ticket(codes.token_hash(token), "grant", at), device, at))
