"""peewee without PostgreSQL's driver, which it loads wherever it finds it: twelve megabytes that SQLite never
uses, and a part of each start. This file comes before peewee; the driver comes with the first PostgreSQL.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

if "peewee" not in sys.modules and "psycopg" not in sys.modules:
    sys.modules["psycopg"] = None  # type: ignore[assignment]  # to peewee it is not installed
    try:
        import_module("peewee")
    finally:
        del sys.modules["psycopg"]


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
