"""On one's own phone: what one can and wants to do, one's papers, one's promises."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import Acceptance, Application, Qualification, VolunteerSkill, Willingness
from services.recruitment import applications
from storage.disk import Disk
from tests.services.lives.test_files import picture

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

SHEET = {"skill": ["boat"], "domain": ["D3.care"], "time": ["emergency"], "reach": "3", "note": "有车"}


def skills_of(person: Any) -> list[str]:
    rows = VolunteerSkill.select().where(VolunteerSkill.volunteer == person.id)
    return [row.skill_code for row in rows]


def test_skills_and_wishes_are_kept_and_shown_again(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    assert "checked" in mine.get("/m/skills").text  # how far he would go is always chosen
    assert mine.post("/m/skills", SHEET).location == "/m/skills?done=saved"
    said = Willingness.get(Willingness.volunteer == cast.xiaobo.id)
    assert (skills_of(cast.xiaobo), said.domains, said.times, said.reach, said.note) == (
        ["boat"], ["D3.care"], ["emergency"], 3, "有车",
    )  # fmt: skip
    text = mine.get("/m/skills?done=saved").text
    assert ("记下了" in text, 'value="boat" checked' in text, 'value="D3.care" checked' in text) == (
        True,
    ) * 3


def test_skill_left_out_is_taken_back(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    mine.post("/m/skills", SHEET)
    mine.post("/m/skills", {"reach": "4"})
    assert skills_of(cast.xiaobo) == []


@pytest.mark.parametrize(
    "wrong",
    [{"skill": ["flying"]}, {"domain": ["D9.none"]}, {"time": ["night"]}, {"reach": ""}, {"reach": "9"}],
)
def test_sheet_with_a_choice_not_offered_keeps_nothing(cast: Any, phone: Any, wrong: dict[str, Any]) -> None:
    answer = phone(cast.xiaobo).post("/m/skills", SHEET | wrong)
    assert answer.status_code == 400
    assert (skills_of(cast.xiaobo), Willingness.select().count()) == ([], 0)


def test_note_too_long_stays_on_the_page(cast: Any, phone: Any) -> None:
    answer = phone(cast.xiaobo).post("/m/skills", SHEET | {"note": "长" * 201})
    assert (answer.status_code, "长" * 200 in answer.text, 'role="alert"' in answer.text) == (400, True, True)


def test_paper_is_told_and_waits(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    assert "还没有填" in mine.get("/m/qualifications").text
    told = {"kind": "boat", "name": "船员证", "number": "C1", "expires_on": "2030-01-01"}
    assert mine.post("/m/qualifications", told).location == "/m/qualifications?done=saved"
    text = mine.get("/m/qualifications?done=saved").text
    assert ("船员证" in text, "等服务站核对" in text, "原件" in text) == (True, True, True)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [({"kind": ""}, "kind"), ({"name": " "}, "name"), ({"expires_on": "2030-02-30"}, "expires_on")],
)
def test_paper_with_a_fault_says_it_beside_the_field(
    cast: Any, phone: Any, wrong: dict[str, str], where: str
) -> None:
    answer = phone(cast.xiaobo).post(
        "/m/qualifications", {"kind": "boat", "name": "船员证", "number": "C77"} | wrong
    )
    assert (answer.status_code >= 400, f'id="wrong-{where}"' in answer.text, "C77" in answer.text) == (
        True,
    ) * 3
    assert Qualification.select().count() == 0


@pytest.fixture
def own_folder(app: Any, tmp_path: Path) -> None:
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path / "files"))


def test_photo_of_a_paper_is_sent_and_seen_again(cast: Any, phone: Any, own_folder: None) -> None:
    mine = phone(cast.xiaobo)
    told = {"kind": "boat", "name": "船员证", "photo": (io.BytesIO(picture()), "证.jpg")}
    assert mine.post("/m/qualifications", told).location == "/m/qualifications?done=saved"
    path = f"/m/qualifications/{Qualification.get().id}/photo"
    assert f'href="{path}"' in mine.get("/m/qualifications").text
    seen = mine.get(path)
    assert (seen.content_type, seen.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert phone(cast.chali).get(path).status_code == 404


def test_what_is_no_photo_is_said_beside_its_field(cast: Any, phone: Any, own_folder: None) -> None:
    told = {"kind": "boat", "name": "船员证", "number": "C77", "photo": (io.BytesIO(b"%PDF"), "证.jpg")}
    answer = phone(cast.xiaobo).post("/m/qualifications", told)
    assert (answer.status_code, 'id="wrong-photo"' in answer.text, "C77" in answer.text) == (400, True, True)
    assert Qualification.select().count() == 0


def test_paper_is_taken_back_by_its_owner_only(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    mine.post("/m/qualifications", {"kind": "boat", "name": "船员证"})
    number = Qualification.get().id
    assert phone(cast.chali).post(f"/m/qualifications/{number}/withdraw", {}).status_code == 404
    assert "船员证" in mine.get("/m/qualifications").text
    done = mine.post(f"/m/qualifications/{number}/withdraw", {})
    assert done.location == "/m/qualifications?done=withdrawn"
    assert "船员证" not in mine.get("/m/qualifications").text


def test_promise_is_read_and_accepted_later(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    text = mine.get("/m/promises").text
    assert ("志愿者誓言" in text, "还没有同意过" in text) == (True, True)
    before = Acceptance.select().count()
    assert mine.post("/m/promises", {"document": "pledge", "team": ""}).location == "/m/promises?done=agreed"
    assert Acceptance.select().count() == before + 1


def test_unknown_promise_is_refused(cast: Any, phone: Any) -> None:
    assert phone(cast.xiaobo).post("/m/promises", {"document": "nosuch"}).status_code in (400, 404)
    assert Acceptance.select().count() == 0


def test_source_of_the_code_travels_with_the_application(cast: Any, phone: Any) -> None:
    source = sorted(each for each in applications.SOURCES if each)[0]
    mine = phone(cast.chali)
    path = f"/m/join/{cast.team.code}"
    assert f'name="source" value="{source}"' in mine.get(f"{path}?source={source}").text
    assert 'name="source" value=""' in mine.get(f"{path}?source=nosuch").text
    mine.post(path, {"promised": "yes", "source": source})
    assert Application.get().source == source
