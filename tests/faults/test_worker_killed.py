"""A worker that is killed in the middle loses nothing and doubles nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.kills import ordeal

pytestmark = pytest.mark.slow

PUSHES, KILLS = 180, 3
#: The leader and the member of the small world, whom no WeChat reaches.
INBOX = 2


def test_case_02_killed_worker_loses_no_push_and_delivers_none_twice(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    done = ordeal(tmp_path, pushes=PUSHES, kills=KILLS)
    figure(f"{done.kills} kills, {done.arrived} of {done.wanted} arrived, {done.doubled} twice")
    assert (done.arrived, done.doubled, done.states) == (PUSHES, 0, {"sent": PUSHES, "inbox": INBOX})


def test_case_02_control_without_one_number_for_all_tries_some_come_twice(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    done = ordeal(tmp_path, pushes=PUSHES, kills=KILLS, guarded=False)
    figure(f"{done.doubled} twice without one number for all tries")
    assert done.arrived == PUSHES
    assert done.doubled > 0
