"""One machine for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.stage import NGINX, Stage, standing


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Stage]:
    if NGINX is None:
        pytest.skip("no nginx on this machine")
    with standing(tmp_path_factory.mktemp("machine"), sqlite_template) as stage:
        yield stage
