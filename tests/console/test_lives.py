"""Transfers and deaths in the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models import DeathReport, HomeTransfer, TeamMember, Volunteer, store
from services.lives import transfers
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desks = Callable[..., Desk]


def test_team_asks_the_person_agrees_the_officer_takes_him_over(
    cast: World, at: datetime, desk: Desks
) -> None:
    leader, officer = desk(cast.ali), desk(cast.officer)
    person = f"/console/people/{cast.xiaobo.public_no}"
    assert f"{person}/transfer" in leader.get(person).text
    assert f"{person}/transfer?team={cast.other_team.code}" in leader.get(f"{person}/transfer?q=西湖").text
    assert "没有找到“玄武”" in leader.get(f"{person}/transfer?q=玄武").text
    wrong = leader.post(f"{person}/transfer", {"team": "nosuch22", "reason": "搬家了"})
    assert (wrong.status_code, 'id="wrong-team"' in wrong.text, "搬家了" in wrong.text) == (404, True, True)
    made = leader.post(f"{person}/transfer", {"team": cast.other_team.code, "reason": "搬家了"})
    code = HomeTransfer.get().code
    assert made.location == f"/console/transfers/{code}?done=submitted"
    assert "等本人同意" in leader.get(made.location).text
    transfers.agree(actor=cast.actor(cast.xiaobo), code=code, accepts=True, promised=True, at=at)
    assert "接收他吗" not in leader.get(f"/console/transfers/{code}").text
    assert "接收他吗" in officer.get(f"/console/transfers/{code}").text
    lacking = officer.post(f"/console/transfers/{code}", {"refuse": "1"})
    assert (lacking.status_code, 'id="wrong-reason"' in lacking.text) == (400, True)
    assert officer.post(f"/console/transfers/{code}", {"approve": "1"}).status_code == 303
    home = TeamMember.get(TeamMember.volunteer == cast.xiaobo, TeamMember.to_at.is_null())
    assert home.team_id == cast.other_team.id
    assert "已转" in officer.get("/console/transfers?state=done").text
    assert officer.get("/console/transfers?format=xlsx").status_code == 200


def test_transfer_is_taken_back_by_whoever_asked(cast: World, desk: Desks) -> None:
    leader = desk(cast.ali)
    leader.post(
        f"/console/people/{cast.xiaobo.public_no}/transfer", {"team": cast.other_team.code, "reason": "搬家"}
    )
    made = HomeTransfer.get()
    assert leader.post(f"/console/transfers/{made.code}", {"withdraw": "1"}).status_code == 303
    assert HomeTransfer.get().state == "withdrawn"


def test_death_is_reported_confirmed_and_the_memorial_printed(cast: World, desk: Desks) -> None:
    leader, officer = desk(cast.ali), desk(cast.officer)
    person = f"/console/people/{cast.xiaobo.public_no}"
    assert f"{person}/death" in leader.get(person).text
    sent = {"relation": "family", "died_on": "2027-01-01", "kin_name": "王家属", "kin_phone": "13856412345"}
    wrong = leader.post(f"{person}/death", sent)
    assert (wrong.status_code, 'id="wrong-died_on"' in wrong.text, "王家属" in wrong.text) == (
        400,
        True,
        True,
    )
    made = leader.post(f"{person}/death", {**sent, "died_on": "2026-06-09"})
    path = f"/console/deaths/{DeathReport.get().id}"
    assert made.location == f"{path}?done=noted"
    shown = leader.get(path).text
    assert ("由另一位工作人员" in shown, "13856412345" in shown) == (True, False)
    assert leader.get(f"{path}/memorial.pdf").status_code == 404
    lacking = officer.post(path, {"call": "1"})
    assert (lacking.status_code, 'id="wrong-call"' in lacking.text) == (400, True)
    assert "13856412345" in officer.post(path, {"call": "1", "reason": "核实"}).text
    assert officer.get(f"{path}/memorial.pdf").status_code == 409
    assert officer.post(path, {"confirm": "1", "died_on": "2026-06-08"}).status_code == 303
    printed = officer.get(f"{path}/memorial.pdf")
    assert (printed.mimetype, printed.data[:5]) == ("application/pdf", b"%PDF-")
    assert "已核实" in officer.get("/console/deaths?state=confirmed").text
    assert officer.get("/console/deaths?format=xlsx").status_code == 200


def test_report_is_undone_with_a_reason(cast: World, desk: Desks) -> None:
    officer = desk(cast.officer)
    officer.post(f"/console/people/{cast.xiaobo.public_no}/death", {"relation": "station"})
    path = f"/console/deaths/{DeathReport.get().id}"
    assert officer.post(path, {"confirm": "1"}).status_code == 403
    assert 'id="wrong-undo"' in officer.post(path, {"undo": "1"}).text
    assert officer.post(path, {"undo": "1", "reason": "弄错了人"}).status_code == 303
    assert Volunteer.get_by_id(cast.xiaobo.id).state == "active"
    assert "弄错了人" in officer.get(path).text


def test_nobodys_pages_are_nothing_for_others(cast: World, at: datetime, desk: Desks) -> None:
    made = transfers.ask(actor=cast.actor(cast.xiaobo), team_code=cast.other_team.code, promised=True, at=at)
    leader = desk(cast.ali)
    assert desk(cast.chali).get(f"/console/transfers/{made.code}").status_code == 403
    other = store.write(lambda: world.make_team(at, cast.centre, "第三队"))
    store.write(lambda: world.grant(at, cast.chali, "team_leader", team=other))
    assert desk(cast.chali).get(f"/console/transfers/{made.code}").status_code == 404
    assert leader.get("/console/deaths/99").status_code == 404
    assert leader.get(f"/console/people/{cast.chali.public_no}/death").status_code == 404
    assert leader.get(f"/console/people/{cast.ali.public_no}/death").status_code == 403


def test_leaders_open_what_they_were_told_about(cast: World, at: datetime, desk: Desks) -> None:
    made = transfers.ask(actor=cast.actor(cast.xiaobo), team_code=cast.other_team.code, promised=True, at=at)
    transfers.approve(actor=cast.actor(cast.officer), code=made.code, at=at)
    shown = desk(cast.ali).get(f"/console/transfers/{made.code}")
    assert (shown.status_code, f"/console/people/{cast.xiaobo.public_no}" in shown.text) == (200, False)
    store.write(lambda: world.join(at, cast.team, cast.chali))
    desk(cast.officer).post(f"/console/people/{cast.chali.public_no}/death", {"relation": "family"})
    shown = desk(cast.ali).get(f"/console/deaths/{DeathReport.get().id}")
    assert (shown.status_code, "更正，恢复原样" in shown.text) == (200, False)
