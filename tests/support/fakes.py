"""Stand-ins for tests: a WeChat that does as the test says, and the parts of the house around it.

gateway = FakeGateway()
gateway.logins["code-1"] = MiniLogin("mp-00001")            # what session_for_code answers
gateway.fail("send_template", WechatFailure("…", 43004))    # the next call fails so; more are queued
parts = make_parts(gateway)
gateway.calls                                               # [("send_template", {...}), …]
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

from services.accounts.vault import Vault
from services.parts import Parts
from storage.disk import Disk
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

MP, OA, OA_ID = "wx-mp", "wx-oa", "gh_0123456789ab"


class FakeGateway:
    """The Gateway protocol without a wire: records every call, answers as scripted."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.logins: dict[str, MiniLogin] = {}
        self.web_logins: dict[str, WebLogin] = {}
        self.phones: dict[str, str] = {}
        self.followers: dict[str, Follower] = {}
        self.known_tags: dict[str, int] = {}
        self.verdict = TextVerdict("pass", 100)
        self._scripted: dict[str, deque[Any]] = defaultdict(deque)
        self._number = 0

    def fail(self, method: str, *failures: WechatFailure) -> None:
        """The next calls of `method` raise these, in order."""
        self._scripted[method].extend(failures)

    def answer(self, method: str, *answers: Any) -> None:
        """The next calls of `method` answer these, in order (an exception is raised)."""
        self._scripted[method].extend(answers)

    def named(self, method: str) -> list[dict[str, Any]]:
        """The arguments of every call of `method` so far."""
        return [facts for name, facts in self.calls if name == method]

    def _call(self, method: str, default: Any, **facts: Any) -> Any:
        self.calls.append((method, facts))
        if self._scripted[method]:
            default = self._scripted[method].popleft()
        if isinstance(default, Exception):
            raise default
        return default

    def _sent(self) -> Sent:
        self._number += 1
        return Sent(msgid=str(self._number))

    def session_for_code(self, code: str) -> MiniLogin:
        unknown = WechatFailure("/sns/jscode2session", 40029, "invalid code")
        return self._call("session_for_code", self.logins.pop(code, unknown), code=code)

    def phone_for_code(self, code: str, *, openid: str | None = None) -> str:
        unknown = WechatFailure("/wxa/business/getuserphonenumber", 40029, "invalid code")
        return self._call("phone_for_code", self.phones.pop(code, unknown), code=code, openid=openid)

    def send_subscribe(
        self, openid: str, template_id: str, data: dict[str, str], *, page: str | None = None
    ) -> Sent:
        return self._call(
            "send_subscribe", self._sent(), openid=openid, template_id=template_id, data=data, page=page
        )

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
        return self._call(
            "send_template", self._sent(), openid=openid, template_id=template_id, data=data,
            url=url, page=page, client_msg_id=client_msg_id,
        )  # fmt: skip

    def send_text(self, openid: str, text: str) -> Sent:
        return self._call("send_text", self._sent(), openid=openid, text=text)

    def send_menu(self, openid: str, head: str, choices: list[tuple[str, str]], tail: str) -> Sent:
        return self._call("send_menu", self._sent(), openid=openid, head=head, choices=choices, tail=tail)

    def send_card(self, openid: str, title: str, *, page: str, cover: str) -> Sent:
        return self._call("send_card", self._sent(), openid=openid, title=title, page=page, cover=cover)

    def create_qr(self, scene: str, *, seconds: int | None) -> QrTicket:
        self._number += 1
        ticket = QrTicket(f"ticket-{self._number}", f"http://weixin.qq.com/q/{self._number:08d}", seconds)
        return self._call("create_qr", ticket, scene=scene, seconds=seconds)

    def qr_image_url(self, ticket: str) -> str:
        return f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={ticket}"

    def mini_code(
        self, scene: str, *, page: str, check_path: bool = True, env_version: str | None = None
    ) -> bytes:
        return self._call(
            "mini_code", b"\x89PNG", scene=scene, page=page, check_path=check_path, env_version=env_version
        )

    def follower(self, openid: str) -> Follower:
        return self._call("follower", self.followers.get(openid, Follower(openid, False)), openid=openid)

    def check_text(self, openid: str, text: str, *, scene: int) -> TextVerdict:
        return self._call("check_text", self.verdict, openid=openid, text=text, scene=scene)

    def set_menu(self, menu: dict[str, Any]) -> None:
        self._call("set_menu", None, menu=menu)

    def menus(self) -> Menus:
        return self._call("menus", Menus([], []))

    def add_conditional_menu(self, buttons: list[dict[str, Any]], *, tag_id: int) -> None:
        self._call("add_conditional_menu", None, buttons=buttons, tag_id=tag_id)

    def drop_conditional_menu(self, menu_id: str) -> None:
        self._call("drop_conditional_menu", None, menu_id=menu_id)

    def tags(self) -> dict[str, int]:
        return self._call("tags", dict(self.known_tags))

    def create_tag(self, name: str) -> int:
        self.known_tags[name] = 100 + len(self.known_tags)
        return self._call("create_tag", self.known_tags[name], name=name)

    def tag(self, openids: list[str], *, tag_id: int) -> None:
        self._call("tag", None, openids=openids, tag_id=tag_id)

    def untag(self, openids: list[str], *, tag_id: int) -> None:
        self._call("untag", None, openids=openids, tag_id=tag_id)

    def follower_page(self, after: str = "") -> FollowerPage:
        return self._call("follower_page", FollowerPage([], ""), after=after)

    def mass_send(self, text: str, *, tag_id: int | None, client_msg_id: str) -> Sent:
        return self._call("mass_send", self._sent(), text=text, tag_id=tag_id, client_msg_id=client_msg_id)

    def upload_picture(self, picture: bytes) -> str:
        return self._call("upload_picture", "http://mmbiz.qpic.cn/x/0", picture=picture)

    def add_cover(self, picture: bytes) -> str:
        return self._call("add_cover", "cover-1", picture=picture)

    def add_draft(self, article: Article) -> str:
        return self._call("add_draft", "draft-1", article=article)

    def authorize_url(self, redirect_uri: str, *, state: str, scope: str = "snsapi_base") -> str:
        return f"https://open.weixin.qq.com/authorize?redirect_uri={redirect_uri}&state={state}&scope={scope}"

    def web_login(self, code: str) -> WebLogin:
        unknown = WechatFailure("/sns/oauth2/access_token", 40029, "invalid code")
        return self._call("web_login", self.web_logins.pop(code, unknown), code=code)


def make_parts(gateway: FakeGateway | None = None, **more: Any) -> Parts:
    """The parts of the house for a test: brand 红耀江淮, fixed keys, a FakeGateway unless one is given."""
    fields: dict[str, Any] = {
        "brand": "红耀江淮", "public_url": "http://localhost:8000", "https": False, "demo": True,
        "mp_appid": MP, "oa_appid": OA, "oa_id": OA_ID,
        "vault": Vault({"k1": b"1" * 32}, b"i" * 32), "gateway": gateway or FakeGateway(), "storage": Disk("var/files"),
        "sign_key": b"g" * 32,
        "templates": {
            "reminder": "demo-reminder", "notice": "demo-notice", "confirm": "demo-confirm",
            "sub_reminder": "demo-sub-reminder", "sub_notice": "demo-sub-notice",
        },
        **more,
    }  # fmt: skip
    return Parts(**fields)
