"""Every page of the console: drawn for those whose business it is, refused to everybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Volunteer, store
from services.messaging import broadcasts
from services.participation import attendance
from tests.console.conftest import Desk
from tests.support.world import World, make_volunteer, sign_up

GENERAL = ("/console", "/console/activities/new", "/console/notices", "/console/teams", "/console/people/new")


@pytest.fixture
def own(cast: World, at: datetime) -> tuple[str, ...]:
    """Pages about things of 东湖服务队."""
    sign_up(at, cast.shift, cast.xiaobo)
    done = attendance.tick(
        actor=cast.actor(cast.ali, "console"), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no,
        direction="in", at=cast.shift.starts_at,
    )  # fmt: skip
    sent = broadcasts.broadcast_draft(
        actor=cast.actor(cast.ali, "console"), team_code=cast.team.code, text="明天八点集合", at=at
    )
    broadcasts.broadcast_send(actor=cast.actor(cast.ali, "console"), notice_id=sent.notice_id, at=at)
    activity, shift = cast.activity.code, cast.shift.code
    return (
        f"/console/activities/{activity}", f"/console/activities/{activity}/list",
        f"/console/activities/{activity}/edit", f"/console/activities/{activity}/cancel",
        f"/console/activities/{activity}/makeup?direction=in", f"/console/activities/{activity}/makeup?direction=out",
        f"/console/activities/{activity}/records/{done.record_id}", f"/console/stage/{shift}/in",
        f"/console/stage/{shift}/out", f"/console/stage/{shift}/in/now", f"/console/poster/{shift}",
        f"/console/teams/{cast.team.code}", f"/console/notices/{sent.notice_id}",
    )  # fmt: skip


@pytest.mark.parametrize("who", ["ali", "officer"])
def test_pages_are_drawn_for_leader_and_officer(
    cast: World, desk: Callable[..., Desk], own: tuple[str, ...], who: str
) -> None:
    browser = desk(getattr(cast, who))
    assert {path: browser.get(path).status_code for path in (*GENERAL, *own)} == dict.fromkeys(
        (*GENERAL, *own), 200
    )


@pytest.mark.parametrize("minutes", [-60, 0, 60, 240, 600])
def test_activity_is_drawn_at_every_time_of_its_life(
    cast: World, desk: Callable[..., Desk], own: tuple[str, ...], frozen: Any, minutes: int
) -> None:
    frozen(cast.shift.starts_at + timedelta(minutes=minutes))
    browser = desk()
    browser.log_in(cast.ali, cast.shift.starts_at + timedelta(minutes=minutes))
    assert {path: browser.get(path).status_code for path in ("/console", *own)} == dict.fromkeys(
        ("/console", *own), 200
    )


def test_leader_of_another_team_is_told_that_nothing_is_there(
    cast: World, desk: Callable[..., Desk], own: tuple[str, ...], at: datetime
) -> None:
    from tests.support.world import grant

    store.write(lambda: grant(at, cast.chali, "team_leader", team=cast.other_team))
    browser = desk(cast.chali)
    assert {path: browser.get(path).status_code for path in own} == dict.fromkeys(own, 404)


def test_foreign_and_unknown_object_get_the_same_answer(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    from tests.support.world import grant

    store.write(lambda: grant(at, cast.chali, "team_leader", team=cast.other_team))
    browser = desk(cast.chali)
    foreign = browser.get(f"/console/activities/{cast.activity.code}")
    unknown = browser.get("/console/activities/act00000")
    assert (foreign.status_code, foreign.text) == (unknown.status_code, unknown.text)


def test_person_without_a_role_sees_a_kind_page_everywhere(
    cast: World, desk: Callable[..., Desk], own: tuple[str, ...]
) -> None:
    browser = desk(cast.xiaobo)
    answers = [browser.get(path) for path in (*GENERAL, *own, "/console/outbox")]
    assert {(each.status_code, "您现在还没有这些职务" in each.text) for each in answers} == {(403, True)}


def test_outbox_is_for_those_who_manage_a_division(cast: World, desk: Callable[..., Desk]) -> None:
    assert desk(cast.ali).get("/console/outbox").status_code == 403
    assert desk(cast.officer).get("/console/outbox").status_code == 200


def test_outbox_shows_the_deliveries_of_his_division_only(
    cast: World, desk: Callable[..., Desk], own: tuple[str, ...], at: datetime
) -> None:
    from tests.support.world import OTHER_TOWN, grant

    elsewhere = store.write(lambda: _officer_of(at, OTHER_TOWN, grant))
    here, there = desk(cast.officer).get("/console/outbox").text, desk(elsewhere).get("/console/outbox").text
    assert ("王小博" in here, "王小博" in there) == (True, False)


def _officer_of(at: datetime, region: str, grant: Any) -> Volunteer:
    from tests.support.world import make_identity

    person = make_volunteer(at, "钱站长")
    make_identity(at, person, "oa")
    grant(at, person, "station_officer", region=region)
    return person


def test_nobody_logged_in_is_sent_to_the_door(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk().get("/console/notices")
    assert (answer.status_code, answer.location) == (302, "/console/login?next=/console/notices")


def test_grant_that_ended_closes_the_console_at_once(
    cast: World, desk: Callable[..., Desk], frozen: Any, at: datetime
) -> None:
    from models import RoleGrant

    browser = desk(cast.ali)
    assert browser.get("/console").status_code == 200
    store.write(lambda: RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.ali).execute())
    assert browser.get("/console").status_code == 403


def test_what_people_type_is_shown_as_text(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    from models import Activity

    evil = "<script>alert(1)</script>"
    store.write(lambda: Volunteer.update(name=evil).where(Volunteer.id == cast.xiaobo.id).execute())
    store.write(lambda: Activity.update(title=evil, place='"><img src=x>').execute())
    sign_up(at, cast.shift, cast.xiaobo)
    browser = desk(cast.ali)
    code, shift = cast.activity.code, cast.shift.code
    pages = [
        browser.get(path).text
        for path in (
            "/console", f"/console/activities/{code}", f"/console/activities/{code}/edit", f"/console/poster/{shift}",
            f"/console/activities/{code}/cancel", f"/console/activities/{code}/makeup", f"/console/stage/{shift}/in",
            f"/console/teams/{cast.team.code}",
        )
    ]  # fmt: skip
    pages.append(browser.post("/console/notices", {"team": cast.team.code, "text": evil}).text)
    assert [("<script>alert" in page or "<img src=x" in page) for page in pages] == [False] * len(pages)
    assert all("&lt;script&gt;" in page for page in pages)


def test_pages_hold_no_inline_script_or_style(
    cast: World, desk: Callable[..., Desk], own: tuple[str, ...]
) -> None:
    import re

    browser = desk(cast.officer)
    for path in (*GENERAL, *own, "/console/outbox"):
        page = re.sub(r'src="data:[^"]*"', "", browser.get(path).text)
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", page), path


def test_draft_warns_where_the_county_has_no_national_account(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    from models import Centre
    from tests.support.world import COUNTY, make_activity

    draft, _ = store.write(lambda: make_activity(at, cast.team, state="draft"))
    path, words = f"/console/activities/{draft.code}", "还没有登记全国志愿服务系统的账号"
    officer, leader = desk(cast.officer).get(path).text, desk(cast.ali).get(path).text
    assert (words in officer, f'href="/console/centres/{COUNTY}"' in officer) == (True, True)
    assert (words in leader, f'href="/console/centres/{COUNTY}"' in leader) == (True, False)
    Centre.update(national_account="霍邱红耀江淮").where(Centre.region_code == COUNTY).execute()
    assert words not in desk(cast.officer).get(path).text
