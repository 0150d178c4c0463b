"""The words of wording/commands.toml and understanding.toml, made ready once for looking up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from frozen import dataclass
from wording import entry


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is looked up. `slots`: what a command makes use of; `ahead`: its periods lie before us (活动, 取消)."""

    words: dict[str, str]  # a whole message → command
    numbers: list[tuple[str, str]]  # words that a number may follow, longest first
    texts: list[tuple[str, str, int]]  # words that a text of his own may follow, and how short it may be unparted
    before: dict[str, list[str]]  # polite beginnings by their first character, longest first
    after: dict[str, list[str]]  # polite ends by their last character
    faces: dict[str, list[str]]
    simplified: dict[int, int | str]
    dialect: list[tuple[str, str]]  # what is said at home → what the signs know, longest first
    slots: dict[str, frozenset[str]]
    ahead: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """All of it."""
    commands: dict[str, Any] = entry("commands.commands")
    polite, dialect = entry("commands.polite"), entry("commands.dialect")
    return Vocabulary(
        words={word: name for name, each in commands.items() for word in each["words"]},
        numbers=sorted(_taking(commands, "number"), key=lambda each: -len(each[0])),
        texts=sorted(
            ((word, name, int(commands[name].get("least", 4))) for word, name in _taking(commands, "text")),
            key=lambda each: -len(each[0]),
        ),
        before=_by_character(polite["before"], 0),
        after=_by_character(polite["after"], -1),
        faces=entry("commands.faces"),
        simplified=_simplified(),
        dialect=sorted(zip(dialect["from"], dialect["to"], strict=True), key=lambda two: -len(two[0])),
        slots={name: frozenset(each.get("slots", ())) for name, each in commands.items()},
        ahead=frozenset(name for name, each in commands.items() if each.get("ahead")),
    )


def _simplified() -> dict[int, int | str]:
    """Every traditional character, and the three of Cantonese that mean 的, 了, 啦."""
    kept = entry("characters")
    found: dict[int, int | str] = {**str.maketrans(kept["traditional"], kept["simplified"])}
    return found | {ord(one): other for one, other in zip("嘅咗喇", "的了啦", strict=True)}


def _taking(commands: dict[str, Any], what: str) -> list[tuple[str, str]]:
    return [(word, name) for name, each in commands.items() if each.get("takes") == what for word in each["words"]]


def _by_character(pieces: Iterable[str], place: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for piece in sorted(pieces, key=len, reverse=True):
        found[piece[place]].append(piece)
    return dict(found)
