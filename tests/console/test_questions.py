"""Questions of members at the desk and on the phone: asked, listed, answered, settled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Ticket, store
from services.conversation import tickets
from tests.support.world import World, grant

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def code(cast: World, at: datetime) -> str:
    return tickets.ask(actor=cast.actor(cast.xiaobo), text="我的鞋丢了", at=at)


def test_leader_is_told_on_his_desk_and_answers(cast: World, desk: Any, code: str) -> None:
    ali = desk(cast.ali)
    assert "个队员提问等您答复" in ali.get("/console").text
    text = ali.get("/console/questions").text
    assert ("王小博" in text, "我的鞋丢了" in text, "等答复" in text) == (True, True, True)
    page = f"/console/questions/{code}"
    assert ali.post(page, {"text": "在村部"}).location == f"{page}?done=noted"
    assert Ticket.get().state == "answered"
    text = ali.get(f"/console/questions/{code}").text
    assert ("在村部" in text, "再答复一次" in text) == (True, True)
    assert "个队员提问等您答复" not in ali.get("/console").text


def test_empty_answer_is_said_beside_the_field(cast: World, desk: Any, code: str) -> None:
    answer = desk(cast.ali).post(f"/console/questions/{code}", {"text": " "})
    assert (answer.status_code, "aria-invalid" in answer.text) == (400, True)
    assert Ticket.get().state == "open"


def test_leader_of_another_team_sees_none_of_it(cast: World, desk: Any, code: str, at: datetime) -> None:
    store.write(lambda: grant(at, cast.chali, "team_leader", team=cast.other_team))
    assert "没有人提问。" in desk(cast.chali).get("/console/questions").text
    assert desk(cast.chali).get(f"/console/questions/{code}").status_code == 404


def test_list_comes_as_excel(cast: World, desk: Any, code: str) -> None:
    answer = desk(cast.officer).get("/console/questions?format=xlsx")
    assert answer.data[:2] == b"PK"
