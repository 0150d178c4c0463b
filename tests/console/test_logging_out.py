"""The office's page on which a person is logged out everywhere."""

from __future__ import annotations

from collections.abc import Callable

from tests.console.conftest import Desk
from tests.support.world import World


def test_officer_logs_a_person_out_and_the_page_says_of_how_many_places(
    cast: World, desk: Callable[..., Desk]
) -> None:
    theirs, office = desk(cast.ali), desk(cast.officer)
    page = f"/console/people/{cast.ali.public_no}/logout"
    assert f'href="{page}"' in office.get(f"/console/people/{cast.ali.public_no}").text
    assert office.post(page, {"reason": ""}).status_code == 400
    assert theirs.get("/console").status_code == 200
    assert "1 处登录都退出了" in office.post(page, {"reason": "手机丢了"}).text
    assert theirs.get("/console").status_code == 302
