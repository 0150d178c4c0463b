"""The system's Chromium for the browser tests, through Playwright.

Playwright's own browsers are not downloaded. The browser is started once per test process, by whoever
asks first (Playwright allows one at a time in a thread); each test gets a context of its own (cookies,
storage) from `new_context`, or two, one for each phone.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    "--use-fake-ui-for-media-stream",  # a page that asks for a tab's picture gets its own
]
PHONE = {"width": 375, "height": 740}
DESK = {"width": 1280, "height": 800}
#: How long a tap or an expectation waits for the page; a busy machine takes its time.
WAIT_MILLISECONDS = 15_000
expect.set_options(timeout=WAIT_MILLISECONDS)


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def require_browser() -> Browser:
    """The headless browser of this process; skips the test with one line when there is no Chromium."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: browser tests are skipped")
    return _started(path)


@functools.cache
def _started(path: str) -> Browser:
    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(
        executable_path=path, headless=True, args=FLAGS, chromium_sandbox=os.geteuid() != 0
    )
    atexit.register(playwright.stop)
    atexit.register(browser.close)
    return browser


@contextmanager
def new_context(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A fresh Chinese-speaking context, a desk's size unless told; closed at the end of the block."""
    settings: dict[str, Any] = {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    context = browser.new_context(**(settings | options))
    context.set_default_timeout(WAIT_MILLISECONDS)
    try:
        yield context
    finally:
        context.close()


def collect_faults(page: Page) -> list[str]:
    """A list that fills with what goes wrong in the page: script errors and answers of 500 and more."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "response",
        lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
    )
    return faults
