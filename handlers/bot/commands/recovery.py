"""找回, 换手机了: what a new telephone or a new WeChat needs; 停止找回: the old one says that nobody asked for it."""

from __future__ import annotations

from handlers.bot.commands import coming_back
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, steps
from services.lives import recovery
from wording import say


@command("recover", tells=True)
def find(chat: Chat) -> str:
    """To one we know: that nothing is lost, and what to do on a new WeChat. To a stranger the way to his registration;
    who left and came back only says that it is he."""
    if chat.bound:
        return say("lives_recovery.chat.here", name=chat.speaker.name) + steps("hours", "liaison")
    return coming_back.ask(chat) or _unbound(chat)


@command("stop_recovery")
def stop(chat: Chat) -> str:
    """Stop what waits; somebody we do not know is shown the way to find his registration."""
    if not chat.bound:
        return _unbound(chat)
    stopped = recovery.stop_mine(actor=chat.actor, at=chat.at)
    return say(f"lives_recovery.chat.{'stopped' if stopped else 'none'}") + steps("mine", "help")


def _unbound(chat: Chat) -> str:
    link = page(f"{chat.parts.public_url}/m/recover", say("lives_recovery.chat.label"))
    return say("lives_recovery.chat.unbound", link=link) + steps("register", "help")
