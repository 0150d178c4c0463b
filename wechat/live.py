"""The gateway to the real platform, or to whatever `api_base` stands in for it.

wechatpy 1.8.18 knows the shape of the calls; its client is not used, because it loops on a refused
token, waits for ever, follows redirects and trusts every answer (wechat-platform.md §9.3). Its API
classes get `_Account` instead, which fetches tokens by `stable_token`, never by force, and repeats a
call at most once. wechatpy and requests are imported at the first call: they cost a third of a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from urllib.parse import quote

from wechat.errcodes import TOKEN_CODES, Kind
from wechat.gateway import Follower, MiniLogin, QrTicket, Sent, TextVerdict, WebLogin, WechatFailure
from wechat.tokens import StoredToken, TokenStore, still_good
from wechat.wire import Wire, understood

API, MP, OPEN = "https://api.weixin.qq.com", "https://mp.weixin.qq.com", "https://open.weixin.qq.com"

_MAINLAND = "86"
_IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_RID = re.compile(r"\s*rid: ?([0-9a-f-]{8,40})\s*$")


@dataclass(frozen=True)
class Account:
    """One of our two accounts on the platform, as its console names it."""

    appid: str
    secret: str = field(repr=False)


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
    ) -> None:
        """`api_base` stands for all three WeChat hosts when set; `mini_state` is the version of the
        mini-program that a subscription message opens: formal, trial or developer.
        """
        base = (api_base or "").rstrip("/")
        self._mp_host, self._open_host = base or MP, base or OPEN
        self._mini_state = mini_state
        self._mini_appid, self._official_appid = mini.appid, official.appid
        wire = Wire(base or API, trust_environment=not base)
        self._mini = _Account(mini, wire, store, now)
        self._official = _Account(official, wire, store, now)

    # The mini-program

    def session_for_code(self, code: str) -> MiniLogin:
        found = self._mini.by_secret("/sns/jscode2session", js_code=code)
        return MiniLogin(_need(found, "openid", "/sns/jscode2session"), _perhaps(found, "unionid"))

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
            raise _missing(api, "phone_info")
        number, country = _need(info, "purePhoneNumber", api), _text(info.get("countryCode")) or _MAINLAND
        return number if country == _MAINLAND else f"+{country}{number}"

    def send_subscribe(
        self, openid: str, template_id: str, data: dict[str, str], *, page: str | None = None
    ) -> Sent:
        message = _given(
            touser=openid,
            template_id=template_id,
            page=page,
            data=_values(data),
            miniprogram_state=self._mini_state,
            lang="zh_CN",
        )
        return _sent(self._mini.post("/cgi-bin/message/subscribe/send", data=message))

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
            raise _missing(api, "result")
        label = _number(result.get("label"))
        if label is None:
            raise _missing(api, "label")
        return TextVerdict(_need(result, "suggest", api), label, _text(found.get("trace_id")))

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
            data=_values(data),
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

    def create_qr(self, scene: str, *, seconds: int | None) -> QrTicket:
        wanted: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if seconds is None:
            wanted["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            wanted |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        found = self._official.api("WeChatQRCode").create(wanted)
        ticket = _need(found, "ticket", "/cgi-bin/qrcode/create")
        life = None if seconds is None else _number(found.get("expire_seconds")) or seconds
        return QrTicket(ticket, _need(found, "url", "/cgi-bin/qrcode/create"), life)

    def qr_image_url(self, ticket: str) -> str:
        return f"{self._mp_host}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"

    def follower(self, openid: str) -> Follower:
        found = self._official.api("WeChatUser").get(openid)
        following = _number(found.get("subscribe"))
        if following is None:
            raise _missing("/cgi-bin/user/info", "subscribe")
        if not following:
            return Follower(openid, False)
        since = _number(found.get("subscribe_time"))
        return Follower(
            openid,
            True,
            _perhaps(found, "unionid"),
            _moment(since) if since else None,
            _text(found.get("qr_scene_str")),
        )

    def set_menu(self, menu: dict[str, Any]) -> None:
        self._official.api("WeChatMenu").create(menu)

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
            _need(found, "openid", api),
            _perhaps(found, "unionid"),
            _text(found.get("scope")) or "snsapi_base",
            bool(_number(found.get("is_snapshotuser"))),
        )


class _Account:
    """Calls in the name of one account. `get` and `post` are what wechatpy's API classes ask for."""

    def __init__(self, account: Account, wire: Wire, store: TokenStore, now: Callable[[], datetime]) -> None:
        self._account, self._wire, self._store, self._now = account, wire, store, now
        self._apis: dict[str, Any] = {}

    def api(self, name: str) -> Any:
        """wechatpy's API class of this name, speaking through this account."""
        if name not in self._apis:
            self._apis[name] = getattr(import_module("wechatpy.client.api"), name)(self)
        return self._apis[name]

    def get(self, url: str, *, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._judged("GET", _path(url), params or {}, None)

    def post(self, url: str, *, data: dict[str, Any]) -> dict[str, Any]:
        return self._judged("POST", _path(url), {}, data)

    def picture(self, path: str, data: dict[str, Any]) -> bytes:
        """A call that answers with an image, or with JSON when it fails."""
        answer = self._with_token("POST", path, {}, data)
        if not answer.startswith(_IMAGE_STARTS):
            self._judge(path, answer)
            raise _missing(path, "image")
        return answer

    def by_secret(self, path: str, **params: str) -> dict[str, Any]:
        """A login call: signed by the secret, needs no access token."""
        params |= {"appid": self._account.appid, "secret": self._account.secret}
        params["grant_type"] = "authorization_code"
        return self._judge_secret(path, self._wire.call("GET", path, params))

    def _judged(self, method: str, path: str, params: dict[str, Any], body: Any) -> dict[str, Any]:
        return self._judge(path, self._with_token(method, path, params, body))

    def _with_token(self, method: str, path: str, params: dict[str, Any], body: Any) -> bytes:
        """The answer to a call; when it refuses the token, a refresh and one more try."""
        token = self._token()
        answer = self._wire.call(method, path, params | {"access_token": token}, body)
        if _errcode(answer) in TOKEN_CODES:
            token = self._store.refresh(self._account.appid, failed=token, fetch=self._fetch).value
            answer = self._wire.call(method, path, params | {"access_token": token}, body)
        return answer

    def _token(self) -> str:
        stored = self._store.get(self._account.appid)
        if stored is None or not still_good(stored, failed=None, at=self._now()):
            stored = self._store.refresh(self._account.appid, failed=None, fetch=self._fetch)
        return stored.value

    def _fetch(self) -> StoredToken:
        path = "/cgi-bin/stable_token"
        body = {
            "grant_type": "client_credential",
            "appid": self._account.appid,
            "secret": self._account.secret,
            "force_refresh": False,
        }
        asked_at = self._now()
        found = self._judge_secret(path, self._wire.call("POST", path, {}, body))
        seconds = _number(found.get("expires_in"))
        if seconds is None:
            raise _missing(path, "expires_in")
        # More than a day would be a broken answer that we would believe for ever.
        life = timedelta(seconds=max(0, min(seconds, 86_400)))
        return StoredToken(_need(found, "access_token", path), asked_at + life)

    def _judge_secret(self, path: str, answer: bytes) -> dict[str, Any]:
        """As `_judge`, where a refused credential can only be our secret."""
        try:
            return self._judge(path, answer)
        except WechatFailure as failure:
            if failure.kind is not Kind.TOKEN:
                raise
            errcode, errmsg, rid = failure.errcode, failure.errmsg, failure.rid
        raise WechatFailure(path, errcode, errmsg, Kind.CONFIGURATION, rid)

    def _judge(self, path: str, answer: bytes) -> dict[str, Any]:
        found = understood(answer)
        if found is None:
            raise WechatFailure(path, errmsg="the answer is not JSON", kind=Kind.UNKNOWN)
        code = _number(found.get("errcode", found.get("errno", 0)))
        if code is None:
            raise WechatFailure(path, errmsg="the errcode is not a number", kind=Kind.UNKNOWN)
        if code:
            words = self._clean(_text(found.get("errmsg")))
            rid = _RID.search(words)
            raise WechatFailure(path, code, _RID.sub("", words), rid=rid.group(1) if rid else "")
        return found

    def _clean(self, words: str) -> str:
        """The platform's words for a log: printable, short, without what must stay secret."""
        stored = self._store.get(self._account.appid)
        for secret in (self._account.secret, stored.value if stored else ""):
            if secret:
                words = words.replace(secret, "***")
        return "".join(each for each in words if each.isprintable())[:300]


def _path(url: str) -> str:
    """wechatpy's endpoints are relative to /cgi-bin/, ours are absolute paths."""
    return url if url.startswith("/") else f"/cgi-bin/{url}"


def _errcode(answer: bytes) -> int | None:
    found = None if answer.startswith(_IMAGE_STARTS) else understood(answer)
    return _number(found.get("errcode")) if found else None


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _values(data: dict[str, str]) -> dict[str, dict[str, str]]:
    return {key: {"value": value} for key, value in data.items()}


def _sent(found: dict[str, Any]) -> Sent:
    return Sent(_text(found.get("msgid")) or None)


def _need(found: dict[str, Any], name: str, api: str) -> str:
    value = _text(found.get(name))
    if not value:
        raise _missing(api, name)
    return value


def _missing(api: str, name: str) -> WechatFailure:
    return WechatFailure(api, errmsg=f"the answer has no {name}", kind=Kind.UNKNOWN)


def _perhaps(found: dict[str, Any], name: str) -> str | None:
    return _text(found.get(name)) or None


def _text(value: object) -> str:
    """A string or whole number as text, anything else as ""."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    """A whole number, also one written as text; else None."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value, re.ASCII):
        return int(value)
    return None


def _moment(seconds: int) -> datetime | None:
    """The aware moment of epoch seconds; None for a number that is no date."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
