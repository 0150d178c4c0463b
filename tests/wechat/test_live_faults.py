"""What a platform may do to us (reliability.md §3, §7 #17): always one failure of the right kind, soon."""

import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable

import pytest

from tests.wechat.calls import OK, SEND, failure, gateway_to, send
from tests.wechat.platform import (
    Answer,
    Platform,
    cut,
    cut_half_way,
    drip,
    say,
    slow,
    status,
)
from wechat.account import Account
from wechat.errcodes import ERRCODES, Kind, classify
from wechat.live import LiveGateway

LOGIN, CODE = "/sns/jscode2session", "/wxa/getwxacodeunlimit"
REFUSED = {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}


# The answer


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"<html><body>busy</body></html>", Kind.UNKNOWN),
        (b"", Kind.UNKNOWN),
        (b"[]", Kind.UNKNOWN),
        (b"null", Kind.UNKNOWN),
        (b"[" * 100_000, Kind.UNKNOWN),
        (b'{"errcode": 0', Kind.UNKNOWN),
        ({"errcode": "no number"}, Kind.UNKNOWN),
        ({"errcode": None}, Kind.UNKNOWN),
        ({"errcode": {}}, Kind.UNKNOWN),
        ({"errcode": "43004", "errmsg": "x"}, Kind.USER_STATE),
        ({"errcode": -1, "errmsg": 7}, Kind.RETRY),
        ({"errcode": 45009}, Kind.QUOTA),
        ({"errcode": 999999, "errmsg": "new"}, Kind.RETRY),
        (b'{"errcode":47003,"errmsg":"bad \xff\xfe bytes"}', Kind.PERMANENT),
        (status(500), Kind.UNKNOWN),
        (status(502), Kind.UNKNOWN),
        (status(204, b""), Kind.UNKNOWN),
        (status(404), Kind.RETRY),
        (status(413), Kind.RETRY),
        (cut, Kind.UNKNOWN),
        (cut_half_way, Kind.UNKNOWN),
        (b'{"errcode":0,"x":"' + b"x" * 10_000_000 + b'"}', Kind.UNKNOWN),
    ],
    ids=lambda given: (given.__name__ if callable(given) else str(given))[:30],
)
def test_answer_of_any_kind_is_a_failure_of_its_kind(
    platform: Platform, gateway: LiveGateway, answer: Answer, kind: Kind
):
    platform.will(SEND, answer)
    assert failure(lambda: send(gateway)).kind is kind
    assert platform.count(SEND) == 1


@pytest.mark.parametrize(
    ("path", "answer", "act"),
    [
        (LOGIN, OK, lambda gateway: gateway.session_for_code("c")),
        (LOGIN, {"openid": {}}, lambda gateway: gateway.session_for_code("c")),
        ("/sns/oauth2/access_token", OK, lambda gateway: gateway.web_login("c")),
        ("/wxa/business/getuserphonenumber", OK, lambda gateway: gateway.phone_for_code("c")),
        (
            "/wxa/business/getuserphonenumber",
            OK | {"phone_info": []},
            lambda gateway: gateway.phone_for_code("c"),
        ),
        ("/cgi-bin/qrcode/create", OK, lambda gateway: gateway.create_qr("s", seconds=60)),
        ("/cgi-bin/user/info", OK, lambda gateway: gateway.follower("o")),
        ("/wxa/msg_sec_check", OK, lambda gateway: gateway.check_text("o", "x", scene=1)),
        (
            "/wxa/msg_sec_check",
            OK | {"result": {"suggest": "pass"}},
            lambda g: g.check_text("o", "x", scene=1),
        ),
        (CODE, OK, lambda gateway: gateway.mini_code("s", page="p")),
        (CODE, b"GIF89a", lambda gateway: gateway.mini_code("s", page="p")),
        (CODE, b"<html>", lambda gateway: gateway.mini_code("s", page="p")),
    ],
)
def test_answer_with_missing_fields_is_a_failure(
    platform: Platform, gateway: LiveGateway, path: str, answer: Answer, act: Callable[[LiveGateway], object]
):
    platform.will(path, answer)
    failed = failure(lambda: act(gateway))
    assert (failed.api, failed.kind) == (path, Kind.UNKNOWN)


def test_picture_that_is_an_error_says_which(platform: Platform, gateway: LiveGateway):
    platform.will(CODE, {"errcode": 41030, "errmsg": "invalid page"})
    failed = failure(lambda: gateway.mini_code("s", page="p"))
    assert (failed.errcode, failed.kind) == (41030, Kind.PERMANENT)


def test_picture_cut_off_is_not_a_picture(platform: Platform, gateway: LiveGateway):
    def half(handler) -> None:
        say(handler, b"\xff\xd8\xffhalf", Content_Length="9000")
        handler.close_connection = True

    platform.will(CODE, half)
    assert failure(lambda: gateway.mini_code("s", page="p")).kind is Kind.UNKNOWN


def test_phone_code_of_another_appid_does_not_stop_the_account(platform: Platform, gateway: LiveGateway):
    platform.will("/wxa/business/getuserphonenumber", {"errcode": 40013, "errmsg": "invalid appid"})
    failed = failure(lambda: gateway.phone_for_code("c"))
    assert (failed.errcode, failed.kind) == (40013, Kind.PERMANENT)


def test_redirect_is_not_followed(platform: Platform, gateway: LiveGateway):
    platform.will(SEND, status(302, b"", Location=platform.base + "/elsewhere"))
    assert failure(lambda: send(gateway)).kind is Kind.RETRY
    assert platform.count("/elsewhere") == 0


def test_cookies_of_the_platform_are_not_kept(platform: Platform, gateway: LiveGateway):
    platform.will(SEND, status(200, b'{"errcode":0}', Set_Cookie="a=b"))
    send(gateway)
    send(gateway)
    assert platform.last(SEND).headers.get("Cookie") is None


def test_answer_that_never_ends_is_left(platform: Platform, gateway: LiveGateway, hasty: None):
    platform.will(SEND, drip)
    began = time.monotonic()
    assert failure(lambda: send(gateway)).kind is Kind.UNKNOWN
    assert time.monotonic() - began < 8


def test_no_answer_in_time_is_unknown(platform: Platform, gateway: LiveGateway, hasty: None):
    platform.will(SEND, slow(20, OK))
    began = time.monotonic()
    assert failure(lambda: send(gateway)).kind is Kind.UNKNOWN
    assert time.monotonic() - began < 10


def test_refused_connection_may_be_tried_again():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        failed = failure(lambda: gateway_to(base).session_for_code("c"))
    assert (failed.kind, failed.errcode) == (Kind.RETRY, None)


def test_host_without_an_address_may_be_tried_again():
    failed = failure(lambda: gateway_to("http://no-such-host.invalid").session_for_code("c"))
    assert failed.kind is Kind.RETRY


# The load


def test_no_more_than_four_calls_run_at_once(platform: Platform, gateway: LiveGateway):
    platform.will(LOGIN, slow(0.1, {"openid": "o1"}))
    threads = [threading.Thread(target=gateway.session_for_code, args=("c",)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (platform.count(LOGIN), platform.most_at_once) == (10, 4)


def test_call_that_finds_no_free_place_was_not_sent(platform: Platform, gateway: LiveGateway, hasty: None):
    platform.will(LOGIN, slow(1, {"openid": "o1"}))
    kinds: list[Kind] = []
    threads = [
        threading.Thread(target=lambda: kinds.append(failure(lambda: gateway.session_for_code("c")).kind))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds.count(Kind.UNKNOWN) == platform.count(LOGIN)
    assert kinds.count(Kind.RETRY) == 12 - platform.count(LOGIN) > 0


# What is told


@pytest.mark.parametrize(
    "answer",
    [
        cut,
        status(502),
        {"errcode": 47003, "errmsg": "token-1 oa-secret invalid\n rid: 6653-aaaa-bbbb"},
        REFUSED,
        status(302, b"", Location="http://127.0.0.1:9/?access_token=token-1"),
    ],
)
def test_tokens_and_secrets_are_not_told(
    platform: Platform, gateway: LiveGateway, caplog: pytest.LogCaptureFixture, answer: Answer
):
    caplog.set_level(logging.DEBUG)
    platform.will(SEND, answer)
    platform.will(LOGIN, cut)
    failures = [failure(lambda: send(gateway)), failure(lambda: gateway.session_for_code("the-code"))]
    store = gateway._official._store
    told = "".join(traceback.format_exception(each)[-1] + repr(each) + repr(vars(each)) for each in failures)
    told += caplog.text + repr(gateway) + repr(store.get("wxoa")) + repr(Account("wxoa", "oa-secret"))
    assert SEND in told
    for hidden in ("token-1", "token-2", "oa-secret", "mini-secret", "the-code"):
        assert hidden not in told
    assert all(each.__context__ is None for each in failures)


def test_log_of_the_connection_shows_the_address_without_its_secrets(
    platform: Platform, gateway: LiveGateway, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    platform.will(SEND, OK)
    platform.will(LOGIN, {"openid": "o1"})
    send(gateway)
    gateway.session_for_code("the-code")
    assert f"{SEND}?access_token=***" in caplog.text
    assert f"{LOGIN}?js_code=***&appid=wxmini&secret=***" in caplog.text


def test_request_id_is_told_apart_from_the_words(platform: Platform, gateway: LiveGateway):
    platform.will(
        SEND, {"errcode": 47003, "errmsg": "argument invalid! thing1 rid: 6653e0a1-1f2e3d4c-5b6a7988"}
    )
    failed = failure(lambda: send(gateway))
    assert (failed.errmsg, failed.rid) == ("argument invalid! thing1", "6653e0a1-1f2e3d4c-5b6a7988")
    assert str(failed) == (
        f"{SEND}: errcode 47003, permanent: argument invalid! thing1 rid 6653e0a1-1f2e3d4c-5b6a7988"
    )


# The table


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, Kind.RETRY),
        (40001, Kind.TOKEN),
        (40003, Kind.USER_STATE),
        (40029, Kind.PERMANENT),
        (40037, Kind.PERMANENT),
        (40164, Kind.CONFIGURATION),
        (43004, Kind.USER_STATE),
        (43101, Kind.USER_STATE),
        (43107, Kind.CONFIGURATION),
        (43108, Kind.RETRY),
        (45009, Kind.QUOTA),
        (45011, Kind.RETRY),
        (45015, Kind.USER_STATE),
        (45047, Kind.USER_STATE),
        (45065, Kind.DONE),
        (47003, Kind.PERMANENT),
        (48001, Kind.CONFIGURATION),
        (85404, Kind.PERMANENT),
        (200011, Kind.PERMANENT),
        (123456, Kind.RETRY),
    ],
)
def test_code_is_of_its_kind(code: int, kind: Kind):
    assert classify(code) is kind


def test_every_code_has_a_name_and_a_sentence():
    assert len(ERRCODES) > 110
    for meaning in ERRCODES.values():
        assert meaning.name.replace("_", "").isalnum()
        assert meaning.sentence.endswith(".")
