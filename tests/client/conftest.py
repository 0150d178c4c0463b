"""Fixtures of the client's tests: the small program of the semantic tests, built and served once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.client import runtime
from tests.support.browser import new_context, require_browser

SEMANTICS = Path(__file__).parent / "semantics" / "app"


@pytest.fixture(scope="session")
def semantics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the program that tests the runtime."""
    with runtime.served(runtime.build(SEMANTICS, tmp_path_factory.mktemp("semantics"))) as address:
        yield address


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """A phone of its own: storage and permissions of nobody else."""
    with new_context(require_browser(), **runtime.PHONE) as fresh:
        yield fresh
