"""The team that a sentence names (红色宣讲队), and which of some teams a spoken name fits."""

from __future__ import annotations

import re
import unicodedata

from wording import entry

LONGEST = 16
#: Where a team's name cannot begin before: pronouns, prepositions, verbs, signs.
_STOPS = re.compile(
    r".*(?:[我俺咱你您他她给从跟看瞧查问想要是去把请帮为有在到着|#~,.;:!?]|那个|这个|换个|换|转到|退出|离开|加入|参加|确认|关于|以及|我们|俺们|咱们)"
)
_TEAM = re.compile(r"队(?![长员友伍里部列形医])")
#: What ends in 队 and is none of ours, or names none.
_OTHERS = re.compile(
    r"(?:部|军|连|排|球|乐|国家|车|舰|游击|少先|生产|站|列|领|归|入|退|离|插|大|小|中|支|卫|们|本|这个|那个|哪个|哪些|什么|啥|的|建|各|全|几个|两个)队$"
    r"|^(?:志愿)?(?:服务|志愿)队$"
)
#: A word that is left of a name without its noise must share this much with a team's name.
ALIKE = 75


def find(text: str) -> tuple[str, int, int] | None:
    """The name as it was spoken, and where it stands."""
    for match in _TEAM.finditer(text):
        left = text[max(0, match.start() - LONGEST) : match.start()]
        stop = _STOPS.match(left)
        name = left[stop.end() :] if stop is not None else left
        spoken = name.lstrip("的了") + "队"
        if len(spoken) > 2 and not _OTHERS.search(spoken):
            return spoken, match.end() - len(spoken), match.end()
    return None


def bare_name(name: str) -> str:
    """A name without what all teams' names share: 霍邱县退役军人“红耀江淮”红色宣讲志愿服务队 → 霍邱县红色宣讲."""
    folded = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name[:80]))
    for noise in entry("joining.noise"):
        folded = folded.replace(noise, "")
    return folded.removesuffix("队")


def fitting(spoken: str, names: list[tuple[str, ...]]) -> list[int]:
    """The places in `names` (each team with its names) that the spoken name fits, all equally good ones.

    A name that is the team's own wins over one that holds the word, that over one that looks like it.
    """
    word = bare_name(spoken)
    whole = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", spoken[:80]))
    best: dict[int, int] = {}
    for place, own in enumerate(names):
        best[place] = max((_likeness(whole, word, name) for name in own if name), default=0)
    top = max(best.values(), default=0)
    return [place for place, score in best.items() if score == top] if top else []


def _likeness(whole: str, word: str, name: str) -> int:
    from rapidfuzz import fuzz

    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name))
    bare = bare_name(name)
    if whole == plain:
        return 3
    if word and word == bare:
        return 3
    if word and bare and (word in bare or bare in word):
        return 2
    if len(word) > 2 and bare and fuzz.ratio(word, bare) >= ALIKE:
        return 1
    return 0
