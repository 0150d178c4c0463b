"""The console's papers and the search for people by what they can and want to do."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from apiflask import APIFlask

from models import Delivery, Qualification, store
from services.recruitment import qualifications, skills, willingness
from storage.disk import Disk
from tests.console.conftest import Desk
from tests.services.lives.test_files import picture
from tests.support import world
from tests.support.world import COUNTY, TOWN, World

Desks = Callable[..., Desk]
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
LIST, FIND = "/console/qualifications", "/console/people/skills"


@pytest.fixture(autouse=True)
def own_folder(app: APIFlask, tmp_path: Path) -> None:
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path / "files"))


@pytest.fixture
def tell(app: APIFlask, cast: World, at: datetime) -> Callable[..., int]:
    def made(person: Any = None, **more: Any) -> int:
        facts: dict[str, Any] = {"kind": "boat", "name": "船员证", "number": "C1", "photo": picture()} | more
        told = qualifications.state(
            actor=cast.actor(person or cast.xiaobo), parts=app.extensions["parts"], at=at, **facts
        )
        return told.id

    return made


def sheet_of(answer: Any) -> list[tuple[Any, ...]]:
    rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert rows is not None
    return list(rows.iter_rows(values_only=True))


def test_list_is_filtered_in_the_address_and_taken_away(cast: World, desk: Desks, tell: Any) -> None:
    number = tell()
    tell(cast.chali, kind="law", name="律师证")
    office = desk(cast.officer)
    text = office.get(LIST).text
    assert (f'href="{LIST}/{number}"' in text, "律师证" in text, "等核对" in text) == (True, True, True)
    text = office.get(f"{LIST}?kind=boat&state=stated").text
    assert ("船员证" in text, "律师证" in text) == (True, False)
    assert "船员证" not in office.get(f"{LIST}?ends=over").text
    rows = sheet_of(office.get(f"{LIST}?kind=boat&format=xlsx"))
    assert [row[:4] for row in rows if row[0] == "王小博"] == [("王小博", "船员证", "驾船、冲锋舟", "等核对")]


def test_paper_is_verified_and_the_person_is_told(cast: World, desk: Desks, tell: Any) -> None:
    number, office = tell(), desk(cast.officer)
    page = office.get(f"{LIST}/{number}").text
    assert (f'src="{LIST}/{number}/photo"' in page, "对得上" in page) == (True, True)
    seen = office.get(f"{LIST}/{number}/photo")
    assert (seen.content_type, seen.data[:2]) == ("image/jpeg", b"\xff\xd8")
    done = office.post(f"{LIST}/{number}", {"verify": "1"})
    assert done.location == f"{LIST}/{number}?done=verified"
    assert Qualification.get_by_id(number).state == "verified"
    assert Delivery.get(Delivery.kind == "qualification_verified").volunteer_id == cast.xiaobo.id
    page = office.get(f"{LIST}/{number}").text
    assert ("已核对" in page, "对得上，核对好了" in page) == (True, False)
    again = office.post(f"{LIST}/{number}", {"verify": "1"})
    assert (again.status_code, 'role="alert"' in again.text) == (409, True)


def test_refusal_asks_for_a_reason_that_the_person_reads(cast: World, desk: Desks, tell: Any) -> None:
    number, office = tell(), desk(cast.officer)
    empty = office.post(f"{LIST}/{number}", {"refuse": "1"})
    assert (empty.status_code, 'id="wrong-refuse"' in empty.text) == (400, True)
    long = office.post(f"{LIST}/{number}", {"refuse": "1", "reason": "长" * 201})
    assert (long.status_code, "长" * 200 in long.text) == (400, True)
    done = office.post(f"{LIST}/{number}", {"refuse": "1", "reason": "看不清"})
    assert done.location == f"{LIST}/{number}?done=refused"
    (mine,) = qualifications.mine(volunteer_id=cast.xiaobo.id, at=Qualification.get().created_at)
    assert (mine.state, mine.note) == ("refused", "看不清")


def test_leader_reads_and_decides_nothing(cast: World, desk: Desks, tell: Any) -> None:
    number, leader = tell(), desk(cast.ali)
    page = leader.get(f"{LIST}/{number}")
    assert (page.status_code, "核对好了" in page.text, "/photo" in page.text) == (200, False, False)
    assert leader.get(f"{LIST}/{number}/photo").status_code == 404
    assert leader.post(f"{LIST}/{number}", {"verify": "1"}).status_code in (403, 404)
    assert (leader.get(LIST).status_code, Qualification.get_by_id(number).state) == (403, "stated")


def test_own_paper_is_left_to_others(cast: World, at: datetime, desk: Desks, tell: Any) -> None:
    store.write(lambda: world.grant(at, cast.xiaobo, "station_officer", region=TOWN))
    number, office = tell(), desk(cast.xiaobo)
    assert "自己的资格证由别人核对" in office.get(f"{LIST}/{number}").text
    assert office.post(f"{LIST}/{number}", {"verify": "1"}).status_code == 403
    assert Qualification.get_by_id(number).state == "stated"


def test_paper_without_a_picture_asks_for_the_original(cast: World, desk: Desks, tell: Any) -> None:
    number = tell(photo=b"")
    assert "没有照片" in desk(cast.officer).get(f"{LIST}/{number}").text


def test_desk_says_how_many_wait(cast: World, desk: Desks, tell: Any) -> None:
    assert "资格证等您核对" not in desk(cast.officer).get("/console").text
    tell()
    text = desk(cast.officer).get("/console").text
    assert ("<strong>1</strong> 张资格证等您核对" in text, f"{LIST}?state=stated" in text) == (True, True)
    assert "资格证等您核对" not in desk(cast.ali).get("/console").text


def test_persons_page_leads_to_his_papers(cast: World, desk: Desks, tell: Any) -> None:
    number = tell()
    assert (
        f'href="{LIST}/{number}"' in desk(cast.officer).get(f"/console/people/{cast.xiaobo.public_no}").text
    )


# finding people


def said(cast: World, person: Any, at: datetime, *codes: str) -> None:
    willingness.set_all(
        actor=cast.actor(person), skills=codes, domains=["D3.care"], times=["emergency"], reach=3, note="有船",
        at=at,
    )  # fmt: skip


def test_people_are_found_by_what_they_can_and_want(cast: World, at: datetime, desk: Desks) -> None:
    said(cast, cast.xiaobo, at, "boat")
    skills.set_mine(actor=cast.actor(cast.chali), codes=["law"], at=at)
    office = desk(cast.officer)
    first = office.get(FIND)
    assert (first.status_code, "先选一项" in first.text, "王小博" in first.text) == (200, True, False)
    for asked, names in (
        ("skill=boat", {"王小博"}), ("skill=law", {"赵查理"}), ("domain=D3.care&time=emergency&reach=3", {"王小博"}),
        ("reach=2", set()), (f"region={COUNTY}", {"王小博", "赵查理"}), ("skill=boat&verified=yes", set()),
        ("q=小博", {"王小博"}),
    ):  # fmt: skip
        text = office.get(f"{FIND}?{asked}").text
        assert {name for name in ("王小博", "赵查理") if f">{name}</a>" in text} == names, asked
    text = office.get(f"{FIND}?skill=boat&time=emergency").text
    assert ('value="boat" selected' in text, 'value="emergency" selected' in text) == (True, True)
    assert "skill=boat&amp;time=emergency&amp;format=xlsx" in text
    rows = sheet_of(office.get(f"{FIND}?skill=boat&format=xlsx"))
    assert [row for row in rows if row[0] == "王小博"] == [
        (
            "王小博", "东湖服务队", "城关镇东湖社区居委会", "驾船、冲锋舟", None, "助老助残",
            "有急事随时叫我", "本县（市、区）", "有船",
        )
    ]  # fmt: skip


def test_leader_finds_among_his_members(cast: World, at: datetime, desk: Desks) -> None:
    for person in (cast.xiaobo, cast.chali):
        said(cast, person, at, "boat")
    leader = desk(cast.ali)
    assert FIND in leader.get("/console/teams").text
    assert f'href="{FIND}?team={cast.team.code}"' in leader.get(f"/console/teams/{cast.team.code}").text
    text = leader.get(f"{FIND}?skill=boat").text
    assert (">王小博</a>" in text, ">赵查理</a>" in text, "属于哪里" in text) == (True, False, False)
    assert ">王小博</a>" in leader.get(f"{FIND}?team={cast.team.code}").text
    assert FIND in desk(cast.officer).get("/console/people").text
