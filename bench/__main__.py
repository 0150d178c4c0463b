"""`make bench`: one table of figures, each beside its floor or peer from the same run, and bench/results.json.

`python -m bench codec crowd …` measures these parts alone and leaves results.json as it is.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from bench import (
    codec,
    crowd,
    drawn,
    fanout,
    figures,
    hearing,
    imports,
    outbox,
    over_http,
    processes,
    servers,
    storm,
    year_end,
    year_scores,
)
from bench.figures import Row

PARTS: dict[str, Callable[[list[str]], list[Row]]] = {
    "over_http": over_http.rows, "servers": servers.rows, "storm": storm.rows, "codec": codec.rows, "crowd": crowd.rows,
    "outbox": outbox.rows, "fanout": fanout.rows, "drawn": drawn.rows, "processes": processes.rows,
    "year_end": year_end.rows, "year_scores": year_scores.rows, "imports": imports.rows,
}  # fmt: skip


def main(wanted: list[str]) -> None:
    """Measure the parts, or those that are named."""
    rows: list[Row] = []
    missing: list[str] = []
    for name in wanted or PARTS:
        begun = time.perf_counter()
        rows += PARTS[name](missing)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", flush=True)
    figures.report(rows)
    for sentence in missing:
        print(sentence)
    if not wanted:
        heard = hearing.row()
        hearing.report(heard)
        figures.keep(rows, missing=missing, hearing=heard)


if __name__ == "__main__":
    main(sys.argv[1:])
