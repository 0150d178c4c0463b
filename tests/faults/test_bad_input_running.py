"""Bad input over real HTTP: our error shape, the right status, within a second, nothing half done.

After every case the counts of all tables that an act could touch are what they were, and the house still answers.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import socket
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from settings import load
from tests.support.stack import Stack

SCANS = "/api/v1/attendance/scans"
TABLES = (
    "volunteer",
    "consent",
    "signup",
    "service_record",
    "minute_entry",
    "notice",
    "delivery",
    "scan_ticket",
)
SECONDS = 1.0
SETTINGS = load(demo=True)


def counts(house: Stack) -> dict[str, int]:
    """Rows of what an act could touch."""
    with sqlite3.connect(f"file:{house.folder / 'story.db'}?mode=ro", uri=True) as database:
        return {name: database.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in TABLES}


@pytest.fixture(autouse=True)
def unharmed(house: Stack) -> Iterator[None]:
    before = counts(house)
    yield
    assert counts(house) == before
    assert requests.get(f"{house.app}/livez", timeout=5).status_code == 200
    assert house.processes["app"].poll() is None


@pytest.fixture(scope="module")
def bearer(house: Stack) -> dict[str, str]:
    """The member, logged in from the mini-program."""
    code = house.control("POST", "users/2/login-code")["code"]
    answer = requests.post(f"{house.app}/api/v1/session", json={"code": code}, timeout=5)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def timed(method: str, url: str, **more: Any) -> requests.Response:
    """The answer, which must come within a second."""
    begin = time.monotonic()
    answer = requests.request(method, url, timeout=10, allow_redirects=False, **more)
    assert time.monotonic() - begin < SECONDS
    return answer


def said(answer: requests.Response) -> tuple[int, str]:
    """Status and code of a refusal in our shape."""
    document = answer.json()
    assert set(document) == {"code", "message", "facts"}, document
    return answer.status_code, document["code"]


def sign(*parts: str) -> str:
    token = SETTINGS.wechat_token.get_secret_value()
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()


def push(
    house: Stack, sealed: str, *, signature: str | None = None, stamp: str | None = None
) -> requests.Response:
    """A push to the official account's door."""
    stamp = stamp or str(int(time.time()) + int((house.folder / "clock").read_text()))
    query = {
        "timestamp": stamp, "nonce": "n", "encrypt_type": "aes", "signature": sign(stamp, "n"),
        "msg_signature": sign(stamp, "n", sealed) if signature is None else signature,
    }  # fmt: skip
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    return timed("POST", f"{house.app}/wechat/callback", params=query, data=body)


FINE = base64.b64encode(b"x" * 64).decode()


@pytest.mark.parametrize(
    ("sealed", "more"),
    [
        (FINE, {"signature": "0" * 40}),
        (FINE, {"signature": "é"}),
        (FINE, {"signature": ""}),
        (FINE, {"stamp": "1600000000"}),
        (FINE, {"stamp": "not-a-number"}),
        (FINE, {}),
        ("%%%not-base64%%%", {}),
        (FINE[:-8], {}),
        ("", {}),
    ],
)
def test_15_push_that_is_not_wechats_is_refused(house: Stack, sealed: str, more: dict[str, str]) -> None:
    assert push(house, sealed, **more).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
        b"<xml>" + b"<a>" * 20_000,
        b"[" * 60_000,
        b"",
        b"\x00" * 1000,
    ],
)
def test_16_push_that_is_no_envelope_is_refused(house: Stack, body: bytes) -> None:
    query = {"timestamp": "1", "nonce": "n", "msg_signature": "0" * 40}
    answer = timed("POST", f"{house.app}/wechat/callback", params=query, data=body)
    assert answer.status_code in (400, 403, 413)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/wechat/callback", SCANS, "/m/register"])
def test_16_ten_megabytes_are_refused(house: Stack, path: str) -> None:
    try:
        answer = timed(
            "POST", f"{house.app}{path}", data=b"x" * 10_485_760, headers={"Content-Type": "application/json"}
        )
    except requests.ConnectionError:
        return  # the door was shut while the body still came
    assert answer.status_code in (401, 403, 413)


def test_16_ten_megabytes_in_chunks_are_refused(house: Stack, bearer: dict[str, str]) -> None:
    chunks = (b"x" * 65_536 for _ in range(160))
    try:
        answer = requests.post(
            f"{house.app}{SCANS}",
            data=chunks,
            headers=bearer | {"Content-Type": "application/json"},
            timeout=10,
        )
    except requests.ConnectionError:
        return
    assert answer.status_code in (400, 411, 413)


BODIES: dict[str, tuple[bytes, str, int]] = {
    "brackets": (b"[" * 100_000, "application/json", 400),
    "braces": (b'{"a":' * 50_000, "application/json", 400),
    "nan": (b'{"code": NaN}', "application/json", 400),
    "infinity": (b'{"code": 1e999}', "application/json", 400),
    "doubled_key": (b'{"code": "a", "code": "b"}', "application/json", 400),
    "long_number": (b'{"code": ' + b"9" * 5000 + b"}", "application/json", 400),
    "nul": (b'{"code": "\\u0000"}', "application/json", 400),
    "surrogate": (b'{"code": "\\ud800"}', "application/json", 400),
    "unknown_field": (b'{"code": "a", "admin": true}', "application/json", 400),
    "wrong_type": (b'{"code": 5}', "application/json", 400),
    "list": (b"[]", "application/json", 400),
    "null": (b"null", "application/json", 400),
    "nothing": (b"", "application/json", 400),
    "not_utf8": (b'{"code": "\xff\xfe"}', "application/json", 400),
    "text": (b'{"code": "a"}', "text/plain", 415),
    "form": (b"code=a", "application/x-www-form-urlencoded", 415),
}


@pytest.mark.parametrize("name", BODIES)
def test_30_bad_body_is_refused_in_our_shape(house: Stack, bearer: dict[str, str], name: str) -> None:
    body, kind, status = BODIES[name]
    answer = timed("POST", f"{house.app}{SCANS}", data=body, headers=bearer | {"Content-Type": kind})
    assert said(answer)[0] == status


@pytest.mark.parametrize(
    "code",
    [
        "i1.zzzzzzzz.1.abcdef",
        "i9.a.b.c",
        "x",
        "i1." + "a" * 5000,
        "o1.%00.1.2",
        "v1.nobody.1.2",
        "../../etc/passwd",
    ],
)
def test_22_code_that_is_not_ours_is_refused(house: Stack, bearer: dict[str, str], code: str) -> None:
    answer = timed("POST", f"{house.app}{SCANS}", json={"code": code}, headers=bearer)
    status, why = said(answer)
    assert (400 <= status < 500, why != "fault") == (True, True)


@pytest.mark.parametrize(
    "path", ["/q/i1.zzzzzzzz.1.abcdef", "/q/zz", "/q/" + "a" * 3000, "/q/%ff%fe", "/l/nobody"]
)
def test_22_page_of_a_code_that_is_not_ours_says_so(house: Stack, path: str) -> None:
    answer = timed("GET", f"{house.app}{path}")
    assert 300 <= answer.status_code < 500
    assert "Traceback" not in answer.text


def test_15_used_login_code_is_refused(house: Stack) -> None:
    code = house.control("POST", "users/2/login-code")["code"]
    first = timed("POST", f"{house.app}/api/v1/session", json={"code": code})
    again = timed("POST", f"{house.app}/api/v1/session", json={"code": code})
    assert (first.status_code, said(again)) == (201, (401, "login_code_invalid"))


@pytest.mark.parametrize("kind", ["html", "cut"])
def test_17_platform_that_does_not_answer_in_json_is_said_so(house: Stack, kind: str) -> None:
    code = house.control("POST", "users/2/login-code")["code"]
    house.control("POST", "faults", api="/sns/jscode2session", kind=kind, times=2)
    answer = timed("POST", f"{house.app}/api/v1/session", json={"code": code})
    assert said(answer) == (503, "wechat_unavailable")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", SCANS, 405), ("PUT", "/api/v1/session", 405), ("BREW", SCANS, 405), ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/activities/zzzzzzzz", 401), ("POST", SCANS, 401), ("GET", "/api/v1/me", 401),
    ],
)  # fmt: skip
def test_30_wrong_method_path_or_nobody_is_refused_in_our_shape(
    house: Stack, method: str, path: str, status: int
) -> None:
    assert said(timed(method, f"{house.app}{path}"))[0] == status


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 5000, "Bearer Bearer"])
def test_30_token_nobody_gave_is_refused(house: Stack, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    answer = timed("GET", f"{house.app}/api/v1/me", headers=headers)
    assert said(answer) == (401, "login_required")


@pytest.mark.parametrize("query", ["limit=-1", "limit=99999999999999999999", "after=é", "after=%00"])
def test_30_bad_paging_is_refused(house: Stack, bearer: dict[str, str], query: str) -> None:
    status, why = said(timed("GET", f"{house.app}/api/v1/me/records?{query}", headers=bearer))
    assert (status, why) == (400, "bad_request")


def test_30_broken_request_line_does_not_stop_the_house(house: Stack) -> None:
    for raw in (b"\x16\x03\x01\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"X" * 100_000):
        with socket.create_connection(("127.0.0.1", house.app_port), timeout=2) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            line.settimeout(2)
            try:
                line.recv(100)
            except (TimeoutError, ConnectionError):
                continue


def test_30_huge_headers_are_refused(house: Stack) -> None:
    line = http.client.HTTPConnection("127.0.0.1", house.app_port, timeout=5)
    line.putrequest("GET", "/api/v1/me")
    line.putheader("X-Long", "x" * 1_000_000)
    try:
        line.endheaders()
        status = line.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return
    finally:
        line.close()
    assert 400 <= status < 500
