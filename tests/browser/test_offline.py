"""A leader where there is no network: the list on his phone, the camera, and the upload afterwards, in a real browser.

The network is cut in the browser itself; the page comes from its service worker, also when it is loaded anew. The
camera is a film of a volunteer's own code that Chromium plays.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from models import Attempt, RoleGrant, ServiceRecord, store
from models.dialect import open_database
from services.codes import person_code, public_key
from services.participation import kits
from settings import load
from tests.browser.people import phone as sandbox_phone
from tests.browser.people import phone_of, wide
from tests.support.browser import FLAGS, PHONE, collect_faults, find_chromium, new_context, require_browser
from tests.support.fakes import make_parts
from tests.support.stack import Stack, running
from tests.support.world import join, make_activity, make_volunteer, sign_up, small_world

pytestmark = pytest.mark.browser
PIN = "271828"
GREY = bytes([128])


def seed(at: datetime) -> dict[str, Any]:
    """An activity that begins now; 小博 and 周老三 are coming, 吴大姐 is in the team."""

    world = small_world(at)

    def make() -> dict[str, Any]:
        RoleGrant.update(from_at=at - timedelta(days=30)).execute()
        _, shift = make_activity(at, world.team, starts_in=timedelta(minutes=5))
        zhou, wu = make_volunteer(at, "周老三"), make_volunteer(at, "吴大姐")
        join(at, world.team, zhou)
        join(at, world.team, wu)
        sign_up(at, shift, world.xiaobo)
        sign_up(at, shift, zhou)
        return {"shift": shift, "zhou": zhou, "wu": wu}

    made = store.write(make)
    phone_of(world.ali, "oa-leader")
    parts = make_parts(public_url="http://localhost")
    link = kits.issue(
        parts=parts, actor=world.actor(world.ali), activity_code=made["shift"].activity.code, at=at
    )
    return {"world": world, "link": link.url.rsplit("/", 1)[-1], "at": at, **made}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the camera's film lies; it is drawn before the camera is opened."""
    return tmp_path_factory.mktemp("film") / "code.y4m"


def picture_of(code: str) -> Image.Image:
    """The code as it stands on a volunteer's phone."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, box_size=6)
    made.add_data(code)
    drawn: Image.Image = made.make_image().get_image().convert("L")
    ground = Image.new("L", (640, 480), 255)
    drawn.thumbnail((460, 460))
    ground.paste(drawn, (90, 10))
    return ground


def shoot(film: Path, code: str) -> None:
    """A film of one code, as Chromium's made-up camera plays it (YUV4MPEG2)."""
    frame = b"FRAME\n" + picture_of(code).tobytes() + GREY * (320 * 240) * 2
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 5)


@pytest.fixture(scope="module")
def chromium(film: Path) -> Iterator[Browser]:
    """A Chromium with a made-up camera."""
    found = find_chromium()
    made = require_browser().browser_type.launch(
        executable_path=found, headless=True, chromium_sandbox=False,
        args=[
            *FLAGS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    def users(_world: Any) -> list[dict[str, Any]]:
        return [sandbox_phone(1, "李阿丽", "oa-leader")]

    with running(tmp_path / "offline", seed, users) as house:
        yield house


@pytest.fixture
def books(stack: Stack) -> Iterator[None]:
    """The database of the running house, to look at."""
    database = open_database(f"sqlite:///{stack.folder / 'story.db'}", durable=False)
    store.bind(database)
    yield
    store.release()


def code_of(stack: Stack, who: Any) -> str:
    parts = load(demo=True)

    key = base64.b64decode(parts.sign_key.get_secret_value())
    until = stack.world["at"] + timedelta(hours=6)
    return f"{stack.app}/q/" + person_code(
        sign_key=key, public_no=who.public_no, expires_at=until, issued_at=stack.world["at"]
    )


def expect_counts(page: Page, expected: str, inside: str, left: str, waiting: str) -> None:
    for name, count in (("expected", expected), ("inside", inside), ("left", left), ("waiting", waiting)):
        expect(page.locator(f"[data-count={name}]")).to_have_text(count)


def unlock(page: Page) -> None:
    page.get_by_label("6 位数字密码").fill(PIN)
    page.get_by_role("button", name="打开名单").click()
    page.get_by_role("heading", name="扫志愿者的码").wait_for()


def test_leader_without_a_network(chromium: Browser, stack: Stack, film: Path, books: None) -> None:
    world = stack.world["world"]
    shoot(film, code_of(stack, world.xiaobo))
    with new_context(chromium, viewport=PHONE, permissions=["camera"]) as context:
        page = context.new_page()
        faults = collect_faults(page)
        # with a network: the link, a PIN, the list
        page.goto(f"{stack.app}/o/{stack.world['link']}")
        page.get_by_label("设一个数字密码").fill(PIN)
        page.get_by_label("再输一次").fill(PIN)
        page.get_by_role("button", name="存进手机").click()
        expect(page.locator("[data-list=people] li")).to_have_count(2)
        page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")
        page.wait_for_function(
            "caches.keys().then((names) => caches.open(names[0]).then((c) => c.match('/o/'))).then(Boolean)"
        )
        assert page.url == f"{stack.app}/o/"
        assert wide(page) == 375

        # the network is cut, the page loaded anew
        context.set_offline(True)
        page.reload()
        page.get_by_label("6 位数字密码").fill("000000")
        page.get_by_role("button", name="打开名单").click()
        expect(page.get_by_text("密码不对，还可以试 4 次")).to_be_visible()
        unlock(page)
        expect_counts(page, "2", "0", "0", "0")
        expect(page.get_by_text("没有网络。照常签到")).to_be_visible()

        # the camera
        page.get_by_role("button", name="打开相机扫码").click()
        expect(page.get_by_text("王小博：已记下签到")).to_be_visible(timeout=20_000)
        page.get_by_role("button", name="关掉相机").click()
        # the list, a member who is not on it, somebody nobody knows
        page.locator("[data-list=people] li", has_text="周老三").get_by_role("button", name="签到").click()
        expect(page.get_by_text("周老三：已记下签到")).to_be_visible()
        page.get_by_text("名单外的本队队员").click()
        page.locator("[data-list=others] li", has_text="吴大姐").get_by_role("button", name="签到").click()
        expect(page.get_by_text("吴大姐：已记下签到")).to_be_visible()
        page.get_by_label("名单上没有的人，写姓名").fill("过路人")
        page.get_by_role("button", name="记下这个人").click()
        expect(page.locator("[data-count=waiting]")).to_have_text("4")
        expect_counts(page, "0", "3", "0", "4")
        expect(page.locator("[data-note=written]")).to_contain_text("写下的名字：过路人")
        for name, told in (("过路人", "已经记下了。真有两个人同名"), ("吴大姐", "吴大姐 ")):
            page.get_by_label("名单上没有的人，写姓名").fill(name)
            page.get_by_role("button", name="记下这个人").click()
            expect(page.locator("[data-said]")).to_contain_text(told)
        page.get_by_label("名单上没有的人，写姓名").fill("")
        expect_counts(page, "0", "3", "0", "4")
        # out again, from a picture of his code
        page.get_by_role("button", name="签退", exact=True).first.click()
        page.locator("[data-note=file]").evaluate("(line) => { line.hidden = false; }")
        out = io.BytesIO()
        picture_of(code_of(stack, world.xiaobo)).save(out, "PNG")
        page.locator("#picture").set_input_files(
            {"name": "code.png", "mimeType": "image/png", "buffer": out.getvalue()}
        )
        expect(page.get_by_text("王小博：已记下签退")).to_be_visible()
        page.get_by_role("button", name="现在上传").click()
        expect(page.get_by_text("网络断了，还有 5 条没上传")).to_be_visible()
        page.reload()
        unlock(page)
        expect_counts(page, "0", "2", "1", "5")
        assert (Attempt.select().count(), ServiceRecord.select().count()) == (0, 0)

        # back in the village
        context.set_offline(False)
        expect(page.locator("[data-count=waiting]")).to_have_text("0")
        expect(page.locator("[data-list=answers]")).to_contain_text("过路人")
        store.give_back()
        store.current().connect(reuse_if_open=True)
        assert Attempt.select().count() == 5
        names = {(r.volunteer.name, r.in_mode, r.out_at is not None) for r in ServiceRecord.select()}
        assert names == {("王小博", "person", True), ("周老三", "list", False), ("吴大姐", "list", False)}
        page.get_by_role("button", name="清除手机上的名单").click()
        expect(page.get_by_role("heading", name="已经清除")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="这部手机上没有名单")).to_be_visible()
        assert faults == []


def test_wechats_own_browser_says_how_to_get_out(chromium: Browser, stack: Stack) -> None:
    with new_context(chromium, viewport=PHONE, user_agent="Mozilla/5.0 MicroMessenger/8.0.56") as context:
        page = context.new_page()
        page.goto(f"{stack.app}/o/{stack.world['link']}")
        expect(page.get_by_role("heading", name="请用手机浏览器打开")).to_be_visible()
        assert wide(page) == 375
    with new_context(chromium, viewport=PHONE) as context:  # looking at it opened nothing
        page = context.new_page()
        page.goto(f"{stack.app}/o/{stack.world['link']}")
        expect(page.get_by_role("button", name="存进手机")).to_be_visible()


def test_phone_without_ed25519_reckons_it_itself(chromium: Browser, stack: Stack) -> None:
    world = stack.world["world"]
    good = code_of(stack, world.xiaobo)
    with new_context(chromium, viewport=PHONE) as context:
        page = context.new_page()
        page.goto(f"{stack.app}/o/")
        judge = """async ([found, key, now]) => {
          crypto.subtle.importKey = () => Promise.reject(new Error("unknown"));
          const { read } = await import("/static/offline/codes.js");
          const kit = { key, revoked: {}, cards: {}, revoked_cards: [] };
          return (await read(found, kit, now)).state;
        }"""

        key = public_key(base64.b64decode(load(demo=True).sign_key.get_secret_value()))
        now = int(stack.world["at"].timestamp() * 1000)
        bad = good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB")
        states = [page.evaluate(judge, [code, key, now]) for code in (good, bad, "http://x/q/i1.a.b.c")]
        late = page.evaluate(judge, [good, key, now + 7 * 3600 * 1000])
        assert (*states, late) == ("good", "forged", "other", "expired")
