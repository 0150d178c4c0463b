"""The history of an activity or of a record as its page tells it: who, when, what it was and what it is, why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from frozen import dataclass
from handlers.pages.format import moment
from services.access.person_view import changes
from services.participation import domains
from wording import entry

#: How much of a long text a line of history shows.
LONGEST = 60
#: Fields whose values are codes.
KINDS: dict[str, Callable[[str], str]] = {"domain": domains.domain_name}


@dataclass(frozen=True, slots=True)
class Line:
    """One change, in words."""

    at: datetime
    who: str
    what: str
    facts: str
    reason: str


def lines(subject: str) -> list[Line]:
    """What changed on `activity:<id>` or `record:<id>`, newest first; the caller has looked at the reader's right."""
    verbs: Mapping[str, str] = entry("activities.changes")
    return [
        Line(each.at, each.who, verbs.get(each.verb, each.verb), _told(each.facts), each.reason)
        for each in changes(subject=subject)
    ]


def _told(facts: Mapping[str, Any]) -> str:
    names: Mapping[str, str] = entry("activities.fields")
    return "；".join(
        f"{names.get(key.partition(':')[0], key)}：{_plain(key, pair[0])} 改为 {_plain(key, pair[1])}"
        for key, pair in facts.items()
        if isinstance(pair, list) and len(pair) == 2
    )


def _plain(key: str, value: Any) -> str:
    if value in (None, ""):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    if key in KINDS:
        return KINDS[key](text)
    if "T" in text and text.endswith("+00:00"):
        return moment(datetime.fromisoformat(text))
    text = str(entry("activities.states").get(text, text))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
