"""Six digits from another screen: a scan in a browser outside WeChat, a console log-in, joining two identities.

Digits are easily asked for by somebody on the telephone. So where they would let another machine act as the sender, he
is told what he is about to do, and asked.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import clock_time, page, steps, tap
from handlers.bot.scanning import scanned
from handlers.bot.words import said
from services import codes
from services.accounts import console_login, joining
from services.errors import Refusal
from services.participation import attendance, digits
from services.participation.digits import Claim
from wording import say

#: As long as a scan ticket lives.
TICKET_LIFE = timedelta(minutes=10)
#: What the questions are about.
CONSOLE, JOIN = "console_login", "join_digits"


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
    shown = console_login.offered(token_hash=claim.subject, actor=chat.actor, at=chat.at)
    look = f"{chat.parts.public_url}/l/{codes.desk_link(sign_key=chat.parts.sign_key, token_hash=claim.subject)}"
    asked = say(
        "bot.digits.console_ask", device=shown.device or say("bot.digits.console_no_device"),
        clock=clock_time(shown.asked_at), digits=shown.digits, link=page(look, say("bot.digits.console_near")),
    )  # fmt: skip
    return _ask(chat, asked, CONSOLE, claim)


def _ask(chat: Chat, words: str, about: str, claim: Claim) -> str:
    stamp = chat.remember("question", about=about, subject=claim.subject, life=TICKET_LIFE)
    return words + "\n\n" + "\n\n".join(tap(said(answer), stamp=stamp) for answer in ("yes", "no"))


def let_in(chat: Chat, question: dict[str, Any]) -> str:
    """确认: the computer that was described comes in."""
    chat.forget("question")
    console_login.approve(
        token_hash=question["subject"], actor=chat.actor, identity_id=chat.speaker.identity_id, at=chat.at
    )
    return say("bot.digits.console") + steps("help")


def keep_out(chat: Chat, question: dict[str, Any]) -> str:
    """算了: it does not come in, whatever digits follow."""
    chat.forget("question")
    with suppress(Refusal):  # it is over already: nobody comes in either
        console_login.refuse(token_hash=question["subject"], actor=chat.actor, at=chat.at)
    return say("bot.digits.console_refused") + steps("help")


def stay_apart(chat: Chat, question: dict[str, Any]) -> str:
    """算了: nobody is joined to him."""
    chat.forget("question")
    return say("bot.digits.join_refused") + steps("help")


def become_one(chat: Chat, question: dict[str, Any]) -> str:
    """确认: the one that showed the digits is his, too."""
    chat.forget("question")
    return _joined(chat, Claim("join", question["subject"]))


def _join(chat: Chat, claim: Claim) -> str:
    if joining.asks(claim=claim, identity_id=chat.speaker.identity_id):
        return _ask(chat, say("bot.digits.join_ask", name=chat.speaker.name), JOIN, claim)
    return _joined(chat, claim)


def _joined(chat: Chat, claim: Claim) -> str:
    joined = joining.join(claim=claim, identity_id=chat.speaker.identity_id, at=chat.at)
    return say("bot.digits.joined", name=joined.name) + steps("hours", "activities")
