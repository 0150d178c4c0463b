"""Which rule set holds in a division: asked on every check of hours, so written down."""

from __future__ import annotations

from models.dialect import Steady
from queries import one, rows

#: Everywhere and the five levels of a division.
LEVELS = 6
NEWEST = Steady("""
SELECT id FROM rule_set
WHERE kind = ? AND region_code IN (?, ?, ?, ?, ?, ?) AND valid_from <= ?
ORDER BY LENGTH(region_code) DESC, valid_from DESC, version DESC LIMIT 1
""")

#: Every division's sets in force, the newest of each last.
IN_FORCE = "SELECT region_code, id FROM rule_set WHERE kind = ? AND valid_from <= ? ORDER BY valid_from, version"


def in_force(*, kind: str, now: int) -> dict[str, int]:
    """The id of the rule of `kind` in force, by the division that set it ("" is everywhere)."""
    return {region: int(ident) for region, ident in rows(IN_FORCE, (kind, now))}


def newest(*, kind: str, regions: list[str], now: int) -> int | None:
    """The id of the rule of `kind` for the longest of these codes ("" is everywhere), in its newest version."""
    codes = (regions + [""] * LEVELS)[:LEVELS]
    row = one(NEWEST, (kind, *codes, now))
    return None if row is None else int(row[0])
