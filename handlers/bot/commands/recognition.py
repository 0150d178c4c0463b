"""我的情况: hours, star, honours, points and certificates in six lines."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import duration, number_word, page, steps
from services import recognition
from services.stars.shapes import Mine as MyStar
from wording import say

#: Honours that are named.
SHOWN = 3


@command("recognition", tells=True)
def show(chat: Chat) -> str:
    """Everything that his service has brought him, short; the page has the rest."""
    if not chat.bound:
        return register.how(chat)
    mine = recognition.mine(volunteer_id=chat.volunteer_id, at=chat.at, points=1)
    comma = say("bot.roster.comma")
    names = comma.join(each.name for each in mine.honours[:SHOWN])
    lines = [
        say("bot.on_pages.recognition", name=mine.hours.name),
        say("bot.on_pages.recognition_hours", total=duration(mine.hours.total), year=duration(mine.hours.year)),
        say("bot.on_pages.recognition_star", star=_star(mine.star)),
        say("bot.on_pages.recognition_honours", names=names) if names else say("bot.on_pages.recognition_no_honour"),
        say("bot.on_pages.recognition_points", balance=mine.points.balance),
        say("bot.on_pages.recognition_certificates", count=mine.valid) if mine.valid else "",
        say("bot.on_pages.recognition_asked", count=mine.asked) if mine.asked else "",
        say("bot.on_pages.recognition_benefits", count=len(mine.benefits)) if mine.benefits else "",
        page(f"{chat.parts.public_url}/m/me", say("bot.on_pages.recognition_link")),
    ]  # fmt: skip
    return "\n".join(line for line in lines if line) + steps("hours", "points", "stars", "certificate")


def _star(star: MyStar) -> str:
    """The star he was awarded, and what is missing to the next step of hours."""
    word = say("bot.stars.named", star=number_word(star.star)) if star.star else say("bot.on_pages.recognition_no_star")
    if star.to_next is None or star.next_star is None:
        return word
    step = say("bot.stars.named", star=number_word(star.next_star))
    return word + say("bot.on_pages.recognition_to_next", to_next=duration(star.to_next), star=step)
