"""停止群发: the leader's notice that is still on its way is stopped at once, without asking: each second counts."""

from __future__ import annotations

from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, short, steps
from services import leading
from services.errors import Refusal, RefusalCode
from services.messaging import stopping
from wording import say


@command("stop_broadcast")
def stop(chat: Chat) -> str:
    """His newest notice that somebody still waits for; what arrived cannot be taken back."""
    if not chat.bound:
        return say("bot.stopped.not_leader") + steps("help")
    try:
        done = stopping.stop_newest(actor=chat.actor, at=chat.at)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.NOT_FOUND:
            raise
        if not leading.leads_any(actor=chat.actor, at=chat.at):
            return say("bot.stopped.not_leader") + steps("help")
        link = page(f"{chat.parts.public_url}/console/notices", say("bot.stopped.link"))
        return say("bot.stopped.none", link=link) + steps("progress", "help")
    text = say("bot.stopped.done", text=short(done.text, 40), withdrawn=done.withdrawn)
    return text + (say("bot.stopped.gone", sent=done.sent) if done.sent else "") + steps("progress", "roster")
