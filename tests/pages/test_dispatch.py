"""A call on the phone: the leader's answer, a member's yes and no, the telephone, and the ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import PersonCall, TeamCall, TeamMember
from services.dispatch import standing_down
from tests.support.flood import Flood, make_flood
from tests.support.world import World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def flood(cast: World, at: datetime) -> Flood:
    return make_flood(cast, at)


def test_leader_answers_then_members_then_the_end(flood: Flood, phone: Callable[..., Any], at: datetime) -> None:
    code = flood.start(people=6)
    here = f"/m/dispatch/{code}"
    leader, member, last = (phone(flood.members["城东"][n]) for n in range(3))
    assert "请点开答复" in leader.get("/m").text
    assert leader.get("/m/dispatch").headers["Location"] == here
    assert member.get(here).status_code == 404  # his leader has not answered
    page = leader.get(here).text
    assert all(word in page for word in ("您是队长，请先答复", "要 6 人，还差 6 人", "水深流急"))
    wrong = leader.post(f"{here}/answer", {"coming": "1", "people": "", "team": flood.teams["城东"].code})
    assert (wrong.status_code, TeamCall.select().where(TeamCall.state == "coming").count()) == (400, 0)
    leader.post(f"{here}/answer", {"coming": "1", "people": "2", "boats": "1", "there": "09:40", "me": "1"})
    shown = leader.get(here).text
    assert all(word in shown for word in ("来 2 人", "您去", "问了 5 人，去 1 人"))

    assert "您去不去？" in member.get(here).text
    assert member.post(f"{here}/accept").status_code == 400  # without the safety notice
    member.post(f"{here}/accept", {"risk": "1"})
    shown = member.get(f"{here}?done=accepted").text
    assert all(word in shown for word in ("看任务，签到", "多久能到？"))
    member.post(f"{here}/accept", {"risk": "1", "minutes": "30"})
    assert "您说大约 <strong>09:30</strong> 到" in member.get(here).text
    full = last.post(f"{here}/accept", {"risk": "1"})
    assert (full.status_code, "人已经够了" in full.text) == (409, True)
    member.post(f"{here}/decline")
    assert "原因可以不说" in member.get(here).text
    member.post(f"{here}/decline", {"reason": "在外地"})
    assert "您说的原因：在外地" in member.get(here).text
    said = {"person": flood.members["城东"][3].public_no, "goes": "1", "risk": "1", "minutes": "15", "reason": ""}
    leader.post(f"{here}/people", said)
    assert PersonCall.get(PersonCall.volunteer == flood.members["城东"][3]).recorded_by_id == flood.leaders["城东"].id
    assert all(word in leader.get(here).text for word in ("城东0电话记", "大约 09:15 到", "<br>在外地"))

    standing_down.close(actor=flood.officer, code=code, outcome="stood_down", reason="水退了", at=at)
    assert "任务解除了：水退了" in last.get(here).text
    assert last.post(f"{here}/accept", {"risk": "1"}).status_code == 409
    assert "现在没有叫您的调度" in last.get("/m/dispatch").text


def test_drill_is_marked_and_puts_nobody_on_a_list(flood: Flood, phone: Callable[..., Any], at: datetime) -> None:
    code = flood.start(people=6, drill=True)
    TeamMember.update(to_at=at).where(TeamMember.volunteer == flood.leaders["城东"]).execute()
    leader, here = phone(flood.leaders["城东"]), f"/m/dispatch/{code}"
    answer = leader.post(f"{here}/answer", {"coming": "1", "people": "3", "me": "1"})
    assert "您本人没有报上名" in leader.get(answer.headers["Location"]).text  # he leads, and is no member to be asked
    member = phone(flood.members["城东"][1])
    assert "演练，不是真的" in member.get(f"/m/dispatch/{code}").text
    member.post(f"/m/dispatch/{code}/accept", {"risk": "1"})
    page = member.get(f"/m/dispatch/{code}").text
    assert "您去" in page
    assert "看任务" not in page
