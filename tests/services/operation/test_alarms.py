"""The operator hears of what is wrong, once an hour, by template or text; nobody is named, nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import store
from services.messaging import channels
from services.operation import alarms, health
from tests.support.fakes import FakeGateway, make_parts
from wechat.gateway import WechatFailure


def well_but_for_a_pause(at: datetime) -> None:
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")
    store.write(lambda: channels.pause(api="tpl", until=at + timedelta(hours=9), reason="quota 45009"))


def test_trouble_is_told_once_an_hour(db: Any, at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway, operator_openid="o-boss")
    well_but_for_a_pause(at)
    assert [alarms.tell_operator(parts=parts, at=at + timedelta(seconds=each)) for each in (0, 40)] == [1, 0]
    call = gateway.named("send_template")[0]
    assert (call["openid"], call["data"]["thing2"]) == ("o-boss", "微信接口暂停使用")
    later = at + timedelta(minutes=61)
    health.note_run(name="heartbeat", started_at=later, ended_at=later, outcome="ok")
    assert alarms.tell_operator(parts=parts, at=later) == 1


def test_without_a_template_it_is_a_text_and_without_an_operator_the_log_has_it(db: Any, at: datetime) -> None:
    gateway = FakeGateway()
    well_but_for_a_pause(at)
    assert alarms.tell_operator(parts=make_parts(gateway), at=at) == 0
    gateway.fail("send_text", WechatFailure("/cgi-bin/message/custom/send", 45015))
    parts = make_parts(gateway, operator_openid="o-boss", templates={})
    assert alarms.tell_operator(parts=parts, at=at) == 0
    assert "微信接口暂停使用" in gateway.named("send_text")[0]["text"]


def test_end_of_the_holiday_calendar_is_told_every_other_day(db: Any, at: datetime) -> None:
    december = datetime.fromisoformat("2026-12-02T09:00:00+08:00")  # of 2027 nothing is known
    gateway = FakeGateway()
    parts = make_parts(gateway, operator_openid="o-boss")
    told = []
    for later in (timedelta(0), timedelta(days=1), timedelta(days=2)):
        health.note_run(name="heartbeat", started_at=december + later, ended_at=december + later, outcome="ok")
        told.append(alarms.tell_operator(parts=parts, at=december + later))
    assert told == [1, 0, 1]
    assert gateway.named("send_template")[0]["data"]["thing2"] == "下月的放假安排没有，请更新系统"
