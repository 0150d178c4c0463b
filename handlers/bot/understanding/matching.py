"""Slips of ear and thumb: a text that sounds or looks like a known word (时常, 积份, 活东列表)."""

from __future__ import annotations

from functools import cache

from frozen import dataclass
from handlers.bot.understanding.normalising import plain
from handlers.bot.understanding.vocabulary import vocabulary
from wording import entry

#: A longer text is no slip of one word.
LONGEST = 10
#: Below so many characters a text must sound just like one of our nouns: 经济 is no 几星, 饮食 no 隐私.
SURE = 3
#: From so many characters on a text may look like a word; of 100, how much.
LONG, LOOKS_ALIKE = 5, 80
#: 长 is read in two ways, and telephones write either (时张).
READ_TWICE = {"长": "zang "}
#: Beginnings of syllables that ear and telephone take for each other; z stands for zh, l for n, too.
CONFUSED = ("zcs", "jqx", "bp", "dt", "gk", "fh", "rl")
#: What is offered after "没看懂" need only be near.
NEAR = 50
#: Yes and no, and what cannot be taken back, are never guessed.
NEVER_GUESSED = frozenset({
    "yes", "no", "is_me", "not_me", "was_there", "was_not_there", "death", "stop_recovery", "claim_place", "got_it",
    "leave", "log_out", "confirm_signup", "thanks", "cancel_because", "there_in",
})  # fmt: skip
#: Words in a sentence that are mended where something stands that sounds alike.
NOUNS = (
    "积分", "时长", "签到", "签退", "报名", "活动", "证明", "兑换", "培训", "名单", "联络员", "通知", "补录", "二维码",
    "注销", "考核", "候补", "名额", "取消", "志愿",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    sounds: dict[int, str]  # character → syllable and a blank
    words: dict[str, str]  # word → command, of those that may be guessed
    spoken: dict[str, str]  # syllables → command
    short: dict[str, str]  # syllables of our nouns → command
    nouns: dict[tuple[str, ...], str]


@cache
def _known() -> _Known:
    sounds = {ord(each): syllable + " " for syllable, characters in entry("sounds").items() for each in characters}
    words = {
        word: command
        for word, command in vocabulary().words.items()
        if len(word) > 1 and command not in NEVER_GUESSED and not word.isascii()
    }
    other = sounds | {ord(each): syllable for each, syllable in READ_TWICE.items()}
    return _Known(
        sounds=sounds,
        words=words,
        spoken={word.translate(sounds): command for word, command in words.items()},
        short={
            noun.translate(table): words[noun] for noun in NOUNS if noun in words for table in (sounds, other)
        },
        nouns={tuple(word.translate(sounds).split()): word for word in NOUNS},
    )


def guess(text: str) -> str | None:
    """The command of the word that a short text sounds or looks like; None if it is like none."""
    from rapidfuzz import fuzz, process

    if not 1 < len(text) <= LONGEST or text.isascii() or _has_true_word(text):
        return None
    known = _known()
    spoken = text.translate(known.sounds)
    if len(text) < SURE:
        return known.short.get(spoken)
    for word, _, _ in process.extract(spoken, known.spoken.keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=5):
        if _sounds_alike(spoken.split(), word.split()):
            return known.spoken[word]
    if len(text) >= LONG:
        seen = process.extractOne(text, known.words.keys(), scorer=fuzz.ratio, score_cutoff=LOOKS_ALIKE)
        if seen is not None:
            return known.words[seen[0]]
    return None


def _sounds_alike(heard: list[str], word: list[str]) -> bool:
    """Syllable by syllable the same; one may begin with a sound that is taken for the other."""
    if len(heard) != len(word):
        return False
    different = [(one, other) for one, other in zip(heard, word, strict=True) if one != other]
    return not different or (len(different) == 1 and _confused(*different[0]))


def _confused(one: str, other: str) -> bool:
    return one[1:] == other[1:] and any(one[0] in group and other[0] in group for group in CONFUSED)


def _has_true_word(text: str) -> bool:
    return any(word in text for word in entry("understanding.true_words"))


def mended(text: str) -> str:
    """The text with what sounds like one of our nouns put right (俺的积份咋看 → 俺的积分咋看)."""
    if _has_true_word(text):
        return text
    known = _known()
    syllables = [each.translate(known.sounds).strip() for each in text]
    out, place = [], 0
    while place < len(text):
        for length in (2, 3):
            noun = known.nouns.get(tuple(syllables[place : place + length]))
            if noun is not None:
                out.append(noun)
                place += length
                break
        else:
            out.append(text[place])
            place += 1
    return "".join(out)


def sounds_like(text: str, word: str) -> bool:
    """Whether both sound the same, one a slip for the other (通之 for 通知, not 同志)."""
    sounds = _known().sounds
    return not _has_true_word(text) and len(text) == len(word) and text.translate(sounds) == word.translate(sounds)


def closest(text: str, limit: int = 9) -> dict[str, float]:
    """Commands whose words sound or look most like the text, with how much of 100; empty if none does."""
    from rapidfuzz import fuzz, process

    known, bare = _known(), plain(text)[: LONGEST * 2]
    if not bare:
        return {}
    scores: dict[str, float] = {}
    for near, commands in (
        (process.extract(bare, known.words.keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=limit * 3), known.words),
        (
            process.extract(
                bare.translate(known.sounds), known.spoken.keys(), scorer=fuzz.ratio, score_cutoff=70, limit=limit * 3
            ),
            known.spoken,
        ),
    ):
        for word, score, _ in near:
            command = commands[word]
            scores[command] = max(scores.get(command, 0), score)
    return scores
