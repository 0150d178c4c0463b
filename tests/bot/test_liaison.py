"""找联络员: whom to ring up, and a question that is handed to him."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import AuditEntry, Delivery, Ticket, TicketLine, Volunteer, store
from services.actors import Actor
from services.conversation import tickets
from tests.bot.chat import Phone, WeChat
from tests.support.fakes import make_parts
from tests.support.world import World, grant, make_volunteer

Of = Callable[[Any], Phone]


@pytest.fixture
def helper(cast: World, at: datetime) -> Volunteer:
    """陈联络, liaison of 东湖服务队, with a telephone."""

    def act() -> Volunteer:
        person = make_volunteer(at, "陈联络")
        sealed, key = make_parts().vault.seal("13856412345", f"volunteer.phone:{person.public_no}")
        Volunteer.update(phone_sealed=sealed, phone_key=key).where(Volunteer.id == person.id).execute()
        grant(at, person, "liaison", team=cast.team)
        return person

    return store.write(act)


def test_member_is_told_name_and_telephone_and_the_audit_keeps_it(phone: Of, cast: World, helper: Volunteer) -> None:
    lines = phone(cast.xiaobo).says("找联络员").split("\n\n")[0].splitlines()
    assert lines[:2] == ["您的联络员：陈联络（东湖服务队）", "电话：13856412345"]
    entry = AuditEntry.get()
    assert (entry.actor_id, entry.verb, entry.subject) == (cast.xiaobo.id, "person.call", f"volunteer:{helper.id}")


def test_who_is_no_member_is_told_the_office(phone: Of, cast: World, helper: Volunteer) -> None:
    text = phone(cast.chali).says("找联络员")
    assert text.startswith("霍邱县退役军人服务中心的电话：0564-6000000")
    assert "13856412345" not in text
    assert AuditEntry.select().count() == 0


def test_stranger_is_told_no_telephone_of_anybody(wechat: WeChat, cast: World, helper: Volunteer) -> None:
    text = wechat.phone("o-new").says("找联络员")
    assert text.startswith("要找人帮忙，请问您的队长或村（社区）服务站。")
    assert "13856412345" not in text


@pytest.mark.parametrize("words", ["找联络员 我的鞋丢了", "联络员：我的鞋丢了", "人工，我的鞋丢了"])
def test_words_behind_it_are_handed_to_the_liaison(phone: Of, cast: World, helper: Volunteer, words: str) -> None:
    text = phone(cast.xiaobo).says(words)
    assert text.startswith("交给联络员了：“我的鞋丢了”\n最晚6月15日答复您，会发消息给您。")
    row = Ticket.get()
    assert (row.volunteer_id, row.state, TicketLine.get().text) == (cast.xiaobo.id, "open", "我的鞋丢了")
    assert f"/m/questions/{row.code}" in text
    assert [each.kind for each in Delivery.select().where(Delivery.volunteer == helper)] == ["ticket_waiting"]


def test_next_sentence_that_nobody_understands_is_offered_to_be_handed_on(
    phone: Of, cast: World, helper: Volunteer
) -> None:
    xiaobo = phone(cast.xiaobo)
    xiaobo.says("找联络员")
    assert xiaobo.says("我的鞋丢了").startswith("把这句话交给联络员吗？\n“我的鞋丢了”")
    assert Ticket.select().count() == 0
    assert xiaobo.taps("交给联络员").startswith("交给联络员了：“我的鞋丢了”")
    assert TicketLine.get().text == "我的鞋丢了"


def test_offer_is_dropped_by_a_no(phone: Of, cast: World, helper: Volunteer) -> None:
    xiaobo = phone(cast.xiaobo)
    xiaobo.says("找联络员")
    xiaobo.says("我的鞋丢了")
    assert xiaobo.taps("算了").startswith("好的，先不办了。")
    assert Ticket.select().count() == 0


def test_sentence_that_nobody_understands_alone_is_not_offered(phone: Of, cast: World, helper: Volunteer) -> None:
    assert phone(cast.xiaobo).says("我的鞋丢了").startswith("没看懂")


def test_answer_stands_in_the_chat_when_he_asks_again(phone: Of, cast: World, helper: Volunteer, at: datetime) -> None:
    xiaobo = phone(cast.xiaobo)
    xiaobo.says("找联络员 我的鞋丢了")
    assert "您问的“我的鞋丢了”在等答复。" in xiaobo.says("找联络员")
    tickets.answer(actor=Actor("console", helper.id), code=Ticket.get().code, text="在村部", at=at)
    assert "您问的“我的鞋丢了”已有答复。" in xiaobo.says("找联络员")


def test_same_question_twice_is_asked_once(phone: Of, cast: World, helper: Volunteer) -> None:
    xiaobo = phone(cast.xiaobo)
    for _ in range(2):
        assert xiaobo.says("找联络员 我的鞋丢了").startswith("交给联络员了")
    assert Ticket.select().count() == 1


def test_too_long_a_question_is_refused_in_a_sentence(phone: Of, cast: World, helper: Volunteer) -> None:
    assert phone(cast.xiaobo).says("找联络员 " + "长" * 600).startswith("内容太长了。")
    assert Ticket.select().count() == 0
