"""A pytest plugin for the whole run: browser tests last, all in one process.

They start servers of their own and watch the time on screen, so they run when the rest is done.
Loaded by tools/test.sh; a run of a few tests by hand does without it.
"""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move tests marked browser to the end, in the order they were found, as one group for xdist."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
