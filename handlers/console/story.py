"""The history of a record that goes from step to step, as its page tells it: who, when, which step, why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handlers.console.participation.told import Line
from services.access.person_view import changes
from wording import entry


def steps(kind: str, number: int, theirs: Mapping[str, str] = MappingProxyType({})) -> list[Line]:
    """The steps of an application, an import, a transfer, a death, a qualification, a make-up, an objection or a
    case, newest first; the caller has looked at the reader's right. `theirs`: steps of somebody who is not named here,
    and how he is called."""
    verbs: Mapping[str, str] = entry("history.verbs")
    return [
        Line(each.at, theirs.get(each.verb, each.who), verbs.get(each.verb, each.verb), "", each.reason)
        for each in changes(subject=f"{kind}:{number}")
    ]
