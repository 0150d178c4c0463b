"""The gateway to the real platform, or to whatever `api_base` stands in for it.

wechatpy 1.8.18 knows the shape of the calls; its client is not used, because it loops on a refused
token, waits for ever, follows redirects and trusts every answer (wechat-platform.md §9.3). Its API
classes get `account.AccountCalls` instead, which fetches tokens by `stable_token`, never by force, and repeats a
call at most once. wechatpy and requests are imported at the first call: they cost a third of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from wechat.account import Account, AccountCalls, as_number, as_text, missing, need, perhaps
from wechat.errcodes import Kind
from wechat.gateway import (
    Article,
    Follower,
    FollowerPage,
    Menus,
    MiniLogin,
    QrTicket,
    Sent,
    TextVerdict,
    WebLogin,
    WechatFailure,
)
from wechat.push import fit
from wechat.tokens import TokenStore
from wechat.wire import AT_ONCE, Wire

API, MP, OPEN = "https://api.weixin.qq.com", "https://mp.weixin.qq.com", "https://open.weixin.qq.com"

_MAINLAND = "86"
NO_MENU = 46003


class LiveGateway:
    """`wechat.gateway.Gateway` over HTTP; the meaning of every call stands there. Safe between threads."""

    def __init__(
        self,
        *,
        mini: Account,
        official: Account,
        store: TokenStore,
        now: Callable[[], datetime],
        api_base: str | None = None,
        mini_state: str = "formal",
        at_once: int = AT_ONCE,
        fields: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        """`api_base` stands for all three WeChat hosts when set; `mini_state` is the version of the
        mini-program that a subscription message opens: formal, trial or developer; `at_once`: so many calls go on
        side by side; `fields`: template id → its own field names, in the order in which values are given.
        """
        self._fields = fields
        base = (api_base or "").rstrip("/")
        self._mp_host, self._open_host = base or MP, base or OPEN
        self._mini_state = mini_state
        self._mini_appid, self._official_appid = mini.appid, official.appid
        wire = Wire(base or API, trust_environment=not base, at_once=at_once)
        self._mini = AccountCalls(mini, wire, store, now)
        self._official = AccountCalls(official, wire, store, now)

    # The mini-program

    def session_for_code(self, code: str) -> MiniLogin:
        found = self._mini.by_secret("/sns/jscode2session", js_code=code)
        return MiniLogin(need(found, "openid", "/sns/jscode2session"), perhaps(found, "unionid"))

    def phone_for_code(self, code: str, *, openid: str | None = None) -> str:
        api = "/wxa/business/getuserphonenumber"
        try:
            found = self._mini.post(api, data=_given(code=code, openid=openid))
        except WechatFailure as failure:
            if failure.errcode != 40013:
                raise
            # Here it speaks of the code that a phone sent us, not of our appid.
            raise WechatFailure(api, 40013, failure.errmsg, Kind.PERMANENT, failure.rid) from None
        info = found.get("phone_info")
        if not isinstance(info, dict):
            raise missing(api, "phone_info")
        phone, country = need(info, "purePhoneNumber", api), as_text(info.get("countryCode")) or _MAINLAND
        return phone if country == _MAINLAND else f"+{country}{phone}"

    def send_subscribe(
        self, openid: str, template_id: str, data: dict[str, str], *, page: str | None = None
    ) -> Sent:
        message = _given(
            touser=openid,
            template_id=template_id,
            page=page,
            data=_values(self._named(template_id, data)),
            miniprogram_state=self._mini_state,
            lang="zh_CN",
        )
        return _sent(self._mini.post("/cgi-bin/message/subscribe/send", data=message))

    def _named(self, template_id: str, data: dict[str, str]) -> dict[str, str]:
        """The values under the names that this account's template has for them."""
        own = self._fields.get(template_id)
        return fit(dict(zip(own, data.values(), strict=True))) if own else data

    def mini_code(
        self, scene: str, *, page: str, check_path: bool = True, env_version: str | None = None
    ) -> bytes:
        wanted = _given(scene=scene, page=page, check_path=check_path, env_version=env_version)
        return self._mini.picture("/wxa/getwxacodeunlimit", wanted)

    def check_text(self, openid: str, text: str, *, scene: int) -> TextVerdict:
        api = "/wxa/msg_sec_check"
        found = self._mini.post(api, data={"openid": openid, "content": text, "scene": scene, "version": 2})
        result = found.get("result")
        if not isinstance(result, dict):
            raise missing(api, "result")
        label = as_number(result.get("label"))
        if label is None:
            raise missing(api, "label")
        return TextVerdict(need(result, "suggest", api), label, as_text(found.get("trace_id")))

    # The official account

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
        message = _given(
            touser=openid,
            template_id=template_id,
            url=url,
            miniprogram={"appid": self._mini_appid, "pagepath": page} if page else None,
            data=_values(self._named(template_id, data)),
            client_msg_id=client_msg_id,
        )
        try:
            return _sent(self._official.post("/cgi-bin/message/template/send", data=message))
        except WechatFailure as failure:
            if failure.kind is Kind.DONE:
                return Sent()
            raise

    def send_text(self, openid: str, text: str) -> Sent:
        return _sent(self._official.api("WeChatMessage").send_text(openid, text))

    def send_menu(self, openid: str, head: str, choices: list[tuple[str, str]], tail: str) -> Sent:
        lines = [{"id": name, "content": label} for name, label in choices]
        menu = {"head_content": head, "list": lines, "tail_content": tail}
        return _sent(self._official.api("WeChatMessage").send_msg_menu(openid, menu))

    def send_card(self, openid: str, title: str, *, page: str, cover: str) -> Sent:
        card = {"title": title, "appid": self._mini_appid, "pagepath": page, "thumb_media_id": cover}
        message = {"touser": openid, "msgtype": "miniprogrampage", "miniprogrampage": card}
        return _sent(self._official.post("/cgi-bin/message/custom/send", data=message))

    def create_qr(self, scene: str, *, seconds: int | None) -> QrTicket:
        wanted: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if seconds is None:
            wanted["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            wanted |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        found = self._official.api("WeChatQRCode").create(wanted)
        ticket = need(found, "ticket", "/cgi-bin/qrcode/create")
        life = None if seconds is None else as_number(found.get("expire_seconds")) or seconds
        return QrTicket(ticket, need(found, "url", "/cgi-bin/qrcode/create"), life)

    def qr_image_url(self, ticket: str) -> str:
        return f"{self._mp_host}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"

    def follower(self, openid: str) -> Follower:
        found = self._official.api("WeChatUser").get(openid)
        following = as_number(found.get("subscribe"))
        if following is None:
            raise missing("/cgi-bin/user/info", "subscribe")
        if not following:
            return Follower(openid, False)
        since = as_number(found.get("subscribe_time"))
        return Follower(
            openid,
            True,
            perhaps(found, "unionid"),
            _moment(since) if since else None,
            as_text(found.get("qr_scene_str")),
        )

    def set_menu(self, menu: dict[str, Any]) -> None:
        self._official.api("WeChatMenu").create(menu)

    def menus(self) -> Menus:
        try:
            found = self._official.get("/cgi-bin/menu/get")
        except WechatFailure as failure:
            if failure.errcode == NO_MENU:
                return Menus([], [])
            raise
        default = found.get("menu")
        buttons = default.get("button") if isinstance(default, dict) else None
        if not isinstance(buttons, list):
            raise missing("/cgi-bin/menu/get", "button")
        return Menus(buttons, [_conditional(each) for each in found.get("conditionalmenu") or []])

    def add_conditional_menu(self, buttons: list[dict[str, Any]], *, tag_id: int) -> None:
        menu = {"button": buttons, "matchrule": {"tag_id": str(tag_id)}}
        self._official.api("WeChatMenu").add_conditional(menu)

    def drop_conditional_menu(self, menu_id: str) -> None:
        self._official.api("WeChatMenu").del_conditional(menu_id)

    def tags(self) -> dict[str, int]:
        found = self._official.get("/cgi-bin/tags/get").get("tags")
        if not isinstance(found, list):
            raise missing("/cgi-bin/tags/get", "tags")
        return {as_text(each.get("name")): int(each["id"]) for each in found if isinstance(each, dict)}

    def create_tag(self, name: str) -> int:
        found = self._official.post("/cgi-bin/tags/create", data={"tag": {"name": name}})
        made = found.get("tag")
        tag_id = as_number(made.get("id")) if isinstance(made, dict) else None
        if tag_id is None:
            raise missing("/cgi-bin/tags/create", "tag")
        return tag_id

    def tag(self, openids: list[str], *, tag_id: int) -> None:
        self._official.api("WeChatTag").tag_user(tag_id, openids)

    def untag(self, openids: list[str], *, tag_id: int) -> None:
        self._official.api("WeChatTag").untag_user(tag_id, openids)

    def follower_page(self, after: str = "") -> FollowerPage:
        found = self._official.api("WeChatUser").get_followers(after or None)
        data = found.get("data")
        # The last page may come without `data`.
        openids = data.get("openid") if isinstance(data, dict) else []
        listed = [as_text(each) for each in openids or []]
        return FollowerPage(listed, as_text(found.get("next_openid")) if listed else "")

    def mass_send(self, text: str, *, tag_id: int | None, client_msg_id: str) -> Sent:
        to = {"is_to_all": True} if tag_id is None else {"is_to_all": False, "tag_id": tag_id}
        message = {"filter": to, "text": {"content": text}, "msgtype": "text", "clientmsgid": client_msg_id}
        try:
            found = self._official.post("/cgi-bin/message/mass/sendall", data=message)
        except WechatFailure as failure:
            if failure.kind is Kind.DONE:
                return Sent()
            raise
        return Sent(as_text(found.get("msg_id")) or None)

    def upload_picture(self, picture: bytes) -> str:
        api = "/cgi-bin/media/uploadimg"
        return need(self._official.upload(api, picture), "url", api)

    def add_cover(self, picture: bytes) -> str:
        api = "/cgi-bin/material/add_material"
        return need(self._official.upload(api, picture, type="image"), "media_id", api)

    def add_draft(self, article: Article) -> str:
        api = "/cgi-bin/draft/add"
        one = {
            "title": article.title, "author": article.author, "digest": article.digest, "content": article.content,
            "content_source_url": article.source_url, "thumb_media_id": article.cover, "need_open_comment": 0,
        }  # fmt: skip
        return need(self._official.post(api, data={"articles": [one]}), "media_id", api)

    def authorize_url(self, redirect_uri: str, *, state: str, scope: str = "snsapi_base") -> str:
        # The platform wants this order and the hash.
        return (
            f"{self._open_host}/connect/oauth2/authorize?appid={self._official_appid}"
            f"&redirect_uri={quote(redirect_uri, safe='')}&response_type=code"
            f"&scope={quote(scope, safe='')}&state={quote(state, safe='')}#wechat_redirect"
        )

    def web_login(self, code: str) -> WebLogin:
        api = "/sns/oauth2/access_token"
        found = self._official.by_secret(api, code=code)
        return WebLogin(
            need(found, "openid", api),
            perhaps(found, "unionid"),
            as_text(found.get("scope")) or "snsapi_base",
            bool(as_number(found.get("is_snapshotuser"))),
        )


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _values(data: dict[str, str]) -> dict[str, dict[str, str]]:
    return {key: {"value": value} for key, value in data.items()}


def _sent(found: dict[str, Any]) -> Sent:
    return Sent(as_text(found.get("msgid")) or None)


def _conditional(found: dict[str, Any]) -> tuple[str, int, list[dict[str, Any]]]:
    rule = found.get("matchrule")
    # WeChat calls the tag `group_id` in this answer, where it calls it `tag_id` when the menu is made.
    tag = rule.get("tag_id") or rule.get("group_id") if isinstance(rule, dict) else None
    return as_text(found.get("menuid")), as_number(tag) or 0, found.get("button") or []


def _moment(seconds: int) -> datetime | None:
    """The aware moment of epoch seconds; None for a number that is no date."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
