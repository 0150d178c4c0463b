"""The account's own QR code: asked for once, renewed in time, done without when WeChat does not answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.conversation.account_qr import LIFE, PATIENCE, RENEW, account_url
from tests.support.fakes import FakeGateway, make_parts
from wechat.gateway import WechatFailure

DOWN = WechatFailure("/cgi-bin/qrcode/create", -1, "system error")


def test_code_is_asked_for_once_and_renewed_before_it_dies(at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway)
    first = account_url(parts=parts, at=at)
    kept = account_url(parts=parts, at=at + LIFE - RENEW - timedelta(seconds=1))
    renewed = account_url(parts=parts, at=at + LIFE - RENEW)
    assert first.startswith("http://weixin.qq.com/q/")
    assert (kept == first, renewed != first, len(gateway.named("create_qr"))) == (True, True, 2)
    assert gateway.named("create_qr")[0] == {"scene": "page", "seconds": 2592000}


def test_failure_is_no_fault_and_wechat_is_left_alone_for_a_while(at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway)
    gateway.fail("create_qr", DOWN)
    assert account_url(parts=parts, at=at) == ""
    assert account_url(parts=parts, at=at + PATIENCE - timedelta(seconds=1)) == ""
    assert len(gateway.named("create_qr")) == 1
    assert account_url(parts=parts, at=at + PATIENCE) != ""


def test_code_at_hand_outlives_a_failed_renewal(at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway)
    first = account_url(parts=parts, at=at)
    gateway.fail("create_qr", DOWN, DOWN)
    assert account_url(parts=parts, at=at + LIFE - RENEW) == first
    assert account_url(parts=parts, at=at + LIFE) == ""
