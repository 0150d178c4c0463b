"""Which parts of the programme a division uses: mall, assessment, dispatch …; what is off is not there to see."""

from __future__ import annotations

from datetime import datetime

from services import rules


def is_on(*, module: str, region_code: str, at: datetime) -> bool:
    """Whether this division uses the module."""
    return bool(rules.rule("modules", region_code, at).params[module])


def modules_of(*, region_code: str, at: datetime) -> frozenset[str]:
    """The modules that are on in this division."""
    return frozenset(name for name, on in rules.rule("modules", region_code, at).params.items() if on)
