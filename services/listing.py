"""Lists that are searched, filtered, sorted and read page by page: one shape for every list of the console.

A list's service turns a `Wanted` into a `Found`; what cannot be read in it (a filter nobody offers, a page beyond
the last) is brought back to something that can, since it stands in an address that people keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Generic, TypeVar

from frozen import dataclass

T = TypeVar("T")

PAGE = 50
#: Rows in one Excel export; more is asked for division by division.
MOST = 30_000
#: How far a list counts: nobody reads ten thousand lines, and counting three hundred thousand takes longer than a page.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a list: words to search, filters by name, a column to sort by ("-" in front: downwards)."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = PAGE

    def chosen(self, name: str) -> str:
        """The value of a filter, "" if it is not set."""
        return self.filters.get(name, "")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One page of a list; `total` counts its rows, at most one more than COUNTED (then `beyond`)."""

    rows: list[T]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages can be opened, at least one; what lies beyond COUNTED is found by filters, or in Excel."""
        return max(1, -(-min(self.total, COUNTED) // self.size))

    @property
    def beyond(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.total > COUNTED


def cut(
    query: Any, *, wanted: Wanted, sorts: Mapping[str, Any], default: str, tie: Any, row: Callable[[Any], T]
) -> Found[T]:
    """One page of a peewee query.

    `sorts` names the columns one may sort by, `default` the one that stands if none (or an unknown one) is asked for
    (with "-" in front: downwards); `tie` is a unique column that makes the order whole. `row` turns a row into what
    the page shows. Costs two statements, one where everything fits on the first page.
    """
    size = min(max(wanted.size, 1), MOST)
    name = wanted.sort if wanted.sort.removeprefix("-") in sorts else default
    column = sorts[name.removeprefix("-")]
    order = column.desc() if name.startswith("-") else column.asc()
    ordered = query.order_by(order, tie).limit(size)
    if wanted.page <= 1:
        found = list(ordered)
        if len(found) < size:
            return Found([row(each) for each in found], len(found), 1, size)
        return Found([row(each) for each in found], _counted(query), 1, size)
    total = _counted(query)
    page = min(wanted.page, max(1, -(-min(total, COUNTED) // size)))
    return Found([row(each) for each in ordered.offset((page - 1) * size)], total, page, size)


def _counted(query: Any) -> int:
    return int(query.order_by().limit(COUNTED + 1).count())
