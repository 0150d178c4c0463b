"""peewee without the drivers that it loads wherever it finds them, and a part of each start: PostgreSQL's, twelve
megabytes that SQLite never uses, and Python's own for SQLite, with a second SQLite beside apsw's, one more. This file
comes before peewee; PostgreSQL's driver comes with the first PostgreSQL.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

if "peewee" not in sys.modules:
    hidden = {"psycopg", "sqlite3"} - sys.modules.keys()
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # to peewee it is not installed
    try:
        import_module("peewee")
    finally:
        for name in hidden:
            del sys.modules[name]


def load() -> None:
    """Let peewee have the driver: what it would have taken from it, had it been there from the first."""
    peewee: Any = import_module("peewee")
    if peewee.psycopg is not None:
        return
    import psycopg
    from psycopg.pq import TransactionStatus
    from psycopg.types.json import Json, Jsonb

    peewee.TransactionStatus, peewee.Json_pg3, peewee.Jsonb_pg3 = TransactionStatus, Json, Jsonb
    kind = peewee.Psycopg3Adapter
    kind.txn_idle, kind.txn_inerror = TransactionStatus.IDLE, TransactionStatus.INERROR
    kind.txn_unknown = TransactionStatus.UNKNOWN
    peewee.psycopg = psycopg
