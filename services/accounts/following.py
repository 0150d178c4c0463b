"""Following and leaving the official account, and what that takes with it (取消关注, 再次关注, 取消授权).

The platform demands that what it supplied about somebody who leaves is deleted (wechat-platform.md §2.2): the tie
between his openid and him, his unionid, his window, what was being talked about. He himself, his memberships, his
records and his log-in in the mini-program are ours and stay. When he follows again he is asked whether it is he, and
`是我` ties him again. Events overtake each other, so WeChat's own time decides; a nightly look at the list of
followers mends what no event told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from frozen import dataclass
from models import ChatState, InboundMessage, Session, SubscriptionCredit, Volunteer, WechatIdentity, store
from models.store import Write
from services import audit
from services.accounts import enrolment
from services.accounts.documents import mask_name
from services.accounts.identity import Identity, identity_of
from services.accounts.sessions import OPEN_STATES
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.parts import Parts

#: So long it is remembered whom to ask for when an openid follows again; then he has to register or be found again.
REMEMBERED = timedelta(days=180)
#: A list of followers that would make so great a part of ours leave is not believed.
BELIEVED_LOSS = 0.5
#: Fewer than this may all leave in one night.
FEW = 20
AT_ONCE = 200
#: The phone number in the RevokeInfo of an authorisation event (wechat-platform.md §2.5).
PHONE = "8"


@dataclass(frozen=True, slots=True)
class Former:
    """Whom a WeChat belonged to before it left: `name` masked as on an invitation until he says that it is he."""

    volunteer_id: int
    name: str


class ListNotBelieved(Exception):
    """The list of followers would make too many leave at once; nothing was changed."""


def followed(*, appid: str, openid: str, event_at: datetime, at: datetime) -> Identity:
    """Somebody follows the official account; `event_at` is the event's CreateTime. Joining by unionid is due."""
    mine, _ = _apply(appid, openid, event_at, at, {"following": True, "union_checked": False})
    return mine


def unfollowed(*, appid: str, openid: str, event_at: datetime, at: datetime) -> Identity:
    """Somebody left: what WeChat supplied goes, nothing can be sent to him, and nothing of his own is lost."""

    def act() -> Identity:
        mine, newest = _apply(appid, openid, event_at, at, {"following": False})
        if newest:
            _let_go(mine, at)
        return mine

    return store.write(act)


def _apply(
    appid: str, openid: str, event_at: datetime, at: datetime, changes: dict[str, object]
) -> tuple[Identity, bool]:
    """Apply an event unless a newer one was applied already; whether it was."""

    def act() -> tuple[Identity, bool]:
        mine = identity_of(appid=appid, openid=openid, kind="oa", at=at)
        seen = WechatIdentity.follow_event_at
        changed = (
            WechatIdentity.update(follow_event_at=event_at, **changes)
            .where(WechatIdentity.id == mine.id, seen.is_null() | (seen <= event_at))
            .execute()
        )
        return identity_of(appid=appid, openid=openid, kind="oa", at=at), bool(changed)

    return store.write(act)


def _let_go(mine: Identity, at: datetime) -> None:
    changes: dict[str, object] = {
        "volunteer": None, "bound_at": None, "unionid": None, "union_checked": True, "tag": "",
        "window_until": None, "window_left": 0,
    }  # fmt: skip
    if mine.volunteer_id is not None:
        changes |= {"former": mine.volunteer_id, "former_until": at + REMEMBERED}
    WechatIdentity.update(**changes).where(WechatIdentity.id == mine.id).execute()
    _forget_talk(mine)


def _forget_talk(mine: Identity) -> None:
    """What was talked about goes; that a message was seen stays, so that its repeat has no second effect."""
    ChatState.delete().where(ChatState.identity == mine.id).execute()
    SubscriptionCredit.delete().where(SubscriptionCredit.identity == mine.id).execute()
    InboundMessage.update(reply="").where(InboundMessage.openid == mine.openid).execute()


def former(*, identity_id: int, at: datetime) -> Former | None:
    """Whom this WeChat belonged to before it left, while that is remembered and he may still log in."""
    row = WechatIdentity.get_or_none(WechatIdentity.id == identity_id)
    if row is None or row.volunteer_id is not None or row.former_id is None or (row.former_until or at) <= at:
        return None
    person = Volunteer.get_by_id(row.former_id)
    while person.merged_into_id is not None:
        person = Volunteer.get_by_id(person.merged_into_id)
    return Former(person.id, mask_name(person.name)) if person.state in OPEN_STATES else None


def return_as_former(*, identity_id: int, at: datetime) -> Former:
    """是我: tie this WeChat to the person it belonged to; he, with his whole name.

    Refusals: NOT_FOUND (nobody is remembered, or the account was closed meanwhile), ALREADY_BOUND.
    """

    def act() -> Former:
        found = former(identity_id=identity_id, at=at)
        if found is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        enrolment.bind(identity_id=identity_id, volunteer_id=found.volunteer_id, at=at)
        _forget_former(identity_id)
        return Former(found.volunteer_id, str(Volunteer.get_by_id(found.volunteer_id).name))

    return store.write(act)


def not_the_former(*, identity_id: int) -> None:
    """不是我: whom this WeChat belonged to is forgotten."""
    store.write(lambda: _forget_former(identity_id))


def forget_former(*, at: datetime, write: Write = store.write) -> int:
    """Forget whom those belonged to who have not come back in half a year; how many."""
    over = WechatIdentity.former_until < at
    if not WechatIdentity.select().where(over).exists():
        return 0
    return int(write(WechatIdentity.update(former=None, former_until=None).where(over).execute))


def _forget_former(identity_id: int) -> None:
    WechatIdentity.update(former=None, former_until=None).where(WechatIdentity.id == identity_id).execute()


def authorisation_revoked(*, appid: str, openid: str, what: str, at: datetime) -> None:
    """A person took back what he had let us have through WeChat (PIPL §15, §47). Inside a write.

    `what` is WeChat's RevokeInfo. Of all it names we keep only the phone number, and only where WeChat gave it: that
    is erased, and his leader types it in anew with his consent.
    """
    row = _known(appid, openid)
    if row is None or row.volunteer_id is None or PHONE not in re.findall(r"\d+", what):
        return
    gone = (
        Volunteer.update(phone_sealed=None, phone_key="", phone_index=None, phone_proof="none")
        .where(Volunteer.id == row.volunteer_id, Volunteer.phone_proof == "wechat")
        .execute()
    )
    if gone:
        audit.changed(
            actor=Actor(door="wechat", volunteer_id=row.volunteer_id), verb="phone.revoked",
            subject=f"volunteer:{row.volunteer_id}", changes={"phone": ["wechat", ""]}, at=at,
        )  # fmt: skip


def authorisation_cancelled(*, appid: str, openid: str, at: datetime) -> None:
    """A person cancelled his whole authorisation of one account: his log-ins there end and the tie is deleted.

    Inside a write. Nothing is remembered to ask for later: that was the wish.
    """
    row = _known(appid, openid)
    if row is None:
        return
    authorisation_revoked(appid=appid, openid=openid, what=PHONE, at=at)
    Session.update(revoked_at=at).where(Session.identity == row.id, Session.revoked_at.is_null()).execute()
    WechatIdentity.update(
        volunteer=None, bound_at=None, unionid=None, union_checked=True, former=None, former_until=None,
        window_until=None, window_left=0,
    ).where(WechatIdentity.id == row.id).execute()  # fmt: skip
    _forget_talk(Identity(row.id, row.openid, None, row.following))


def _known(appid: str, openid: str) -> WechatIdentity | None:
    same = (WechatIdentity.appid == appid) & (WechatIdentity.openid == openid)
    found: WechatIdentity | None = WechatIdentity.get_or_none(same)
    return found


def compare(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Compare whom we take for followers with WeChat's list; how many were mended. HTTP, so outside a write.

    Raises WechatFailure, and ListNotBelieved where more than half of our followers would leave: then the account is
    a wrong one or the answer broken, and a person has to look.
    """
    listed = _listed(parts)
    mine = (WechatIdentity.kind == "oa") & (WechatIdentity.appid == parts.oa_appid)
    # An event that came while the list was read knows better than the list.
    settled = WechatIdentity.follow_event_at.is_null() | (WechatIdentity.follow_event_at < at)
    rows = WechatIdentity.select(WechatIdentity.openid, WechatIdentity.following).where(mine, settled)
    gone: list[str] = []
    come: list[str] = []
    ours = 0
    for openid, following in rows.tuples().iterator():
        ours += bool(following)
        if bool(following) != (openid in listed):
            (gone if following else come).append(openid)
    if len(gone) > FEW and len(gone) > ours * BELIEVED_LOSS:
        raise ListNotBelieved(f"{len(gone)} of {ours} followers are not in the list")
    for batch in (gone[start : start + AT_ONCE] for start in range(0, len(gone), AT_ONCE)):
        write(lambda batch=batch: _all(unfollowed, parts, batch, at))  # type: ignore[misc]
    for batch in (come[start : start + AT_ONCE] for start in range(0, len(come), AT_ONCE)):
        write(lambda batch=batch: _all(followed, parts, batch, at))  # type: ignore[misc]
    return len(gone) + len(come)


def _listed(parts: Parts) -> set[str]:
    """All openids that follow: some 80 MB for a million of them, for a minute a night."""
    listed: set[str] = set()
    after = ""
    while True:
        page = parts.gateway.follower_page(after)
        listed.update(page.openids)
        if not page.following or page.following == after:
            return listed
        after = page.following


def _all(apply: Callable[..., Identity], parts: Parts, openids: list[str], at: datetime) -> None:
    for openid in openids:
        apply(appid=parts.oa_appid, openid=openid, event_at=at, at=at)
