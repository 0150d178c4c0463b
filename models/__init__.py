"""The tables, from `models.tables` when one is first asked for: whoever only wants a door to the database loads none.

All of them are loaded together, since they point at one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import driver as driver  # before anybody loads peewee

if TYPE_CHECKING:
    from models.tables import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """A table by its name, or `MODELS`; whatever begins with a small letter is a file of this room."""
        if not name[0].isupper():
            raise AttributeError(f"module 'models' has no attribute {name!r}")
        from models import tables

        found = globals()[name] = getattr(tables, name)
        return found
