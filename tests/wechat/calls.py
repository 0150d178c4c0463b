"""What the tests of the live gateway share: a gateway to a scripted platform, one send, one failure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest

from wechat.account import Account
from wechat.gateway import Sent, WechatFailure
from wechat.live import LiveGateway
from wechat.tokens import MemoryTokenStore

NOW = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
OK = {"errcode": 0, "errmsg": "ok"}
SEND = "/cgi-bin/message/template/send"


def gateway_to(base: str, store: MemoryTokenStore | None = None) -> LiveGateway:
    return LiveGateway(
        mini=Account("wxmini", "mini-secret"),
        official=Account("wxoa", "oa-secret"),
        store=store or MemoryTokenStore(lambda: NOW),
        now=lambda: NOW,
        api_base=base,
        mini_state="trial",
        fields={"T9": ("thing4", "time1")},
    )


def send(gateway: LiveGateway) -> Sent:
    return gateway.send_template("o1", "T1", {"thing1": "义诊"}, client_msg_id="d-1")


def failure(act: Callable[[], object]) -> WechatFailure:
    with pytest.raises(WechatFailure) as raised:
        act()
    return raised.value
