"""我的消息, 查证明真假, 工作台, 退队: words that our own messages say; each is done on a page."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, steps
from services import permissions
from wording import say


@command("inbox", tells=True)
def inbox(chat: Chat) -> str:
    """Everything he was told, also what he does not let into WeChat."""
    if not chat.bound:
        return register.how(chat)
    return _door(chat, "inbox", "/m/inbox") + steps("switches")


@command("verify", tells=True)
def verify(chat: Chat) -> str:
    """Whether a certificate in somebody's hand is genuine; anybody may ask."""
    return _door(chat, "verify", "/v") + steps("certificate")


@command("workbench", tells=True)
def workbench(chat: Chat) -> str:
    """The console on this very phone, for whoever has a post."""
    if not permissions.roles_of(volunteer_id=chat.speaker.volunteer_id, at=chat.at):
        return say("bot.doors.workbench_not_yours") + steps("help")
    return _door(chat, "workbench", "/console") + steps("roster")


@command("quit_team", tells=True)
def quit_team(chat: Chat) -> str:
    """Leaving a team or going to another one: his own page holds both."""
    if not chat.bound:
        return register.how(chat)
    return _door(chat, "quit_team", "/m/me") + steps("cancel_signup", "liaison")


def _door(chat: Chat, key: str, path: str) -> str:
    return say(f"bot.doors.{key}", link=page(f"{chat.parts.public_url}{path}", say(f"bot.doors.{key}_link")))
