"""The same person twice in the console: found, seen side by side, merged, undone; every "no" on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import PersonMerge, Volunteer
from services.accounts import enrolment
from tests.console.conftest import Desk
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import make_volunteer

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

Make = Callable[..., Desk]


def test_two_entries_become_one_and_two_again(cast: Any, desk: Make, at: Any) -> None:
    twin, parts = make_volunteer(at, "王小博"), make_parts(FakeGateway())
    for person in (cast.xiaobo, twin):
        enrolment.set_phone(parts=parts, person=person, phone="13856400001", proof="none")
    one, two = cast.xiaobo.public_no, twin.public_no
    officer = desk(cast.officer)
    assert f"one={one}&amp;two={two}" in officer.get("/console/merging").text
    assert "还有一份登记" in officer.get(f"/console/merging/new?one={one}").text
    nobody = officer.post("/console/merging/find", {"one": one, "number": "13856400077"})
    assert (nobody.status_code, 'id="wrong-number"' in nobody.text) == (409, True)
    assert officer.post("/console/merging/find", {"one": one, "number": one}).status_code == 400
    found = officer.post("/console/merging/find", {"one": one, "number": two})
    assert found.location == f"/console/merging/new?one={one}&two={two}"
    assert "保留这一份" in officer.get(found.location).text
    bare = officer.post("/console/merging/new", {"one": one, "two": two, "reason": ""})
    assert (bare.status_code, 'id="wrong-reason"' in bare.text) == (400, True)
    assert officer.post("/console/merging/new", {"one": one, "two": two, "reason": "核对过"}).status_code == 303
    assert Volunteer.get_by_id(twin.id).state == "merged"
    page = officer.get("/console/merging").text
    assert "撤销合并" in page
    number = PersonMerge.get().id
    refused = officer.post(f"/console/merging/{number}/undo", {"reason": ""})
    assert (refused.status_code, f'id="wrong-{number}"' in refused.text) == (400, True)
    assert officer.post(f"/console/merging/{number}/undo", {"reason": "两个人"}).status_code == 303
    assert "已撤销" in officer.get("/console/merging").text
    assert "和另一份登记合并" in officer.get(f"/console/people/{one}").text


def test_one_with_a_post_stays_and_others_do_not_come_in(cast: Any, desk: Make) -> None:
    path = f"/console/merging/new?one={cast.xiaobo.public_no}&two={cast.ali.public_no}"
    page = desk(cast.officer).get(path)
    assert (page.status_code, "换过来" in page.text) == (409, True)
    assert desk(cast.ali).get("/console/merging").status_code == 403
    assert desk(cast.ali).get(path).status_code in (403, 404)
