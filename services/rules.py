"""Which numbers hold where and when: the nearest rule set of a division (design §2, policy numbers).

Rows of `rule_set` are never edited, only followed by a newer version, so what was read once is kept for the
life of the process; which row is the newest is asked of the database each time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from clock import to_millis
from frozen import dataclass
from models import RuleSet, store
from queries import rules as sql
from services.regions import lineage


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a division's numbers, as they are frozen into what is made under it."""

    id: int
    params: Mapping[str, Any]


_known: WeakKeyDictionary[Any, dict[int, Rule]] = WeakKeyDictionary()


def rule(kind: str, region_code: str, at: datetime) -> Rule:
    """The rule of `kind` that holds in the division at `at`: longest prefix first, then the newest version.

    The schema sets every kind for everywhere (region ""), so a kind without a row is our own mistake:
    LookupError.
    """
    newest = sql.newest(kind=kind, regions=["", *lineage(region_code)], now=to_millis(at))
    if newest is None:
        raise LookupError(f"no rule set of kind {kind}")
    return rule_by_id(newest)


class Everywhere:
    """The rules of one kind as they stand at a moment, for a batch that meets many divisions: asked once for all."""

    def __init__(self, kind: str, at: datetime) -> None:
        self._ids = sql.in_force(kind=kind, now=to_millis(at))

    @property
    def places(self) -> frozenset[str]:
        """The divisions that have a set of their own, "" for everywhere."""
        return frozenset(self._ids)

    def of(self, region_code: str) -> Rule:
        """The rule that holds in a division, as `rule` finds it."""
        codes = ["", *lineage(region_code)]
        nearest = max((code for code in codes if code in self._ids), key=len)
        return rule_by_id(self._ids[nearest])


def rule_by_id(rule_id: int) -> Rule:
    """The rule with this id; the database is asked once per process. LookupError if there is none."""
    known = _known.setdefault(store.current(), {})
    found = known.get(rule_id)
    if found is None:
        row = RuleSet.get_or_none(RuleSet.id == rule_id)
        if row is None:
            raise LookupError(f"no rule set {rule_id}")
        found = known[rule_id] = Rule(id=row.id, params=MappingProxyType(json.loads(row.params)))
    return found
