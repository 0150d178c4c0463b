"""Whether PostgreSQL lets in as many connections as our processes may open together."""

from __future__ import annotations

from collections.abc import Iterator

from models import store
from models.dialect import POOL
from queries import connections as sql
from services.operation.findings import OK, WRONG, Finding

#: Left over for the operator's own look, a backup and the commands.
SPARE = 10


def examine(processes: int) -> Iterator[Finding]:
    """Hold the processes (as many as were told, or as are seen, if that is more) against what the server gives."""
    if store.current().dialect != "postgres":
        return
    try:
        given, seen = sql.given(), sql.seen()
    except Exception:  # the database has been told of already
        return
    many = max(processes, seen)
    needed = many * POOL + SPARE
    facts = {"processes": many, "pool": POOL, "needed": needed, "given": given, "spare": SPARE}
    yield Finding(OK if needed <= given else WRONG, "connections", facts)
