"""Fixtures of the client's tests: a phone, and our program before the real house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.client import runtime
from tests.client.house import phones, seed
from tests.support.browser import new_context, require_browser
from tests.support.stack import Stack, running


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """A phone of its own: storage and permissions of nobody else. What WeChat would refuse fails the test."""
    with new_context(require_browser(), **runtime.PHONE) as fresh:
        yield fresh
        assert [page.evaluate("window.__mp?.errors ?? []") for page in fresh.pages] == [[]] * len(fresh.pages)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini-program as a web page."""
    return runtime.build(runtime.ROOT / "miniprogram", tmp_path_factory.mktemp("program"))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Stack]:
    """The small world behind the real API; one for all stories, so each has people and activities of its own."""
    with running(tmp_path_factory.mktemp("house"), seed, phones, program=built) as stack:
        yield stack


@pytest.fixture(scope="session")
def program(built: Path, house: Stack) -> Iterator[str]:
    """The address of the mini-program, its calls passed on to the house."""
    with runtime.served(built, backend=house.app) as address:
        yield address
