"""积分: the balance and where the last points came from."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import short, steps
from services.bookkeeping import hours
from services.bookkeeping.hours import PointLine
from wording import known, say

SHOWN = 3


@command("points", tells=True)
def show(chat: Chat) -> str:
    """The balance and the newest three entries."""
    if not chat.bound:
        return register.how(chat)
    view = hours.points(volunteer_id=chat.volunteer_id, limit=SHOWN)
    lines = [say("bot.points.head", balance=view.balance), *(_line(entry) for entry in view.entries)]
    if not view.entries:
        lines.append(say("bot.points.none"))
    return "\n".join(lines) + steps("hours", "activities")


def _line(entry: PointLine) -> str:
    key = f"bot.points.kinds.{entry.kind}"
    kind = say(key) if known(key) else ""
    title = short(entry.title, 16) or kind
    return say("bot.points.line", sign="+" if entry.amount > 0 else "", amount=entry.amount, title=title)
