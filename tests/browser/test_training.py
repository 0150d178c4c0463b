"""订单式培训 on phones of 375 px: a leader orders, the school takes it and makes a session, a member signs up, scans,
passes, and holds a certificate that anybody can check (S42, S88)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from clock import SHANGHAI
from services.accounts import sessions
from services.training import courses, providers
from services.training.courses import CourseDraft
from services.training.providers import ProviderDraft
from tests.browser import people
from tests.support.browser import DESK, PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import COUNTY, World, make_identity, make_volunteer, small_world

pytestmark = pytest.mark.browser


def seed(at: datetime) -> dict[str, str]:
    """The small world with a school that teaches first aid; everybody has a phone with a session, the leader a desk."""
    cast: World = small_world(at.replace(second=0, microsecond=0))
    teacher = make_volunteer(at, "周老师")
    make_identity(at, teacher, "oa")
    officer = cast.actor(cast.officer, "console")
    providers.create(
        actor=officer, region_code=COUNTY, draft=ProviderDraft("霍邱县团校", "league", person=teacher.public_no), at=at
    )
    courses.create(
        actor=officer, region_code=COUNTY, at=at,
        draft=CourseDraft("心肺复苏", "safety", minutes=90, tested=True, certificate=True, valid_months=24),
    )  # fmt: skip

    def phone(person: Any) -> str:
        return sessions.open_session(kind="h5", identity_id=cast.actor(person, "pages").identity_id, at=at).token

    return {
        "leader": phone(cast.ali), "teacher": phone(teacher), "member": phone(cast.xiaobo), "stranger": "",
        "desk": people.console_token(cast.ali, at + timedelta(hours=3)),
        "day": at.astimezone(SHANGHAI).date().isoformat(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("training"), seed, lambda _: []) as house:
        yield house


def opened(house: ExitStack, stack: Stack, who: str, faults: list[list[str]]) -> Page:
    """A phone at which this person is logged in."""
    context = house.enter_context(new_context(require_browser(), viewport=PHONE))
    if token := stack.world[who]:
        context.add_cookies([{"name": "h5", "value": token, "url": stack.app}])
    page = context.new_page()
    faults.append(collect_faults(page))
    return page


def read(page: Page) -> str:
    """What the code on the leader's screen holds."""
    picture = page.locator("#stage-qr")
    return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))[0].text)


def scan(leader: Page, member: Page, stack: Stack, path: str) -> None:
    leader.goto(f"{stack.app}{path}")
    member.goto(f"{stack.app}/q/{read(leader).rsplit('/', 1)[1]}")


def test_training_from_the_order_to_the_certificate(stack: Stack) -> None:
    with ExitStack() as house:
        play(house, stack)


def play(house: ExitStack, stack: Stack) -> None:
    browser, faults = require_browser(), list[list[str]]()
    leader, teacher, member, stranger = (
        opened(house, stack, who, faults) for who in ("leader", "teacher", "member", "stranger")
    )
    day = stack.world["day"]

    leader.goto(f"{stack.app}/m/trainings/orders")
    leader.get_by_label("想学什么").select_option(label="心肺复苏")
    leader.get_by_label("大约多少人").fill("20")
    leader.get_by_label("最早哪天").fill(day)
    leader.get_by_label("最晚哪天").fill(day)
    leader.get_by_role("button", name="送出订单").click()
    expect(leader.get_by_text("订单送出去了")).to_be_visible()

    teacher.goto(f"{stack.app}/m/trainings/orders")
    teacher.get_by_role("link", name="心肺复苏").click()
    teacher.get_by_role("button", name="我们来办").click()
    expect(teacher.get_by_text("接下了")).to_be_visible()
    teacher.get_by_label("几点开始").fill("09:00")
    teacher.get_by_label("几点结束").fill("11:00")
    teacher.get_by_label("老师").fill("周老师")
    teacher.get_by_label("地点").fill("社区会议室")
    assert people.wide(teacher) <= PHONE["width"]
    teacher.get_by_role("button", name="开班").click()
    expect(teacher.get_by_text("已排班")).to_be_visible()

    member.goto(f"{stack.app}/m/trainings")
    member.get_by_role("link", name="心肺复苏").click()
    expect(member.get_by_text("记学时，不算服务时长")).to_be_visible()
    code = member.url.rsplit("/", 1)[1]
    member.get_by_label("我已知晓").check()
    member.get_by_role("button", name="报名").click()
    expect(member.get_by_text("报名成功")).to_be_visible()

    stack.move_clock(minutes=55)
    scan(leader, member, stack, f"/m/lead/{code}/show/in")
    expect(member.get_by_role("heading", name="签到成功")).to_be_visible()
    stack.move_clock(hours=2)
    scan(leader, member, stack, f"/m/lead/{code}/show/out")
    expect(member.get_by_text("1 小时 55 分钟").or_(member.get_by_text("1 小时 56 分钟")).first).to_be_visible()

    stack.move_clock(minutes=10)
    desk = people.desk(house.enter_context(new_context(browser, viewport=DESK)), stack, stack.world["desk"])
    faults.append(collect_faults(desk))
    desk.goto(f"{stack.app}/console/activities/{code}")
    desk.get_by_role("button", name="确认").first.click()
    expect(desk.get_by_text("共上课").first).to_be_visible()
    teacher.goto(f"{stack.app}/m/trainings/results/{code}")
    teacher.get_by_label("合格", exact=True).check()
    teacher.get_by_role("button", name="结业，给").click()
    expect(teacher.get_by_text("结业了")).to_be_visible()

    member.goto(f"{stack.app}/m/trainings/mine")
    expect(member.get_by_text("合格", exact=True)).to_be_visible()
    member.get_by_role("link", name="心肺复苏").click()
    picture = member.get_by_alt_text("查真假的二维码")
    link = str(zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))[0].text)
    stranger.goto(stack.app + link[link.index("/t/") :])
    expect(stranger.get_by_role("heading", name="这张证书是真的，现在有效")).to_be_visible()
    expect(stranger.get_by_text("王*博")).to_be_visible()
    assert [each for each in faults if each] == []
