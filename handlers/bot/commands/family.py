"""去世: the family writes from his phone, or a neighbour from his own, and is told whom to telephone."""

from __future__ import annotations

from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import steps
from services.organisation import centres
from wording import say


@command("death", tells=True)
def answer(chat: Chat) -> str:
    """Nobody is reported by a word in the chat; the station hears it by telephone (`services.lives.deaths`)."""
    found = centres.helpline(volunteer_id=chat.speaker.volunteer_id)
    if found is None:
        return say("deaths.chat.family") + steps("help")
    return say("deaths.chat.family_phone", name=found.name, phone=found.phone) + steps("help")
