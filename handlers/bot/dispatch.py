"""From one message or event to the text that answers it. Runs inside the write that also notes its arrival."""

from __future__ import annotations

from datetime import datetime

from handlers.bot import commands, events, saying
from handlers.bot.context import Chat
from handlers.bot.registry import EVENTS, run
from handlers.bot.words import Asked, understand
from handlers.errors import sentence
from services import callbacks
from services import chat as talk
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from wechat.inbound import Inbound
from wording import known, say

__all__ = ["commands", "events", "reply_to", "speaks"]

#: Events that open the customer-service window, and as what (wechat-platform.md §6.4).
OPENS = {
    "click": "click",
    "scancode_push": "click",
    "scancode_waitmsg": "click",
    "scan": "scan",
    "subscribe": "follow",
}
#: Events after which the person looks at the chat and waits for words.
SPOKEN = frozenset({"click", "scan", "subscribe", "scancode_waitmsg"})


def speaks(inbound: Inbound) -> bool:
    """Whether somebody is waiting for words."""
    return inbound.kind != "event" or inbound.event in SPOKEN


def reply_to(*, parts: Parts, inbound: Inbound, at: datetime) -> str:
    """The text that answers a push to the official account; "" where nobody waits for one."""
    if inbound.kind == "event":
        if inbound.event in callbacks.EVENTS:
            callbacks.status_event(parts=parts, kind="oa", inbound=inbound, at=at)
            return ""
        if inbound.event not in EVENTS:
            return ""
        events.note_following(parts=parts, inbound=inbound, at=at)
    chat = Chat(parts, inbound, _speaker(parts, inbound, at), at)
    try:
        return EVENTS[inbound.event](chat) if inbound.kind == "event" else _message(chat)
    except Refusal as refusal:
        return refused(chat, refusal)


def _speaker(parts: Parts, inbound: Inbound, at: datetime) -> talk.Speaker:
    if inbound.kind == "event":
        kind = OPENS.get(inbound.event, "")
    else:
        kind = "click" if inbound.menu_id else "message"
    return talk.speaker(appid=parts.oa_appid, openid=inbound.openid, kind=kind, at=at)


def _message(chat: Chat) -> str:
    inbound = chat.inbound
    if not inbound.content:
        kind = inbound.kind if known(f"bot.kind.{inbound.kind}") else "other"
        return say(f"bot.kind.{kind}") + saying.steps("hours", "activities", "checkin", "help")
    asked = understand(inbound.content)
    if asked is None:
        asked = Asked("unknown", text=inbound.content)
    return run(chat, asked)


def refused(chat: Chat, refusal: Refusal) -> str:
    """A "no" as the chat says it, with a way on."""
    if refusal.code is RefusalCode.NOT_REGISTERED:
        return commands.register.how(chat)
    if refusal.code in (RefusalCode.SHIFT_FULL, RefusalCode.SIGNUP_CLOSED, RefusalCode.ACTIVITY_CANCELLED):
        return sentence(refusal) + saying.steps("activities", "mine")
    return sentence(refusal) + saying.steps("help")
