"""Six digits shown on one screen and sent in the chat: joining, scans outside WeChat, console log-in
(design §6.1, §6.2). Ten minutes, single use, and few guesses for each openid."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from frozen import dataclass
from models import Digits, WechatIdentity, store
from models.dialect import IntegrityError
from services import guessing, limits
from services.errors import Refusal, RefusalCode

LIFE = timedelta(minutes=10)
#: Wrong digits one openid may send in ten minutes.
TRIES = 5
#: How long used and expired digits are kept, to tell an old number from a wrong one.
KEEP = timedelta(days=1)
PURPOSES = ("join", "scan", "console")


@dataclass(frozen=True, slots=True)
class Claim:
    """What redeemed digits stand for: a purpose (join / scan / console) and its subject."""

    purpose: str
    subject: str


def issue(*, purpose: str, subject: str, at: datetime) -> str:
    """Six digits for `subject`, good for ten minutes; they replace living ones of the same subject."""
    if purpose not in PURPOSES:
        raise ValueError(f"no such purpose: {purpose}")

    def act() -> str:
        Digits.delete().where(
            (Digits.expires_at < at - KEEP)
            | ((Digits.purpose == purpose) & (Digits.subject == subject) & Digits.used_at.is_null())
        ).execute()
        while True:
            digits = f"{secrets.randbelow(900_000) + 100_000}"
            Digits.delete().where(
                Digits.digits == digits, Digits.used_at.is_null(), Digits.expires_at <= at
            ).execute()
            try:
                store.write(
                    lambda digits=digits: Digits.create(  # type: ignore[misc]
                        digits=digits, purpose=purpose, subject=subject, created_at=at, expires_at=at + LIFE
                    )
                )
            except IntegrityError:  # living digits of somebody else
                continue
            return digits

    return store.write(act)


def _account(openid: str) -> str:
    """The official account's identity of this openid, "" where there is none."""
    found = WechatIdentity.get_or_none(WechatIdentity.openid == openid, WechatIdentity.kind == "oa")
    return "" if found is None else str(found.id)


def redeem(*, digits: str, openid: str, at: datetime) -> Claim:
    """What the digits sent by `openid` stand for; they are used up. Not to be called inside a write: a wrong try
    must be kept.

    Refusals: TOO_MANY_TRIES (after 5 wrong ones in 10 minutes, right ones too), DIGITS_EXPIRED (over, or used),
    DIGITS_WRONG.
    """
    key = f"digits|{openid}"

    def act() -> Claim | RefusalCode | Refusal:
        # Counted first: the row's lock makes parallel guesses of one openid wait for each other.
        no = limits.refusal(key=key, limit=TRIES, seconds=int(LIFE.total_seconds()), at=at)
        if no is not None:
            if limits.tries(key=f"{key}|told", seconds=int(LIFE.total_seconds()), at=at) == 1:
                guessing.note_tried(account=_account(openid), door="bot", way="digits", at=at)
            return no
        found = Digits.select().where(Digits.digits == digits).order_by(Digits.id.desc()).first()
        if found is None:
            return RefusalCode.DIGITS_WRONG
        if found.expires_at <= at:
            return RefusalCode.DIGITS_EXPIRED
        used = Digits.update(used_at=at).where(Digits.id == found.id, Digits.used_at.is_null())
        if not used.execute():
            return RefusalCode.DIGITS_EXPIRED
        limits.forget(key=key)
        return Claim(found.purpose, found.subject)

    answer = store.write(act)
    if isinstance(answer, Refusal):
        raise answer
    if isinstance(answer, RefusalCode):
        raise Refusal(answer)
    return answer
