"""Bad input over real HTTP: our error shape, the right status, within a second, nothing half done.

The numbers in the names are those of the list of fault cases. After each, the counts of all tables that an act
could touch are what they were, and the house still answers.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import repeat

import pytest

from tests.faults.knock import SCANS, said, timed
from tests.support.stack import Stack

pytestmark = pytest.mark.usefixtures("unharmed")

MEGABYTE = 1_048_576
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

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
def test_case_30_bad_body_is_refused_in_our_shape(house: Stack, bearer: dict[str, str], name: str) -> None:
    body, kind, status = BODIES[name]
    answer = timed("POST", f"{house.app}{SCANS}", data=body, headers=bearer | {"Content-Type": kind})
    assert said(answer)[0] == status


def chunks(size: int) -> Iterator[bytes]:
    """A body whose length nobody announces: a good object, blanks, and something else at the end."""
    yield b'{"code": "i1.zzzzzzzz.1.abcdef"}'
    yield from repeat(b" " * 65_536, size // 65_536)
    yield b"}"


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/wechat/callback", JSON, 403), ("/wechat/mp-callback", JSON, 403), (SCANS, JSON, 413),
        ("/api/v1/session", JSON, 413), ("/api/v1/scan-tickets", JSON, 413), ("/console/login", FORM, 413),
        ("/m/register", FORM, 401),
    ],
)  # fmt: skip
def test_case_16_ten_megabytes_are_refused(
    house: Stack, bearer: dict[str, str], path: str, kind: dict[str, str], status: int
) -> None:
    answer = timed("POST", f"{house.app}{path}", data=b"x" * (10 * MEGABYTE), headers=bearer | kind)
    assert answer.status_code == status
    if not path.startswith(("/console", "/m")):
        said(answer)


@pytest.mark.parametrize(
    ("path", "status"), [(SCANS, 413), ("/api/v1/session", 413), ("/wechat/callback", 403)]
)
@pytest.mark.parametrize("size", [2 * MEGABYTE, 10 * MEGABYTE])
def test_case_16_megabytes_in_chunks_are_refused(
    house: Stack, bearer: dict[str, str], path: str, status: int, size: int
) -> None:
    answer = timed("POST", f"{house.app}{path}", data=chunks(size), headers=bearer | JSON)
    assert said(answer)[0] == status


def test_case_30_small_body_in_chunks_is_read(house: Stack, bearer: dict[str, str]) -> None:
    parts = iter([b'{"code": ', b'"i1.zzzzzzzz.1.abcdef"}'])
    assert said(timed("POST", f"{house.app}{SCANS}", data=parts, headers=bearer | JSON)) == (
        404,
        "code_unknown",
    )


def test_case_30_body_cut_on_its_way_is_not_acted_on(house: Stack, bearer: dict[str, str]) -> None:
    head = f"POST {SCANS} HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer['Authorization']}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection(("127.0.0.1", house.app_port), timeout=20) as line:
        line.sendall(head.encode() + b'{"code": "i1.zzzzzzzz.1.abcdef"}')
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")


def test_case_15_used_login_code_is_refused(house: Stack) -> None:
    code = house.control("POST", "users/2/login-code")["code"]
    first = timed("POST", f"{house.app}/api/v1/session", json={"code": code})
    again = timed("POST", f"{house.app}/api/v1/session", json={"code": code})
    assert (first.status_code, said(again)) == (201, (401, "login_code_invalid"))


@pytest.mark.parametrize("kind", ["html", "cut"])
def test_case_17_platform_that_does_not_answer_in_json_is_said_so(house: Stack, kind: str) -> None:
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
def test_case_30_wrong_method_path_or_nobody_is_refused_in_our_shape(
    house: Stack, method: str, path: str, status: int
) -> None:
    assert said(timed(method, f"{house.app}{path}"))[0] == status


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 5000, "Bearer Bearer"])
def test_case_30_token_nobody_gave_is_refused(house: Stack, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    answer = timed("GET", f"{house.app}/api/v1/me", headers=headers)
    assert said(answer) == (401, "login_required")


@pytest.mark.parametrize("query", ["limit=-1", "limit=99999999999999999999", "after=é", "after=%00"])
def test_case_30_bad_paging_is_refused(house: Stack, bearer: dict[str, str], query: str) -> None:
    status, why = said(timed("GET", f"{house.app}/api/v1/me/records?{query}", headers=bearer))
    assert (status, why) == (400, "bad_request")


@pytest.mark.parametrize(
    "path", [SCANS, "/api/v1/me", "/wechat/callback", "/m", "/console", "/q/x", "/livez"]
)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "BREW", "CONNECT"])
def test_case_30_strange_method_is_answered(house: Stack, bearer: dict[str, str], method: str, path: str) -> None:
    answer = timed(method, f"{house.app}{path}", headers=bearer)
    if method in ("TRACE", "BREW", "CONNECT"):
        assert answer.status_code == 405
    else:
        assert answer.status_code < 500
        assert answer.text == ""


def test_case_30_head_is_answered_like_get(house: Stack) -> None:
    for path in ("/m", "/console", "/livez", "/q/zz"):
        url = f"{house.app}{path}"
        assert timed("HEAD", url).status_code == timed("GET", url).status_code


def test_case_30_broken_request_line_does_not_stop_the_house(house: Stack) -> None:
    for raw in (b"\x16\x03\x01\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"X" * 100_000):
        with socket.create_connection(("127.0.0.1", house.app_port), timeout=20) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            try:
                told = line.recv(100)
            except ConnectionError:
                told = b""
            assert told == b"" or told.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    ("headers", "status"), [({"X-Long": "x" * 1_000_000}, 431), ({f"X-{n}": "y" for n in range(200)}, 431)]
)
def test_case_30_huge_headers_are_refused(house: Stack, headers: dict[str, str], status: int) -> None:
    assert timed("GET", f"{house.app}/api/v1/me", headers=headers).status_code == status


def test_case_30_long_address_is_refused(house: Stack) -> None:
    assert timed("GET", f"{house.app}/m?{'y' * 300_000}").status_code == 414


@pytest.mark.parametrize("key", ["k" * 101, "k" * 100_000])
def test_case_30_long_idempotency_key_is_refused(house: Stack, bearer: dict[str, str], key: str) -> None:
    answer = timed(
        "POST", f"{house.app}{SCANS}", json={"code": "xxxx"}, headers=bearer | {"Idempotency-Key": key}
    )
    assert said(answer) == (400, "bad_request")
