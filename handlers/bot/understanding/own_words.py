"""通知 明早八点集合, 申请加入 东湖, 不能来 家里有事: what follows the word is the sender's own and stays as it is."""

from __future__ import annotations

import re

from handlers.bot.understanding import signs, teams
from handlers.bot.understanding.matching import sounds_like
from handlers.bot.understanding.normalising import plain
from handlers.bot.understanding.vocabulary import vocabulary
from handlers.bot.words import Asked

#: What may part the word from the text.
PARTS = " \t\r\n\u3000:：,，"
#: What asks about a notice or an application and is none: 通知送到了没, 入队批下来没.
ABOUT_NOTICES = frozenset({"progress", "stop_broadcast", "switches", "my_applications"})
QUESTION = 12
#: Commands whose text is a team's name; 服务队 alone is none.
NAMED = frozenset({"apply_team"})
#: No word that takes a text is longer.
LONGEST = 8
#: 通知书, 通知单 and 通知我 are other words, or ask for something.
OTHER_WORDS = frozenset(("notice", each) for each in "书单栏我")
#: 俺想入文艺队: what ends in 队 is a team to join.
_JOINING = re.compile(
    r"(?:请问)?[我俺咱]?们?也?(?:想|要|申请)要?(?:进|入|加入|参加|到|去)到?(?P<name>\S{2,16}?队)(?:里|去)?(?:[吧啊呀了]|行不|行吗|可以吗|中不|照不)*[。.!！?？]?"
)
_FIRST = re.compile(r"[^\s:：,，]+")


def find(text: str) -> Asked | None:
    """The command and the text behind its word; None where it is none, or is a word of its own (通知进度)."""
    whole = text.strip()
    known = vocabulary()
    head = whole[:LONGEST].translate(known.simplified)
    for word, name, least in known.texts:
        if not head.startswith(word) or len(whole) == len(word):
            continue
        rest = whole[len(word) :]
        own = rest.lstrip(PARTS)
        if own == rest and (name, own[:1]) in OTHER_WORDS:
            return None
        if own == rest and len(whole) <= QUESTION and signs.command_of(plain(whole), whole) in ABOUT_NOTICES:
            return None
        if own and known.words.get(plain(whole)) is None and (own != rest or len(own) >= least):
            return Asked(name, text="" if name in NAMED and not teams.bare_name(own) else own)
    joining = _JOINING.fullmatch(whole.translate(known.simplified))
    if joining is not None and teams.bare_name(joining["name"]):
        return Asked("apply_team", text=joining["name"])
    return _slipped(whole)


def _slipped(whole: str) -> Asked | None:
    """通之 明早八点集合: a slip in the word is forgiven where a blank or colon parts it from the text."""
    first = _FIRST.match(whole)
    if first is None or not 1 < len(first[0]) <= 5 or first.end() == len(whole):
        return None
    known = vocabulary()
    own = whole[first.end() :].lstrip(PARTS)
    heard = first[0].translate(known.simplified)
    for word, name, _ in known.texts:
        if own and heard != word and sounds_like(heard, word):
            return Asked(name, text=own)
    return None
