"""Standing insurance of many teams at once: the covers of divisions and teams, read in one go (条例 §17, S94).

`insurance` asks for one activity; this is for lists and proposals over thousands of teams, by the same rule: covers
that stand, one after another, hold from a beginning to an end.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from clock import from_millis, to_millis
from queries import dispatch as sql
from services.regions import lineage


class Covers:
    """The covers that touch a span of time; asked once, looked up for as many teams as there are."""

    def __init__(self, *, begins: datetime, ends: datetime) -> None:
        self._begins, self._ends = to_millis(begins), to_millis(ends)
        self._by_team: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._by_region: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for team_id, region, since, until in sql.rows(sql.COVERS, (self._ends, self._begins)):
            if team_id is None:
                self._by_region[region].append((since, until))
            else:
                self._by_team[team_id].append((since, until))

    def until(self, *, team_id: int, region_code: str) -> datetime | None:
        """Until when the team is covered without a gap from the beginning on; None if it is not even then."""
        spans = [*self._by_team.get(team_id, ()), *self._by_region.get("", ())]
        for code in lineage(region_code):
            spans += self._by_region.get(code, ())
        held = self._begins
        for since, until in sorted(spans):
            if since <= held:
                held = max(held, until)
        return from_millis(held) if held > self._begins else None

    def hold(self, *, team_id: int, region_code: str) -> bool:
        """Whether the team is covered for the whole of the span."""
        found = self.until(team_id=team_id, region_code=region_code)
        return found is not None and to_millis(found) >= self._ends
