"""The phone's browser and page: cookies of its own, rewritten redirects, scanner, airplane mode."""

from __future__ import annotations

import re
from typing import Any

import requests

from sandbox.account import picture
from tests.sandbox.conftest import Platform


def log_in(platform: Platform, n: int) -> requests.Response:
    """Follow the whole dance by hand: app → OAuth page → app → page."""
    place = "/m/login"
    for _ in range(4):
        answer = platform.phone(n, place)
        if answer.status_code == 200:
            return answer
        target = answer.headers["Location"]
        assert target.startswith(f"http://p{n}.localhost:")
        place = re.sub(r"^http://[^/]+", "", target)
    raise AssertionError("the redirects never ended")


def who(page: requests.Response) -> str:
    found = re.search(r'id="who">([\w-]+)<', page.text)
    assert found
    return found[1]


def test_two_phones_keep_their_cookies_apart(platform: Platform) -> None:
    left, right = platform.user(), platform.user()
    first = who(log_in(platform, left["n"]))
    assert first != "nobody"
    assert who(platform.phone(right["n"], "/m/me")) == "nobody"
    second = who(log_in(platform, right["n"]))
    assert second != first
    assert who(platform.phone(left["n"], "/m/me")) == first


def test_cookie_stays_in_the_sandbox_and_is_sent_to_its_path_only(platform: Platform) -> None:
    n = platform.user()["n"]
    page = log_in(platform, n)
    assert "Set-Cookie" not in page.headers
    platform.phone(n, "/elsewhere")
    assert "Cookie" not in platform.app.requests[-1]["headers"]


def test_frame_headers_are_dropped_and_links_lead_back_to_the_phone(platform: Platform) -> None:
    n = platform.user()["n"]
    page = platform.phone(n, "/m/me")
    assert "X-Frame-Options" not in page.headers
    assert page.headers["Content-Security-Policy"] == "default-src 'self'"
    assert f'href="http://p{n}.localhost:{platform.sandbox.port}/m/x"' in page.text


def test_app_sees_wechats_browser_and_one_address_per_phone(platform: Platform) -> None:
    left, right = platform.user()["n"], platform.user()["n"]
    for n in (left, right):
        platform.phone(n, "/m/me?a=%E7%AD%BE")
    first, second = (item["headers"] for item in platform.app.requests)
    assert platform.app.requests[0]["path"] == "/m/me?a=%E7%AD%BE"
    assert "MicroMessenger/8" in first["User-Agent"]
    assert (first["X-Forwarded-For"], second["X-Forwarded-For"]) == (
        f"100.64.0.{left + 1}",
        f"100.64.0.{right + 1}",
    )
    assert first["X-Forwarded-Proto"] == "http"
    assert first["Host"] == platform.app.url.removeprefix("http://")


def test_post_goes_through_with_the_apps_origin(platform: Platform) -> None:
    n = platform.user()["n"]
    origin = f"http://p{n}.localhost:{platform.sandbox.port}"
    answer = platform.phone(
        n, "/api/v1/x", {"a": "好"}, headers={"Origin": origin, "Referer": origin + "/m/me"}
    )
    assert '"a"' in answer.json()["got"]
    headers = platform.app.requests[-1]["headers"]
    assert (headers["Origin"], headers["Referer"]) == (platform.app.url, platform.app.url + "/m/me")


def test_root_is_the_phone_and_the_apps_root_inside_its_browser(platform: Platform) -> None:
    n = platform.user(name="张建国")["n"]
    assert "张建国的手机" in platform.phone(n, "/").text
    inside = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
    assert "应用首页" in platform.phone(n, "/", headers=inside).text
    beside = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
    assert "张建国的手机" in platform.phone(n, "/", headers=beside).text


def test_unknown_phone(platform: Platform) -> None:
    assert platform.phone(77, "/").status_code == 404


def test_airplane_mode_cuts_browser_and_chat_and_brings_the_rest_later(platform: Platform) -> None:
    user = platform.user(following=True)
    n = user["n"]
    platform.phone(n, "/_phone/airplane", {"on": True})
    assert "网络不给力" in platform.phone(n, "/m/me").text
    assert platform.app.requests == []
    assert platform.phone(n, "/_phone/send", {"text": "时长"}).status_code == 409
    body = {
        "touser": user["oa_openid"],
        "template_id": "demo-confirm",
        "data": {"thing1": {"value": "植树"}, "number2": {"value": 3}, "thing3": {"value": "请确认"}},
    }
    assert platform.oa("/cgi-bin/message/template/send", body)["errcode"] == 0

    def shown() -> list[tuple[str, Any]]:
        entries = platform.phone(n, "/_phone/state").json()["entries"]
        return [(entry["kind"], entry.get("failed")) for entry in entries]

    assert shown() == [("text", True)]
    platform.phone(n, "/_phone/airplane", {"on": False})
    assert shown() == [("text", True), ("card", None)]


def test_scanning_a_link_of_the_app_opens_it_on_this_phone(platform: Platform) -> None:
    n = platform.user()["n"]
    for text in (platform.app.url + "/q/a1.X?b=1", f"http://p9.localhost:{platform.sandbox.port}/q/a1.X?b=1"):
        assert platform.phone(n, "/_phone/scan", {"text": text}).json() == {"open": "/q/a1.X?b=1"}
    foreign = platform.phone(n, "/_phone/scan", {"text": "https://example.com/"}).json()
    assert foreign["text"] == "https://example.com/"


def test_scanning_an_expired_account_code(platform: Platform) -> None:
    n = platform.user()["n"]
    text = platform.config.base_url + "/weixin/q/02gone"
    answer = platform.phone(n, "/_phone/scan", {"text": text})
    assert (answer.status_code, answer.json()) == (409, {"error": "二维码已过期"})


def test_picture_is_read(platform: Platform) -> None:
    n = platform.user()["n"]
    url = f"{platform.sandbox.url}/_phone/read"
    headers = {"Host": f"p{n}.localhost:{platform.sandbox.port}"}
    image = {"image": ("a.png", picture("签到 http://localhost/q/i1.x", "PNG"))}
    assert requests.post(url, files=image, headers=headers, timeout=9).json() == {
        "texts": ["签到 http://localhost/q/i1.x"]
    }
    empty = requests.post(url, files={"image": ("a.png", b"no picture")}, headers=headers, timeout=9)
    assert (empty.status_code, empty.json()) == (409, {"error": "这张图片里没有认出二维码"})


def dialog(platform: Platform, n: int, answer: str) -> requests.Response:
    url = f"{platform.sandbox.url}/subscribe-dialog"
    form = {
        "template_ids": "demo-sub-reminder,demo-sub-notice",
        "template": "demo-sub-reminder",
        "answer": answer,
    }
    return requests.post(
        url, data=form, headers={"Host": f"p{n}.localhost:{platform.sandbox.port}"}, timeout=9
    )


def test_subscription_dialog_books_the_ticked_templates(platform: Platform) -> None:
    n = platform.user()["n"]
    assert "已允许" in dialog(platform, n, "accept").text
    assert platform.read(f"users/{n}")["credits"] == {"demo-sub-reminder": 1}
    assert "已拒绝" in dialog(platform, n, "decline").text
    assert platform.read(f"users/{n}")["credits"] == {"demo-sub-reminder": 1}


def test_subscription_dialog_refuses_six_templates_and_unknown_ones(platform: Platform) -> None:
    n = platform.user()["n"]
    assert platform.phone(n, "/subscribe-dialog?template_ids=nothing").status_code == 400
    for number in range(6):
        platform.control(
            "templates", {"id": f"t{number}", "account": "mp", "title": "提醒", "keys": {"thing1": "事"}}
        )
    assert "最多 5 个" in platform.phone(n, "/subscribe-dialog?template_ids=t0,t1,t2,t3,t4,t5").text


def test_desk_lists_phones_and_sets_two_side_by_side(platform: Platform) -> None:
    left, right = platform.user(name="张建国")["n"], platform.user(name="李梅")["n"]
    assert "张建国" in platform.http.get(platform.sandbox.url + "/").text
    page = platform.http.get(platform.sandbox.url + f"/desk?left={right}&right={left}").text
    assert page.index(f'src="http://p{right}.localhost') < page.index(f'src="http://p{left}.localhost')
