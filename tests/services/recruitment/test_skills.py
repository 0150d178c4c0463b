"""Skills, what a person is willing to do, and finding him by either."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import local_day
from models import Qualification, Skill, VolunteerSkill, Willingness, store
from services.actors import Actor
from services.errors import RefusalCode
from services.listing import Wanted
from services.recruitment import skills, willingness
from tests.support import world
from tests.support.world import COUNTY, OTHER_TOWN, VILLAGE, World

Refused = Callable[..., RefusalCode]


def own(person: Any) -> list[str]:
    return [each.code for each in skills.catalogue(volunteer_id=person.id) if each.mine]


def willing(cast: World, person: Any, at: datetime, **more: Any) -> willingness.Wishes:
    facts: dict[str, Any] = {
        "domains": ["D3.care"],
        "times": ["weekend_morning"],
        "reach": 4,
        "note": "",
    } | more
    return willingness.set_mine(actor=cast.actor(person), at=at, **facts)


def found(cast: World, actor: Any, at: datetime, **filters: str) -> list[str]:
    asked = Wanted(text=filters.pop("text", ""), filters=filters)
    return [row.name for row in willingness.search(actor=cast.actor(actor), wanted=asked, at=at).rows]


def test_catalogue_is_in_its_order_with_nothing_of_mine(cast: World) -> None:
    listed = skills.catalogue(volunteer_id=cast.chali.id)
    assert (len(listed), listed[0].name, {each.category for each in listed}) == (
        22, "急救护理", set(skills.CATEGORIES),
    )  # fmt: skip
    assert own(cast.chali) == []


def test_skills_are_said_and_taken_back(cast: World, at: datetime) -> None:
    mine = cast.actor(cast.chali)
    skills.set_mine(actor=mine, codes=["driving", "haircut"], at=at)
    later = at + timedelta(days=1)
    skills.set_mine(actor=mine, codes=["haircut", "law"], at=later)
    kept = {row.skill_code: row.at for row in VolunteerSkill.select()}
    assert kept == {"haircut": at, "law": later}


def test_eight_taps_at_once_say_it_once(cast: World, at: datetime) -> None:
    mine = cast.actor(cast.chali)
    with ThreadPoolExecutor(8) as phones:
        list(phones.map(lambda _: skills.set_mine(actor=mine, codes=["boat"], at=at), range(8)))
    assert own(cast.chali) == ["boat"]


def test_retired_skill_stays_with_those_who_have_it(cast: World, at: datetime, refused: Refused) -> None:
    skills.set_mine(actor=cast.actor(cast.chali), codes=["cooking"], at=at)
    store.write(lambda: Skill.update(retired_at=at).where(Skill.code == "cooking").execute())
    assert own(cast.chali) == ["cooking"]
    assert "cooking" not in {each.code for each in skills.catalogue(volunteer_id=cast.ali.id)}
    no = refused(skills.set_mine, actor=cast.actor(cast.ali), codes=["cooking"], at=at)
    assert no is RefusalCode.BAD_REQUEST


def test_stranger_and_unknown_skill_are_refused(cast: World, at: datetime, refused: Refused) -> None:
    assert refused(skills.set_mine, actor=Actor("api"), codes=[], at=at) is RefusalCode.NOT_REGISTERED
    no = refused(skills.set_mine, actor=cast.actor(cast.chali), codes=["flying"], at=at)
    assert (no, own(cast.chali)) == (RefusalCode.BAD_REQUEST, [])


def test_willingness_is_kept_in_order_and_replaced(cast: World, at: datetime) -> None:
    assert willingness.mine(volunteer_id=cast.chali.id) == willingness.Wishes((), (), 4, "", said=False)
    willing(cast, cast.chali, at, domains=["D4.visits", "D1.culture"], times=["emergency", "weekday_morning"])
    kept = willing(
        cast, cast.chali, at, domains=["D4.visits", "D1.culture"], times=["emergency", "weekday_morning"], reach=3,
        note=" 晚上不行 ",
    )  # fmt: skip
    assert kept == willingness.Wishes(
        ("D1.culture", "D4.visits"), ("weekday_morning", "emergency"), 3, "晚上不行", said=True
    )
    assert Willingness.select().count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"domains": ["D9.x"]}, RefusalCode.BAD_REQUEST),
        ({"times": ["night"]}, RefusalCode.BAD_REQUEST),
        ({"reach": 1}, RefusalCode.BAD_REQUEST),
        ({"note": "长" * 201}, RefusalCode.TEXT_TOO_LONG),
    ],
)
def test_willingness_that_is_not_offered_is_refused(
    cast: World, at: datetime, refused: Refused, more: dict[str, Any], code: RefusalCode
) -> None:
    assert refused(willing, cast, cast.chali, at, **more) is code
    assert Willingness.select().count() == 0


def test_willingness_of_nobody_is_refused(at: datetime, refused: Refused, cast: World) -> None:
    facts: dict[str, Any] = {"actor": Actor("api"), "domains": [], "times": [], "reach": 4, "at": at}
    assert refused(willingness.set_mine, **facts) is RefusalCode.NOT_REGISTERED


def test_officer_finds_by_skill_kind_and_time(cast: World, at: datetime) -> None:
    skills.set_mine(actor=cast.actor(cast.chali), codes=["boat"], at=at)
    willing(cast, cast.xiaobo, at)
    assert found(cast, cast.officer, at) == []
    assert found(cast, cast.officer, at, region=COUNTY) == ["王小博", "赵查理"]
    assert found(cast, cast.officer, at, skill="boat") == ["赵查理"]
    assert found(cast, cast.officer, at, domain="D3.care") == ["王小博"]
    assert found(cast, cast.officer, at, domain="D3.flood") == []
    assert found(cast, cast.officer, at, time="weekend_morning") == ["王小博"]
    assert found(cast, cast.officer, at, time="weekendXmorning") == []
    assert found(cast, cast.officer, at, text="小博") == ["王小博"]


def test_line_tells_everything_that_was_said(cast: World, at: datetime) -> None:
    skills.set_mine(actor=cast.actor(cast.xiaobo), codes=["boat", "driving"], at=at)
    willing(cast, cast.xiaobo, at, note="有小船")
    store.write(
        lambda: Qualification.create(
            volunteer=cast.xiaobo, kind="boat", name="船员证", state="verified", created_at=at
        )
    )
    asked = Wanted(filters={"skill": "boat"})
    (row,) = willingness.search(actor=cast.actor(cast.officer), wanted=asked, at=at).rows
    assert (row.name, row.team, row.skills, row.domains, row.times, row.reach, row.note, row.verified) == (
        "王小博", "东湖服务队", ["驾驶", "驾船、冲锋舟"], ("D3.care",), ("weekend_morning",), 4, "有小船", ["船员证"],
    )  # fmt: skip


def test_only_a_verified_paper_of_today_counts(cast: World, at: datetime) -> None:
    yesterday = (local_day(at) - timedelta(days=1)).isoformat()
    for person, state, ends in (
        (cast.chali, "stated", None), (cast.xiaobo, "verified", yesterday), (cast.ali, "verified", None),
    ):  # fmt: skip
        skills.set_mine(actor=cast.actor(person), codes=["boat"], at=at)
        store.write(
            lambda person=person, state=state, ends=ends: Qualification.create(
                volunteer=person, kind="boat", name="证", state=state, expires_on=ends, created_at=at
            )
        )
    assert found(cast, cast.officer, at, verified="yes") == ["李阿丽"]


def paper(person: Any, at: datetime, kind: str = "boat", **more: Any) -> None:
    fields: dict[str, Any] = {"name": "证", "state": "verified", "created_at": at} | more
    store.write(lambda: Qualification.create(volunteer=person, kind=kind, **fields))


def test_paper_for_the_skill_finds_its_owner_without_a_tick(cast: World, at: datetime) -> None:
    skills.set_mine(actor=cast.actor(cast.chali), codes=["boat"], at=at)
    paper(cast.xiaobo, at)
    paper(cast.ali, at, kind="law")
    assert found(cast, cast.officer, at, skill="boat") == ["王小博", "赵查理"]
    assert found(cast, cast.officer, at, skill="boat", verified="yes") == ["王小博"]
    assert found(cast, cast.officer, at, verified="yes") == ["李阿丽", "王小博"]


@pytest.mark.parametrize(
    ("level", "goes"), [("5", True), ("4", True), ("3", False), ("2", False), ("x", True)]
)
def test_reach_asks_for_as_far_or_farther(cast: World, at: datetime, level: str, goes: bool) -> None:
    willing(cast, cast.xiaobo, at, reach=4)
    assert found(cast, cast.officer, at, reach=level, domain="D3.care") == (["王小博"] if goes else [])


@pytest.mark.parametrize(("region", "there"), [(VILLAGE, True), (OTHER_TOWN, False), ("342", False)])
def test_division_narrows_and_never_widens(cast: World, at: datetime, region: str, there: bool) -> None:
    skills.set_mine(actor=cast.actor(cast.chali), codes=["boat"], at=at)
    assert found(cast, cast.officer, at, skill="boat", region=region) == (["赵查理"] if there else [])


@pytest.mark.parametrize(("reach", "comes"), [(5, False), (4, True), (3, True), (2, True)])
def test_who_would_come_to_the_next_village(cast: World, at: datetime, reach: int, comes: bool) -> None:
    willing(cast, cast.xiaobo, at, reach=reach)
    there = {"team": cast.other_team.code}
    assert found(cast, cast.officer, at, **there) == (["王小博"] if comes else [])


def test_township_is_as_far_as_he_goes(cast: World, at: datetime) -> None:
    far = store.write(lambda: world.make_team(at, cast.centre, "河口镇队", OTHER_TOWN))
    willing(cast, cast.xiaobo, at, reach=4)
    assert found(cast, cast.officer, at, team=far.code) == []
    willing(cast, cast.xiaobo, at, reach=3)
    assert found(cast, cast.officer, at, team=far.code) == ["王小博"]


def test_leader_finds_his_members_and_nobody_else(cast: World, at: datetime, refused: Refused) -> None:
    for person in (cast.chali, cast.xiaobo):
        willing(cast, person, at)
    assert found(cast, cast.ali, at, domain="D3.care") == ["王小博"]
    assert found(cast, cast.ali, at, domain="D3.care", region=COUNTY) == []
    assert refused(found, cast, cast.xiaobo, at) is RefusalCode.NOT_ALLOWED


def test_teams_to_choose_from_are_ones_own(cast: World, at: datetime) -> None:
    assert willingness.places(actor=cast.actor(cast.ali), chosen="", at=at) == [
        (cast.team.code, "东湖服务队")
    ]
    assert willingness.places(actor=cast.actor(cast.chali), chosen=cast.team.code, at=at) == []


def test_of_many_teams_the_chosen_one_alone_is_offered(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(willingness, "MOST_TEAMS", 1)
    asked: dict[str, Any] = {"actor": cast.actor(cast.officer), "at": at}
    assert willingness.places(chosen="", **asked) == []
    assert willingness.places(chosen=cast.team.code, **asked) == [(cast.team.code, cast.team.short_name)]
    leader = asked | {"actor": cast.actor(cast.chali)}
    assert willingness.places(chosen=cast.team.code, **leader) == []
