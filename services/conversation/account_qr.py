"""The official account's own QR code, for pages that ask somebody to send a word in its chat.

It leads to the account and says nothing else. WeChat gives it for thirty days at most; one is kept in each process,
asked for by one request at a time. Without it the page tells how to search for the account.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from frozen import dataclass
from services.parts import Parts
from wechat.gateway import Gateway, WechatFailure

#: Means nothing to the chat, which then greets as it always does.
SCENE = "page"
LIFE = timedelta(days=30)
RENEW = timedelta(days=5)
#: After a failure WeChat is left alone so long.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Kept:
    url: str
    good_until: datetime
    ask_again: datetime


_kept: WeakKeyDictionary[Gateway, _Kept] = WeakKeyDictionary()
_asking = threading.Lock()


def account_url(*, parts: Parts, at: datetime) -> str:
    """What the account's QR code holds; "" while it cannot be had."""
    kept = _kept.get(parts.gateway)
    if (kept is None or kept.ask_again <= at) and _asking.acquire(blocking=False):
        try:
            kept = _kept[parts.gateway] = _ask(parts.gateway, kept, at)
        finally:
            _asking.release()
    return kept.url if kept is not None and kept.good_until > at else ""


def _ask(gateway: Gateway, kept: _Kept | None, at: datetime) -> _Kept:
    try:
        made = gateway.create_qr(SCENE, seconds=int(LIFE.total_seconds()))
    except WechatFailure:
        return _Kept(kept.url if kept else "", kept.good_until if kept else at, at + PATIENCE)
    return _Kept(made.url, at + LIFE, at + LIFE - RENEW)
