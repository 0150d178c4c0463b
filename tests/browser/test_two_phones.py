"""Two phones side by side: the leader writes, the member sees it arrive; he says no to the next, it takes another way.

Application, worker and sandbox run as processes; both phones are browser windows of the simulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models import WechatIdentity, store
from settings import load
from tests.browser import people
from tests.support.browser import collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, small_world

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 400, "height": 800}}
LEADER, MEMBER = 1, 2


def seed(at: datetime) -> World:
    """The small world; leader and member are two phones of the simulator, in both accounts."""
    world = small_world(at.replace(second=0, microsecond=0))
    for person, openid in ((world.ali, "oa-leader"), (world.xiaobo, "oa-member")):
        people.phone_of(person, openid)
        store.write(
            WechatIdentity.update(appid=load(demo=True).wechat_mp_appid, openid=f"mp-{openid}")
            .where(WechatIdentity.volunteer == person, WechatIdentity.kind == "mp")
            .execute
        )
    return world


def users(_world: World) -> list[dict[str, Any]]:
    return [people.phone(LEADER, "李阿丽", "oa-leader"), people.phone(MEMBER, "王小博", "oa-member")]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "phones", seed, users) as house:
        yield house


def send(leader: Page, text: str) -> None:
    """The leader writes a notice, looks at it, and says yes."""
    bubbles = leader.locator('[data-testid="bubble"][data-side="them"][data-kind="text"]')
    leader.get_by_test_id("chat-input").wait_for()
    leader.wait_for_timeout(1200)
    before = bubbles.count()
    leader.get_by_test_id("chat-input").fill(f"通知 {text}")
    leader.get_by_test_id("chat-send").click()
    expect(bubbles).to_have_count(before + 1)
    expect(bubbles.last).to_contain_text("东湖服务队")
    bubbles.last.get_by_text("确认", exact=True).click()
    expect(bubbles).to_have_count(before + 2)
    expect(bubbles.last).to_contain_text("已交给系统发送，共 1 人")


def answer_dialog(member: Page, stack: Stack, yes: bool) -> None:
    """The dialog that asks whether messages may come, answered."""
    member.goto(stack.phone(MEMBER, "/subscribe-dialog?template_ids=demo-sub-notice"))
    member.get_by_role("button", name="允许" if yes else "取消").click()
    member.get_by_test_id("subscribe-result").wait_for()


def test_leader_broadcasts_and_what_the_member_allows_decides_the_way(stack: Stack) -> None:
    with new_context(require_browser(), **PHONE) as left, new_context(require_browser(), **PHONE) as right:
        leader, member = left.new_page(), right.new_page()
        faults = [collect_faults(page) for page in (leader, member)]
        answer_dialog(member, stack, yes=True)
        leader.goto(stack.phone(LEADER, "/#chat"))
        send(leader, "明早八点到村部集合")
        member.goto(stack.phone(MEMBER, "/#notices"))
        notices = member.get_by_test_id("notice-flow")
        expect(notices).to_contain_text("明早八点到村部集合", timeout=20_000)
        answer_dialog(member, stack, yes=False)
        send(leader, "改到九点，带上雨衣")
        member.goto(stack.phone(MEMBER, "/#chat"))
        expect(member.get_by_test_id("chat-flow")).to_contain_text("改到九点，带上雨衣", timeout=20_000)
        expect(notices).not_to_contain_text("改到九点")
        sent = [entry["api"] for entry in stack.control("GET", "log")["sent"] if entry["n"] == MEMBER]
        assert sent == ["subscribe", "template"]
        assert faults == [[], []]
