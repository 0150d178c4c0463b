"""Six digits from another screen: a scan in a browser outside WeChat, a console log-in, joining two identities."""

from __future__ import annotations

from datetime import timedelta

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import steps
from handlers.bot.scanning import scanned
from services.accounts import console_login, joining
from services.participation import attendance, digits
from services.participation.digits import Claim
from wording import say

#: As long as a scan ticket lives.
TICKET_LIFE = timedelta(minutes=10)


@command("digits")
def redeem(chat: Chat) -> str:
    """What the digits stand for decides, whatever word came with them."""
    claim = digits.redeem(digits=chat.asked.digits, openid=chat.speaker.openid, at=chat.at)
    return {"scan": _scan, "console": _console, "join": _join}[claim.purpose](chat, claim)


def held_scan(chat: Chat) -> str | None:
    """The scan that waited for its owner's registration, done now; None if there is none."""
    topic = chat.topic("scan")
    if topic is None or not chat.bound:
        return None
    chat.forget("scan")
    return _redeem_ticket(chat, topic["ticket"])


def _scan(chat: Chat, claim: Claim) -> str:
    if not chat.bound:  # the digits are spent, so the ticket behind them is kept for after the registration
        chat.remember("scan", ticket=claim.subject, life=TICKET_LIFE)
        return say("bot.checkin.ready") + "\n\n" + register.how(chat)
    return _redeem_ticket(chat, claim.subject)


def _redeem_ticket(chat: Chat, secret_hash: str) -> str:
    done = attendance.scan_with_ticket(actor=chat.actor, ticket=secret_hash, at=chat.at, hashed=True)
    return scanned(chat, done)


def _console(chat: Chat, claim: Claim) -> str:
    if not chat.bound:
        return say("bot.digits.console_not_bound") + "\n\n" + register.how(chat)
    console_login.approve(
        token_hash=claim.subject, actor=chat.actor, identity_id=chat.speaker.identity_id, at=chat.at
    )
    return say("bot.digits.console") + steps("help")


def _join(chat: Chat, claim: Claim) -> str:
    joined = joining.join(claim=claim, identity_id=chat.speaker.identity_id, at=chat.at)
    return say("bot.digits.joined", name=joined.name) + steps("hours", "activities")
