"""The thirty fault and bad-input cases: which test holds which, and the table of them at the end of a run.

A test belongs to a case by its name (`test_case_07_…`) or by `@pytest.mark.case(7)`. What it measured it tells by the
fixture `figure`: `figure("503 in 2.1 s")`. Before pytest's last line every case that ran is printed with what was told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

TITLES = {
    1: "four web processes, two workers, one reminder for fifty",
    2: "worker killed in the middle of its pushes",
    3: "worker down for hours, across a reminder and the month's end",
    4: "leading worker frozen, another takes over, the first wakes",
    5: "clock an hour back and an hour forth while running",
    6: "database restarted under load",
    7: "every connection of the database held",
    8: "eight processes read, change and write one row of SQLite",
    9: "disk full during check-ins",
    10: "web processes killed during check-ins",
    11: "backup under load, restored elsewhere",
    12: "migration that raises half way",
    13: "one message delivered three times at once",
    14: "act that takes longer than WeChat waits",
    15: "callbacks that are forged, foreign, old or broken",
    16: "callbacks with bombs, entities, megabytes and nonsense",
    17: "platform refuses every token",
    18: "token killed by somebody else's refresh",
    19: "quota used up in the middle of a crowd",
    20: "push times out after the platform took it",
    21: "people who refuse, and a follow that comes late",
    22: "venue codes: old, foreign, forged, replayed",
    23: "two activities of one person overlap",
    24: "nobody checks out, and the job comes late and twice",
    25: "a phone's offline batch, in pieces and again",
    26: "fifty at once for one balance, one quota",
    27: "corrections after spending, rows changed behind the guards",
    28: "every route in every role",
    29: "names that are formulas, texts that are scripts",
    30: "JSON, texts, dates and pages that are no such",
}
NAME = re.compile(r"test_case_(\d\d)_")


@dataclass
class Ran:
    """What is known of one case: tests that passed, failed and were skipped, their seconds, what they told."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    figures: list[str] = field(default_factory=list)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tell a figure of this test's case."""
    return lambda text: request.node.user_properties.append(("figure", text))


def numbers(item: pytest.Item) -> list[int]:
    """The cases that a test belongs to."""
    named = NAME.match(item.name)
    return sorted({each.args[0] for each in item.iter_markers("case")} | ({int(named[1])} if named else set()))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the report of a test say its cases, in whichever process it runs."""
    if found := numbers(item):
        item.user_properties.append(("cases", found))  # type: ignore[arg-type]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the cases that ran."""
    ran: dict[int, Ran] = defaultdict(Ran)
    for outcome in ("passed", "failed", "skipped", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            told = getattr(report, "user_properties", ())
            for number in dict(told).get("cases", ()):
                _count(ran[number], outcome, report, [text for name, text in told if name == "figure"])
    if ran:
        terminalreporter.section("fault cases")
    for number, found in sorted(ran.items()):
        terminalreporter.write_line(line(number, found))


def _count(found: Ran, outcome: str, report: Any, figures: list[str]) -> None:
    found.seconds += report.duration
    found.figures += figures
    if outcome == "skipped":
        found.skipped += 1
    elif outcome == "passed":
        found.passed += 1
    else:
        found.failed += 1


def line(number: int, found: Ran) -> str:
    """One case in one line: its number, what happens, what was measured, how many tests."""
    tests = f"{found.passed + found.failed} tests" if found.passed + found.failed != 1 else "1 test"
    parts = [*found.figures, f"{tests} in {found.seconds:.1f} s"]
    if found.failed:
        parts.insert(0, f"{found.failed} FAILED")
    if found.skipped:
        parts.append(f"{found.skipped} skipped")
    return f"{number:3}  {TITLES[number]}: {'; '.join(parts)}"
