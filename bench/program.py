"""`python -m bench.program`: the mini-program's first page from cold in its web runtime, beside its floor.

Each start has a browser context of its own: nothing kept, nothing logged in, scripts compiled anew. From the
navigation to the second frame in which what is asked for stands there. The floor is a mini-program of one empty page,
built and served by the same tools, started in turn with ours; what it takes is Chromium's and the runtime's. The
server is the one of the client's tests: 501 activities, the sandbox's log-in, everything on this machine. Median of
`BENCH_STARTS` (7) starts.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.client import house, runtime
from tests.support.browser import new_context, require_browser
from tests.support.stack import Stack, running

STARTS = int(os.environ.get("BENCH_STARTS", "7"))
#: Milliseconds: the bar for the first page.
BAR = 1000
#: Notes the moment at which `selector` has been drawn, counted from the navigation.
WATCH = """(() => {
  const look = () => document.querySelector(SELECTOR)
    ? requestAnimationFrame(() => requestAnimationFrame(() => { window.__shown = performance.now() }))
    : requestAnimationFrame(look)
  look()
})()"""
ASKED = """performance.getEntriesByType('resource').filter(each => each.name.includes('/api/v1/'))
  .map(each => each.decodedBodySize)"""


def empty(folder: Path) -> Path:
    """A mini-program of one page without anything."""
    files: dict[str, Any] = {
        "app.json": {"pages": ["pages/floor/floor"], "style": "v2"},
        "pages/floor/floor.json": {"navigationBarTitleText": "空"},
    }
    texts = {
        "app.js": "App({})\n",
        "pages/floor/floor.js": "Page({})\n",
        "pages/floor/floor.wxml": '<view class="floor">空</view>\n',
    }
    (folder / "pages/floor").mkdir(parents=True)
    for name, text in {**{name: json.dumps(said) for name, said in files.items()}, **texts}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def start(address: str, selector: str, login: Callable[[], str]) -> tuple[float, list[int]]:
    """One cold start: milliseconds until `selector` is drawn, and the bytes of each answer of the API."""
    with new_context(require_browser(), **runtime.PHONE) as context:
        context.add_init_script(WATCH.replace("SELECTOR", json.dumps(selector)))
        phone = runtime.open_phone(context, address, login=login)
        phone.page.wait_for_function("window.__shown")
        return phone.page.evaluate("window.__shown"), phone.page.evaluate(ASKED)


def measure(stack: Stack, ours: str, floor: str) -> dict[str, list[float]]:
    """Milliseconds of each start, the three kinds in turn; a start of each before, which is not counted."""

    def stranger() -> str:
        return house.login_code(stack, house.NEWCOMER)

    def member() -> str:
        return house.login_code(stack, house.XIAOBO)

    kinds: dict[str, tuple[str, str, Callable[[], str]]] = {
        "floor: an empty page": (floor, ".floor", lambda: ""),
        "home of somebody new: log-in and the next activities": (ours, ".mp-page .near", stranger),
        "home of a member: log-in and his own page": (ours, ".mp-page .figure", member),
    }
    taken: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(STARTS + 1):
        for name, (address, selector, login) in kinds.items():
            took, asked = start(address, selector, login)
            if turn:
                taken[name].append(took)
            elif address == ours:
                Console(stderr=True).print(f"{name}: {len(asked)} requests, {asked} bytes")
    return taken


def main() -> int:
    """Measure and print; 1 where the median of a first page of ours is over the bar."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        built = runtime.build(runtime.ROOT / "miniprogram", folder / "ours")
        bare = runtime.build(empty(folder / "empty"), folder / "floor")
        (folder / "house").mkdir()
        with (
            running(folder / "house", house.seed, house.phones) as stack,
            runtime.served(built, backend=stack.app) as ours,
            runtime.served(bare) as floor,
        ):
            taken = measure(stack, ours, floor)
    table = Table(title=f"First page from cold, {STARTS} starts each, load {os.getloadavg()[0]:.1f}")
    for name in ("", "median ms", "fastest", "slowest", "bar"):
        table.add_column(name, justify="left" if not name else "right")
    late = False
    for name, times in taken.items():
        own = not name.startswith("floor")
        late |= own and statistics.median(times) > BAR
        numbers = [f"{statistics.median(times):.0f}", f"{min(times):.0f}", f"{max(times):.0f}"]
        table.add_row(name, *numbers, f"{BAR}" if own else "")
    Console().print(table)
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
