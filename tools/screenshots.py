"""Take the README's pictures from a running demo: `make demo` in one terminal, this script in another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.browser import new_context, require_browser  # noqa: E402

APP, SANDBOX = "http://localhost:8000", "localhost:8001"
TARGET = ROOT / "docs" / "screenshots"


def main() -> None:
    """Phone 2 asks for his hours; phone 1's computer shows the running activity's big code."""
    TARGET.mkdir(parents=True, exist_ok=True)
    browser = require_browser()
    with new_context(browser, viewport={"width": 400, "height": 800}, device_scale_factor=2) as context:
        page = context.new_page()
        page.goto(f"http://p2.{SANDBOX}/#chat")
        page.get_by_test_id("chat-input").fill("时长")
        page.get_by_test_id("chat-send").click()
        page.wait_for_timeout(2500)
        page.screenshot(path=TARGET / "phone.png")
    link = subprocess.run(
        [str(ROOT / ".venv/bin/flask"), "--app", "app", "grant", sys.argv[1]],
        cwd=ROOT, env={**os.environ, "DEMO": "true"}, capture_output=True, text=True, check=True,
    ).stdout.split()[-1]  # fmt: skip
    with new_context(browser, viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(link)
        page.get_by_role("button").first.click()
        page.wait_for_url(f"{APP}/console")
        page.screenshot(path=TARGET / "console.png")
        page.get_by_role("link", name="大屏").first.click()
        page.locator("#stage-qr").wait_for()
        page.wait_for_timeout(1500)
        page.screenshot(path=TARGET / "stage.png")


if __name__ == "__main__":
    main()
