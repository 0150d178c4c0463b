"""知道了, 收到: he has read where and when his activities take place now."""

from __future__ import annotations

from handlers.bot.commands.help import thanks
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, short, steps
from services.participation import changes
from wording import say


@command("got_it")
def got_it(chat: Chat) -> str:
    """Every move that he was told of and had not acknowledged; politeness where there is none."""
    if not chat.bound:
        return thanks(chat)
    titles = changes.acknowledge_all(actor=chat.actor, at=chat.at)
    if not titles:
        return thanks(chat)
    told = say("bot.got_it.joined").join(short(title, TITLE_LENGTH) for title in titles)
    return say("bot.got_it.read", titles=told) + steps("mine")
