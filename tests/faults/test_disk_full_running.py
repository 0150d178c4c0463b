"""The disk under the embedded database is full for a while: later is said, nothing told is lost, and then all is well.

The numbers in the names are those of the list of fault cases.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import crowd
from tests.faults.crowd import KINDS, Told, judge
from tests.faults.disk import fill, free, mountable, small_disk
from tests.faults.ground import Ground, standing

pytestmark = pytest.mark.slow

Figure = Callable[[str], None]
PEOPLE, LEFT = 1500, 256 * 1024


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if not mountable():
        pytest.skip("no disk of our own may be mounted here")
    with small_disk(tmp_path_factory.mktemp("disk")) as folder:
        yield folder


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, disk: Path) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("full")
    with standing(folder, people=PEOPLE, template=sqlite_template, where=disk) as made:
        yield made


def refused(told: Told) -> list[float]:
    return [when for when, _, status, _ in told.answers if status == 503]


def test_case_09_full_disk_is_said_and_costs_nothing_that_was_told(ground: Ground, disk: Path, figure: Figure) -> None:
    fill(disk, LEFT)
    with crowd.acting(ground, a_second=200, kinds=KINDS) as told:
        ground.wait("the disk to be full", lambda: len(refused(told)) > 3 * crowd.PHONES)
        full = judge(ground, told)
        free(disk)
        back = time.monotonic()
        crowd.goes_on(ground, told, "a full disk")
    found = judge(ground, told)
    again = max(refused(told)) - back
    figure(f"{len(refused(told))} times 503, {max(0.0, again):.1f} s after there was room; {found}")
    assert (full.lost, full.doubled, full.differences) == (0, 0, [])
    assert found.fine, found
    assert {(status, after) for _, _, status, after in told.answers if status >= 500 or not status} == {(503, "1")}
    assert ground.processes["web"].poll() is None


def test_case_09_control_application_that_answers_before_the_commit_loses_some(
    ground: Ground, disk: Path, figure: Figure
) -> None:
    ground.kill("web")
    ground.start_web(1, "tests.faults.hasty:create_app")
    fill(disk, 16 * 1024)
    with crowd.acting(ground, a_second=1000, kinds=KINDS, first=PEOPLE // 2) as told:
        ground.wait("acts that were told", lambda: len(told.yes) > 6 * crowd.PHONES or len(refused(told)) > 400)
        told.done.set()
        free(disk)
    found = judge(ground, told)
    figure(f"{found.lost} lost where the yes comes before the commit")
    assert found.lost > 0
