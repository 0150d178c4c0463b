"""礼遇: what he may have now, and the page with the card to show."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import PLACE_LENGTH, TITLE_LENGTH, page, short, steps
from services.benefits import views
from wording import say

SHOWN = 6


@command("benefits", tells=True)
def show(chat: Chat) -> str:
    """Those he may have, and how many others there are."""
    if not chat.bound:
        return register.how(chat)
    found = views.mine(volunteer_id=chat.volunteer_id, at=chat.at)
    fits = [each for each in found if each.fits]
    lines = [say("benefits.bot.head" if fits else "benefits.bot.none")]
    lines += [
        say("benefits.bot.line", name=short(each.name, TITLE_LENGTH), provider=short(each.provider, PLACE_LENGTH))
        for each in fits[:SHOWN]
    ]
    if len(found) > len(fits):
        lines.append(say("benefits.bot.others", count=len(found) - len(fits)))
    lines.append(page(f"{chat.parts.public_url}/m/benefits", say("benefits.bot.link")))
    return "\n".join(lines) + steps("stars", "hours")
