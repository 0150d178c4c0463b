"""The two databases and everything in which they differ.

SQLite through apsw (its own, newer SQLite) for the demo and a small county; PostgreSQL through psycopg for
anything larger. Static SQL is written once with `?` and translated here.
"""

from __future__ import annotations

import os
import re
import select
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase
from playhouse.pool import PooledDatabase, PooledPostgresqlDatabase

from models import driver

#: Waiting for another process's write lock: longer than any write of ours, shorter than a person's patience.
BUSY_SECONDS = 10
#: More than any server of ours has threads.
SQLITE_POOL = 100
#: At most so many connections to PostgreSQL in one process: one for each thread that serves or sends, and some.
POOL = 24
#: How our processes call themselves there, with their number behind it.
OURS = "hongyao:"
#: A machine that is gone says nothing at all: who waits for it holds a thread. Longer than any statement may take.
CONNECT_SECONDS, UNHEARD_SECONDS = 3, 10
#: Of public codes. No 0/O, 1/l/i: these are read aloud over the telephone.
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
#: A page read anywhere costs hardly more than the next one on the disks of today: without that said, PostgreSQL reads
#: a million rows to find a county's.
PG_OPTIONS = (
    "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000 "
    "-c random_page_cost=1.1"
)


#: What peewee makes of an empty list, as one side of an OR.
_NOBODY = "(0 = 1)"
_OR_NOBODY = re.compile(r"(?<=\()\(0 = 1\) OR | OR \(0 = 1\)(?=\))")


class Wants(BaseException):
    """Something that was to look only wants to change something: `store.read` gives up, and `store.write` is asked.

    No Exception, so that nobody who puts up with a fault on his way takes it for one.
    """


class _Looking(threading.local):
    on = False


_looking = _Looking()
_CHANGES = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


@contextmanager
def only_reads() -> Iterator[None]:
    """Inside, this thread's statements only look."""
    _looking.on = True
    try:
        yield
    finally:
        _looking.on = False


def looking() -> bool:
    """Whether this thread is in `only_reads`."""
    return _looking.on


@lru_cache(maxsize=2048)
def _changes(sql: str) -> bool:
    """Whether a statement may change something; a lock taken for a change counts as one."""
    return not sql.lstrip()[:6].upper().startswith(("SELECT", "WITH")) or _CHANGES.search(sql) is not None


class Steady(str):
    """Static SQL whose plan does not depend on what is bound to it, so that SQLite keeps it as prepared.

    Where a bound value stands alone beside a column, SQLite plans the statement anew with each value, for there may be
    an index whose condition or distribution it meets; that costs several times what running it does. `translate` puts a
    sign before each value, which changes nothing else. So what a partial index asks for must be written out.
    """

    __slots__ = ()


class _Guarded:
    """Keeps what changes something from a thread that only looks."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement."""
        if _looking.on and _changes(sql):
            raise Wants
        return super().execute_sql(sql, params)  # type: ignore[misc]


class SqliteDatabase(_Guarded, PooledDatabase, APSWDatabase):
    """apsw with foreign keys, WAL and the bindings that apsw itself refuses (enums, numpy-like ints).

    Pooled, so that no connection belongs to a thread: opening one costs more than most queries, and one that is
    left in a thread that a server ends is taken down without the interpreter's lock and takes the process along.
    """

    dialect = "sqlite"
    #: Whether commits wait for the disk unless told otherwise.
    durable = True

    def _connect(self) -> Any:
        conn = super()._connect()
        conn.setbusytimeout(BUSY_SECONDS * 1000)
        conn.convert_binding = _bind
        return conn

    def execute(self, query: Any, **context_options: Any) -> Any:
        """Run what peewee has built. "In this division, or of these teams: none" says the division alone: beside a
        side that is never true SQLite finds no index for the other one, and reads the table from end to end."""
        sql, params = self.get_sql_context(**context_options).sql(query).query()
        return self.execute_sql(_OR_NOBODY.sub("", sql) if _NOBODY in sql else sql, params)

    def get_binary_type(self) -> Any:
        """What peewee would ask Python's own driver for, which it does not have (`models.driver`)."""
        return memoryview

    def _can_reuse(self, conn: Any) -> bool:
        """Whether a connection that comes back may go out again: not with a transaction left open."""
        return bool(conn.getautocommit())


def _bind(_cursor: Any, _number: int, value: object) -> object:
    """What apsw binds for a value it does not know: an enum's plain value, the text of a date.

    Dates come only from the migration runner's own history table; our moments are whole numbers.
    """
    if isinstance(value, date):
        return str(value)
    plain = getattr(value, "value", None)
    if isinstance(plain, (str, int)):
        return plain
    raise TypeError(f"no binding for {type(value).__name__}")


class PostgresDatabase(_Guarded, PooledPostgresqlDatabase):
    """psycopg 3 through peewee's pool; idle connections are looked at, so a server restart heals by itself."""

    dialect = "postgres"

    def _is_closed(self, conn: Any) -> bool:
        """Whether an idle connection is over. A server that ends one says so, or its machine does: then there is
        something to read, and only then it is worth a question, which would cost every request a way to the server."""
        if conn.closed:
            return True
        heard = select.poll()
        heard.register(conn.fileno(), select.POLLIN)
        return bool(heard.poll(0)) and bool(super()._is_closed(conn))


Database = SqliteDatabase | PostgresDatabase


def sqlite_pragmas(*, durable: bool = True) -> dict[str, str | int]:
    """What every connection to SQLite is set to, in this order; the bench's floor runs with the same."""
    return {
        "journal_mode": "wal",
        "synchronous": "full" if durable else "normal",
        "foreign_keys": 1,
        "trusted_schema": 0,
        # So that REPLACE asks the guards of what is only added to before it takes a row out.
        "recursive_triggers": 1,
        # Each of some ten connections keeps one; a larger one was no faster over 10,000,000 records, only larger.
        "cache_size": -2000,
        "temp_store": "memory",
    }


def open_database(url: str, *, pool: int = POOL, durable: bool = True) -> Database:
    """The database for `sqlite:///path` or `postgresql://user:secret@host:port/name`, not yet connected.

    `pool` connections at most for PostgreSQL; `durable=False` (benchmarks only) lets SQLite skip the fsync.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # busy_timeout is set by apsw before these run: the WAL switch itself needs a lock.
        database = SqliteDatabase(path, pragmas=sqlite_pragmas(durable=durable), max_connections=SQLITE_POOL)
        database.durable = durable
        return database
    if parts.scheme in ("postgresql", "postgres"):
        driver.load()
        return PostgresDatabase(
            parts.path.lstrip("/"),
            host=parts.hostname,
            port=parts.port or 5432,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            max_connections=pool,
            stale_timeout=300,
            timeout=2,
            prefer_psycopg3=True,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=UNHEARD_SECONDS * 1000,
            options=PG_OPTIONS,
            application_name=f"{OURS}{os.getpid()}",
        )
    raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")


@lru_cache(maxsize=512)
def translate(sql: str, dialect: str) -> str:
    """`sql`, written with `?`, for the given dialect. A literal `%` or a `?` in a text is a mistake."""
    if "%" in sql:
        raise ValueError("static SQL must not hold a literal %")
    if dialect == "postgres":
        return sql.replace("?", "%s")
    return sql.replace("?", "+?") if isinstance(sql, Steady) else sql


def skip_locked(dialect: str) -> str:
    """The row lock of a claim query: PostgreSQL skips rows of other workers, SQLite has one writer anyway."""
    return "FOR UPDATE SKIP LOCKED" if dialect == "postgres" else ""


def each_of(dialect: str) -> str:
    """A FROM item over a JSON array handed in as one `?`; of a row that is an array, `e.value ->> 0` is the first."""
    return "jsonb_array_elements(CAST(? AS jsonb)) AS e(value)" if dialect == "postgres" else "json_each(?) AS e"


def member_of(dialect: str, name: str) -> str:
    """The text of a member of a JSON object handed in as one `?`; `name` is the expression for which."""
    return f"(CAST(? AS jsonb) ->> {name})" if dialect == "postgres" else f"(? ->> {name})"


def random_code(dialect: str, length: int) -> str:
    """The expression for a public code of up to 16 letters as `services.codes.new_code` makes one, another for every
    row."""
    size = len(CODE_LETTERS)
    if dialect == "postgres":
        # Sixteen letters of one random number, without the four in whose bytes a UUID says which kind it is; one such
        # number for each letter took a third of what putting a star down costs.
        many = "ENCODE(UUID_SEND(GEN_RANDOM_UUID()), 'base64')"
        letters = (CODE_LETTERS * 3)[: len(_BASE64)]
        return f"SUBSTR(TRANSLATE(OVERLAY({many} PLACING '' FROM 9 FOR 4), '{_BASE64}', '{letters}'), 1, {length})"
    letter = f"SUBSTR('{CODE_LETTERS}', 1 + CAST(MOD(ABS(RANDOM() / 2), {size}) AS INTEGER), 1)"
    return " || ".join([letter] * length)


class Closing(threading.local):
    """Per-thread mark used by `store.session`: how deep sessions are nested."""

    depth = 0


IntegrityError = peewee.IntegrityError
OperationalError = peewee.OperationalError
SQLITE_VERSION = apsw.sqlite_lib_version()
