"""我的星级: the star he has, the next one, what it takes, and what still waits for a leader's yes."""

from __future__ import annotations

from handlers.bot.commands import hours, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import duration, number_word, steps
from services.bookkeeping import hours as books
from services.bookkeeping.hours import HoursSummary
from wording import say


@command("stars", tells=True)
def show(chat: Chat) -> str:
    """His star, how far the next one is, the whole ladder, and which hours count."""
    if not chat.bound:
        return register.how(chat)
    told = books.summary(volunteer_id=chat.volunteer_id, at=chat.at)
    _, counted, ladder = books.standing(volunteer_id=chat.volunteer_id, at=chat.at)
    steps_up = [
        say("bot.stars.step", star=number_word(place), hours=hours_) for place, hours_ in enumerate(ladder, 1)
    ]
    lines = [
        say("bot.on_pages.stars", name=told.name) + hours.star_line(told),
        say("bot.stars.counted", counted=duration(counted)),
        _pending(told),
        say("bot.stars.transferred", minutes=duration(told.total - counted)) if told.total > counted else "",
        say("bot.stars.ladder", steps=say("bot.roster.comma").join(steps_up)),
    ]  # fmt: skip
    return "\n".join(line for line in lines if line) + steps("hours", "activities", "points")


def _pending(told: HoursSummary) -> str:
    """What waits, and whether it would be enough."""
    if not told.pending or told.to_next is None or told.next_star is None:
        return ""
    pending = duration(told.pending)
    if told.pending >= told.to_next:
        return say("bot.stars.enough", pending=pending, star=number_word(told.next_star))
    return say("bot.stars.waits", pending=pending, left=duration(told.to_next - told.pending))
