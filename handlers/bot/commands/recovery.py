"""停止找回: the old WeChat says that nobody asked for a new one in his name."""

from __future__ import annotations

from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, steps
from services.lives import recovery
from wording import say


@command("stop_recovery")
def stop(chat: Chat) -> str:
    """Stop what waits; somebody we do not know is shown the way to find his registration."""
    if not chat.bound:
        link = page(f"{chat.parts.public_url}/m/recover", say("lives_recovery.chat.label"))
        return say("lives_recovery.chat.unbound", link=link) + steps("help")
    stopped = recovery.stop_mine(actor=chat.actor, at=chat.at)
    return say(f"lives_recovery.chat.{'stopped' if stopped else 'none'}") + steps("mine", "help")
