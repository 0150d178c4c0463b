"""Logging in to the console without a password: the computer shows a code, the phone says yes (design §6.4).

The computer's ticket is bound to its browser and serves once. Whoever is asked for his yes, on the phone's page or in
the chat, is shown which computer, since when, with which digits, and on the page whether it is in the phone's network.
In the chat there is no phone's address, words come from WeChat's own machines: the question there has a link to the
page (`codes.desk_link`).
`flask grant` makes a one-time link for the first log-in and for a lost phone.
"""

from __future__ import annotations

import ipaddress
from dataclasses import field
from datetime import datetime, timedelta

from frozen import dataclass
from models import Digits, LoginTicket, store
from services import audit, codes, permissions
from services.accounts.sessions import Opened, open_session
from services.actors import OPERATOR, Actor
from services.errors import Refusal, RefusalCode
from services.participation import digits

LIFE = timedelta(minutes=10)
GRANT_LIFE = timedelta(hours=1)
#: How a ticket lets in, as the audit names it (`access.ways`).
WAYS = {"scan": "phone", "grant": "link"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A log-in that waits: `token` for the QR code `/l/<token>`, `digits` to send in the chat (`登录 482913`)."""

    token: str = field(repr=False)
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the phone shows of the computer before its owner says yes; `here`: it is this browser itself that waits;
    `near`: it is in the phone's network, None where that cannot be told."""

    device: str
    digits: str
    asked_at: datetime
    here: bool = False
    near: bool | None = None


def _network(hashed: str, address: str) -> str:
    """The network of an address as a hash that says nothing beside this ticket: an IPv4 address is a network's common
    one outside, an IPv6 network has 64 bits. "" for no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    network = ipaddress.ip_network((found, 32 if found.version == 4 else 64), strict=False)
    return f"{found.version}.{codes.token_hash(f'{hashed}|{network}')}"


def begin(*, device: str, browser: str, address: str = "", at: datetime) -> Waiting:
    """A computer wants to log in; only `browser` (a secret in its cookie) may collect."""
    token = codes.new_token()
    hashed = codes.token_hash(token)

    def act() -> str:
        LoginTicket.delete().where(LoginTicket.expires_at < at - timedelta(days=1)).execute()
        LoginTicket.create(
            token_hash=hashed, kind="scan", secret_hash=codes.token_hash(browser), device=device[:120],
            network=_network(hashed, address), created_at=at, expires_at=at + LIFE,
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


def look(
    *, token: str = "", token_hash: str = "", at: datetime, browser: str = "", address: str = ""
) -> Shown:
    """What waits behind a code (or its hash) that `browser` opens.

    Refusals: TICKET_INVALID (unknown or answered), TICKET_EXPIRED.
    """
    return _shown(token_hash or codes.token_hash(token), browser, address, at)


def offered(*, token_hash: str, actor: Actor, at: datetime) -> Shown:
    """What waits behind digits that were sent in the chat, for one who may say yes. Refusals: those of `approve`."""
    _require_post(actor, at)
    return _shown(token_hash, "", "", at)


def _shown(hashed: str, browser: str, address: str, at: datetime) -> Shown:
    ticket = _ticket(hashed, "scan", at)
    if ticket.state != "waiting":
        raise Refusal(RefusalCode.TICKET_INVALID)
    newest = Digits.select().where(Digits.purpose == "console", Digits.subject == hashed).order_by(Digits.id.desc())
    living = newest.first()
    here = bool(browser) and ticket.secret_hash == codes.token_hash(browser)
    mine = _network(hashed, address)
    known = bool(mine) and ticket.network[:2] == mine[:2]
    return Shown(
        ticket.device, living.digits if living is not None else "", ticket.created_at, here,
        ticket.network == mine if known else None,
    )  # fmt: skip


def _require_post(actor: Actor, at: datetime) -> None:
    """Refusals: NOT_REGISTERED, NOT_ALLOWED (no role)."""
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    if not permissions.roles_of(volunteer_id=actor.volunteer_id, at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)


def approve(
    *, token: str = "", token_hash: str = "", actor: Actor, identity_id: int | None, at: datetime
) -> None:
    """The phone's owner says yes, to a scanned code (`token`) or to digits he sent in the chat (`token_hash`).

    Refusals: NOT_REGISTERED, NOT_ALLOWED (no role), TICKET_INVALID (unknown or answered), TICKET_EXPIRED.
    """
    _require_post(actor, at)
    _answer(token_hash or codes.token_hash(token), at, "approved", actor.volunteer_id, identity_id)


def refuse(*, token: str = "", token_hash: str = "", actor: Actor, at: datetime) -> None:
    """The phone's owner says no: the computer stays outside, and that somebody tried stands in the audit.

    Refusals: TICKET_INVALID, TICKET_EXPIRED.
    """
    hashed = token_hash or codes.token_hash(token)

    def act() -> None:
        device = _ticket(hashed, "scan", at).device
        _answer(hashed, at, "refused", None, None)
        if actor.volunteer_id is not None:
            audit.note(
                actor=actor, verb="login.refused", subject=f"volunteer:{actor.volunteer_id}",
                detail={"device": device}, at=at,
            )  # fmt: skip

    store.write(act)


def _answer(hashed: str, at: datetime, state: str, volunteer_id: int | None, identity_id: int | None) -> None:
    def act() -> None:
        _ticket(hashed, "scan", at)
        waiting = LoginTicket.update(state=state, volunteer=volunteer_id, identity=identity_id).where(
            LoginTicket.token_hash == hashed, LoginTicket.state == "waiting"
        )
        if not waiting.execute():
            raise Refusal(RefusalCode.TICKET_INVALID)

    store.write(act)


def collect(*, token: str = "", token_hash: str = "", browser: str, at: datetime) -> Opened | None:
    """The computer asks whether the phone has said yes: None while it waits, then its session, once.

    Refusals: TICKET_INVALID (unknown, used, another browser), TICKET_EXPIRED, NOT_ALLOWED (the phone said no).
    """

    def act() -> Opened | None:
        ticket = _ticket(token_hash or codes.token_hash(token), "scan", at)
        if ticket.secret_hash != codes.token_hash(browser) or ticket.state == "used":
            raise Refusal(RefusalCode.TICKET_INVALID)
        if ticket.state == "refused":
            raise Refusal(RefusalCode.NOT_ALLOWED)
        return None if ticket.state == "waiting" else _open(ticket, ticket.device, at)

    return store.write(act)


def _open(ticket: LoginTicket, device: str, at: datetime) -> Opened:
    """Use the ticket up and open the console session; inside the caller's write. That he came in, with what and from
    which machine, stands in the audit."""
    mine = (LoginTicket.token_hash == ticket.token_hash) & (LoginTicket.state == "approved")
    if not LoginTicket.update(state="used").where(mine).execute():
        raise Refusal(RefusalCode.TICKET_INVALID)
    person = ticket.volunteer_id if ticket.identity_id is None else None
    who = Actor(door="console", volunteer_id=ticket.volunteer_id, identity_id=ticket.identity_id)
    # its subject is the house: the lines about a person are what others did with him
    audit.note(
        actor=who, verb="login.in", subject="house:console", detail={"way": WAYS[ticket.kind], "device": device}, at=at
    )
    return open_session(
        kind="console", identity_id=ticket.identity_id, volunteer_id=person, device=device, at=at
    )


def grant_link(*, volunteer_id: int, at: datetime) -> str:
    """The token of a one-time link that logs a person in to the console within an hour; the operator makes it, and that
    he did stands in the audit."""
    token = codes.new_token()

    def act() -> None:
        LoginTicket.create(
            token_hash=codes.token_hash(token), kind="grant", state="approved", volunteer=volunteer_id,
            created_at=at, expires_at=at + GRANT_LIFE,
        )  # fmt: skip
        audit.note(actor=OPERATOR, verb="login.link", subject=f"volunteer:{volunteer_id}", detail={}, at=at)

    store.write(act)
    return token


def use_grant(*, token: str, device: str, at: datetime) -> Opened:
    """Log in by a one-time link. Refusals: TICKET_INVALID (unknown or used), TICKET_EXPIRED."""
    return store.write(lambda: _open(_ticket(codes.token_hash(token), "grant", at), device, at))
