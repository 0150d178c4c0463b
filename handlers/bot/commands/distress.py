"""救命, 摔倒了起不来, 大堤漏水, 不想活了: a machine answers, so it says at once whom to telephone."""

from __future__ import annotations

from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import short, steps
from services.organisation import liaisons
from wording import say


@command("distress", tells=True)
def answer(chat: Chat) -> str:
    """The three numbers, the line for those who are at their wits' end, and his liaison."""
    found = liaisons.mine(parts=chat.parts, actor=chat.actor, at=chat.at) if chat.bound else None
    if found is None or not found.phone:
        return say("bot.distress.call") + steps("liaison")
    name = short(found.name or found.of, 20)
    return say("bot.distress.call") + "\n" + say("bot.distress.near", name=name, phone=found.phone) + steps("liaison")
