"""The disk under the embedded database is full for a while: later is said, nothing told is lost, and then all is well.

The numbers in the names are those of the list of fault cases.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import crowd
from tests.faults.crowd import KINDS, Told, judge
from tests.faults.disk import bound_files, fill, free, mountable, small_disk
from tests.faults.ground import Ground, standing

pytestmark = pytest.mark.slow

Figure = Callable[[str], None]
PEOPLE, LEFT = 1500, 256 * 1024


@dataclass(frozen=True)
class Disk:
    """A ground and the disk its database is on: a small one of its own, or one where its files may grow no further."""

    ground: Ground
    folder: Path | None

    def fill(self, left: int) -> None:
        if self.folder is None:
            bound_files(self.ground.pids("web"), left)
        else:
            fill(self.folder, left)

    def free(self) -> None:
        if self.folder is None:
            bound_files(self.ground.pids("web"), None)
        else:
            free(self.folder)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Disk]:
    with ExitStack() as stack:
        folder = stack.enter_context(small_disk(tmp_path_factory.mktemp("disk"))) if mountable() else None
        place = tmp_path_factory.mktemp("full")
        ground = standing(place, people=PEOPLE, template=sqlite_template, where=folder)
        yield Disk(stack.enter_context(ground), folder)


def refused(told: Told) -> list[float]:
    return [when for when, _, status, _ in told.answers if status == 503]


def test_case_09_full_disk_is_said_and_costs_nothing_that_was_told(disk: Disk, figure: Figure) -> None:
    ground = disk.ground
    disk.fill(LEFT)
    with crowd.acting(ground, a_second=200, kinds=KINDS) as told:
        ground.wait("the disk to be full", lambda: len(refused(told)) > 3 * crowd.PHONES)
        full = judge(ground, told)
        disk.free()
        back = time.monotonic()
        crowd.goes_on(ground, told, "a full disk")
    found = judge(ground, told)
    again = max(refused(told)) - back
    kind = "files that may not grow" if disk.folder is None else "a small disk"
    figure(f"{kind}: {len(refused(told))} times 503, {max(0.0, again):.1f} s after there was room; {found}")
    assert (full.lost, full.doubled, full.differences) == (0, 0, [])
    assert found.fine, found
    assert {(status, after) for _, _, status, after in told.answers if status >= 500 or not status} == {(503, "1")}
    assert ground.processes["web"].poll() is None


def test_case_09_control_application_that_answers_before_the_commit_loses_some(disk: Disk, figure: Figure) -> None:
    ground = disk.ground
    ground.kill("web")
    ground.start_web(1, "tests.faults.hasty:create_app")
    disk.fill(16 * 1024)
    with crowd.acting(ground, a_second=1000, kinds=KINDS, first=PEOPLE // 2) as told:
        ground.wait("acts that were told", lambda: len(told.yes) > 6 * crowd.PHONES or len(refused(told)) > 400)
        told.done.set()
        disk.free()
    found = judge(ground, told)
    figure(f"{found.lost} lost where the yes comes before the commit")
    assert found.lost > 0
