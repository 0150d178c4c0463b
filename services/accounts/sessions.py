"""Sessions: who has logged in, through which door, until when (design §6.4).

Only the hash of a token is stored. A session belongs to one WeChat identity, or to a person where a grant link
stood in for WeChat. Rights are never kept in it: they are read anew each time, so a withdrawn role, a log-out or
a closed account works at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import NamedTuple

from clock import from_millis, to_millis
from frozen import dataclass
from models import Digits, LoginTicket, OfflineKit, Session, WechatIdentity, store
from queries import sessions as query
from services.actors import Actor
from services.codes import new_token, token_hash
from services.regions import in_practice

#: How rarely a session's last use is written down: a write per request would cost more than the request.
SEEN_EVERY = timedelta(minutes=10)
#: A closed account opens nothing, whatever token it holds.
OPEN_STATES = (None, "invited", "active")


class Limits(NamedTuple):
    """How long a session lives unused, and at all."""

    idle: timedelta
    absolute: timedelta


LIMITS = {
    "api": Limits(timedelta(days=30), timedelta(days=180)),
    "h5": Limits(timedelta(days=30), timedelta(days=180)),
    "console": Limits(timedelta(minutes=30), timedelta(hours=12)),
    # What a phone kept may come days later; how long it may fetch the list is its kit's matter.
    "offline": Limits(timedelta(days=30), timedelta(days=30)),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: the only moment at which its token is known."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Who:
    """The one behind a session, logged in `since`; `volunteer_id` is None for somebody not registered yet."""

    kind: str
    identity_id: int | None
    openid: str
    volunteer_id: int | None
    name: str
    public_no: str
    region_code: str
    state: str
    since: datetime
    csrf: str = field(repr=False)

    @property
    def practising(self) -> bool:
        """Whether this is somebody of the practice area."""
        return in_practice(self.region_code)

    def actor(self, door: str) -> Actor:
        """This person acting through a door (api / pages / console)."""
        return Actor(door=door, volunteer_id=self.volunteer_id, identity_id=self.identity_id)


def open_session(
    *,
    kind: str,
    at: datetime,
    identity_id: int | None = None,
    volunteer_id: int | None = None,
    device: str = "",
    token: str = "",
) -> Opened:
    """Open a session of `kind` (api / h5 / console / offline) for an identity, or for a person without one.

    `token`: one that the phone made itself, so that asking twice opens the same (offline only).
    """
    token, csrf = token or new_token(), new_token()
    expires_at = at + LIMITS[kind].absolute
    store.write(
        lambda: Session.create(
            token_hash=token_hash(token), kind=kind, identity=identity_id, volunteer=volunteer_id, csrf=csrf,
            device=device[:120], created_at=at, seen_at=at, expires_at=expires_at,
        )
    )  # fmt: skip
    return Opened(token, csrf, expires_at)


def authenticate(*, token: str, kind: str, at: datetime) -> Who | None:
    """The one behind `token` at a door of `kind`; None if it is unknown, over, idle too long or closed.

    One statement; the last use is written at most every 10 minutes.
    """
    if kind not in LIMITS or not token or len(token) > 200:
        return None
    hashed = token_hash(token)
    row = query.authenticate(hashed, kind, to_millis(at), to_millis(at - LIMITS[kind].idle))
    if row is None:
        return None
    kind, identity_id, openid, volunteer_id, name, public_no, region_code, state, csrf, seen_at, created_at = row
    if state not in OPEN_STATES:
        return None
    if at - from_millis(seen_at) >= SEEN_EVERY:
        store.write(lambda: query.seen(hashed, to_millis(at)))
    return Who(
        kind,
        identity_id,
        openid or "",
        volunteer_id,
        name or "",
        public_no or "",
        region_code or "",
        state or "",
        from_millis(created_at),
        csrf,
    )


def close(*, token: str, at: datetime) -> None:
    """Log out: this token opens nothing any more. An unknown token is no mistake."""
    query = Session.update(revoked_at=at).where(
        Session.token_hash == token_hash(token), Session.revoked_at.is_null()
    )
    store.write(query.execute)


def take_over(*, old: str, new: str, at: datetime) -> None:
    """Somebody who is logged in has said yes on his phone again: the new session takes the place of the old one, and
    what he has half filled in at another tab can still be sent. Of another person the old one ends, no more."""
    before, after = (Session.get_or_none(Session.token_hash == token_hash(each)) for each in (old, new))
    if before is None or after is None:
        return

    def act() -> None:
        if (before.identity_id, before.volunteer_id) == (after.identity_id, after.volunteer_id):
            Session.update(csrf=before.csrf).where(Session.token_hash == after.token_hash).execute()
        close(token=old, at=at)

    store.write(act)


def close_all(*, volunteer_id: int, at: datetime) -> int:
    """Log a person out everywhere (lost phone, left): phones, mini-program, console, lists without a network, and
    what would open one of them in his name. Answers how many sessions ended."""
    identities = [
        row.id for row in WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.volunteer == volunteer_id)
    ]
    return store.write(lambda: end(volunteer_id=volunteer_id, identities=identities, at=at))


def end(*, volunteer_id: int, identities: Sequence[int], at: datetime) -> int:
    """The same inside a write; `identities`: the WeChats he came by, whosever they are now. How many sessions ended."""
    end_links(volunteer_id=volunteer_id, identities=identities, at=at)
    query = Session.update(revoked_at=at).where(
        (Session.volunteer == volunteer_id) | Session.identity.in_(identities),
        Session.revoked_at.is_null(),
        Session.expires_at > at,
    )
    return int(query.execute())


def end_links(*, volunteer_id: int, identities: Sequence[int], at: datetime) -> None:
    """End what would open a session in this person's name: a yes to a console that has not come in yet, a one-time
    link, a link to a list that no phone has opened, six digits that join. Inside a write."""
    LoginTicket.update(state="refused").where(
        LoginTicket.volunteer == volunteer_id, LoginTicket.state == "approved"
    ).execute()
    OfflineKit.update(revoked_at=at).where(
        OfflineKit.leader == volunteer_id, OfflineKit.opened_at.is_null(), OfflineKit.revoked_at.is_null()
    ).execute()
    Digits.delete().where(
        Digits.purpose == "join", Digits.subject.in_([str(each) for each in identities]), Digits.used_at.is_null()
    ).execute()
