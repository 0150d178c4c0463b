"""One PostgreSQL database lent to test after test, as good as new each time.

Making a database from a template copies a thousand files; emptying one takes milliseconds. So a test gets the
database of the test before it: every row is gone, what the migrations seeded is back, ids count from where they
did. A test that changed the schema itself, or left something locked, costs the next one a new database.
"""

from __future__ import annotations

import itertools
import os
import time
from typing import Any

import psycopg
from psycopg import sql

from tests.support.postgres import PostgresServer

#: After so many loans the database is made anew: what was deleted still takes room.
LOANS = 200
SCHEMA = """
SELECT count(*), coalesce(sum(c.oid::bigint), 0), (SELECT count(*) FROM pg_trigger)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'
"""
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
_numbers = itertools.count()


class LentDatabase:
    """A database made from `template`; `lend()` gives its URL in the state of the template."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server, self._template = server, template
        self._name, self._clean, self._schema, self._loans = "", "", None, 0

    def lend(self) -> str:
        """The URL of the database, with nothing in it but what the template has."""
        if not self._name or self._loans >= LOANS or not self._emptied():
            self._renew()
        self._loans += 1
        return self._server.url(self._name)

    def drop(self) -> None:
        """Let the database go."""
        if self._name:
            self._server.drop(self._name)
            self._name = ""

    def _renew(self) -> None:
        self.drop()
        self._name, self._loans = f"test_{os.getpid()}_{next(_numbers)}", 0
        self._server.create(self._name, template=self._template)
        with self._connect() as connection:
            self._clean = _cleaning(connection)
            self._schema = connection.execute(SCHEMA).fetchone()

    def _emptied(self) -> bool:
        try:
            with self._connect() as connection:
                if connection.execute(SCHEMA).fetchone() != self._schema:
                    return False
                _end_others(connection)
                connection.execute(self._clean.encode())
        except psycopg.Error:
            return False
        return True

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._server.url(self._name), autocommit=True, options="-c lock_timeout=3s")


def _end_others(connection: psycopg.Connection[Any]) -> None:
    """What a test left connected, like a thread that still waits, holds no lock any more."""
    for _ in range(100):
        if not connection.execute(OTHERS).fetchall():
            return
        time.sleep(0.01)


def _cleaning(connection: psycopg.Connection[Any]) -> str:
    """The statements that bring this database back to what it is now; the guards of the books rest meanwhile."""
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    tables = [sql.Identifier(name) for (name,) in rows]
    connection.execute("CREATE SCHEMA seed")
    steps = [sql.SQL("BEGIN; SET LOCAL session_replication_role = replica")]
    steps += [sql.SQL("DELETE FROM public.{}").format(table) for table in tables]
    for table in tables:
        found = connection.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM public.{})").format(table)).fetchone()
        if found and found[0]:
            connection.execute(sql.SQL("CREATE TABLE seed.{} AS TABLE public.{}").format(table, table))
            steps.append(sql.SQL("INSERT INTO public.{} SELECT * FROM seed.{}").format(table, table))
    for name, last in connection.execute(SEQUENCES).fetchall():
        quoted = sql.Literal(f'public."{name}"')
        steps.append(sql.SQL("SELECT setval({}, {}, {})").format(quoted, last or 1, last is not None))
    return sql.SQL("; ").join([*steps, sql.SQL("COMMIT")]).as_string(connection)
