"""Each push from WeChat takes effect once, however often it is delivered (reliability.md §3.1, §7 #13).

The note that it came, what it does and the answer it gets are one transaction: a copy that arrives meanwhile
waits for that transaction and then gives the same answer; if it fails, nothing of it stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from clock import to_millis
from models import store
from models.store import Wants as Wants
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

    store.settle()  # what was noted of an earlier push comes first: who has just left wrote before
    return store.write(handled, durable=durable)


def looks_at_once() -> bool:
    """Whether a look waits for nobody: SQLite lies in the machine, and who reads waits for no writer."""
    return store.current().dialect == "sqlite"


def look(*, key: str, openid: str, at: datetime, act: Callable[[], str]) -> str:
    """The same for an act that changes nothing, without a write: the note follows a moment later, with others. Of
    copies that meet, each may be looked up; what is noted first is the answer from then on.

    Raises `Wants` where `act` wants to change something after all; nothing has happened then.
    """
    told = sql.told(key)
    if told is not None:
        return told

    def looked() -> str:
        seen = sql.seen(key)
        if seen is not None:
            return seen
        reply = act()
        sql.tell(key=key, openid=openid, reply=reply, now=to_millis(at))
        return reply

    return store.read(looked)
