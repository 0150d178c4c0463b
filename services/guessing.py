"""Codes that are tried: whoever sends wrong ones waits a minute, with a right one too.

By account where one is known; by address where none is, and then with room for a hall full of phones behind one router
and a poster of last year. Each code is long enough by itself (docs/security.md); six digits have a limit of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from clock import to_millis
from models import store
from services import limits
from services.actors import Actor
from services.errors import Refusal
from services.errors import RefusalCode as C

#: Wrong codes within a minute: of one account, and from one address of people whom we do not know.
MOST, FROM_ONE_ADDRESS, SECONDS = 10, 100, 60
#: What a wrong code is answered with. An old one that was ours is none: he only came late.
WRONG = frozenset({
    C.CODE_UNKNOWN, C.CODE_FORGED, C.TICKET_INVALID, C.KIT_LINK_INVALID, C.INVITE_INVALID, C.LINK_USED, C.NOT_FOUND,
})  # fmt: skip

#: Who sent a wrong code to this process, and until when (milliseconds) it asks the database how many they were: nobody
#: else's scan costs a statement. Whoever goes from process to process gains one guess at each.
_guessed: dict[str, int] = {}
ROOM = 10_000


def _remember(key: str, at: datetime) -> None:
    if len(_guessed) >= ROOM:
        _guessed.clear()
    _guessed[key] = to_millis(at) + SECONDS * 1000


@contextmanager
def watched(*, account: str = "", address: str = "", door: str, at: datetime) -> Iterator[None]:
    """Around an act that a code opens; `account`: who sent it (an identity's number, or v and a person's), "" for
    nobody we know. Of a minute in which there were too many the audit has a line.

    Refusals: TOO_MANY_TRIES, and those of the act.
    """
    key, most = (f"code|{account}", MOST) if account else (f"code-from|{address}", FROM_ONE_ADDRESS)
    if _guessed.get(key, 0) > to_millis(at):
        limits.check(key=key, limit=most, seconds=SECONDS, at=at)
    try:
        yield
    except Refusal as no:
        if no.code in WRONG:
            _remember(key, at)
            if store.write(lambda: limits.tries(key=key, seconds=SECONDS, at=at)) == most:
                note_tried(account=account, door=door, way="account" if account else "address", at=at)
        raise


def note_tried(*, account: str, door: str, way: str, at: datetime) -> None:
    """Write down that too many wrong codes came, and from whom as far as we know him; no address is kept."""
    from models import WechatIdentity
    from services import audit

    identity = WechatIdentity.get_or_none(WechatIdentity.id == int(account)) if account.isdigit() else None
    if identity is not None:
        actor = Actor(door=door, volunteer_id=identity.volunteer_id, identity_id=identity.id)
    else:
        actor = Actor(door=door, volunteer_id=int(account[1:]) if account.startswith("v") else None)
    audit.note(actor=actor, verb="codes.tried", subject="house:codes", detail={"way": way}, at=at)
