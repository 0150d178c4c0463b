"""Applications in the console: read, asked about, examined, decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models import Application, Examination, Reference, TeamMember
from services.recruitment import applications, vetting, views
from tests.console.conftest import Desk
from tests.support.world import World


@pytest.fixture
def path(cast: World, at: datetime) -> str:
    made = applications.apply(
        actor=cast.actor(cast.chali), team_code=cast.team.code, statement="会开船", promised=True, at=at
    )
    return f"/console/applications/{made.code}"


FIVE = {f"{name}_ok": "yes" for name in vetting.CRITERIA}


def test_applicant_is_taken_in_step_by_step(
    cast: World, at: datetime, desk: Callable[..., Desk], path: str
) -> None:
    leader, officer = desk(cast.ali), desk(cast.officer)
    assert path in officer.get("/console/applications").text
    assert (
        leader.post(f"{path}/reference", {"asked": "邻居", "count": "3", "result": "good"}).status_code == 303
    )
    day = {"day": at.date().isoformat()}
    assert officer.post(f"{path}/examination", FIVE | day).status_code == 303
    assert officer.post(f"{path}/decision", {"approve": "1"}).location == f"{path}?done=approved"
    assert (
        TeamMember.select().where(TeamMember.volunteer == cast.chali, TeamMember.to_at.is_null()).count() == 1
    )
    page = officer.get(path).text
    assert "已入队" in page
    past = page.partition("改过什么")[2]
    steps = ("同意入队", "做了组织考察：五项都合格", "记了群众口碑：评价好", "本人申请")
    assert [past.index(step) for step in steps] == sorted(past.index(step) for step in steps)


def test_approval_without_vetting_is_said_beside_the_decision(
    cast: World, desk: Callable[..., Desk], path: str
) -> None:
    answer = desk(cast.officer).post(f"{path}/decision", {"approve": "1"})
    assert (answer.status_code, 'id="wrong-decision"' in answer.text) == (409, True)
    assert Application.get().state == "submitted"


def test_what_was_typed_stays_beside_a_refusal(cast: World, desk: Callable[..., Desk], path: str) -> None:
    answer = desk(cast.ali).post(f"{path}/reference", {"asked": "老战友", "count": "许多", "result": "good"})
    assert (answer.status_code, 'value="老战友"' in answer.text, 'value="许多"' in answer.text) == (
        400,
        True,
        True,
    )
    assert Reference.select().count() == 0


def test_failed_criterion_is_kept_with_its_note(
    cast: World, at: datetime, desk: Callable[..., Desk], path: str
) -> None:
    found = FIVE | {"capable_ok": "no", "capable_note": "腿脚不便", "day": at.date().isoformat()}
    assert desk(cast.officer).post(f"{path}/examination", found).status_code == 303
    assert Examination.get().passed is False
    assert "腿脚不便" in desk(cast.officer).get(path).text


def test_refusal_needs_a_reason_and_is_shown(cast: World, desk: Callable[..., Desk], path: str) -> None:
    officer = desk(cast.officer)
    assert officer.post(f"{path}/decision", {"reason": ""}).status_code == 400
    assert officer.post(f"{path}/decision", {"reason": "离得太远"}).status_code == 303
    assert "离得太远" in officer.get(path).text


def test_leader_sees_no_decision_and_member_no_page(
    cast: World, desk: Callable[..., Desk], path: str
) -> None:
    text = desk(cast.ali).get(path).text
    assert ("/reference" in text, "/decision" in text) == (True, False)
    assert desk(cast.xiaobo).get(path).status_code == 403


def test_leader_recommends_by_number(cast: World, desk: Callable[..., Desk]) -> None:
    leader = desk(cast.ali)
    form = f"/console/teams/{cast.team.code}/recommend"
    assert leader.get(form).status_code == 200
    wrong = leader.post(form, {"person": "nobody12", "statement": "老班长"})
    assert (wrong.status_code, 'id="wrong-person"' in wrong.text, "老班长" in wrong.text) == (404, True, True)
    assert leader.post(form, {"person": cast.chali.public_no, "statement": "老班长"}).status_code == 303
    assert Application.get().state == "offered"


def test_leader_recommends_into_no_other_team(cast: World, desk: Callable[..., Desk]) -> None:
    assert desk(cast.ali).get(f"/console/teams/{cast.other_team.code}/recommend").status_code == 404


def test_script_in_a_statement_is_shown_as_text(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    made = applications.apply(
        actor=cast.actor(cast.chali),
        team_code=cast.team.code,
        statement="<script>x</script>",
        promised=True,
        at=at,
    )
    assert "<script>x" not in desk(cast.officer).get(f"/console/applications/{made.code}").text


def test_application_of_one_who_moved_away_tells_nothing_about_him(
    cast: World, at: datetime, desk: Callable[..., Desk], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    applications.refuse(
        actor=cast.actor(cast.officer), code=path.rpartition("/")[2], reason="再等一年", at=at
    )
    monkeypatch.setattr(views, "_away", lambda actor, found, at: {each.id for each in found})
    page = desk(cast.officer).get(path).text
    assert "他已转到别的地方" in page
    shown = page.partition("<main")[2].partition("<footer")[0]
    assert [each in shown for each in (cast.chali.name, "会开船", "身份", "再等一年")] == [False] * 4
    assert cast.chali.name not in desk(cast.officer).get("/console/applications").text
