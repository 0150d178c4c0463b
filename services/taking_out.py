"""Files that leave the house (导出): how many of them one account takes in a while. What was taken stands in the audit,
where it is made; here only the flood is stopped."""

from __future__ import annotations

from datetime import datetime

from services import limits
from services.actors import Actor

#: Every list of the console once is fewer; an officer before an inspection takes a tenth of that.
MOST, SECONDS = 300, 600


def count(*, actor: Actor, at: datetime) -> None:
    """Before a file is made; outside any write. Refusals: TOO_MANY_TRIES."""
    limits.count(key=f"export|{actor.volunteer_id}", limit=MOST, seconds=SECONDS, at=at)
