"""Figures that stand beside a floor: sides that take turns, the ratios within each round, and the table of them all.

A side is measured once a round, every second round in reverse order. A figure is the median of ours ÷ floor *within*
a round, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import load
from models.dialect import SQLITE_VERSION

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "1.5"))
CONNECTIONS = 32
#: Seconds of processor that an act in this process is repeated for, in one round.
INSIDE = SECONDS / 4


@dataclass(frozen=True)
class Sample:
    """What one side did in one round: its value, and over HTTP the waits in milliseconds and what was no answer."""

    value: float
    p50: float | None = None
    p99: float | None = None
    bad: int = 0


@dataclass
class Side:
    """Something measured once a round; `act(share)` runs for that share of its usual time."""

    act: Callable[[float], Sample]
    kept: list[Sample] = field(default_factory=list)


@dataclass
class Row:
    """One figure: ours beside its floor or peer. `bar` is what the ratio has to hold, as "≥ 0.8", "≤ 1.6" or "= 1";
    with a unit behind it, "≤ 120 MB", what ours has to."""

    name: str
    ours: Side
    floor: Side
    bar: str = ""
    #: "rows/s" is by the clock, "rows/CPU s" by the seconds of the processor, PostgreSQL's process with it.
    unit: str = "/s"

    def ratios(self) -> list[float]:
        """Ours ÷ floor of the same round, the least first."""
        pairs = zip(self.ours.kept, self.floor.kept, strict=True)
        return sorted(a.value / b.value if b.value else float("nan") for a, b in pairs)

    def holds(self) -> bool:
        """Whether the median is on the right side of the bar; true where there is none."""
        if not self.bar:
            return True
        sign, bar, *unit = self.bar.split()
        median = statistics.median([each.value for each in self.ours.kept] if unit else self.ratios())
        return {"≥": median >= float(bar), "≤": median <= float(bar), "=": median == float(bar)}[sign]

    def told(self) -> dict[str, Any]:
        """The row as results.json keeps it."""
        ratios, samples = self.ratios(), self.ours.kept
        told: dict[str, Any] = {
            "figure": self.name, "unit": self.unit, "ours": _middle(each.value for each in samples),
            "floor": _middle(each.value for each in self.floor.kept), "ratio": round(statistics.median(ratios), 3),
            "spread": [round(ratios[0], 3), round(ratios[-1], 3)], "bar": self.bar, "holds": self.holds(),
        }  # fmt: skip
        if samples[0].p50 is not None:
            told["p50_ms"] = _middle(each.p50 or 0 for each in samples)
            told["p99_ms"] = _middle(each.p99 or 0 for each in samples)
            told["bad"] = sum(each.bad for each in (*samples, *self.floor.kept))
        return told


def alternate(rows: Sequence[Row], *, rounds: int = ROUNDS, warm: bool = True) -> list[Row]:
    """Measure all sides of the rows, each once a round; a side that stands in several rows is measured once.
    `warm`: each runs for a quarter of its time before."""
    sides: list[Side] = []
    for row in rows:
        sides += [side for side in (row.ours, row.floor) if not any(side is each for each in sides)]
    for side in sides if warm else ():
        side.act(0.25)
    for number in range(rounds):
        for side in sides if number % 2 == 0 else sides[::-1]:
            side.kept.append(side.act(1))
    for row in rows:
        print(f"  {row.name}: {statistics.median(row.ratios()):.2f}", flush=True)
    return list(rows)


def often(act: Callable[[], object], *, times: int = 1, seconds: float = INSIDE) -> Side:
    """An act in this process, again and again: times a second of processor, so that others' work counts less.
    `times`: so many are done by one call."""

    def measure(share: float) -> Sample:
        gc.collect()
        done, begun = 0, time.process_time()
        while (spent := time.process_time() - begun) < seconds * share or not done:
            act()
            done += times
        return Sample(done / spent if spent else float(done))

    return Side(measure)


def slowly(act: Callable[[], object], *, seconds: float = INSIDE) -> Side:
    """The same told as microseconds of processor for one act."""
    inner = often(act, seconds=seconds)
    return Side(lambda share: Sample(1e6 / inner.act(share).value))


def over_http(drive: Callable[[float], load.Result]) -> Side:
    """A server under load for so many seconds: good answers a second, and how long they took."""

    def measure(share: float) -> Sample:
        found = drive(SECONDS * share)
        if not found.done:
            return Sample(0.0, 0.0, 0.0, sum(found.statuses.values()))
        return Sample(
            found.rate, found.percentile(0.5), found.percentile(0.99), sum(found.statuses.values()) - found.done
        )

    return Side(measure)


def kept(values: Iterable[float]) -> Side:
    """A side that was measured already, with these values."""
    return Side(lambda _share: Sample(0), [Sample(value) for value in values])


def report(rows: Sequence[Row]) -> None:
    """Print the one table."""
    here = machine()
    table = Table(title="make bench: {cpu}, {cores} cores, {memory_gb} GB, {system}, Python {python}, load {load}"
                  .format(**here))  # fmt: skip
    headings = ("figure", "ours", "floor", "", "ours ÷ floor", "spread", "bar", "p50 ms", "p99 ms", "bad")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("figure", "") else "right")
    for row in rows:
        told = row.told()
        table.add_row(
            row.name, _short(told["ours"]), _short(told["floor"]), row.unit, f"{told['ratio']:.2f}",
            "{:.2f}–{:.2f}".format(*told["spread"]), row.bar, *(str(told.get(key, "")) for key in
            ("p50_ms", "p99_ms", "bad")), style="" if told["holds"] else "red",
        )  # fmt: skip
    Console(width=170).print(table)


def keep(rows: Sequence[Row], *, missing: Sequence[str], hearing: dict[str, Any]) -> None:
    """Write results.json; `missing`: a sentence for each row that could not be measured here."""
    document = {
        "machine": machine(),
        "rounds": ROUNDS, "seconds": SECONDS, "connections": CONNECTIONS,
        "rows": [row.told() for row in rows], "missing": list(missing), "hearing": hearing,
    }  # fmt: skip
    path = Path(__file__).with_name("results.json")
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """What the figures were made on; "" for what this system does not say."""
    return {
        "cpu": _told_by(Path("/proc/cpuinfo"), "model name"), "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": _system(), "python": platform.python_version(), "sqlite": SQLITE_VERSION,
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _told_by(file: Path, name: str) -> str:
    """The first line `name: …` of a file of the kernel's."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = platform.system()
    return f"{name}, {platform.machine()}"


def _middle(values: Any) -> float:
    median = statistics.median(values)
    return round(median, 1 if median >= 10 else 3)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
