"""The way from a message to what it asks for, the surest reading first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from clock import local_day
from frozen import dataclass
from handlers.bot.understanding import (
    activities,
    arriving,
    heard,
    numerals,
    others,
    own_words,
    periods,
    signs,
    teams,
)
from handlers.bot.understanding.matching import closest, guess, mended
from handlers.bot.understanding.normalising import AROUND, faces, plain, tight, without_politeness
from handlers.bot.understanding.numerals import Place
from handlers.bot.understanding.periods import Found
from handlers.bot.understanding.vocabulary import vocabulary
from handlers.bot.words import Asked, Period

#: Of a sentence so much is looked at; who writes more tells a story.
SENTENCE = 60
#: What was mended needs a sign that holds more than the mended word: 我时常想起他 is no question.
MENDED = 4
#: 看好, 要是 and 要不 are words of their own: a beginning of these is not cut off a yes or no of one character.
YES_AND_NO = frozenset({"yes", "no", "is_me", "not_me"})
TO_DO = frozenset("看要查想")
#: What a part of a longer sentence is not taken for.
NOT_ALONE = YES_AND_NO | {"pick", "thanks", "got_it", "help", "not_me", "was_there", "was_not_there", "death", "leave"}
_PARTED = re.compile(r"[,;.!?]")
#: What begins a second thought for certain.
_ONCE_MORE = re.compile(r"另外|顺便|还有就是|还有一件事|对了|再问一下|再帮我|还想问|再查")
_TWICE = re.compile(r"(.{1,4}?)\1{1,2}")
_SIX = re.compile(r"[0-9]{6}", re.ASCII)
_DIGITS_FOR = ("签到", "签退", "登录", "登陆", "登入", "绑定", "验证码是", "验证码")
_MARKS = re.compile(r"[~&#]")


def understand(text: str, at: datetime) -> Asked | None:
    """What a text asks for at the moment `at`; None if nobody knows."""
    command = vocabulary().words.get(text)
    if command is not None:
        return Asked(command)
    own = own_words.find(text)
    if own is not None:
        return own
    bare = plain(text)
    found = _known(bare) or _there_in(bare, alone=False)
    if found is not None:
        return found
    for shorter in without_politeness(bare) if len(bare) <= SENTENCE else ():
        found = _known(shorter)
        if found is not None and not (found.command in YES_AND_NO and len(shorter) == 1 and bare[0] in TO_DO):
            return found
    command = faces(text)
    if command:
        return Asked(command)
    if len(bare) > SENTENCE:
        return Asked("distress") if signs.speaks_of_danger(bare) else None
    return _read(bare, local_day(at)) or _there_in(bare, alone=True)


def _there_in(bare: str, *, alone: bool) -> Asked | None:
    """40分钟能到: how soon he is there."""
    minutes = arriving.minutes(bare, alone=alone) if len(bare) <= SENTENCE else None
    return Asked("there_in", number=minutes) if minutes is not None else None


def _read(bare: str, today: date) -> Asked | None:
    """A sentence; if nobody knows it, as it is said at home; then its parts, of which the first that means
    anything is answered (两件事一起说)."""
    both = _thoughts(_ONCE_MORE.split(bare), today) if _ONCE_MORE.search(bare) else None
    if both is not None:
        return both
    for text in (bare, _at_home(bare)):
        found = _in_a_sentence(text, today)
        if found is not None:
            return found
    if signs.speaks_of_elsewhere(bare):
        return None
    whole = _as_heard(bare)
    command = heard.nearest(whole.rest)
    if command is not None and not signs.speaks_against(command, bare):
        return whole.asked(command, today)
    return _thoughts(_PARTED.split(bare), today)


def _thoughts(pieces: list[str], today: date) -> Asked | None:
    """The first of several thoughts that means anything, and what the next one asks for."""
    parts = [part for part in (AROUND.sub("", each) for each in pieces) if len(part) > 1]
    if len(parts) < 2:
        return None
    meant = [each for each in (_known(part) or _in_a_sentence(_at_home(part), today) for part in parts) if each]
    told = [each for each in meant if each.command not in NOT_ALONE]
    if not told:
        return None
    second = next((each.command for each in told[1:] if each.command != told[0].command), "")
    return replace(told[0], further=second)


def offered(text: str, limit: int = 3) -> list[str]:
    """What a text that nobody understood may have meant, best first: by words that look like it, and by sentences
    that were said before."""
    scores = dict(closest(text))
    for command, score in heard.likely(as_heard(text)).items():
        scores[command] = max(scores.get(command, 0), score)
    return sorted(scores, key=lambda command: -scores[command])[:limit]


def _as_heard(bare: str) -> _Sentence:
    """A sentence as `heard` keeps it: without politeness, in the common speech, with signs for its slots."""
    for shorter in without_politeness(bare):
        if len(shorter) > 1:
            bare = shorter
    return _taken_apart(_at_home(bare))


def as_heard(text: str) -> str:
    """How a text would stand in wording/heard.toml; "" for what is too long."""
    bare = plain(text)
    return "" if not bare or len(bare) > SENTENCE else _as_heard(bare).rest


def _at_home(bare: str) -> str:
    for said, known in vocabulary().dialect:
        bare = bare.replace(said, known)
    return bare


def is_word(text: str) -> bool:
    """Whether a text is one of our words, or a number: not a sentence in which something like one stands."""
    return text in vocabulary().words or _known(plain(text)) is not None


def _known(bare: str) -> Asked | None:
    """A text that is a known word, six digits, or a word and a number."""
    known = vocabulary().words
    command = known.get(bare)
    if command is None:
        twice = _TWICE.fullmatch(bare)
        command = known.get(twice[1]) if twice is not None and not twice[1].isdigit() else None
    return Asked(command) if command is not None else _digits(bare) or _numbered(bare)


def _digits(bare: str) -> Asked | None:
    for word in _DIGITS_FOR:
        rest = bare.removeprefix(word)
        if rest != bare:
            bare = rest.lstrip(":,，。 ")
            break
    return Asked("digits", digits=bare) if _SIX.fullmatch(bare) else None


def _numbered(bare: str) -> Asked | None:
    """`报名2`, `取消第二个`, `确认报名2.1`; a bare number picks from what was shown."""
    for word, name in vocabulary().numbers:
        if bare.startswith(word):
            place = numerals.bare(bare[len(word) :].lstrip(":,，"))
            if place is not None:
                return Asked(name, number=place.number, part=place.part)
    place = numerals.bare(bare)
    return Asked("pick", number=place.number, part=place.part) if place is not None else None


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence and what was found in it; `rest` has ~ & # in the places of period, team and number."""

    whole: str
    rest: str
    period: Found | None
    team: str
    place: Place | None

    def asked(self, command: str, today: date) -> Asked:
        """The command with those of the slots that it makes use of."""
        known = vocabulary()
        slots = known.slots.get(command, frozenset())
        spans: list[Period] = []
        if "period" in slots and self.period is not None:
            spans = self.period.settled(today, ahead=command in known.ahead)
        place = self.place if "number" in slots else None
        activity = ""
        if "activity" in slots and place is None:
            activity = activities.name_in(self.rest, command)
        return Asked(
            command, number=place.number if place else None, part=place.part if place else None,
            period=spans[0] if spans else None, also=tuple(spans[1:]), team=self.team if "team" in slots else "",
            activity=activity,
        )  # fmt: skip


def _in_a_sentence(bare: str, today: date) -> Asked | None:
    if not bare or signs.speaks_of_elsewhere(bare):
        return None
    sentence = _taken_apart(bare)
    if others.meant(sentence.rest):
        return Asked("for_other")
    left = tight(_MARKS.sub("", sentence.rest))
    if not left:
        return None
    if left != bare:
        for shorter in (left, *(tight(each) for each in without_politeness(left))):
            command = vocabulary().words.get(shorter) if shorter else None
            if command is not None and vocabulary().slots[command] & {"period", "team"}:
                return sentence.asked(command, today)
    told = signs.command_of(sentence.rest, bare) or _guessed(left, bare) or _mended(sentence.rest, bare)
    return sentence.asked(told, today) if told is not None else None


def _guessed(left: str, bare: str) -> str | None:
    for shorter in (left, *(tight(each) for each in without_politeness(left))):
        command = guess(shorter)
        if command is not None:
            return None if signs.speaks_against(command, bare) else command
    return None


def _mended(rest: str, bare: str) -> str | None:
    right = mended(rest)
    return signs.command_of(right, bare, MENDED) if right != rest else None


def _taken_apart(bare: str) -> _Sentence:
    period = periods.find(bare)
    rest = bare if period is None else f"{bare[: period.start]}~{bare[period.end :]}"
    team = teams.find(rest)
    if team is not None:
        rest = f"{rest[: team[1]]}&{rest[team[2] :]}"
    place = numerals.find(bare if period is not None and period.bare_day else rest)
    if place is not None and (period is None or not period.bare_day):
        rest = f"{rest[: place.start]}#{rest[place.end :]}"
    elif place is not None:
        rest = rest.replace("~", "#", 1)
    return _Sentence(bare, rest, period, team[0] if team else "", place)
