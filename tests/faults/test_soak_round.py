"""A short round of the soak, always by the same seed; `make soak` goes on for as long as one likes, by another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.soak import soak

pytestmark = pytest.mark.slow

SEED, SECONDS, EVILS = 7, 12, 4


def test_case_02_short_soak_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, sqlite_template: Path, figure: Callable[[str], None]
) -> None:
    done = soak(
        tmp_path, seed=SEED, seconds=SECONDS, people=1000, a_second=60, template=sqlite_template, workers=1, most=EVILS
    )
    figure(f"soak, {done}")
    assert done.fine, (done.verdict.differences, done.verdict.odd)
