"""WeChat identities: who is at the other end, whether he follows us, until when we may write to him (design §6.1).

`WechatIdentity(appid, openid)` is the key; the person behind it may come later. H5 and chat share the official
account's openid. An unfollow takes nothing from the person.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from clock import to_millis
from frozen import dataclass
from models import OAuthState, Volunteer, WechatIdentity, store
from queries import inbound as sql
from services.accounts.sessions import OPEN_STATES, open_session
from services.codes import token_hash
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure

#: Where WeChat sends the browser back to, under PUBLIC_URL.
CALLBACK = "/m/oauth"
STATE_LIFE = timedelta(minutes=10)
#: How long, and for how many messages, the customer-service window is open after what (wechat-platform.md §6.4).
WINDOWS = {
    "message": (timedelta(hours=48), 5),
    "click": (timedelta(minutes=1), 3),
    "follow": (timedelta(minutes=1), 3),
    "scan": (timedelta(minutes=1), 3),
}
#: One slash, then a path that no browser reads as an address: nothing escaped and no @ before its question mark.
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./~]*(\?[\x21-\x5b\x5d-\x7e]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Identity:
    """One openid of one account, and the person behind it if known."""

    id: int
    openid: str
    volunteer_id: int | None
    following: bool


@dataclass(frozen=True, slots=True)
class MiniSession:
    """A log-in of the mini-program; `name` is empty while nobody is registered."""

    token: str = field(repr=False)
    expires_at: datetime
    registered: bool
    name: str


def _brief(row: WechatIdentity) -> Identity:
    return Identity(row.id, row.openid, row.volunteer_id, row.following)


def _login_refusal(failure: WechatFailure) -> Refusal:
    """What a failed log-in call means to the person."""
    if failure.kind is Kind.PERMANENT:
        return Refusal(RefusalCode.LOGIN_CODE_INVALID)
    if failure.kind is Kind.USER_STATE:
        return Refusal(RefusalCode.LOGIN_BLOCKED)
    return Refusal(RefusalCode.WECHAT_UNAVAILABLE)


def identity_of(*, appid: str, openid: str, kind: str, at: datetime) -> Identity:
    """The identity of an openid, made on first sight; `kind` is `mp` or `oa`. Inside the caller's write."""
    same = (WechatIdentity.appid == appid) & (WechatIdentity.openid == openid)
    row = WechatIdentity.get_or_none(same)
    if row is None:
        WechatIdentity.insert(
            kind=kind,
            appid=appid,
            openid=openid,
            following=False,
            union_checked=False,
            window_left=0,
            created_at=at,
        ).on_conflict_ignore().execute()
        row = WechatIdentity.get(same)
    return _brief(row)


def mini_login(*, parts: Parts, code: str, at: datetime, device: str = "") -> MiniSession:
    """Log in from the mini-program with a code of `wx.login`: asks WeChat, then opens an api session.

    Refusals: LOGIN_CODE_INVALID (wrong, expired or used), LOGIN_BLOCKED, WECHAT_UNAVAILABLE, ACCOUNT_CLOSED.
    """
    try:
        login = parts.gateway.session_for_code(code)
    except WechatFailure as failure:
        raise _login_refusal(failure) from failure

    def act() -> tuple[int, int | None]:
        mine = identity_of(appid=parts.mp_appid, openid=login.openid, kind="mp", at=at)
        if not login.unionid:
            return mine.id, mine.volunteer_id
        return mine.id, join_by_union(identity_id=mine.id, unionid=login.unionid, at=at)

    identity_id, volunteer_id = store.write(act)
    name = _name_of(volunteer_id)
    opened = open_session(kind="api", identity_id=identity_id, at=at, device=device)
    return MiniSession(opened.token, opened.expires_at, volunteer_id is not None, name)


def _name_of(volunteer_id: int | None) -> str:
    """The name of a person who may log in; empty for nobody. Refusals: ACCOUNT_CLOSED."""
    if volunteer_id is None:
        return ""
    person = Volunteer.get_by_id(volunteer_id)
    if person.state not in OPEN_STATES:
        raise Refusal(RefusalCode.ACCOUNT_CLOSED)
    return str(person.name)


def web_login(*, parts: Parts, code: str, at: datetime) -> int:
    """Log in from a page in WeChat's browser with an OAuth code; answers the identity's id.

    Refusals: LOGIN_CODE_INVALID, LOGIN_BLOCKED (also the virtual user of snapshot mode), WECHAT_UNAVAILABLE,
    ACCOUNT_CLOSED.
    """
    try:
        login = parts.gateway.web_login(code)
    except WechatFailure as failure:
        raise _login_refusal(failure) from failure
    if login.snapshot:
        raise Refusal(RefusalCode.LOGIN_BLOCKED)

    def act() -> tuple[int, int | None]:
        mine = identity_of(appid=parts.oa_appid, openid=login.openid, kind="oa", at=at)
        if not login.unionid:
            return mine.id, mine.volunteer_id
        return mine.id, join_by_union(identity_id=mine.id, unionid=login.unionid, at=at)

    identity_id, volunteer_id = store.write(act)
    _name_of(volunteer_id)
    return identity_id


def begin_web_login(*, parts: Parts, next_path: str, browser: str, at: datetime) -> str:
    """Where to send WeChat's browser to learn who it is; afterwards it goes to `next_path`.

    The way back is bound to `browser` (a secret in its cookie), good once and for ten minutes.
    Refusals: BAD_REQUEST if `next_path` is not a path of ours: one leading slash, no scheme, no back-slash.
    """
    if len(next_path) > 500 or not _PATH.fullmatch(next_path) or urlsplit(next_path).netloc:
        raise Refusal(RefusalCode.BAD_REQUEST, why="next")
    state = secrets.token_hex(20)

    def act() -> None:
        OAuthState.delete().where(OAuthState.expires_at < at - STATE_LIFE).execute()
        OAuthState.create(
            state=state, browser_hash=token_hash(browser), next_path=next_path, created_at=at,
            expires_at=at + STATE_LIFE,
        )  # fmt: skip

    store.write(act)
    return parts.gateway.authorize_url(parts.public_url + CALLBACK, state=state)


def finish_web_login(*, parts: Parts, state: str, code: str, browser: str, at: datetime) -> tuple[int, str]:
    """(identity id, path to go on to) when WeChat's browser comes back; the state is used up either way.

    Refusals: LOGIN_CODE_INVALID (unknown, used or expired state, another browser, bad code) and those of
    `web_login`.
    """

    def act() -> OAuthState | None:
        found = OAuthState.get_or_none(OAuthState.state == state)
        taken = OAuthState.delete().where(OAuthState.state == state).execute()
        return found if taken else None

    begun = store.write(act)
    if begun is None or begun.expires_at <= at or begun.browser_hash != token_hash(browser):
        raise Refusal(RefusalCode.LOGIN_CODE_INVALID)
    return web_login(parts=parts, code=code, at=at), str(begun.next_path)


def touched(*, identity_id: int, kind: str, at: datetime, said_at: datetime) -> None:
    """Open the customer-service window: a message for 48 hours and 5 answers; click, follow and scan for a minute
    and 3, unless a longer one with answers left is running.

    Who speaks in the chat follows the account, whatever event was lost. What was said before he left (`said_at`) and
    arrives after it does nothing.
    """
    life, answers = WINDOWS[kind]
    sql.touched(
        identity_id=identity_id, keeps=kind != "message", until=to_millis(at + life), answers=answers,
        said_at=to_millis(said_at),
    )  # fmt: skip


def join_by_union(*, identity_id: int, unionid: str, at: datetime) -> int | None:
    """Note an identity's unionid and bind all identities of one person; answers the person's id, if known.

    Two identities bound to different people stay as they are: an officer has to look.
    """

    def act() -> int | None:
        WechatIdentity.update(unionid=unionid, union_checked=True).where(
            WechatIdentity.id == identity_id
        ).execute()
        same = list(WechatIdentity.select().where(WechatIdentity.unionid == unionid))
        people = {row.volunteer_id for row in same if row.volunteer_id is not None}
        if len(people) == 1:
            WechatIdentity.update(volunteer=next(iter(people)), bound_at=at).where(
                WechatIdentity.unionid == unionid, WechatIdentity.volunteer.is_null()
            ).execute()
        mine = WechatIdentity.get_by_id(identity_id).volunteer_id
        return None if mine is None else int(mine)

    return store.write(act)


def unchecked_followers(*, limit: int) -> list[Identity]:
    """Followers whose unionid has not been asked for yet, for the worker."""
    query = (
        WechatIdentity.select()
        .where(
            WechatIdentity.kind == "oa",
            WechatIdentity.following == True,  # noqa: E712
            WechatIdentity.union_checked == False,  # noqa: E712
        )
        .order_by(WechatIdentity.id)
        .limit(limit)
    )
    return [_brief(row) for row in query]


def set_union(*, identity_id: int, unionid: str | None, at: datetime) -> None:
    """What WeChat answered about a follower's unionid: join by it, or note that there is none."""
    if unionid:
        join_by_union(identity_id=identity_id, unionid=unionid, at=at)
        return
    query = WechatIdentity.update(union_checked=True).where(WechatIdentity.id == identity_id)
    store.write(query.execute)
