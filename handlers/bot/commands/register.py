"""注册 / 绑定: how a WeChat becomes somebody's, in three ways."""

from __future__ import annotations

from handlers.bot.commands import coming_back
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, steps
from wording import say


@command("register", tells=True)
def show(chat: Chat) -> str:
    """His own page and where he puts right what is wrong about him, or how to register."""
    if not chat.bound:
        return how(chat)
    link = page(f"{chat.parts.public_url}/m", say("bot.labels.my_pages"))
    correct = page(f"{chat.parts.public_url}/m/me/correct", say("bot.register.correct_link"))
    lines = say("bot.register.done", name=chat.speaker.name), link, say("bot.register.correct", link=correct)
    return "\n".join(lines) + steps("hours", "activities")


def how(chat: Chat) -> str:
    """How to register or bind, for somebody we do not know; who left and came back only has to say that it is he."""
    back = coming_back.ask(chat)
    if back:
        return back
    link = page(f"{chat.parts.public_url}/m/register", say("bot.labels.register"))
    return say("bot.unbound.how", register=link) + steps("activities", "help")
