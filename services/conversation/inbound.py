"""Each push from WeChat takes effect once, however often it is delivered (reliability.md §3.1, §7 #13).

The note that it came, what it does and the answer it gets are one transaction: a copy that arrives meanwhile
waits for that transaction and then gives the same answer; if it fails, nothing of it stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from clock import to_millis
from models import store
from queries import inbound as sql


def once(*, key: str, openid: str, at: datetime, act: Callable[[], str], durable: bool = True) -> str:
    """The answer to the push `key`: that of `act`, run once, or the one it gave the first time.

    `durable=False` for an act that only tells: should a power cut take the note along, nobody is there to ask again.
    What `act` raises undoes everything and reaches the caller; the next copy then starts afresh.
    """

    def handled() -> str:
        if not sql.arrived(key=key, openid=openid, now=to_millis(at)):
            return sql.reply_of(key)
        reply = act()
        sql.answered(key=key, reply=reply)
        return reply

    return store.write(handled, durable=durable)
