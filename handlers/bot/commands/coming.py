"""我会来: said to a reminder, it tells the leader that he can count on him."""

from __future__ import annotations

from handlers.bot.commands import dispatch_call
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, short, steps
from services.participation import coming
from wording import say


@command("coming")
def come(chat: Chat) -> str:
    """To a call that waits for him; else to all that begins within a day and a half."""
    if called := dispatch_call.yes(chat):
        return called
    titles = coming.say_all(actor=chat.actor, at=chat.at) if chat.bound else []
    if not titles:
        return say("bot.coming.none") + steps("mine", "activities")
    joined = say("bot.got_it.joined").join(short(title, TITLE_LENGTH) for title in titles)
    return say("bot.coming.said", titles=joined) + steps("mine", "cancel_signup")
