"""A machine that dies takes nothing along: both workers, web processes, the database and nginx, killed under load.

A longer round: `MACHINES_ROUNDS=10`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.stage import NGINX
from tests.faults.machines import ordeal

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

ROUNDS = int(os.environ.get("MACHINES_ROUNDS", "1"))
#: More than check in while the killing goes on, on a machine that is busy with other things.
PEOPLE, PUSHES = 3000 * ROUNDS, 120 * ROUNDS
#: The leader and the member of the small world, whom no WeChat reaches.
INBOX = 2


@pytest.mark.skipif(NGINX is None, reason="no nginx on this machine")
@pytest.mark.case(2)
@pytest.mark.case(6)
def test_killed_machines_lose_nothing_acknowledged_and_do_nothing_twice(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    done = ordeal(tmp_path, people=PEOPLE, pushes=PUSHES, rounds=ROUNDS)
    figure(
        f"{done.told} told, {done.lost} lost, {done.twice} twice, database away for {max(done.away):.1f} s and 503 for "
        f"{max(done.after):.1f} s after it, nginx away for {max(done.front):.1f} s"
    )
    assert (done.lost, done.twice, done.odd) == (0, 0, [])
    assert (done.pushed, done.pushed_twice, done.states) == (PUSHES, 0, {"sent": PUSHES, "inbox": INBOX})
    assert done.epochs[1] > done.epochs[0]
    assert done.other_failures == 0  # a web process that dies is nobody's refusal
    assert (len(done.after), len(done.front)) == (ROUNDS, ROUNDS)
    assert max(done.after) <= 2  # how long the database itself is away is its own and the machine's affair
