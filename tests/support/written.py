"""Whether a row was written since: SQLite counts its changes itself, PostgreSQL knows the transaction of each row."""

from __future__ import annotations

from models import MODELS, store


def mark() -> object:
    """Equal to an earlier one as long as no row of any table was written; ask outside a write."""
    database = store.current()
    if database.dialect == "sqlite":
        return store.write(lambda: database.connection().total_changes())
    text = " UNION ALL ".join(
        f'SELECT \'{model._meta.table_name}\', COUNT(*), MAX(CAST(CAST(xmin AS TEXT) AS BIGINT)) '  # type: ignore[attr-defined]
        f'FROM "{model._meta.table_name}"'  # type: ignore[attr-defined]
        for model in MODELS
    )
    return sorted(database.execute_sql(text).fetchall())
