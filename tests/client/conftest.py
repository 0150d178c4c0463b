"""Fixtures of the client's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.client.runtime import PHONE
from tests.support.browser import new_context, require_browser


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """A phone of its own: storage and permissions of nobody else."""
    with new_context(require_browser(), **PHONE) as fresh:
        yield fresh
