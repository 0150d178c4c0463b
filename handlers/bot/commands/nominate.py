"""推荐表彰: the page where a leader proposes his team and its members, and how far those are whom he proposed."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import PLACE_LENGTH, TITLE_LENGTH, page, short, steps
from services.commending import from_phone
from wording import say

SHOWN = 5


@command("nominate", tells=True)
def show(chat: Chat) -> str:
    """Somebody who leads no team is told who proposes, and where his own honours are."""
    if not chat.bound:
        return register.how(chat)
    if not from_phone.teams(actor=chat.actor, at=chat.at):
        link = page(f"{chat.parts.public_url}/m/honours", say("commending.bot.open_own"))
        return "\n".join([say("commending.bot.others"), say("commending.bot.own", link=link)]) + steps("recognition")
    link = page(f"{chat.parts.public_url}/m/honours/led", say("commending.bot.open"))
    lines = [
        say("commending.bot.way", whom=short(each.whom, PLACE_LENGTH), title=short(each.title, TITLE_LENGTH),
            word=each.word)
        for each in from_phone.proposed(actor=chat.actor)[:SHOWN]
    ]  # fmt: skip
    return "\n".join([say("commending.bot.led", link=link), *lines]) + steps("recognition", "roster")
