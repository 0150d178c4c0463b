"""What people say to the chat, and how much of it is understood: `corpus.tsv` read and judged.

    .venv/bin/python -m tests.bot.corpus         totals of both parts; single misses of the part that rules are written with
    .venv/bin/python -m tests.bot.corpus heard   the same, after writing the sentences of `write` to wording/heard.toml

Of the part `score` nobody sees single misses, so that it stays a measure.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from clock import SHANGHAI
from handlers.bot.understanding import as_heard, understand
from handlers.bot.words import Asked
from wording import HERE

FILE = Path(__file__).with_name("corpus.tsv")
HEARD = HERE / "heard.toml"
#: When all of it is said.
AT = datetime(2026, 6, 10, 9, 0, tzinfo=SHANGHAI)
PARTS = ("write", "score")
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Utterance:
    """A message, and what whoever wrote it wants."""

    part: str
    text: str
    intent: str
    slots: dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """An utterance and what was understood."""

    said: Utterance
    intent: str
    slots: dict[str, Any]

    @property
    def slots_matter(self) -> bool:
        """Whether there was anything to get right or wrong."""
        return bool(self.said.slots or self.slots)


@dataclass(frozen=True)
class Totals:
    """Of `said` utterances so many intents were right; of `slotted` with slots wanted or found, all of them in so many."""

    said: int
    intents: int
    slotted: int
    slots: int

    @property
    def intent_share(self) -> float:
        """Between 0 and 1."""
        return self.intents / self.said

    @property
    def slot_share(self) -> float:
        """Between 0 and 1."""
        return self.slots / self.slotted


def read(part: str) -> Iterator[Utterance]:
    """The utterances of one part."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    for line in lines[1:]:
        named, text, intent, slots = line.split("\t")
        if named == part:
            yield Utterance(named, text, intent, json.loads(slots))


def slots_of(asked: Asked | None) -> dict[str, Any]:
    """The slots as the corpus writes them."""
    if asked is None:
        return {}
    found: dict[str, Any] = {
        name: getattr(asked, name) for name in ("number", "part", "digits", "text", "team", "activity")
    }
    if asked.period is not None:
        found["period"] = [asked.period.start.isoformat(), asked.period.end.isoformat()]
    if asked.also:  # 三月和五月: the second
        found["also"] = [asked.also[0].start.isoformat(), asked.also[0].end.isoformat()]
    return {name: value for name, value in found.items() if value}


def judge(part: str) -> list[Judged]:
    """Every utterance of a part with what is understood of it."""
    found = []
    for each in read(part):
        asked = understand(each.text, AT)
        found.append(Judged(each, asked.command if asked else UNKNOWN, slots_of(asked)))
    return found


def totals(judged: list[Judged]) -> Totals:
    """How many were right."""
    slotted = [each for each in judged if each.slots_matter]
    return Totals(
        said=len(judged), intents=sum(each.intent == each.said.intent for each in judged), slotted=len(slotted),
        slots=sum(each.slots == each.said.slots for each in slotted),
    )  # fmt: skip


def confusion(judged: list[Judged]) -> list[tuple[str, str, int]]:
    """(meant, understood, how often) wherever they differ, the most frequent first."""
    found = Counter((each.said.intent, each.intent) for each in judged if each.intent != each.said.intent)
    return [(meant, understood, count) for (meant, understood), count in found.most_common()]


def heard() -> dict[str, list[str]]:
    """Command → its sentences of `write` as wording/heard.toml holds them."""
    found: dict[str, list[str]] = {}
    for each in read("write"):
        if not each.slots.keys() & {"text", "digits"}:  # what somebody's own words follow is no sentence
            found.setdefault(each.intent, []).append(as_heard(each.text))
    return {intent: sorted({sentence for sentence in found[intent] if len(sentence) > 1}) for intent in sorted(found)}


def keep_heard() -> None:
    """Write wording/heard.toml anew."""
    lines = [HEARD.read_text(encoding="utf-8").split("\n\n", 1)[0] + "\n"]
    for intent, sentences in heard().items():
        lines.append(f"{intent} = {json.dumps(sentences, ensure_ascii=False)}")
    HEARD.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _print() -> None:
    for part in PARTS:
        judged = judge(part)
        told = totals(judged)
        print(
            f"{part}: {told.said} said, intent {told.intents} ({told.intent_share:.1%}), "
            f"slots {told.slots} of {told.slotted} ({told.slot_share:.1%})"
        )
        if part == "write":
            for each in judged:
                if each.intent != each.said.intent or each.slots != each.said.slots:
                    print(f"  {each.said.text}: {each.said.intent} {each.said.slots} → {each.intent} {each.slots}")


if __name__ == "__main__":
    if sys.argv[1:] == ["heard"]:
        keep_heard()
    _print()
