"""Commands and events by name: `@command("hours")`, `@on_event("subscribe")`. What calls them is in the dispatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.bot import saying
from handlers.bot.context import Chat
from handlers.bot.words import Asked
from services.accounts.sessions import OPEN_STATES
from services.errors import Refusal, RefusalCode

Handler = Callable[[Chat], str]

COMMANDS: dict[str, Handler] = {}
#: Commands that only tell: what they note down besides is no loss to anybody.
TELLING: set[str] = set()
#: Commands that keep nothing of the talk either.
LOOKING: set[str] = set()
EVENTS: dict[str, Handler] = {}
#: Questions that are answered in one's own words: what is typed while one stands is the answer to it.
TALKS: dict[str, Callable[[Chat, dict[str, Any]], str]] = {}
#: What a QR code of the account means, by the letter before its point.
SCENES: dict[str, Callable[[Chat, str], str]] = {}


def command(name: str, *, tells: bool = False, looks: bool = False) -> Callable[[Handler], Handler]:
    """Make a function the command `name`; its words stand in wording/commands.toml.

    `tells`: it changes nothing, so its answer need not wait for the disk. `looks`: it keeps nothing of the talk either
    (but for a rare way through it), so it is found without a write.
    """

    def put(handler: Handler) -> Handler:
        COMMANDS[name] = handler
        if tells:
            TELLING.add(name)
        if looks:
            LOOKING.add(name)
        return handler

    return put


def talk(about: str) -> Callable[[Callable[[Chat, dict[str, Any]], str]], Callable[[Chat, dict[str, Any]], str]]:
    """Make a function the one that hears what is typed while the question `about` stands; it is handed the question."""

    def put(handler: Callable[[Chat, dict[str, Any]], str]) -> Callable[[Chat, dict[str, Any]], str]:
        TALKS[about] = handler
        return handler

    return put


def run(chat: Chat, asked: Asked, *, is_word: bool = True) -> str:
    """Do what was asked for; `is_word`: it is a word of ours, not a sentence that sounds like one, so it is no answer
    to a question that asks for the sender's own words.

    Refusals: ACCOUNT_CLOSED to somebody who left, and those of the command.
    """
    if chat.bound and chat.speaker.state not in OPEN_STATES:
        raise Refusal(RefusalCode.ACCOUNT_CLOSED)
    chat.asked = asked
    question = chat.topic("question")
    if not is_word and question is not None and question["about"] in TALKS:
        return TALKS[question["about"]](chat, question)
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
