"""Access tokens against a platform that refuses, delays or spoils them (reliability.md §3.3, §7 #17)."""

import threading
import time

import pytest

from tests.wechat.calls import NOW, OK, SEND, failure, gateway_to, send
from tests.wechat.platform import TOKEN, Answer, Platform, cut, say, slow
from wechat.errcodes import Kind
from wechat.gateway import Sent
from wechat.live import LiveGateway
from wechat.tokens import MemoryTokenStore

LOGIN, CODE = "/sns/jscode2session", "/wxa/getwxacodeunlimit"
REFUSED = {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}


@pytest.mark.case(17)
def test_token_refused_for_ever_costs_two_fetches_and_one_repeat(platform: Platform, gateway: LiveGateway):
    platform.will(SEND, REFUSED)
    failed = failure(lambda: send(gateway))
    assert (failed.errcode, failed.kind) == (40001, Kind.TOKEN)
    assert (platform.count(TOKEN), platform.count(SEND)) == (2, 2)


@pytest.mark.parametrize("code", [40001, 40014, 42001, "42001"])
def test_token_refused_once_is_renewed_and_the_message_goes_out(
    platform: Platform, gateway: LiveGateway, code: int | str
):
    platform.will(SEND, {"errcode": code, "errmsg": "x"}, OK | {"msgid": 1})
    assert send(gateway) == Sent("1")
    assert (platform.count(TOKEN), platform.count(SEND)) == (2, 2)
    assert platform.last(SEND).query["access_token"] == "token-2"


def test_picture_call_renews_its_token_too(platform: Platform, gateway: LiveGateway):
    platform.will(CODE, REFUSED, b"\xff\xd8\xffpicture")
    assert gateway.mini_code("a", page="p") == b"\xff\xd8\xffpicture"
    assert platform.count(TOKEN) == 2


def test_token_renewed_by_another_process_is_taken_over(platform: Platform):
    store = MemoryTokenStore(lambda: NOW)
    ours, theirs = gateway_to(platform.base, store), gateway_to(platform.base, store)
    valid = "token-1"

    def guarded(handler) -> None:
        good = f"access_token={valid}" in handler.path
        say(handler, b'{"errcode":0}' if good else b'{"errcode":40001,"errmsg":"no"}')

    platform.will(SEND, guarded)
    send(ours)
    valid = "token-2"
    send(theirs)
    send(ours)
    assert platform.count(TOKEN) == 2


@pytest.mark.case(18)
def test_many_threads_with_one_dead_token_fetch_it_once(platform: Platform):
    store = MemoryTokenStore(lambda: NOW)
    gateway = gateway_to(platform.base, store)

    def guarded(handler) -> None:
        good = "access_token=token-2" in handler.path
        say(handler, b'{"errcode":0}' if good else b'{"errcode":40001,"errmsg":"no"}')

    platform.will(SEND, guarded)
    results: list[Sent] = []
    threads = [threading.Thread(target=lambda: results.append(send(gateway))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [Sent()] * 8
    assert platform.count(TOKEN) == 2


@pytest.mark.parametrize("code", [40001, 40125, 40013, 40164, 40243, 50004])
def test_refused_secret_is_a_matter_of_configuration(platform: Platform, gateway: LiveGateway, code: int):
    platform.will(TOKEN, {"errcode": code, "errmsg": "no"})
    failed = failure(lambda: send(gateway))
    assert (failed.api, failed.errcode, failed.kind) == (TOKEN, code, Kind.CONFIGURATION)
    assert (platform.count(TOKEN), platform.count(SEND)) == (1, 0)


def test_refused_secret_at_log_in_is_a_matter_of_configuration(platform: Platform, gateway: LiveGateway):
    platform.will(LOGIN, REFUSED)
    assert failure(lambda: gateway.session_for_code("c")).kind is Kind.CONFIGURATION
    assert platform.count(LOGIN) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        [],
        {},
        {"access_token": "t"},
        {"access_token": "", "expires_in": 7200},
        {"access_token": ["t"], "expires_in": 7200},
        {"access_token": "t", "expires_in": "soon"},
        cut,
    ],
)
def test_token_answer_that_makes_no_sense_is_a_failure(
    platform: Platform, gateway: LiveGateway, answer: Answer
):
    platform.will(TOKEN, answer)
    assert failure(lambda: send(gateway)).kind is Kind.UNKNOWN
    assert (platform.count(TOKEN), platform.count(SEND)) == (1, 0)


def test_slow_token_does_not_hold_the_caller(platform: Platform, gateway: LiveGateway, hasty: None):
    platform.will(TOKEN, slow(20, {"access_token": "t", "expires_in": 7200}))
    began = time.monotonic()
    assert failure(lambda: send(gateway)).kind is Kind.UNKNOWN
    assert time.monotonic() - began < 10


def test_token_near_its_end_is_renewed_before_use(platform: Platform, gateway: LiveGateway):
    platform.will(
        TOKEN, {"access_token": "old", "expires_in": 100}, {"access_token": "new", "expires_in": 7200}
    )
    platform.will(SEND, OK)
    send(gateway)
    send(gateway)
    send(gateway)
    assert [asked.query["access_token"] for asked in platform.asked if asked.path == SEND] == [
        "old",
        "new",
        "new",
    ]
