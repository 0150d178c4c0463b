"""How much of what people say to the chat is understood, and how long that takes: one row and a confusion table.

Alone: `.venv/bin/python -m bench.hearing`. The utterances are those of tests/bot/corpus.tsv.
"""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.table import Table

from handlers.bot.understanding import understand
from tests.bot.corpus import AT, PARTS, Judged, confusion, judge, read, totals

REPEATS = 20
#: Confusions that are printed one by one; of the part `score` only commands are named, never sentences.
SHOWN = 30


def row() -> dict[str, Any]:
    """Shares of both parts, and microseconds of processor time a message over both (median and 99th of a hundred)."""
    texts = [each.text for part in PARTS for each in read(part)]
    spent = sorted(_microseconds(text) for text in texts)
    figures: dict[str, Any] = {"figure": "understanding of chat messages"}
    for part in PARTS:
        told = totals(judge(part))
        figures[part] = {
            "said": told.said, "intent": round(told.intent_share, 3), "slots": round(told.slot_share, 3),
        }  # fmt: skip
    figures["p50_us"] = round(spent[len(spent) // 2], 1)
    figures["p99_us"] = round(spent[len(spent) * 99 // 100], 1)
    figures["word_us"] = round(_microseconds("时长"), 1)
    return figures


def _microseconds(text: str) -> float:
    understand(text, AT)
    began = time.process_time()
    for _ in range(REPEATS):
        understand(text, AT)
    return (time.process_time() - began) / REPEATS * 1e6


def report(figures: dict[str, Any]) -> None:
    """Print the row and what was taken for what."""
    console = Console(width=130)
    table = Table(title=figures["figure"])
    for heading in ("part", "said", "intent", "slots"):
        table.add_column(heading, justify="left" if heading == "part" else "right")
    for part in PARTS:
        told = figures[part]
        table.add_row(part, str(told["said"]), f"{told['intent']:.1%}", f"{told['slots']:.1%}")
    console.print(table)
    spent = f"p50 {figures['p50_us']}, p99 {figures['p99_us']}, 时长 {figures['word_us']}"
    console.print(f"µs of processor a message: {spent}")
    console.print(_confusions([each for part in PARTS for each in judge(part)]))


def _confusions(judged: list[Judged]) -> Table:
    table = Table(title="taken for something else")
    for heading in ("meant", "understood", "times"):
        table.add_column(heading, justify="right" if heading == "times" else "left")
    for meant, understood, count in confusion(judged)[:SHOWN]:
        table.add_row(meant, understood, str(count))
    return table


if __name__ == "__main__":
    report(row())
