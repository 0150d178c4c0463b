"""找联络员 <什么事>: whom to turn to, and a question that is handed to him; the answer comes to inbox and phone.

Without words he is told the telephone, and the next sentence that nobody understands is offered to be handed on.
"""

from __future__ import annotations

from typing import Any

from clock import local_day
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, short, steps, tap
from handlers.bot.words import said
from services.conversation import ticket_views, tickets
from services.organisation import liaisons
from services.organisation.liaisons import Liaison
from services.times import last_day
from wording import say

#: Of his own questions the newest.
SHOWN = 2
ASKED_LENGTH, NAME_LENGTH, OFFICE_LENGTH = 60, 10, 30


@command("liaison")
def find(chat: Chat) -> str:
    """Hand the words on; without any, the telephone, his open questions and how to ask."""
    if not chat.bound:
        return say("bot.liaison.stranger", phone=say("bot.on_pages.station")) + steps("register", "help")
    text = chat.asked.text.strip()
    if text:
        return _hand_on(chat, text)
    chat.remember("question", about="liaison")
    whom = _whom(liaisons.mine(parts=chat.parts, actor=chat.actor, at=chat.at))
    return "\n".join([whom, say("bot.liaison.write"), *_own(chat)]) + steps("hours", "help")


def _whom(found: Liaison | None) -> str:
    if found is None:
        return say("bot.liaison.nobody")
    key = "office" if not found.name else "person" if found.phone else "no_phone"
    return say(
        f"bot.liaison.{key}", name=short(found.name, NAME_LENGTH), of=short(found.of, OFFICE_LENGTH), phone=found.phone
    )


def _own(chat: Chat) -> list[str]:
    """His newest questions and how they stand."""
    mine = ticket_views.mine(actor=chat.actor, at=chat.at, limit=SHOWN)
    return [
        say(
            f"bot.liaison.own_{each.state}", text=short(each.text, 16),
            link=page(f"{chat.parts.public_url}/m/questions/{each.code}", say("bot.liaison.open")),
        )
        for each in mine
    ]  # fmt: skip


def _hand_on(chat: Chat, text: str) -> str:
    chat.forget("question")
    code = tickets.ask(actor=chat.actor, text=text, at=chat.at)
    shown = ticket_views.my_question(actor=chat.actor, code=code, at=chat.at)
    due = last_day(shown.line.due_at)
    facts = {
        "text": short(text, ASKED_LENGTH), "day": say("bot.span.day", month=due.month, day=due.day),
        "link": page(f"{chat.parts.public_url}/m/questions/{code}", say("bot.liaison.open")),
    }  # fmt: skip
    today = local_day(chat.at)
    return say("bot.liaison.asked" if due > today else "bot.liaison.asked_today", **facts) + steps("liaison", "help")


def offers(chat: Chat) -> bool:
    """Whether a sentence that nobody understands is likely meant for the liaison."""
    question = chat.topic("question")
    return chat.bound and question is not None and question["about"] in ("liaison", "ticket")


def offer(chat: Chat, text: str) -> str:
    """The question whether these words are to be handed on."""
    stamp = chat.remember("question", about="ticket", text=text)
    lines = [tap(said("yes"), say("bot.liaison.hand_on"), stamp), tap(said("no"), stamp=stamp)]
    return "\n\n".join([say("bot.liaison.offer", text=short(text, ASKED_LENGTH)), *lines])


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """确认: his words go to the liaison."""
    return _hand_on(chat, question["text"])
