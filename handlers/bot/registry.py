"""Commands and events by name: `@command("hours")`, `@on_event("subscribe")`. What calls them is in the dispatch."""

from __future__ import annotations

from collections.abc import Callable

from handlers.bot import saying
from handlers.bot.context import Chat
from handlers.bot.words import Asked
from services.accounts.sessions import OPEN_STATES
from services.errors import Refusal, RefusalCode

Handler = Callable[[Chat], str]

COMMANDS: dict[str, Handler] = {}
#: Commands that only tell: what they note down besides is no loss to anybody.
TELLING: set[str] = set()
EVENTS: dict[str, Handler] = {}
#: What a QR code of the account means, by the letter before its point.
SCENES: dict[str, Callable[[Chat, str], str]] = {}


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
    answer = COMMANDS[asked.command](chat)
    return saying.with_further(answer, asked.further) if asked.further in COMMANDS else answer


def on_scene(kind: str) -> Callable[[Callable[[Chat, str], str]], Callable[[Chat, str], str]]:
    """Make a function the answer to scenes `<kind>.<rest>`; it is handed the rest."""

    def put(handler: Callable[[Chat, str], str]) -> Callable[[Chat, str], str]:
        SCENES[kind] = handler
        return handler

    return put


def meet(chat: Chat, scene: str) -> str:
    """Act on a scene; "" for one that is not ours (`last_trade_no_…`, an old campaign)."""
    kind, _, rest = scene.partition(".")
    handler = SCENES.get(kind)
    return handler(chat, rest) if handler is not None and rest else ""


def on_event(*names: str) -> Callable[[Handler], Handler]:
    """Make a function the answer to events of these names, in lower case; "" answers nothing."""

    def put(handler: Handler) -> Handler:
        EVENTS.update(dict.fromkeys(names, handler))
        return handler

    return put
