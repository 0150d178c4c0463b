"""复评 at two desks at once: one person on one page, the same person at both, and the clear cases together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from clock import local_day
from models import AssessmentCard, AssessmentCycle, MinuteEntry, TeamMember, store
from services.actors import Actor
from services.assessment import cycles, phases, scoring
from services.assessment.shapes import PhaseDates
from tests.browser import people
from tests.support import world
from tests.support.browser import DESK, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import COUNTY, World, small_world

pytestmark = pytest.mark.browser
NAMES = ("陈建国", "刘卫东", "杨春生", "黄永胜")


def seed(at: datetime) -> tuple[World, str, str, str]:
    """A county whose review has just begun: four have a good year behind them, one has served two hours."""
    now = at.replace(second=0, microsecond=0)
    cast = small_world(now)
    long_ago, today = now - timedelta(days=400), local_day(now)

    def join() -> Any:
        TeamMember.update(from_at=long_ago).execute()
        for name in NAMES:
            world.join(long_ago, cast.team, world.make_volunteer(long_ago, name))
        second = world.make_volunteer(now, "周副主任")
        world.make_identity(now, second)
        world.grant(now, second, "director", region=COUNTY)
        return second

    second = store.write(join)
    officer = Actor("console", cast.officer.id)
    review = PhaseDates("review", today, today + timedelta(days=10))
    code = cycles.create(actor=officer, region_code=COUNTY, year=str(today.year), phases=[review], at=now)
    phases.work(at=now)

    def serve() -> None:
        for card in AssessmentCard.select():
            few = card.volunteer_id == cast.xiaobo.id
            MinuteEntry.create(
                volunteer=card.volunteer_id, team=cast.team, amount=120 if few else 3000, kind="service",
                local_day=today.isoformat(), region_code=cast.team.region_code, idem_key=f"y{card.id}", created_at=now,
                note="巡河",
            )  # fmt: skip
            card.self_score, card.self_text, card.self_at = (70 if few else 88), "按时参加", now
            card.save()

    store.write(serve)
    scoring.recompute(AssessmentCycle.get(AssessmentCycle.code == code), at=now)
    return cast, code, people.console_token(cast.officer, at), people.console_token(second, at)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("assessed"), seed, lambda _: []) as house:
        yield house


def test_officers_decide_one_by_one_at_once_and_together(stack: Stack) -> None:
    _, code, first, second = stack.world
    browser = require_browser()
    with new_context(browser, viewport=DESK) as one, new_context(browser, viewport=DESK) as two:
        here, there = people.desk(one, stack, first), people.desk(two, stack, second)
        faults = [collect_faults(page) for page in (here, there)]

        # From the desk to the person: everything on one page, a part opens to its rows.
        here.goto(f"{stack.app}/console")
        here.get_by_role("link", name="去办").click()
        here.get_by_role("link", name="霍邱县").click()
        here.get_by_role("link", name="一个一个定").click()
        here.get_by_role("link", name="王小博").click()
        here.get_by_text("服务时长").click()
        expect(here.get_by_role("cell", name="2 小时")).to_be_visible()
        there.goto(here.url)

        # Both decide; the second reads one sentence beside what the first decided.
        here.get_by_label("不合格").check()
        here.get_by_label("理由").fill("只来了一次")
        here.get_by_role("button", name="定下来").click()
        expect(here.get_by_text("已记下。")).to_be_visible()
        expect(here.get_by_role("link", name="下一位待定的", exact=True)).to_be_visible()
        there.get_by_label("合格", exact=True).check()
        there.get_by_role("textbox", name="复评分").fill("70")
        there.get_by_label("理由").fill("家里有病人")
        there.get_by_role("button", name="定下来").click()
        expect(there.get_by_role("alert")).to_contain_text("您的没有保存")
        expect(there.get_by_text("只来了一次").first).to_be_visible()
        expect(there.get_by_label("理由")).to_have_value("家里有病人")

        # The clear cases: who they are, one left out, one button.
        here.goto(f"{stack.app}/console/assessment/{code}")
        here.get_by_role("link", name="一起定清楚的").click()
        here.get_by_role("link", name="优秀", exact=True).click()
        ticks = here.get_by_role("checkbox")
        expect(ticks).to_have_count(5)
        here.get_by_label("黄永胜").uncheck()
        here.get_by_role("button", name="勾选的一起定为优秀").click()
        expect(here.get_by_role("status")).to_contain_text("定好了 1 人")
        expect(here.get_by_text("优秀名额满了")).to_be_visible()
        here.get_by_role("link", name="合格", exact=True).click()
        assert faults == [[], []]
        assert people.wide(here) <= DESK["width"]
