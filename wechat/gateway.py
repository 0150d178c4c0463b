"""What the rest of the house may ask of WeChat: one Protocol, its answers, its one failure.

`live.LiveGateway` speaks to the platform (or the sandbox); tests of services write a small fake.
Two accounts stand behind it: the mini-program and the official account, each with its own openids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from wechat.errcodes import Kind, classify


class WechatFailure(Exception):
    """A call to WeChat that did not succeed.

    `api` is the path called, `errcode` the platform's code (None if it gave none), `errmsg` its words
    without tokens and secrets, `kind` what to do now, `rid` the platform's request id or "".
    """

    def __init__(
        self,
        api: str,
        errcode: int | None = None,
        errmsg: str = "",
        kind: Kind | None = None,
        rid: str = "",
    ) -> None:
        super().__init__(api, errcode, errmsg, kind, rid)
        self.api = api
        self.errcode = errcode
        self.errmsg = errmsg
        self.rid = rid
        if kind is None:
            kind = Kind.UNKNOWN if errcode is None else classify(errcode)
        self.kind = kind

    def __str__(self) -> str:
        code = "no errcode" if self.errcode is None else f"errcode {self.errcode}"
        return f"{self.api}: {code}, {self.kind}: {self.errmsg}" + (f" rid {self.rid}" if self.rid else "")


@dataclass(frozen=True)
class MiniLogin:
    """Who logged in to the mini-program. `unionid` only if an Open Platform account joins the two apps."""

    openid: str
    unionid: str | None = None


@dataclass(frozen=True)
class WebLogin:
    """Who opened a page in WeChat's browser: the official account's openid.

    `snapshot` is True for the virtual user of WeChat's snapshot mode: never log that one in.
    """

    openid: str
    unionid: str | None = None
    scope: str = "snsapi_base"
    snapshot: bool = False


@dataclass(frozen=True)
class Follower:
    """What the official account knows of a user; not following → everything but openid is empty."""

    openid: str
    following: bool
    unionid: str | None = None
    #: Aware UTC.
    subscribed_at: datetime | None = None
    #: The scene of the QR code that led here, "" if none.
    qr_scene: str = ""


@dataclass(frozen=True)
class QrTicket:
    """An official-account QR code: `url` is what the code holds; `seconds` to live, None for ever."""

    ticket: str
    url: str
    seconds: int | None


@dataclass(frozen=True)
class Sent:
    """The platform accepted a message (that is not yet delivery). Some APIs give no `msgid`."""

    msgid: str | None = None


@dataclass(frozen=True)
class Menus:
    """The chat's menus as WeChat holds them: `default` buttons (empty if there is no menu), and those for a tag
    as (WeChat's menu id, tag id, buttons), the newest first.
    """

    default: list[dict[str, Any]]
    conditional: list[tuple[str, int, list[dict[str, Any]]]]


@dataclass(frozen=True)
class FollowerPage:
    """Up to 10,000 openids of followers; `following` asks for the next page, "" after the last."""

    openids: list[str]
    following: str


@dataclass(frozen=True)
class TextVerdict:
    """What the content check thinks: `suggest` pass, review or risky; `label` 100 is harmless."""

    suggest: str
    label: int
    trace_id: str = ""


@dataclass(frozen=True)
class Article:
    """An article for the official account's draft box: `content` is HTML whose pictures WeChat holds itself.

    title ≤ 32 characters, author ≤ 16, digest ≤ 120, content < 20,000; `cover` the id of a permanent picture,
    `source_url` where 阅读原文 leads.
    """

    title: str
    author: str
    digest: str
    content: str
    cover: str
    source_url: str


class Gateway(Protocol):
    """Every call we make to WeChat. All raise `WechatFailure` and nothing else.

    Any of them can raise RETRY (busy, could not connect, no free slot), TOKEN (refused twice),
    CONFIGURATION, QUOTA and UNKNOWN (no understandable answer); named below is what comes on top.
    """

    def session_for_code(self, code: str) -> MiniLogin:
        """Mini-program: who stands behind a `wx.login` code (5 minutes, once).

        PERMANENT 40029 / 40163: the code is wrong, expired or used. USER_STATE 40226: high-risk user.
        """
        ...

    def phone_for_code(self, code: str, *, openid: str | None = None) -> str:
        """Mini-program: the phone number behind a getPhoneNumber code (5 minutes, once).

        A mainland number comes plain (`13800138000`), any other as `+<country><number>`. With `openid`
        the platform checks that the code is that user's. PERMANENT 40029 / 40163: bad code.
        """
        ...

    def send_subscribe(
        self, openid: str, template_id: str, data: dict[str, str], *, page: str | None = None
    ) -> Sent:
        """Mini-program: a subscription message; spends one credit of the user.

        `page` is a path inside the mini-program, may have parameters. PERMANENT: 40037, 41030, 47003.
        USER_STATE: 40003, 43101 (no credit left). Nothing guards against doubles: never repeat UNKNOWN.
        """
        ...

    def send_template(
        self,
        openid: str,
        template_id: str,
        data: dict[str, str],
        *,
        url: str | None = None,
        page: str | None = None,
        client_msg_id: str,
    ) -> Sent:
        """Official account: a template message; `page` opens the mini-program, `url` elsewhere.

        The same openid and `client_msg_id` make one message for 10 minutes, so UNKNOWN may be repeated
        with the same id within them; the platform's "already sent" (45065) comes back as `Sent`.
        PERMANENT: 40037, 47003. USER_STATE: 40003, 43004 (not following), 43101.
        """
        ...

    def send_text(self, openid: str, text: str) -> Sent:
        """Official account: a customer-service text, only inside the user's window (48 h / 1 min).

        USER_STATE: 45015 (closed), 45047 (count used up), 40003. Never repeat UNKNOWN.
        """
        ...

    def send_menu(self, openid: str, head: str, choices: list[tuple[str, str]], tail: str) -> Sent:
        """Official account: a customer-service text with tappable lines, `choices` of (id, label).

        A tap comes back as a text message whose content is the label and whose `menu_id` is the id.
        Kinds as `send_text`.
        """
        ...

    def send_card(self, openid: str, title: str, *, page: str, cover: str) -> Sent:
        """Official account: a customer-service card that opens a page of the linked mini-program; `cover` is the id of
        a picture kept by `add_cover`. Kinds as `send_text`; PERMANENT 40007: the picture is gone.
        """
        ...

    def create_qr(self, scene: str, *, seconds: int | None) -> QrTicket:
        """Official account: a QR code with a scene of 1–64 characters; None makes one of the 100,000
        permanent ones, else `seconds` ≤ 2,592,000. PERMANENT: 40052, 40053.
        """
        ...

    def qr_image_url(self, ticket: str) -> str:
        """Official account: where a browser finds the picture of a QR ticket. No call, never raises."""
        ...

    def mini_code(
        self, scene: str, *, page: str, check_path: bool = True, env_version: str | None = None
    ) -> bytes:
        """Mini-program: the picture (JPEG or PNG bytes) of an unlimited code.

        `scene` ≤ 32 characters, `page` without leading slash; `check_path=False` allows a page that is
        not released; `env_version` release, trial or develop. PERMANENT: 40129, 40169, 41030.
        """
        ...

    def follower(self, openid: str) -> Follower:
        """Official account: does this user follow, since when, and the unionid. USER_STATE: 40003."""
        ...

    def check_text(self, openid: str, text: str, *, scene: int) -> TextVerdict:
        """Mini-program: the content check of a text of at most 2500 characters.

        `scene` 1 profile, 2 comment, 3 forum, 4 log; `openid` must be the mini-program's.
        USER_STATE: 40003, 61010 (not opened for two hours: let a person look).
        """
        ...

    def set_menu(self, menu: dict[str, Any]) -> None:
        """Official account: replace the chat's menu. PERMANENT: 40033 and the like, the menu is wrong."""
        ...

    def menus(self) -> Menus:
        """Official account: the menus that are in place; none is an answer, too."""
        ...

    def add_conditional_menu(self, buttons: list[dict[str, Any]], *, tag_id: int) -> None:
        """Official account: a menu for those who bear a tag. It needs a default menu, cannot be edited, and the
        newest one that fits is shown. PERMANENT: 40033 and the like.
        """
        ...

    def drop_conditional_menu(self, menu_id: str) -> None:
        """Official account: take one of the menus for a tag away. PERMANENT: there is none of this id."""
        ...

    def tags(self) -> dict[str, int]:
        """Official account: its tags, name → id; at most 100."""
        ...

    def create_tag(self, name: str) -> int:
        """Official account: a new tag of at most 30 characters; its id. PERMANENT: 45157, there is one of this name."""
        ...

    def tag(self, openids: list[str], *, tag_id: int) -> None:
        """Official account: give a tag to at most 50 followers; harmless to repeat.

        PERMANENT 40003 / 45059 / 49003: one of them cannot have it, and it may be that none got it.
        """
        ...

    def untag(self, openids: list[str], *, tag_id: int) -> None:
        """Official account: take a tag from at most 50 followers. As `tag`."""
        ...

    def follower_page(self, after: str = "") -> FollowerPage:
        """Official account: one page of those who follow, behind the openid `after`."""
        ...

    def mass_send(self, text: str, *, tag_id: int | None, client_msg_id: str) -> Sent:
        """Official account: a text to all followers, or those who bear a tag; the platform starts a job, and
        MASSSENDJOBFINISH tells how it ended. A service account reaches each user four times a calendar month.

        The same `client_msg_id` (32 characters) makes one job within 24 hours, so UNKNOWN may be repeated with it;
        "already sent" (45065) comes back as `Sent`. QUOTA: 45028 (none left). PERMANENT: the content is refused.
        """
        ...

    def upload_picture(self, picture: bytes) -> str:
        """Official account: a JPEG of at most 1 MB for use inside an article; its address at WeChat. Harmless to
        repeat. PERMANENT 40005 / 40009: no such picture, too large.
        """
        ...

    def add_cover(self, picture: bytes) -> str:
        """Official account: a JPEG kept for ever (100,000 of them), as an article's cover; its id. As above; a repeat
        takes up another place. QUOTA 45009.
        """
        ...

    def add_draft(self, article: Article) -> str:
        """Official account: an article into the draft box, where a person looks and publishes; the draft's id.

        Nothing guards against doubles: never repeat UNKNOWN. PERMANENT: 40007 (cover), 45003, 45110 and the like.
        """
        ...

    def authorize_url(self, redirect_uri: str, *, state: str, scope: str = "snsapi_base") -> str:
        """Official account: where to send WeChat's browser to learn who it is. No call, never raises.

        `state`: letters and digits, at most 128 bytes.
        """
        ...

    def web_login(self, code: str) -> WebLogin:
        """Official account: who stands behind the OAuth code (5 minutes, once).

        PERMANENT 40029 / 40163: the code is wrong, expired or used.
        """
        ...
