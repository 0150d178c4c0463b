"""找联络员 on one's own phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Ticket
from services.conversation import tickets

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_question_is_asked_read_and_settled(cast: Any, phone: Any, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    assert "您还没有问过。" in mine.get("/m/questions").text
    where = mine.post("/m/questions", {"text": "我的鞋丢了"}).location
    row = Ticket.get()
    assert where == f"/m/questions/{row.code}?done=asked"
    assert "交给联络员了。" in mine.get(where).text
    tickets.answer(actor=cast.actor(cast.ali), code=row.code, text="在村部", at=at)
    text = mine.get(f"/m/questions/{row.code}").text
    assert ("李阿丽答复" in text, "在村部" in text) == (True, True)
    mine.post(f"/m/questions/{row.code}", {"settled": "1"})
    assert Ticket.get().state == "closed"
    assert "还有话要说" not in mine.get(f"/m/questions/{row.code}").text


def test_more_words_open_it_again(cast: Any, phone: Any, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    code = tickets.ask(actor=cast.actor(cast.xiaobo), text="我的鞋丢了", at=at)
    tickets.answer(actor=cast.actor(cast.ali), code=code, text="在村部", at=at)
    mine.post(f"/m/questions/{code}", {"text": "没有找到"})
    assert Ticket.get().state == "open"


def test_empty_question_is_said_beside_the_field(cast: Any, phone: Any) -> None:
    answer = phone(cast.xiaobo).post("/m/questions", {"text": " "})
    assert 'id="text-error"' in answer.text
    assert Ticket.select().count() == 0


def test_other_peoples_question_is_not_there(cast: Any, phone: Any, at: datetime) -> None:
    code = tickets.ask(actor=cast.actor(cast.xiaobo), text="我的鞋丢了", at=at)
    assert phone(cast.chali).get(f"/m/questions/{code}").status_code == 404


def test_telephone_is_one_tap_away(cast: Any, phone: Any) -> None:
    assert "0564-6000000" in phone(cast.xiaobo).post("/m/questions/liaison").text


def test_question_that_waits_too_long_says_so(cast: Any, phone: Any, at: datetime) -> None:
    code = tickets.ask(actor=cast.actor(cast.xiaobo), text="我的鞋丢了", at=at - timedelta(days=9))
    assert "到期了还没有答复" in phone(cast.xiaobo).get(f"/m/questions/{code}").text
