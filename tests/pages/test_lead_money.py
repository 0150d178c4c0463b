"""经费 on the leader's phone: applied for, spent, closed."""

from __future__ import annotations

from typing import Any

import pytest

from models import MoneyGrant, MoneyLine, Team, store
from services.money import grants
from services.planning import projects
from services.planning.projects import ProjectDraft
from tests.support import world
from tests.support.world import PROVINCE


@pytest.fixture
def project(cast: Any, at: Any) -> str:
    store.write(lambda: Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute())
    draft = ProjectDraft("护河", "D3", "ecology", "2026-01-01", "2026-12-31")
    return projects.create(actor=cast.actor(cast.ali), team_code=cast.team.code, draft=draft, at=at)


@pytest.fixture
def above(cast: Any, at: Any) -> Any:
    def act() -> Any:
        person = world.make_volunteer(at, "省厅同志", region_code=PROVINCE)
        world.grant(at, person, "region_admin", region=PROVINCE)
        return person

    return cast.actor(store.write(act), "console")


def test_leader_applies_spends_and_closes_on_the_phone(
    cast: Any, phone: Any, at: Any, project: str, above: Any
) -> None:
    mine, there = phone(cast.ali), f"/m/money/{project}"
    assert there in mine.get("/m/money").text
    wrong = mine.post(f"{there}/apply", {"amount": "很多", "source": "foundation", "purpose": "买夹子"})
    assert (wrong.status_code, "买夹子" in wrong.text) == (400, True)
    made = mine.post(f"{there}/apply", {"amount": "1,000元", "source": "foundation", "purpose": "买夹子"}).location
    path = made.split("?")[0]
    assert ("等审核" in mine.get(path).text, "撤回申请" in mine.get(path).text) == (True, True)
    code = path.split("/")[-1]
    grants.review(actor=cast.actor(cast.officer, "console"), code=code, opinion="值得", at=at)
    grants.decide(actor=above, code=code, amount="800", answer="", grants=True, at=at)
    assert f"{there}/line?grant={code}" in mine.get(path).text
    line = {"direction": "out", "day": "2026-06-01", "purpose": "materials", "grant": code, "note": "夹子"}
    above_it = mine.post(f"{there}/line", line | {"amount": "800.01"})
    assert (above_it.status_code, "只剩 800 元" in above_it.text, 'value="夹子"' in above_it.text) == (409, True, True)
    assert mine.post(f"{there}/line", line | {"amount": "８０"}).location == f"{there}?done=saved"
    assert "支出 80 元" in mine.get("/m/money").text
    assert mine.post(f"{path}/close", {"closing": "清了三公里"}).location == f"{path}?done=saved"
    assert (MoneyGrant.get().state, MoneyLine.select().count()) == ("closed", 2)
    stranger = phone(cast.chali)
    found = [stranger.get(each).status_code for each in ("/m/money", there, path, f"{there}/line")]
    assert (found, stranger.post(f"{there}/line", line | {"amount": "1"}).status_code) == ([403, 404, 404, 404], 404)
