"""Whether words may go out to many: our own list first, then WeChat's check where it can be asked (内容安全).

WeChat answers only for somebody who used the mini-program within two hours (wechat-platform.md §4.4); where it cannot
say, the writer answers for his words and, beyond his own team, whoever approves them.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from models import Session, WechatIdentity
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from wechat.gateway import WechatFailure
from wording import entry

#: Which kind of text WeChat is told it is (§4.4).
FORUM = 3
#: Characters that the check takes.
MOST = 2500


#: WeChat's check answers for somebody who used the mini-program so lately.
USED_WITHIN = timedelta(hours=2)


@cache
def _listed(name: str) -> tuple[str, ...]:
    return tuple(_bare(word) for words in entry(f"broadcasts.{name}").values() for word in words)


def _bare(text: str) -> str:
    """Letters and digits alone, in one width and case: blanks and signs between them hide no word."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(each for each in folded if each.isalnum())


def require_fit(text: str) -> None:
    """Go on for words that our own list lets pass. Refusals: WORD_REFUSED (fact `word`)."""
    found = _found(text, "words")
    if found:
        raise Refusal(RefusalCode.WORD_REFUSED, word=found)


def doubtful(text: str) -> str:
    """The first word that may be meant well (谨防刷单) or not, so that somebody else looks; "" if there is none."""
    return _found(text, "words_to_look_at")


def _found(text: str, name: str) -> str:
    bare = _bare(text)
    return next((word for word in _listed(name) if word in bare), "")


def askable(*, volunteer_id: int, at: datetime) -> bool:
    """Whether WeChat's check can be asked about what this person writes now: he used the mini-program lately."""
    used = (
        Session.select()
        .join(WechatIdentity)
        .where(
            Session.kind == "api", WechatIdentity.volunteer == volunteer_id, WechatIdentity.kind == "mp",
            Session.seen_at > at - USED_WITHIN,
        )
    )  # fmt: skip
    return bool(used.exists())


def verdict(*, parts: Parts, identity_id: int | None, text: str) -> str:
    """What WeChat thinks: pass, review or risky; "" where it cannot be asked. HTTP: never inside a transaction."""
    return _asked(parts, WechatIdentity.id == identity_id, text)


def verdict_of_writer(*, parts: Parts, volunteer_id: int, text: str) -> str:
    """As `verdict`, for a person rather than for the WeChat he used."""
    return _asked(parts, WechatIdentity.volunteer == volunteer_id, text)


def _asked(parts: Parts, whose: Any, text: str) -> str:
    identity = WechatIdentity.select().where(whose, WechatIdentity.kind == "mp").first()
    if identity is None:
        return ""
    try:
        return parts.gateway.check_text(identity.openid, text[:MOST], scene=FORUM).suggest
    except WechatFailure:
        return ""
