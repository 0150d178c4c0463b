"""Moving to another team on the phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import HomeTransfer
from services.lives import transfers

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_person_asks_waits_and_takes_it_back(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    assert "要去哪支队？" in mine.get("/m/transfer").text
    named = mine.get("/m/transfer?team=西湖")
    assert (named.status_code, f'href="/m/transfer?team={cast.other_team.code}"' in named.text) == (200, True)
    assert f"team={cast.team.code}" not in mine.get("/m/transfer?team=东湖").text  # he is in it
    wrong = mine.get("/m/transfer?team=nosuch22")
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (404, True)
    assert cast.other_team.name in mine.get(f"/m/transfer?team={cast.other_team.code.upper()}").text
    lacking = mine.post("/m/transfer", {"team": cast.other_team.code, "reason": "搬家了"})
    assert (lacking.status_code, "搬家了" in lacking.text) == (409, True)
    sent = mine.post("/m/transfer", {"team": cast.other_team.code, "reason": "搬家了", "promised": "yes"})
    assert sent.location == "/m/transfer?done=applied"
    assert "等接收方决定" in mine.get(sent.location).text
    assert mine.post(f"/m/transfer/{HomeTransfer.get().code}", {"withdraw": "1"}).status_code == 303
    assert "撤回了" in mine.get("/m/transfer").text


@pytest.mark.parametrize(("word", "state"), [("accept", "requested"), ("decline", "withdrawn")])
def test_person_answers_what_his_team_asked(
    cast: Any, phone: Any, at: datetime, word: str, state: str
) -> None:
    made = transfers.ask_for(
        actor=cast.actor(cast.ali),
        public_no=cast.xiaobo.public_no,
        team_code=cast.other_team.code,
        reason="搬家",
        at=at,
    )
    mine = phone(cast.xiaobo)
    assert "愿不愿意由您定" in mine.get("/m/transfer").text
    assert mine.post(f"/m/transfer/{made.code}", {word: "1", "promised": "yes"}).status_code == 303
    assert HomeTransfer.get().state == state
    assert phone(cast.chali).post(f"/m/transfer/{made.code}", {word: "1"}).status_code == 404
