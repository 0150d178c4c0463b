"""From one message or event to the text that answers it. Runs inside the write that also notes its arrival."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.bot import commands, events, saying
from handlers.bot.context import Chat
from handlers.bot.registry import EVENTS, LOOKING, TELLING, run
from handlers.bot.understanding import is_word, understand
from handlers.bot.words import Asked
from handlers.errors import sentence
from services import mini_pages
from services.conversation import callbacks
from services.conversation import chat as talk
from services.errors import Refusal, RefusalCode
from services.messaging import cards
from services.parts import Parts
from wechat.inbound import Inbound
from wording import known, say

__all__ = ["asked_by", "commands", "events", "only_looks", "only_tells", "reply_to", "speaks"]

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


def asked_by(inbound: Inbound, at: datetime) -> Asked | None:
    """What words or a tap on the menu ask for; None for whatever is neither."""
    if inbound.kind == "event":
        return events.tapped(inbound) if inbound.event == "click" else None
    if not inbound.content:
        return None
    return understand(inbound.content, at) or Asked("unknown", text=inbound.content)


def only_tells(asked: Asked | None) -> bool:
    """Whether the answer changes nothing, so that it need not wait for the disk."""
    return asked is not None and asked.command in TELLING


def only_looks(asked: Asked | None) -> bool:
    """Whether the answer most likely keeps nothing of the talk either, so that it is found without a write."""
    return asked is not None and asked.command in LOOKING


def reply_to(*, parts: Parts, inbound: Inbound, asked: Asked | None, at: datetime) -> str:
    """The text that answers a push to the official account; "" where nobody waits for one.

    Its links open the mini-program's pages where the account may (`services/mini_pages.py`).
    """
    text = _reply_to(parts, inbound, asked, at)
    return mini_pages.with_pages(parts=parts, text=text, most=saying.MAX_TEXT_BYTES)


def _reply_to(parts: Parts, inbound: Inbound, asked: Asked | None, at: datetime) -> str:
    if inbound.kind == "event":
        if inbound.event in callbacks.EVENTS:
            callbacks.status_event(parts=parts, kind="oa", inbound=inbound, at=at)
            return ""
        if inbound.event not in EVENTS:
            return ""
        events.note_following(parts=parts, inbound=inbound, at=at)
    chat = Chat(parts, inbound, _speaker(parts, inbound, at), at)
    answer = _answer(chat, asked)
    if answer and chat.bound:
        cards.behind_answer(
            parts=parts, text=answer, card=chat.card, volunteer_id=chat.volunteer_id,
            identity_id=chat.speaker.identity_id, at=at,
        )  # fmt: skip
    return answer


def _answer(chat: Chat, asked: Asked | None) -> str:
    inbound = chat.inbound
    try:
        if inbound.kind == "event":
            return EVENTS[inbound.event](chat)
        return _unread(inbound) if asked is None else run(chat, asked, is_word=is_word(inbound.content))
    except Refusal as refusal:
        return refused(chat, refusal)


def _speaker(parts: Parts, inbound: Inbound, at: datetime) -> talk.Speaker:
    if inbound.kind == "event":
        kind = OPENS.get(inbound.event, "")
    else:
        kind = "click" if inbound.menu_id else "message"
    said_at = datetime.fromtimestamp(inbound.created_at, UTC)
    return talk.speaker(appid=parts.oa_appid, openid=inbound.openid, kind=kind, at=at, said_at=said_at)


def _unread(inbound: Inbound) -> str:
    """To a message without words."""
    kind = inbound.kind if known(f"bot.kind.{inbound.kind}") else "other"
    return say(f"bot.kind.{kind}") + saying.steps("hours", "activities", "checkin", "help")


def refused(chat: Chat, refusal: Refusal) -> str:
    """A "no" as the chat says it, with a way on."""
    if refusal.code is RefusalCode.NOT_REGISTERED:
        return commands.register.how(chat)
    if refusal.code is RefusalCode.ACCOUNT_CLOSED:  # no way on from here but the station
        return say("deaths.chat.closed") if chat.speaker.state == "deceased" else sentence(refusal)
    if refusal.code in (RefusalCode.SHIFT_FULL, RefusalCode.SIGNUP_CLOSED, RefusalCode.ACTIVITY_CANCELLED):
        return sentence(refusal) + saying.steps("activities", "mine")
    if refusal.code in (RefusalCode.APPLICATION_OPEN, RefusalCode.APPLICATION_STATE, RefusalCode.ALREADY_MEMBER):
        return sentence(refusal) + saying.steps("my_applications", "activities")
    return sentence(refusal) + saying.steps("help")
