"""Signs in a sentence: which command do its words speak for, and how strongly (wording/understanding.toml)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from frozen import dataclass
from wording import entry

#: How far apart the parts of a sign may stand.
GAP = 8
#: A concept is noted so often in one text: who writes 我 sixty times says no more by it.
REPEATS = 6
#: A longer sentence needs heavier signs: up to so many characters → the least weight.
LEAST = ((12, 2), (20, 3), (32, 4))
LEAST_BEYOND = 6


@dataclass(frozen=True, slots=True)
class _Part:
    concept: str
    close: bool  # stands right behind the part before it


@dataclass(frozen=True, slots=True)
class _Signs:
    words: dict[str, list[str]]  # word → the concepts it stands for
    lengths: dict[str, list[int]]  # first character → how long words are that begin with it
    begins: dict[str, list[tuple[str, tuple[_Part, ...]]]]  # concept of the first part → (command, parts)
    light: frozenset[str]
    unless: dict[str, tuple[str, ...]]
    elsewhere: tuple[str, ...]
    here: tuple[str, ...]


@cache
def _signs() -> _Signs:
    known = entry("understanding")
    words: dict[str, set[str]] = defaultdict(set)

    def put(concept: str, alternatives: list[str]) -> None:
        for word in alternatives:
            words[word].add(concept)

    for name, alternatives in known["concepts"].items():
        put("@" + name, alternatives)
    begins: dict[str, list[tuple[str, tuple[_Part, ...]]]] = defaultdict(list)
    for command, signs in known["signs"].items():
        for sign in signs:
            parts = []
            for spaced in sign.split():
                for place, piece in enumerate(spaced.split("+")):
                    if not piece.startswith("@"):
                        put(piece, piece.split("|"))
                    parts.append(_Part(piece, close=place > 0))
            begins[parts[0].concept].append((command, tuple(parts)))
    return _Signs(
        words={word: sorted(concepts) for word, concepts in words.items()},
        lengths={
            first: sorted({len(word) for word in words if word[0] == first}) for first in {word[0] for word in words}
        },
        begins=dict(begins),
        light=frozenset(known["light"]["commands"]),
        unless={command: tuple(each) for command, each in known["unless"].items()},
        elsewhere=tuple(known["elsewhere"]), here=tuple(known["here"]),
    )


def speaks_of_elsewhere(text: str) -> bool:
    """Whether it is about another office, or another life."""
    known = _signs()
    return any(word in text for word in known.elsewhere) and not any(word in text for word in known.here)


def speaks_of_danger(text: str) -> bool:
    """Whether somebody is in danger of his life."""
    return any(word in text for word in entry("understanding.danger"))


def speaks_against(command: str, whole: str) -> bool:
    """Whether a word stands in the text that rules this command out."""
    return any(word in whole for word in _signs().unless.get(command, ()))


def command_of(text: str, whole: str, least: int = 0) -> str | None:
    """The command that the heaviest sign in `text` speaks for; None for none, or for two of one weight.

    `whole` is the text with everything that was taken out of it; what speaks against a command is looked for there.
    `least`: the weight a sign must have, if that is more than the length of the text asks for.
    """
    least = max(least, _least(len(text)))
    weights = _weights(text)
    known = _signs()
    fitting = {
        command: weight
        for command, weight in weights.items()
        if not speaks_against(command, whole)
    }
    heavy = {command: weight for command, weight in fitting.items() if command not in known.light}
    return _best(heavy, least) or (None if heavy else _best(fitting, least))


def _best(weights: dict[str, int], least: int) -> str | None:
    top = max(weights.values(), default=0)
    best = [command for command, weight in weights.items() if weight == top]
    return best[0] if top >= least and len(best) == 1 else None


def _least(length: int) -> int:
    return next((least for most, least in LEAST if length <= most), LEAST_BEYOND)


def _weights(text: str) -> dict[str, int]:
    known = _signs()
    seen = _seen(text, known)
    weights: dict[str, int] = {}
    for concept in seen:
        for command, parts in known.begins.get(concept, ()):
            if any(part.concept not in seen for part in parts):
                continue
            weight = _weight(parts, seen)
            if weight > weights.get(command, 0):
                weights[command] = weight
    return weights


def _seen(text: str, known: _Signs) -> dict[str, list[tuple[int, int]]]:
    """Every concept that stands in the text, with where."""
    seen: dict[str, list[tuple[int, int]]] = {}
    for place, first in enumerate(text):
        for length in known.lengths.get(first, ()):
            if place + length > len(text):
                break
            for concept in known.words.get(text[place : place + length], ()):
                stands = seen.setdefault(concept, [])
                if len(stands) < REPEATS:
                    stands.append((place, place + length))
    return seen


def _weight(parts: tuple[_Part, ...], seen: dict[str, list[tuple[int, int]]]) -> int:
    """The most characters that the parts hold, one behind the other; 0 where they do not stand so."""
    reached = [(end, end - start) for start, end in seen[parts[0].concept]]
    for part in parts[1:]:
        further: dict[int, int] = {}
        for start, end in seen[part.concept]:
            for before, held in reached:
                gap = start - before
                if 0 <= gap <= (0 if part.close else GAP):
                    further[end] = max(further.get(end, 0), held + end - start)
        if not further:
            return 0
        reached = list(further.items())
    return max(held for _, held in reached)
