"""The practice area in the console: in, a banner on every page, and out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from services.practice import area
from tests.console.conftest import Desk
from tests.support.fakes import make_parts
from tests.support.world import World

BANNER = "这里的人和事都是编的"


@pytest.fixture
def inside(cast: World, desk: Callable[..., Desk], at: datetime) -> Desk:
    area.make(vault=make_parts().vault, brand="红耀江淮", at=at)
    there = desk(cast.officer)
    answer = there.post("/console/practice")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    return there


def test_banner_stands_on_every_page(inside: Desk, app: Any) -> None:
    rules = {
        str(rule) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    }
    seen = 0
    for rule in sorted(each for each in rules if each.startswith("/console")):
        page = inside.get(rule)
        if page.status_code == 200 and page.mimetype == "text/html" and "<body" in page.text:
            assert BANNER in page.text, rule
            seen += 1
    assert seen > 15


def test_practice_people_are_there_and_real_ones_are_not(inside: Desk) -> None:
    teams, people = inside.get("/console/all-teams").text, inside.get("/console/people").text
    assert ("东湾村" in teams, "东湖社区" in teams) == (True, False)
    assert ("练大山" in people, "王小博" in people) == (True, False)


def test_outbox_says_that_nothing_was_sent(inside: Desk, at: datetime) -> None:
    from models import Notice, Team, Volunteer, store
    from services.messaging import outbox

    def act() -> None:
        made = Notice.create(
            kind="broadcast", text="x", created_at=at, team=Team.get(Team.region_code == "990101")
        )
        person = Volunteer.get(Volunteer.region_code >= "99")
        outbox.put(
            notice_id=made.id, volunteer_id=person.id, kind="broadcast", dedupe_key="x", title="通知", body="x",
            url="/m", form="notice", values={}, priority=9, at=at,
        )  # fmt: skip

    from services.messaging import delivering

    store.write(act)
    delivering.deliver_due(parts=make_parts(), owner="w", at=at, limit=10)
    assert "未发送（练习）" in inside.get("/console/outbox").text


def test_leaving_brings_one_back_to_his_own_work(inside: Desk) -> None:
    import re

    csrf = re.search(r'name="csrf" value="([^"]+)"', inside.get("/console/practice").text)
    assert csrf is not None
    inside.csrf = csrf.group(1)
    assert inside.post("/console/practice/leave").headers["Location"] == "/console"
    page = inside.get("/console")
    assert (page.status_code, BANNER in page.text, "练习区" in page.text) == (200, False, True)
    assert inside.client.get_cookie("console_back") is None


def test_leader_without_a_post_is_told_kindly(cast: World, desk: Callable[..., Desk]) -> None:
    page = desk(cast.ali).get("/console/practice")
    assert (page.status_code, "给服务中心和服务站的同志用" in page.text) == (200, True)


def test_without_an_area_the_page_says_who_makes_it(cast: World, desk: Callable[..., Desk]) -> None:
    assert "练习区还没有建" in desk(cast.officer).get("/console/practice").text
