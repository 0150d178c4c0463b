"""The mini-program in the phones: what opens it, and what it may ask of WeChat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.program import NONE, SOON
from tests.sandbox.conftest import Platform

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def built(platform: Platform, tmp_path: Path) -> Iterator[Path]:
    """A folder with a page; the phones have the program."""
    (tmp_path / "index.html").write_text("<title>program</title>")
    world = platform.sandbox.world
    before, world.config = world.config, replace(world.config, program=str(tmp_path))
    yield tmp_path
    world.config = before


def scan(platform: Platform, n: int, text: str) -> Any:
    return platform.phone(n, "/_phone/scan", {"text": text}).json()


def test_ordinary_code_opens_the_program_where_the_rule_says_so(platform: Platform, built: Path) -> None:
    n, text = platform.user()["n"], platform.app.url + "/q/i1.X?b=1"
    opened = scan(platform, n, text)["program"]
    assert opened["path"].startswith("pages/home/home?q=http%3A%2F%2F")
    assert "%2Fq%2Fi1.X%3Fb%3D1&scancode_time=" in opened["path"]
    assert opened["scene"] == 1011
    assert scan(platform, n, platform.app.url + "/m/me") == {"open": "/m/me"}
    platform.control("links", {"program": False})
    assert scan(platform, n, text) == {"open": "/q/i1.X?b=1"}


def test_phone_without_the_program_says_why_and_opens_pages(platform: Platform, built: Path) -> None:
    n = platform.user()["n"]
    page = built / "index.html"
    page.unlink()
    assert platform.phone(n, "/_phone/state").json()["program"] == {"ready": False, "why": SOON}
    (built / "why.txt").write_text("没有 Node\n")
    assert platform.phone(n, "/_phone/state").json()["program"]["why"] == "没有 Node"
    assert scan(platform, n, platform.app.url + "/q/i1.X") == {"open": "/q/i1.X"}
    platform.sandbox.world.config = replace(platform.sandbox.world.config, program="")
    assert platform.phone(n, "/_phone/state").json()["program"]["why"] == NONE
    assert platform.phone(n, "/_mp/").status_code == 404


def test_mini_program_code_and_menu_open_their_page(platform: Platform, built: Path) -> None:
    user = platform.user(following=True)
    token = platform.token("mp")
    body = {"scene": "a=1&b", "page": "pages/me/me"}
    assert platform.http.post(f"{platform.sandbox.url}/wxa/getwxacodeunlimit?access_token={token}", json=body).content
    code = platform.read("codes")["codes"][0]["text"]
    expected = {"program": {"path": "pages/me/me?scene=a%3D1%26b", "scene": 1047}}
    assert scan(platform, user["n"], code) == expected
    button = {
        "type": "miniprogram", "name": "我的", "url": platform.app.url + "/m/me", "appid": platform.config.mp.appid,
        "pagepath": "pages/me/me",
    }  # fmt: skip
    platform.sandbox.world.data.menu = {"button": [button]}
    answer = platform.phone(user["n"], "/_phone/menu", {"index": 0}).json()
    assert answer == {"program": {"path": "pages/me/me", "scene": 1035}, "open": "/m/me"}


def test_card_of_the_account_and_card_of_a_friend(platform: Platform, built: Path) -> None:
    user, friend = platform.user(name="张建国", following=True), platform.user(name="李梅")
    platform.control(f"users/{user['n']}/say", {"text": "我的码", "wait": True})
    upload = f"{platform.sandbox.url}/cgi-bin/material/add_material?type=image&access_token={platform.token('oa')}"
    thumb = platform.http.post(upload, files={"media": ("a.png", PICTURE)}).json()["media_id"]
    appid = platform.config.mp.appid
    card = {"title": "我的码", "appid": appid, "pagepath": "pages/code/code", "thumb_media_id": thumb}
    message = {"touser": user["oa_openid"], "msgtype": "miniprogrampage", "miniprogrampage": card}
    path = "/cgi-bin/message/custom/send"
    assert platform.oa(path, message)["errcode"] == 0
    assert platform.oa(path, message | {"miniprogrampage": card | {"thumb_media_id": "gone"}})["errcode"] == 40007
    assert platform.oa(path, message | {"miniprogrampage": card | {"appid": "wx-other"}})["errcode"] == 40013
    shared = {"to": friend["n"], "title": "植树", "path": "/pages/activity/activity?code=a1"}
    platform.phone(user["n"], "/_phone/share", shared)
    cards = [
        {key: entry[key] for key in ("chat", "kind", "title", "page", "from_name")}
        for n in (user["n"], friend["n"])
        for entry in platform.read(f"users/{n}/chat")["entries"]
        if entry["kind"] == "program"
    ]
    assert [tuple(each.values()) for each in cards] == [
        ("oa", "program", "我的码", "pages/code/code", platform.config.brand),
        ("friends", "program", "植树", "/pages/activity/activity?code=a1", "张建国"),
    ]


def test_codes_and_subscriptions_of_this_phone(platform: Platform, built: Path) -> None:
    user = platform.user()
    n, mp = user["n"], platform.config.mp
    code = platform.phone(n, "/_phone/code", {"kind": "login"}).json()["code"]
    asked = {"appid": mp.appid, "secret": mp.secret, "js_code": code, "grant_type": "authorization_code"}
    assert platform.get("/sns/jscode2session", **asked)["openid"] == user["mp_openid"]
    ids = ["demo-sub-reminder", "demo-sub-notice"]
    titles = platform.phone(n, "/_phone/may-ask", {"ids": ids}).json()["titles"]
    assert sorted(titles.values()) == ["活动开始提醒", "队伍通知提醒"]
    assert platform.phone(n, "/_phone/may-ask", {"ids": ["demo-notice"]}).json()["errCode"] == 20001
    platform.phone(n, "/_phone/subscribed", {"demo-sub-reminder": "reject", "demo-sub-notice": "accept"})
    assert platform.read(f"users/{n}")["credits"] == {"demo-sub-notice": 1}
    platform.phone(n, "/_phone/airplane", {"on": True})
    assert platform.phone(n, "/_phone/code", {"kind": "login"}).status_code == 409
    assert platform.phone(n, "/_phone/may-ask", {"ids": ids}).json()["errCode"] == 10002


def test_program_has_no_cookies_and_its_own_referer(platform: Platform, built: Path) -> None:
    n = platform.user()["n"]
    platform.sandbox.world.user(n).cookies.append({"name": "who", "value": "me", "path": "/", "until": None})
    base = f"http://p{n}.localhost:{platform.sandbox.port}"
    for referer, cookie in ((f"{base}/m/me", "who=me"), (f"{base}/_mp/", None)):
        platform.phone(n, "/m/me", headers={"Referer": referer})
        headers = platform.app.requests[-1]["headers"]
        assert headers.get("Cookie") == cookie
    assert headers["Referer"] == f"https://servicewechat.com/{platform.config.mp.appid}/0/page-frame.html"
