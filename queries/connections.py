"""How many connections PostgreSQL gives, and which processes of ours hold some."""

from __future__ import annotations

from models.dialect import OURS
from queries import one

#: What the server keeps for its administrators is not ours; the second kind of reserve came with PostgreSQL 16.
GIVEN = (
    "SELECT CAST(current_setting('max_connections') AS integer) "
    "- CAST(current_setting('superuser_reserved_connections') AS integer) "
    "- CAST(COALESCE(current_setting('reserved_connections', true), '0') AS integer)"
)
#: Every process of ours has a name of its own on its machine; this one's is left out.
SEEN = (
    "SELECT count(DISTINCT (client_addr, application_name)) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name LIKE ? AND application_name <> current_setting('application_name')"
)


def given() -> int:
    """Connections that everybody together may open."""
    return int((one(GIVEN) or (0,))[0])


def seen() -> int:
    """Processes of ours, this one apart, that hold a connection to this database."""
    return int((one(SEEN, (f"{OURS}%",)) or (0,))[0])
