"""The door in front of the framework: what it answers carries what every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers.bot import callback
from tests.bot.chat import OA, Phone, WeChat
from tests.support.world import World


def _post(wechat: WeChat, document: str, **more: Any) -> Any:
    encrypted = wechat.sealed(document)
    body = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return wechat.client.post(OA, query_string=wechat.query(encrypted), data=body, **more)


def test_answer_to_a_push_has_the_headers_of_every_answer(
    phone: Callable[[Any], Phone], wechat: WeChat, cast: World
) -> None:
    answer = _post(wechat, phone(cast.xiaobo).document("text", Content="时长", MsgId=1))
    assert (answer.status_code, answer.content_type) == (200, "text/xml; charset=utf-8")
    told = {name: answer.headers[name] for name in ("X-Content-Type-Options", "Cache-Control", "Content-Length")}
    assert told == {
        "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Length": str(len(answer.data)),
    }  # fmt: skip
    assert len(answer.headers["X-Request-Id"]) == 8


def test_fault_before_a_push_was_read_is_said_with_its_number(
    phone: Callable[[Any], Phone], wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch, caplog: Any,
    fault_meant: None,
) -> None:  # fmt: skip
    monkeypatch.setattr(callback, "push", lambda *_: 1 / 0)
    monkeypatch.setattr(wechat.client.application, "testing", False)
    answer = _post(wechat, phone(cast.xiaobo).document("text", Content="时长", MsgId=1))
    assert (answer.status_code, answer.json["code"]) == (500, "fault")
    number = answer.headers["X-Request-Id"]
    assert answer.json["facts"] == {"request": number}
    assert any(number in record.getMessage() for record in caplog.records)


def test_query_is_read_as_the_framework_reads_it(wechat: WeChat) -> None:
    """Signs written as %.., and of a name that comes twice the first."""
    from handlers import push_door

    assert push_door._query({"QUERY_STRING": "nonce=a%2Bb&nonce=c&x=&y"}) == {"nonce": "a+b", "x": "", "y": ""}
    assert push_door._query({"QUERY_STRING": "nonce=a&nonce=c&x=&y"}) == {"nonce": "a", "x": "", "y": ""}


def test_what_is_no_push_goes_on_to_the_application(wechat: WeChat) -> None:
    assert wechat.client.put(OA).status_code == 405
    assert wechat.client.get(OA).status_code == 403
