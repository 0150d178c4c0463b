"""Take the pictures of the manuals in docs/zh: `make manual` starts demos of its own and walks through them.

`tools/manual.py console` takes those of the console (管理员手册), `phones` those of 志愿者使用说明 and 队长手册, `mini`
the sheets of the mini-program's pages (docs/screenshots/miniprogram); without a word all of them.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from demo import cast, world  # noqa: E402
from models import RoleGrant  # noqa: E402
from services import regions  # noqa: E402
from services.accounts import console_login  # noqa: E402
from services.accounts.vault import Vault  # noqa: E402
from services.practice import area  # noqa: E402
from settings import load  # noqa: E402
from tests.support.browser import new_context, require_browser  # noqa: E402
from tests.support.stack import running  # noqa: E402
from tools import manual_mini, manual_phones  # noqa: E402

TARGET = ROOT / "docs" / "zh" / "img"
SHEETS = ROOT / "docs" / "screenshots" / "miniprogram"
COUNTY = "341522"
VIEW = {"width": 960, "height": 640}
LARGEST = 80 * 1024
#: Name of the picture, page of the console.
PICTURES = (
    ("today", "/console"), ("manage", "/console/manage"), ("overview", "/console/overview"),
    ("centres", "/console/centres"), ("regions", "/console/regions"), ("founding", "/console/foundings/new"),
    ("foundings", "/console/foundings"), ("applications", "/console/applications"),
    ("imports", "/console/imports/new"), ("national", "/console/national"), ("officers", "/console/officers"),
    ("roles", "/console/roles"), ("people", "/console/people"), ("policy", "/console/policy"),
    ("gaps", "/console/gaps"), ("audit", "/console/audit"), ("outbox", "/console/outbox"),
    ("practice", "/console/practice"),
)  # fmt: skip


def seed(at: Any) -> str:
    """The demo's world with a practice area; a log-in link for the county's administrator."""
    settings = load(demo=True)
    vault = Vault(settings.data_key_ring(), base64.b64decode(settings.index_key.get_secret_value()))
    regions.load(path=ROOT / "data" / "regions-34.csv", at=at)
    world.make_world(
        vault=vault,
        mp_appid=settings.wechat_mp_appid,
        oa_appid=settings.wechat_oa_appid,
        at=at,
        brand=settings.brand,
    )
    area.make(vault=vault, brand=settings.brand, at=at)
    officer = RoleGrant.get(RoleGrant.role == "region_admin", RoleGrant.region_code == COUNTY).volunteer_id
    return console_login.grant_link(volunteer_id=officer, at=at)


def keep(name: str, png: bytes) -> None:
    """A picture of few colours, small enough to live in the repository."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(48)
    image.save(TARGET / f"{name}.png", optimize=True)
    size = (TARGET / f"{name}.png").stat().st_size
    if size > LARGEST:
        sys.exit(f"{name}.png has {size} bytes")


def console() -> None:
    """Log in by link, take every page, then step into the practice area."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), seed, lambda _: cast.users()) as stack,
        new_context(require_browser(), viewport=VIEW) as context,
    ):
        page = context.new_page()
        page.goto(f"{stack.app}/console/login")
        keep("login", page.screenshot())
        page.goto(f"{stack.app}/console/once/{stack.world}")
        page.get_by_role("button").first.click()
        page.wait_for_url(f"{stack.app}/console")
        for name, path in PICTURES:
            page.goto(f"{stack.app}{path}")
            page.wait_for_timeout(300)
            keep(name, page.screenshot())
        page.goto(f"{stack.app}/console/assessment")
        page.get_by_role("link", name="霍邱县").click()
        keep("assessment", page.screenshot())
        page.get_by_role("link", name="一个一个定").click()
        page.locator("#list tbody a").first.click()
        page.wait_for_timeout(300)
        keep("assessment-card", page.screenshot())
        page.goto(f"{stack.app}/console/practice")
        page.get_by_role("button", name="进入练习区").click()
        page.wait_for_url(f"{stack.app}/console")
        keep("practice-inside", page.screenshot())


def seed_asking(at: Any) -> str:
    """The same, with the county's 自评 open again."""
    link = seed(at)
    manual_phones.ask_again(at)
    return link


def phones() -> None:
    """A volunteer and his leader through one day, on a world of their own: what they do changes it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), seed_asking, lambda _: cast.users()) as stack,
    ):
        manual_phones.walk(require_browser(), stack, keep)


def mini() -> None:
    """Every page of the mini-program, six on a sheet."""
    SHEETS.mkdir(parents=True, exist_ok=True)

    def keep_sheet(name: str, png: bytes) -> None:
        Image.open(io.BytesIO(png)).convert("RGB").quantize(32).save(SHEETS / f"{name}.png", optimize=True)

    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), seed, lambda _: cast.users()) as stack,
    ):
        manual_mini.walk(require_browser(), stack, keep_sheet)


def main() -> None:
    """The pictures asked for."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, take in (("console", console), ("phones", phones), ("mini", mini)):
        if sys.argv[1:] in ([], [name]):
            take()


if __name__ == "__main__":
    main()
