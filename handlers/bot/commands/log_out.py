"""全部退出: every log-in of the sender ends, wherever it is; the chat itself goes on."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import steps
from services.accounts import sessions
from wording import say


@command("log_out")
def log_out(chat: Chat) -> str:
    """For a computer that was left open, or a second phone that is gone."""
    if not chat.bound or chat.speaker.volunteer_id is None:
        return register.how(chat)
    ended = sessions.close_all(volunteer_id=chat.speaker.volunteer_id, at=chat.at)
    return say(f"bot.log_out.{'done' if ended else 'none'}", count=ended) + steps("recover", "help")
