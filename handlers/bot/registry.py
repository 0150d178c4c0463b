"""Commands and events by name: `@command("hours")`, `@on_event("subscribe")`. What calls them is in the dispatch."""

from __future__ import annotations

from collections.abc import Callable

from handlers.bot.context import Chat
from handlers.bot.words import Asked
from services.accounts.sessions import OPEN_STATES
from services.errors import Refusal, RefusalCode

Handler = Callable[[Chat], str]

COMMANDS: dict[str, Handler] = {}
#: Commands that only tell: what they note down besides is no loss to anybody.
TELLING: set[str] = set()
EVENTS: dict[str, Handler] = {}


def command(name: str, *, tells: bool = False) -> Callable[[Handler], Handler]:
    """Make a function the command `name`; its words stand in wording/commands.toml.

    `tells`: it changes nothing, so its answer need not wait for the disk.
    """

    def put(handler: Handler) -> Handler:
        COMMANDS[name] = handler
        if tells:
            TELLING.add(name)
        return handler

    return put


def run(chat: Chat, asked: Asked) -> str:
    """Do what was asked for. Refusals: ACCOUNT_CLOSED to somebody who left, and those of the command."""
    if chat.bound and chat.speaker.state not in OPEN_STATES:
        raise Refusal(RefusalCode.ACCOUNT_CLOSED)
    chat.asked = asked
    return COMMANDS[asked.command](chat)


def on_event(*names: str) -> Callable[[Handler], Handler]:
    """Make a function the answer to events of these names, in lower case; "" answers nothing."""

    def put(handler: Handler) -> Handler:
        EVENTS.update(dict.fromkeys(names, handler))
        return handler

    return put
