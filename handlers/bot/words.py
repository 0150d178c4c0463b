"""From what a person typed, tapped or said to a command and its argument.

Older people write 请问一下我的时长是多少？ and 報名２; the words they may use stand in wording/commands.toml.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from wording import entry

#: A longer sentence is a story, not a question with a key word in it.
SHORT = 18
#: What may stand around the words: blanks of every width, zero-width signs, punctuation, emoji.
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_BLANKS = re.compile(r"\s+")
_SIX = re.compile(r"[0-9]{6}", re.ASCII)
_NUMBER = re.compile(r"第?([0-9]{1,2})(?:[.,\-、]([0-9]{1,2}))?(?:个|号|项|条)?(?:活动|岗位)?", re.ASCII)
_CHINESE = {word: str(number) for number, word in enumerate("一二三四五六七八九", 1)} | {
    "两": "2",
    "十": "10",
}
_DIGITS_FOR = ("签到", "签退", "登录", "登陆", "登入", "绑定", "验证码")


@dataclass(frozen=True, slots=True)
class Asked:
    """A command and what came with it: a place in a list (`number`, and `part` of it), six digits, or a text."""

    command: str
    number: int | None = None
    part: int | None = None
    digits: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    words: dict[str, str]  # word → command
    hears: list[tuple[str, str]]
    numbers: list[tuple[str, str]]  # words that a number may follow, longest first
    texts: list[tuple[str, str, int]]  # words that a text of his own may follow, and how short it may be unparted
    before: list[str]
    after: list[str]
    simplified: dict[int, str]


@cache
def _vocabulary() -> _Vocabulary:
    commands, polite, traditional = (
        entry(f"commands.{name}") for name in ("commands", "polite", "traditional")
    )
    return _Vocabulary(
        words={word: name for name, each in commands.items() for word in each["words"]},
        hears=[(word, name) for name, each in commands.items() for word in each.get("hears", ())],
        numbers=sorted(_taking(commands, "number"), key=lambda each: -len(each[0])),
        texts=sorted(
            ((word, name, int(commands[name].get("least", 4))) for word, name in _taking(commands, "text")),
            key=lambda each: -len(each[0]),
        ),
        before=sorted(polite["before"], key=len, reverse=True),
        after=sorted(polite["after"], key=len, reverse=True),
        simplified=str.maketrans(traditional["from"], traditional["to"]),
    )


def _taking(commands: dict[str, Any], what: str) -> list[tuple[str, str]]:
    return [(word, name) for name, each in commands.items() if each.get("takes") == what for word in each["words"]]


def said(command: str) -> str:
    """The word that a tappable line sends for a command."""
    return str(entry(f"commands.commands.{command}.say"))


def plain(text: str) -> str:
    """A text in one form: NFKC, simplified, lower case, no blanks, nothing but words at both ends."""
    folded = unicodedata.normalize("NFKC", text).translate(_vocabulary().simplified).lower()
    kept = "".join(
        each for each in folded if unicodedata.category(each) not in ("Cf", "Cc") or each in "\n\t"
    )
    bare = _BLANKS.sub("", _AROUND.sub("", kept))
    return bare or ("?" if "?" in kept else "")


def understand(text: str) -> Asked | None:
    """What a text asks for; None if nobody knows."""
    notice = _with_text(text)
    if notice is not None:
        return notice
    bare = plain(text)
    found = _digits(bare) or _exact(bare) or _numbered(bare)
    if found is not None:
        return found
    for shorter in _politeness_cut(bare):
        found = _digits(shorter) or _exact(shorter) or _numbered(shorter)
        if found is not None:
            return found
    return _heard(bare)


def _exact(bare: str) -> Asked | None:
    command = _vocabulary().words.get(bare)
    return Asked(command) if command is not None else None


def _digits(bare: str) -> Asked | None:
    for word in _DIGITS_FOR:
        rest = bare.removeprefix(word)
        if rest != bare:
            bare = rest.lstrip(":,，。 ")
            break
    return Asked("digits", digits=bare) if _SIX.fullmatch(bare) else None


def _numbered(bare: str) -> Asked | None:
    """`报名2`, `取消第二个`, `确认报名2.1`; a bare number picks from what was shown."""
    for word, name in _vocabulary().numbers:
        if bare.startswith(word):
            place = _place(bare[len(word) :].lstrip(":,，"))
            if place is not None:
                return Asked(name, number=place[0], part=place[1])
    place = _place(bare)
    return Asked("pick", number=place[0], part=place[1]) if place is not None else None


def _place(text: str) -> tuple[int, int | None] | None:
    for word, digit in _CHINESE.items():
        text = text.replace(word, digit)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    return int(found[1]), int(found[2]) if found[2] else None


def _with_text(text: str) -> Asked | None:
    """`通知 明早八点集合`: the words after it are the sender's own and stay as they are."""
    whole = text.strip()
    vocabulary = _vocabulary()
    for word, name, least in vocabulary.texts:
        head = whole[: len(word)].translate(vocabulary.simplified)
        if head != word or len(whole) == len(word):
            continue
        rest = whole[len(word) :]
        own = rest.lstrip(" \t\r\n\u3000:：,，")
        known = vocabulary.words.get(plain(whole)) is not None
        if own and not known and (own != rest or len(own) >= least):
            return Asked(name, text=own)
    return None


def _politeness_cut(bare: str) -> list[str]:
    """The text without its polite ends, one piece less each time."""
    vocabulary, steps = _vocabulary(), []
    while True:
        shorter = next((bare[len(p) :] for p in vocabulary.before if bare.startswith(p) and bare != p), None)
        if shorter is None:
            shorter = next(
                (bare[: -len(p)] for p in vocabulary.after if bare.endswith(p) and bare != p), None
            )
        if shorter is None:
            return steps
        bare = _AROUND.sub("", shorter)
        steps.append(bare)


def _heard(bare: str) -> Asked | None:
    """A key word inside a short sentence; the longest one wins, and two commands at once are none."""
    if len(bare) > SHORT:
        return None
    hits = {name: len(word) for word, name in _vocabulary().hears if word in bare}
    if not hits:
        return None
    longest = max(hits.values())
    best = [name for name, length in hits.items() if length == longest]
    return Asked(best[0]) if len(best) == 1 else None


def closest(text: str, limit: int = 3) -> list[str]:
    """Commands whose words look most like the text, best first; empty if none does."""
    bare = plain(text)[:SHORT]
    words = _vocabulary().words
    near = difflib.get_close_matches(bare, [word for word in words if word], n=limit * 3, cutoff=0.5)
    return list(dict.fromkeys(words[word] for word in near))[:limit]
