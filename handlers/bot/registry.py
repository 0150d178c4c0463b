"""Commands and events by name: `@command("hours")`, `@on_event("subscribe")`. What calls them is in the dispatch."""

from __future__ import annotations

from collections.abc import Callable

from handlers.bot.context import Chat

Handler = Callable[[Chat], str]

COMMANDS: dict[str, Handler] = {}
EVENTS: dict[str, Handler] = {}


def command(name: str) -> Callable[[Handler], Handler]:
    """Make a function the command `name`; its words stand in wording/commands.toml."""

    def put(handler: Handler) -> Handler:
        COMMANDS[name] = handler
        return handler

    return put


def on_event(*names: str) -> Callable[[Handler], Handler]:
    """Make a function the answer to events of these names, in lower case; "" answers nothing."""

    def put(handler: Handler) -> Handler:
        EVENTS.update(dict.fromkeys(names, handler))
        return handler

    return put
