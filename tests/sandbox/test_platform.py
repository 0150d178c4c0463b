"""The rest of the platform API: log-in codes, OAuth, codes, text check, faults; and the process itself."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import zxingcpp
from PIL import Image

from sandbox.platform import ENDPOINTS, ROUTES
from tests.sandbox.conftest import Platform, free_port


def session(platform: Platform, code: str) -> dict[str, Any]:
    mp = platform.config.mp
    return dict(
        platform.get(
            "/sns/jscode2session",
            appid=mp.appid,
            secret=mp.secret,
            js_code=code,
            grant_type="authorization_code",
        )
    )


def test_login_code_is_good_once(platform: Platform) -> None:
    user = platform.user()
    code = platform.control(f"users/{user['n']}/login-code")["code"]
    answer = session(platform, code)
    assert (answer["openid"], answer["unionid"]) == (user["mp_openid"], user["unionid"])
    assert "errcode" not in answer
    assert session(platform, code)["errcode"] == 40163
    assert session(platform, "nonsense")["errcode"] == 40029


def test_login_code_lives_five_minutes(platform: Platform, later: Callable[[float], None]) -> None:
    user = platform.user()
    code = platform.control(f"users/{user['n']}/login-code")["code"]
    later(301)
    assert session(platform, code)["errcode"] == 40029


def test_login_of_a_high_risk_user(platform: Platform) -> None:
    user = platform.user(high_risk=True)
    assert session(platform, platform.control(f"users/{user['n']}/login-code")["code"])["errcode"] == 40226


def test_login_answer_is_labelled_text_plain(platform: Platform) -> None:
    answer = platform.http.get(platform.sandbox.url + "/sns/jscode2session")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain")


def test_phone_code_gives_the_number_once_and_is_no_login_code(platform: Platform) -> None:
    user = platform.user(phone="13800000007")
    path, code = "/wxa/business/getuserphonenumber", platform.control(f"users/{user['n']}/phone-code")["code"]
    assert session(platform, code)["errcode"] == 40029
    assert platform.mp(path, {"code": code})["phone_info"]["purePhoneNumber"] == "13800000007"
    assert platform.mp(path, {"code": code})["errcode"] == 40163


def authorize(platform: Platform, n: int, **more: str) -> requests.Response:
    args = {
        "appid": platform.config.oa.appid,
        "redirect_uri": platform.app.url + "/m/back",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
    } | more
    return platform.phone(n, "/connect/oauth2/authorize", params=args)


def exchange(platform: Platform, code: str) -> dict[str, Any]:
    oa = platform.config.oa
    return dict(
        platform.get(
            "/sns/oauth2/access_token",
            appid=oa.appid,
            secret=oa.secret,
            code=code,
            grant_type="authorization_code",
        )
    )


def test_oauth_code_is_the_phones_user_and_good_once(platform: Platform) -> None:
    user = platform.user()
    back = urlsplit(authorize(platform, user["n"]).headers["Location"])
    assert (back.hostname, back.path) == (f"p{user['n']}.localhost", "/m/back")
    query = parse_qs(back.query)
    assert query["state"] == ["s1"]
    answer = exchange(platform, query["code"][0])
    assert (answer["openid"], answer["scope"], "unionid" in answer) == (
        user["oa_openid"],
        "snsapi_base",
        False,
    )
    assert exchange(platform, query["code"][0])["errcode"] == 40163
    assert exchange(platform, "nonsense")["errcode"] == 40029


@pytest.mark.parametrize("wrong", [
    {"appid": "wx0"}, {"redirect_uri": "http://evil.example/"}, {"scope": "snsapi_x"}, {"state": "a b"},
    {"response_type": "token"},
])  # fmt: skip
def test_oauth_page_refuses(platform: Platform, wrong: dict[str, str]) -> None:
    answer = authorize(platform, platform.user()["n"], **wrong)
    assert "Location" not in answer.headers
    assert "错误码" in answer.text


def test_oauth_page_outside_a_phone(platform: Platform) -> None:
    answer = platform.http.get(platform.sandbox.url + "/connect/oauth2/authorize")
    assert "请在微信客户端打开链接" in answer.text


def test_shown_qr_code_holds_the_url(platform: Platform) -> None:
    made = platform.oa(
        "/cgi-bin/qrcode/create",
        {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "a.x"}}},
    )
    assert "expire_seconds" not in made
    shown = platform.http.get(platform.sandbox.url + "/cgi-bin/showqrcode", params={"ticket": made["ticket"]})
    assert shown.headers["Content-Type"] == "image/jpg"
    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.content)))[0].text == made["url"]
    assert (
        platform.http.get(platform.sandbox.url + "/cgi-bin/showqrcode", params={"ticket": "x"}).status_code
        == 404
    )


def test_qr_code_arguments(platform: Platform) -> None:
    path = "/cgi-bin/qrcode/create"
    assert platform.oa(path, {"action_name": "QR"})["errcode"] == 40052
    long = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "x" * 65}}}
    assert platform.oa(path, long)["errcode"] == 40053


@pytest.mark.parametrize(("body", "errcode"), [
    ({"scene": ""}, 40129), ({"scene": "x" * 33}, 40169), ({"scene": "a%20b"}, 40129), ({"scene": "签到"}, 40129),
    ({"scene": "a", "page": "/pages/a"}, 41030), ({"scene": "a", "page": "pages/a?b=1"}, 41030),
    ({"scene": "a", "width": 100}, 40097), ({"scene": "scancode_time"}, 85096),
])  # fmt: skip
def test_mini_program_code_refuses(platform: Platform, body: dict[str, Any], errcode: int) -> None:
    assert platform.mp("/wxa/getwxacodeunlimit", body)["errcode"] == errcode


def test_mini_program_code_is_a_picture(platform: Platform) -> None:
    url = f"{platform.sandbox.url}/wxa/getwxacodeunlimit?access_token={platform.token('mp')}"
    answer = platform.http.post(url, json={"scene": "a1.AbC-9", "page": "pages/scan/scan"})
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "scene=a1.AbC-9" in zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))[0].text


def test_text_check(platform: Platform, later: Callable[[float], None]) -> None:
    user = platform.user()
    body = {"content": "义务植树", "version": 2, "scene": 2, "openid": user["mp_openid"]}
    path = "/wxa/msg_sec_check"
    assert platform.mp(path, body)["errcode"] == 61010
    platform.control(f"users/{user['n']}/login-code")
    assert platform.mp(path, body)["result"] == {"suggest": "pass", "label": 100}
    assert platform.mp(path, body | {"content": "网上赌博"})["result"]["suggest"] == "risky"
    assert platform.mp(path, body | {"openid": user["oa_openid"]})["errcode"] == 40003


def test_user_info_of_a_stranger_to_the_account(platform: Platform) -> None:
    user = platform.user(following=False)
    answer = platform.get("/cgi-bin/user/info", access_token=platform.token("oa"), openid=user["oa_openid"])
    assert answer == {"subscribe": 0, "openid": user["oa_openid"], "errcode": 0, "errmsg": "ok"}


def test_method_body_and_json_are_checked(platform: Platform) -> None:
    path = "/cgi-bin/qrcode/create"
    url = f"{platform.sandbox.url}{path}?access_token={platform.token('oa')}"
    assert platform.http.get(url).json()["errcode"] == 43002
    assert platform.http.post(url).json()["errcode"] == 44002
    assert platform.http.post(url, data="{").json()["errcode"] == 47001


def test_scripted_errcode_happens_so_many_times(platform: Platform) -> None:
    platform.token("oa")
    platform.control("faults", {"api": "/cgi-bin/user/info", "kind": "errcode", "errcode": -1, "times": 2})
    codes = [
        platform.get("/cgi-bin/user/info", access_token=platform.token("oa"), openid="x")["errcode"]
        for _ in range(3)
    ]
    assert codes == [-1, -1, 40003]


def test_scripted_page_and_delay(platform: Platform) -> None:
    platform.control("faults", {"api": "*", "kind": "html", "status": 502})
    answer = platform.http.get(platform.sandbox.url + "/cgi-bin/token")
    assert (answer.status_code, "<html>" in answer.text) == (502, True)
    platform.control("faults", {"api": "*", "kind": "delay", "seconds": 0.3})
    began = time.monotonic()
    platform.get("/cgi-bin/token")
    assert time.monotonic() - began >= 0.3


def test_scripted_cut_before_the_work(platform: Platform) -> None:
    platform.token("oa")
    platform.control("faults", {"api": "/cgi-bin/qrcode/create", "kind": "cut"})
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "x"}}}
    with pytest.raises(requests.ConnectionError):
        platform.oa("/cgi-bin/qrcode/create", body)
    assert platform.read("codes")["codes"] == []


def test_revoked_tokens(platform: Platform) -> None:
    token = platform.token("oa")
    platform.control("tokens/revoke", {"side": "oa"})
    assert platform.get("/cgi-bin/user/info", access_token=token, openid="x")["errcode"] == 40001


def test_routes_are_all_there_and_nothing_else_of_wechat(platform: Platform) -> None:
    assert len(set(ROUTES)) == len(ROUTES) == len(ENDPOINTS) + 2
    for _, path in ROUTES:
        assert platform.http.get(platform.sandbox.url + path).status_code in (200, 404)
    assert platform.http.get(platform.sandbox.url + "/cgi-bin/media/upload").status_code == 404


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_process_keeps_its_state_and_stops_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    state, config, port = tmp_path / "state.json", tmp_path / "config.json", free_port()
    state.write_text(
        json.dumps(
            {
                "users": [
                    {
                        "n": 1,
                        "name": "张建国",
                        "mp_openid": "mp-1",
                        "oa_openid": "oa-1",
                        "unionid": "u-1",
                        "phone": "13800000001",
                        "following": True,
                    }
                ]
            }
        )
    )
    config.write_text("{}")
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--state",
        str(state),
        "--config",
        str(config),
    ]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, env={**os.environ, "NO_PROXY": "*"})
    try:
        assert process.stdout is not None
        assert process.stdout.readline().decode().startswith("sandbox on")
        url = f"http://127.0.0.1:{port}/_control/users"
        answer = requests.post(url, json={"name": "李梅"}, timeout=5).json()
        assert (answer["n"], answer["name"]) == (2, "李梅")
        process.send_signal(how)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
    saved = json.loads(state.read_text())
    assert [user["name"] for user in saved["users"]] == ["张建国", "李梅"]
