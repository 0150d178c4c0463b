"""A pytest plugin for the whole run: browser tests last, and the table of rights in one process.

Browser tests start servers of their own and watch the time on screen, so they run when the rest is done, each file of
them with one server. The table of rights, and what all pages ask, is worked out once for all tests that read it.
xdist's own groups are lost under pytest 9.2, where a test's name cannot be changed after its collection: so the place
in the tree says what belongs together.
Loaded by tools/test.sh; a run of a few tests by hand does without it.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

#: One process runs all that a file of these holds: it works out, or starts, once what its tests share.
TOGETHER = (
    "tests/rights/test_matrix.py", "tests/plans/test_plans.py", "tests/demo/test_world.py", "tests/browser/",
    "tests/client/", "tests/faults/",
)  # fmt: skip


class Together(LoadGroupScheduling):
    """Spreads single tests, and keeps those of a file above in one process."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return file if file.startswith(TOGETHER) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    """Ours instead of xdist's, where groups are asked for."""
    return Together(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move tests marked browser to the end, in the order they were found."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
