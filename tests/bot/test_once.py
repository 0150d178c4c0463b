"""A push takes effect once, and somebody always answers (reliability.md §7, cases 13 and 14)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.bot import callback
from handlers.bot.registry import TELLING
from handlers.bot.words import said
from models import Balance, InboundMessage, Notice, ServiceRecord, Signup, WechatIdentity, store
from services.bookkeeping import hours
from services.conversation import amiss
from services.errors import Refusal
from services.operation import alarms, health
from services.participation import signups
from tests.bot.chat import Phone, WeChat
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World

#: Of the house, before these tests are given more patience.
REAL_DEADLINE = callback.DEADLINE

Of = Callable[[Any], Phone]


def test_retry_gets_the_same_answer_and_has_no_second_effect(phone: Of, wechat: WeChat, cast: World) -> None:
    ali = phone(cast.ali)
    document = ali.document("text", Content="通知 明早八点到村部集合", MsgId=77)
    first, second = wechat.deliver(document), wechat.deliver(document)
    assert "共 1 人" in first.text
    assert (second.text, second.sender) == (first.text, first.sender)
    assert Notice.select().count() == 1


def test_retry_of_a_question_gets_the_same_answer_though_the_truth_has_moved(
    phone: Of, wechat: WeChat, cast: World
) -> None:
    document = phone(cast.xiaobo).document("text", Content="时长", MsgId=79)
    first = wechat.deliver(document)
    store.write(lambda: Balance.update(minutes=6000).where(Balance.volunteer == cast.xiaobo).execute())
    assert wechat.deliver(document).text == first.text
    assert phone(cast.xiaobo).says("时长") != first.text


@pytest.mark.parametrize(
    ("words", "waits"),
    [
        ("时长", False), ("积分", False), ("活动", False), ("我的活动", False), ("帮助", False), ("白云苍狗", False),
        ("进度", False), ("名单", False), ("通知 明早八点到村部集合", True), ("确认", True), ("报名 1", True),
        ("确认报名 1", True), ("取消 1", True), ("签到", True), ("482913", True), ("是我", True),
    ],
)  # fmt: skip
def test_only_what_changes_something_waits_for_the_disk(
    phone: Of, cast: World, monkeypatch: pytest.MonkeyPatch, words: str, waits: bool
) -> None:
    seen: list[bool] = []
    real = store.write

    def spy(act: Any, *, durable: bool = True) -> Any:
        seen.append(durable)
        return real(act, durable=durable)

    monkeypatch.setattr(store, "write", spy)
    phone(cast.ali).says(words)
    assert (seen[:1] == [True]) is waits


@pytest.mark.parametrize("who", ["ali", "xiaobo", "nobody"])
@pytest.mark.parametrize("command", sorted(TELLING))
def test_command_that_tells_writes_nothing_but_the_talk(
    phone: Of, wechat: WeChat, cast: World, count_statements: Any, command: str, who: str
) -> None:
    speaker = wechat.phone("o-new") if who == "nobody" else phone(getattr(cast, who))
    words = "白云苍狗" if command == "unknown" else said(command)
    with count_statements() as seen:
        assert speaker.says(words)
    changed = {
        match[1].lower()
        for sql in seen
        if (match := re.match(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', sql, re.IGNORECASE))
    }
    assert changed <= {"inbound_message", "chat_state", "wechat_identity"}


@pytest.mark.case(13)
def test_three_copies_at_once_have_one_effect_and_one_answer(
    bot: Any, phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = phone(cast.ali).document("text", Content="通知 明早八点到村部集合", MsgId=78)
    _slow_down(monkeypatch, 0.2)
    assert len(set(_at_once(bot, wechat, [document] * 3))) == 1
    assert Notice.select().count() == 1
    assert InboundMessage.select().count() == 1


@pytest.mark.case(13)
def test_three_different_messages_at_once_have_three_effects(
    bot: Any, phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without one key in common nothing holds the copies back."""
    ali = phone(cast.ali)
    documents = [ali.document("text", Content="通知 明早八点到村部集合", MsgId=80 + n) for n in range(3)]
    _slow_down(monkeypatch, 0.2)
    _at_once(bot, wechat, documents)
    assert Notice.select().count() == 3


def test_event_retried_is_told_from_another_event_of_the_same_second(
    phone: Of, wechat: WeChat, cast: World
) -> None:
    person = phone(cast.xiaobo)
    hours_tap = person.document("event", Event="CLICK", EventKey="hours")
    first = wechat.deliver(hours_tap)
    assert wechat.deliver(person.document("event", Event="CLICK", EventKey="points")).text != first.text
    assert wechat.deliver(hours_tap).text == first.text
    store.settle()
    assert InboundMessage.select().count() == 2


def test_fault_is_owned_up_to_and_undoes_everything(
    phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch, caplog: Any, fault_meant: None
) -> None:
    """Sealed like any answer, with a number that is in the log; the next copy starts afresh."""
    real = signups.sign_up

    def broken(**facts: Any) -> Any:
        real(**facts)
        raise RuntimeError("out of chalk")

    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    with monkeypatch.context() as patch:
        patch.setattr(signups, "sign_up", broken)
        document = person.document("text", Content="确认报名 1", MsgId=90)
        answer = wechat.deliver(document)
    assert answer.status == 200
    assert answer.text.startswith("系统出了一点问题，没有办成，不是您的错。")
    number = answer.text.split()[-1]
    assert any(number in record.getMessage() for record in caplog.records)
    assert Signup.select().count() == 0
    assert wechat.deliver(document).text.startswith("报名成功")


def test_refusal_becomes_its_sentence_and_what_it_kept_stays(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    text = person.event("SCAN", EventKey=f"i.{cast.shift.code}", Ticket="t")
    assert text.startswith(f"“{cast.activity.title}”还没到签到时间，12:30开始。")
    attempts = list(store.current().execute_sql("SELECT outcome, reason FROM attempt").fetchall())
    assert [tuple(row) for row in attempts] == [("refused", "too_early")]
    assert ServiceRecord.select().count() == 0


@pytest.mark.case(14)
def test_slow_act_is_answered_in_time_and_takes_effect_once(
    phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch, fault_meant: None
) -> None:
    document = phone(cast.xiaobo).document("text", Content="积分", MsgId=91)
    assert "您有 0 分积分" in _late(wechat, document, "points", monkeypatch)
    assert InboundMessage.select().count() == 1


@pytest.mark.case(14)
def test_slow_act_is_an_alarm(
    phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch, fault_meant: None, at: datetime
) -> None:
    phone(cast.xiaobo).says("积分")
    assert alarmed(at) == []
    _late(wechat, phone(cast.xiaobo).document("text", Content="积分", MsgId=94), "points", monkeypatch)
    assert alarmed(at + timedelta(minutes=1)) == ["公众号回话太慢"]


@pytest.mark.case(14)
def test_fault_of_ours_in_the_chat_is_an_alarm_once_an_hour(
    phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch, fault_meant: None, at: datetime
) -> None:
    monkeypatch.setattr(hours, "points", lambda **_: 1 // 0)
    for number in (95, 96, 97):
        wechat.deliver(phone(cast.xiaobo).document("text", Content="积分", MsgId=number))
    store.settle()
    assert amiss.count(kind="fault", at=at) == 3
    told = [alarmed(at + timedelta(minutes=later)) for later in (1, 2, 62)]
    assert told == [["公众号回话出了故障"], [], []]


@pytest.mark.case(14)
def test_fault_that_comes_after_the_answer_is_an_alarm_too(
    phone: Of, cast: World, monkeypatch: pytest.MonkeyPatch, fault_meant: None, at: datetime
) -> None:
    gate, died = threading.Event(), threading.Event()

    def dies(**_: Any) -> Any:
        gate.wait(10)
        raise RuntimeError("too late for anybody")

    real = callback._amiss
    monkeypatch.setattr(callback, "_amiss", lambda push, kind: (real(push, kind), kind == "fault" and died.set()))
    monkeypatch.setattr(callback, "DEADLINE", 0.05)
    monkeypatch.setattr(hours, "points", dies)
    assert phone(cast.xiaobo).says("积分").startswith("现在有点慢")
    gate.set()
    assert died.wait(5)
    assert alarmed(at) == ["公众号回话出了故障", "公众号回话太慢"]


def alarmed(at: datetime) -> list[str]:
    """What the worker tells the operator now, of a house that is well otherwise."""
    store.settle()
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")
    gateway = FakeGateway()
    alarms.tell_operator(parts=make_parts(gateway, operator_openid="o-boss", templates={}), at=at)
    return [each["text"].splitlines()[1] for each in gateway.named("send_text")]


@pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_slow_look_is_answered_in_time(
    phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch, fault_meant: None
) -> None:
    """A look into SQLite waits for nobody; one over a network may."""
    document = phone(cast.xiaobo).document("text", Content="时长", MsgId=92)
    assert "累计 0 分" in _late(wechat, document, "summary", monkeypatch)


def _late(wechat: WeChat, document: str, what: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The answer to the copy of a push whose first answer could not wait for `what` of the hours."""
    gate = threading.Event()
    real, submit = getattr(hours, what), callback._threads.submit
    works: list[Future[str]] = []

    def slow(**facts: Any) -> Any:
        gate.wait(60)
        return real(**facts)

    def kept(*work: Any) -> Future[str]:
        works.append(submit(*work))
        return works[-1]

    monkeypatch.setattr(callback._threads, "submit", kept)
    monkeypatch.setattr(callback, "DEADLINE", 0.3)
    monkeypatch.setattr(hours, what, slow)
    began = time.monotonic()
    answer = wechat.deliver(document)
    assert time.monotonic() - began < 10
    assert answer.text.startswith("现在有点慢，正在办。")
    gate.set()
    assert wait(works, timeout=5).not_done == set()  # committed, too: the next test has another database
    monkeypatch.setattr(callback, "DEADLINE", 5)
    return wechat.deliver(document).text


def test_question_that_only_looks_writes_nothing_itself_and_is_noted_a_moment_later(
    phone: Of, wechat: WeChat, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SOON", 60)
    document = phone(cast.xiaobo).document("text", Content="时长", MsgId=93)
    with monkeypatch.context() as patch:
        patch.setattr(store, "write", lambda *_, **__: pytest.fail("it waited for a write"))
        first = wechat.deliver(document)
    assert (InboundMessage.select().count(), _window(cast)) == (0, None)
    store.settle()
    assert [row.reply for row in InboundMessage.select()] == [first.text]
    assert _window(cast) is not None
    store.write(lambda: Balance.update(minutes=6000).where(Balance.volunteer == cast.xiaobo).execute())
    assert wechat.deliver(document).text == first.text


def _window(cast: World) -> Any:
    return WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa").window_until


@pytest.mark.case(14)
def test_wait_for_an_answer_is_under_two_seconds() -> None:
    assert REAL_DEADLINE < 2


def test_refusal_is_not_a_fault(phone: Of, cast: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(**facts: Any) -> Any:
        from services.errors import RefusalCode

        raise Refusal(RefusalCode.BUSY)

    monkeypatch.setattr(hours, "summary", closed)
    assert phone(cast.xiaobo).says("时长").startswith("现在使用的人太多。")


def _slow_down(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Keep the first copy in its transaction until the others are there."""
    from services.messaging import broadcasts

    real = broadcasts.broadcast_draft

    def slow(**facts: Any) -> Any:
        time.sleep(seconds)
        return real(**facts)

    monkeypatch.setattr(broadcasts, "broadcast_draft", slow)


def _at_once(bot: Any, wechat: WeChat, documents: list[str]) -> list[str]:
    start = threading.Barrier(len(documents))

    def send(document: str) -> str:
        client = bot.test_client()
        start.wait(5)
        return wechat.deliver(document, client).text

    with ThreadPoolExecutor(len(documents)) as pool:
        return list(pool.map(send, documents))
