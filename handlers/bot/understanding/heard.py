"""Sentences that people have said before (wording/heard.toml), for one that no rule knows: the nearest decides.

They have ~ & # in the places of period, team and number, and are compared as they would be said in the capital."""

from __future__ import annotations

from functools import cache

from frozen import dataclass
from handlers.bot.understanding.matching import NEVER_GUESSED
from handlers.bot.understanding.vocabulary import vocabulary
from wording import entry

#: Of 100: how near the nearest must be, and how much farther the nearest of another command.
NEAR, APART = 62, 6
#: A text of so few characters must be nearer.
SHORT, NEAR_IF_SHORT = 5, 80
#: For offering only; and how many are looked at.
OFFERED, LOOKED_AT = 45, 12
NOTHING = "unknown"


@dataclass(frozen=True, slots=True)
class _Heard:
    sentences: list[str]
    commands: list[str]


@cache
def _heard() -> _Heard:
    pairs = {sentence: command for command, each in entry("heard").items() for sentence in each}
    for word, command in vocabulary().words.items():
        if len(word) > 1 and not word.isascii():
            pairs.setdefault(word, command)
    return _Heard(list(pairs), list(pairs.values()))


def _scores(text: str, least: int) -> dict[str, float]:
    """Command → how near its nearest sentence is, best first."""
    from rapidfuzz import fuzz, process

    known = _heard()
    best: dict[str, float] = {}
    near = process.extract(text, known.sentences, scorer=fuzz.ratio, score_cutoff=least, limit=LOOKED_AT)
    for _, score, place in near:
        best.setdefault(known.commands[place], score)
    return best


def nearest(text: str) -> str | None:
    """The command of the sentence that is clearly nearest; None where there is none, or it is none of ours."""
    if text.isascii():
        return None
    near = NEAR_IF_SHORT if len(text) <= SHORT else NEAR
    ranked = list(_scores(text, near - APART).items())
    if not ranked or ranked[0][1] < near or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < APART):
        return None
    command = ranked[0][0]
    return None if command == NOTHING or command in NEVER_GUESSED else command


def likely(text: str) -> dict[str, float]:
    """What it may have meant, to be offered: command → how near."""
    return {command: score for command, score in _scores(text, OFFERED).items() if command != NOTHING}
