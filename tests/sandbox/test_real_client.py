"""The app's own client against the sandbox: each understands the other, and neither knows a call more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.platform import ROUTES
from services.messaging import channels
from services.messaging.channels import Door, Letter
from tests.sandbox.conftest import Platform
from tests.support.fakes import make_parts
from wechat.account import Account
from wechat.gateway import Article, WechatFailure
from wechat.inspection import Inspection
from wechat.live import LiveGateway
from wechat.tokens import MemoryTokenStore

#: Played although our client leaves it alone: it wants only `stable_token`, and a test wants both to differ.
NOT_CALLED = {("GET", "/cgi-bin/token")}
#: Addresses that the client only writes down, for a browser to open.
OPENED = {("GET", "/cgi-bin/showqrcode"), ("GET", "/connect/oauth2/authorize")}
JPEG = b"\xff\xd8\xff" + b"\0" * 40
GOOD = {"thing1": "义务植树", "time2": "2026年3月12日 09:00", "thing3": "东湖公园"}


@pytest.fixture
def client(platform: Platform) -> LiveGateway:
    oa, mp = platform.config.oa, platform.config.mp

    def now() -> datetime:
        return datetime.now(UTC)

    return LiveGateway(
        mini=Account(mp.appid, mp.secret),
        official=Account(oa.appid, oa.secret),
        store=MemoryTokenStore(now),
        now=now,
        api_base=platform.sandbox.url,
    )


def inspection(platform: Platform) -> Inspection:
    """What the operator's examination asks."""
    oa, mp = platform.config.oa, platform.config.mp
    return Inspection(
        mini=Account(mp.appid, mp.secret), official=Account(oa.appid, oa.secret), now=lambda: datetime.now(UTC),
        api_base=platform.sandbox.url,
    )  # fmt: skip


def everything(platform: Platform, client: LiveGateway, user: dict[str, Any]) -> dict[str, Any]:
    """Every call of the client once; what came back."""
    n = user["n"]
    login, phone = (platform.control(f"users/{n}/{kind}-code")["code"] for kind in ("login", "phone"))
    platform.control(f"users/{n}/subscribe", {"accept": ["demo-sub-reminder"]})
    platform.control(f"users/{n}/follow", {"scene": "b.abc", "wait": True})
    back = platform.phone(
        n, client.authorize_url(platform.app.url + "/m/back", state="s1").split(":", 2)[2][5:]
    )
    code = back.headers["Location"].split("code=")[1].split("&")[0]
    ticket = client.create_qr("b.abc", seconds=600)
    buttons = [{"type": "click", "name": "时长", "key": "hours"}]
    client.set_menu({"button": buttons})
    tag = client.create_tag("队长")
    client.tag([user["oa_openid"]], tag_id=tag)
    client.add_conditional_menu(buttons, tag_id=tag)
    special = client.menus().conditional
    client.drop_conditional_menu(special[0][0])
    client.mass_send("各位老兵，汛期到了", tag_id=tag, client_msg_id="mass-1")
    client.untag([user["oa_openid"]], tag_id=tag)
    inside = client.upload_picture(JPEG)
    content = f'<p>守堤</p><img src="{inside}"><img src="http://elsewhere.cn/x.jpg"><script>x</script>'
    client.add_draft(Article("老兵守堤", "红耀江淮", "", content, client.add_cover(JPEG), "http://x.cn/stories/a"))
    client.send_subscribe(user["mp_openid"], "demo-sub-reminder", GOOD, page="pages/index/index")
    client.send_template(user["oa_openid"], "demo-reminder", GOOD, client_msg_id="row-1")
    client.send_text(user["oa_openid"], "您好")
    client.send_menu(user["oa_openid"], "请选", [("1", "是我")], "")
    client.send_card(user["oa_openid"], "守东湖码头", page="pages/index/index", cover=client.add_cover(JPEG))
    examined = inspection(platform)
    return {
        "templates": (len(examined.official_templates()) > 0, examined.mini_templates()["demo-sub-reminder"]),
        "links": [(each.prefix, each.page, each.published) for each in examined.link_rules()],
        "special": [(tag_id == client.tags()["队长"], shown) for _, tag_id, shown in special],
        "followers": client.follower_page().openids,
        "session": client.session_for_code(login).openid,
        "phone": client.phone_for_code(phone),
        "web": client.web_login(code).openid,
        "scene": client.follower(user["oa_openid"]).qr_scene,
        "verdict": client.check_text(user["mp_openid"], "网上赌博", scene=2).suggest,
        "code": client.mini_code("a1.x", page="pages/scan/scan")[:3],
        "draft": platform.read("drafts")["drafts"][0]["articles"][0]["content"].replace(inside, "OURS"),
        "picture": platform.http.get(client.qr_image_url(ticket.ticket)).status_code,
    }


def test_every_call_works(platform: Platform, client: LiveGateway) -> None:
    user = platform.user(phone="13800000009")
    assert everything(platform, client, user) == {
        "templates": (True, tuple(GOOD)),
        "links": [(f"{platform.config.site}/q/", "pages/home/home", True)],
        "special": [(True, [{"type": "click", "name": "时长", "key": "hours"}])],
        "followers": [user["oa_openid"]],
        "session": user["mp_openid"],
        "phone": "13800000009",
        "web": user["oa_openid"],
        "scene": "b.abc",
        "verdict": "risky",
        "code": b"\xff\xd8\xff",
        "draft": '<p>守堤</p><img src="OURS"><img src="">',
        "picture": 200,
    }
    assert [entry["api"] for entry in platform.read("log")["sent"]] == [
        "subscribe",
        "template",
        "custom",
        "custom",
        "custom",
    ]
    shown = platform.read(f"users/{user['n']}/chat")["entries"][-1]
    assert (shown["kind"], shown["title"], shown["page"]) == ("program", "守东湖码头", "pages/index/index")


def test_routes_are_the_clients_calls(platform: Platform, client: LiveGateway) -> None:
    everything(platform, client, platform.user())
    called = {call["path"] for call in platform.read("calls")["calls"]}
    assert called == {path for _, path in set(ROUTES) - NOT_CALLED - OPENED}


def test_a_revoked_token_costs_one_refresh(platform: Platform, client: LiveGateway) -> None:
    user = platform.user(following=True)
    client.send_template(user["oa_openid"], "demo-reminder", GOOD, client_msg_id="row-1")
    platform.control("tokens/revoke", {"side": "oa"})
    client.send_template(user["oa_openid"], "demo-reminder", GOOD, client_msg_id="row-2")
    paths = [call["path"].rsplit("/", 1)[1] for call in platform.read("calls")["calls"]]
    assert paths == ["stable_token", "send", "send", "stable_token", "send"]


def test_refusals_reach_the_client_with_code_and_rid(platform: Platform, client: LiveGateway) -> None:
    user = platform.user()
    with pytest.raises(WechatFailure) as caught:
        client.send_subscribe(user["mp_openid"], "demo-sub-reminder", GOOD)
    assert (caught.value.errcode, len(caught.value.rid)) == (43101, 26)


@pytest.mark.parametrize("kind", ["html", "cut", "cut-after"])
def test_a_broken_answer_is_a_failure_of_the_call(platform: Platform, client: LiveGateway, kind: str) -> None:
    user = platform.user()
    platform.control("faults", {"api": "/cgi-bin/user/info", "kind": kind, "times": 9})
    with pytest.raises(WechatFailure):
        client.follower(user["oa_openid"])


def test_link_to_the_mini_program_reaches_the_phone_with_its_page_and_its_address(
    platform: Platform, client: LiveGateway
) -> None:
    user = platform.user()
    parts = make_parts(public_url=platform.app.url, mp_appid=platform.config.mp.appid, mp_linked=True)
    platform.control(f"users/{user['n']}/follow", {"wait": True})
    letter = Letter(1, "时长已确认", "2小时", "/m/hours", {"thing1": "东湖服务队", "thing2": "x", "time3": "09:00"})
    for channel, template in (("cs", ""), ("tpl", "demo-notice")):
        door = Door(channel, 1, user["oa_openid"], template)
        channels.send(parts=replace(parts, gateway=client), door=door, letter=letter)
    text, card = platform.read(f"users/{user['n']}/chat")["entries"][-2:]
    assert f'href="{platform.app.url}/m/hours" data-miniprogram-appid="{parts.mp_appid}"' in text["text"]
    assert 'data-miniprogram-path="recognition/hours/hours"' in text["text"]
    assert (card["page"], card["url"]) == ("recognition/hours/hours", f"{platform.app.url}/m/hours")
