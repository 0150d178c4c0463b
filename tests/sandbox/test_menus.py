"""The menu under the chat by tag, and the tags themselves, as the platform does it (wechat-platform.md §8)."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.conftest import Platform

ONE = [{"type": "click", "name": "时长", "key": "hours"}]
TWO = [{"type": "click", "name": "名单", "key": "roster"}]


def put(platform: Platform, path: str, body: dict[str, Any]) -> Any:
    url = f"{platform.sandbox.url}{path}?access_token={platform.token('oa')}"
    return platform.http.post(url, data=json.dumps(body, ensure_ascii=False).encode()).json()


def shown(platform: Platform, user: dict[str, Any]) -> Any:
    return platform.phone(user["n"], "/_phone/state").json()["menu"]["button"]


def test_menu_of_a_tag_needs_a_default_menu_and_a_tag_that_exists(platform: Platform) -> None:
    special = {"button": TWO, "matchrule": {"tag_id": "100"}}
    assert put(platform, "/cgi-bin/menu/addconditional", special)["errcode"] == 65303
    put(platform, "/cgi-bin/menu/create", {"button": ONE})
    assert put(platform, "/cgi-bin/menu/addconditional", special)["errcode"] == 45159


def test_phone_shows_the_menu_of_the_tag_it_got_last(platform: Platform) -> None:
    user, other = platform.user(following=True), platform.user(following=True)
    put(platform, "/cgi-bin/menu/create", {"button": ONE})
    tag = put(platform, "/cgi-bin/tags/create", {"tag": {"name": "队长"}})["tag"]["id"]
    put(platform, "/cgi-bin/menu/addconditional", {"button": TWO, "matchrule": {"tag_id": str(tag)}})
    members = {"tagid": tag, "openid_list": [user["oa_openid"]]}
    assert put(platform, "/cgi-bin/tags/members/batchtagging", members)["errcode"] == 0
    assert (shown(platform, user), shown(platform, other)) == (TWO, ONE)


def test_batch_of_more_than_fifty_or_with_a_stranger_tags_nobody(platform: Platform) -> None:
    user = platform.user(following=True)
    tag = put(platform, "/cgi-bin/tags/create", {"tag": {"name": "队长"}})["tag"]["id"]
    many = {"tagid": tag, "openid_list": [user["oa_openid"]] * 51}
    with_stranger = {"tagid": tag, "openid_list": [user["oa_openid"], "nobody"]}
    codes = [
        put(platform, "/cgi-bin/tags/members/batchtagging", body)["errcode"] for body in (many, with_stranger)
    ]
    assert codes == [40032, 49003]
    assert platform.get("/cgi-bin/tags/get", access_token=platform.token("oa"))["tags"][0]["count"] == 0


def test_leaving_takes_the_tags_away(platform: Platform) -> None:
    user = platform.user(following=True)
    tag = put(platform, "/cgi-bin/tags/create", {"tag": {"name": "队长"}})["tag"]["id"]
    put(platform, "/cgi-bin/tags/members/batchtagging", {"tagid": tag, "openid_list": [user["oa_openid"]]})
    platform.control(f"users/{user['n']}/unfollow", {"wait": True})
    assert platform.get("/cgi-bin/tags/get", access_token=platform.token("oa"))["tags"][0]["count"] == 0
