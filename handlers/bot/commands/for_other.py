"""帮我爸查, 替老王报名: everybody's hours are his own; who has no smartphone has leader and station (代办)."""

from __future__ import annotations

from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import steps
from services import leading
from services.organisation import centres
from wording import say


@command("for_other", tells=True)
def answer(chat: Chat) -> str:
    """Nothing of another is told or done here; the two ways that there are, and his own matters to tap."""
    found = centres.helpline(volunteer_id=chat.speaker.volunteer_id)
    whom = say("bot.for_other.station", name=found.name, phone=found.phone) if found else say("bot.for_other.leader")
    if chat.bound and leading.leads_any(actor=chat.actor, at=chat.at):
        return say("bot.for_other.led") + steps("workbench", "roster", "hours")
    further = ("hours", "activities") if chat.bound else ("register", "help")
    return say("bot.for_other.ways", whom=whom) + steps(*further)
