"""The doors to the database: `session()` for reading, `write(act)` for every change.

PostgreSQL: `write` is a transaction. SQLite: the act is handed to one writer thread that takes what has
arrived, runs each act in a savepoint of its own and commits them together (group commit: one fsync for
all who came at once); the writers of several processes take turns (`models.turns`). Either way the caller
returns after the commit, with the act's value or its exception; an act that raised has changed nothing. No HTTP
inside an act: it would hold up everybody.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from peewee import InterfaceError, OperationalError

from models.base import proxy as proxy
from models.dialect import Closing, Database, SqliteDatabase, only_reads, open_database
from models.dialect import Wants as Wants
from models.dialect import looking as looking
from models.turns import Turns

T = TypeVar("T")
log = logging.getLogger("hongyao.store")


class Write(Protocol):
    """`write`, or a door of the same form that also proves something (`services.operation.leases.fenced`)."""

    def __call__(self, act: Callable[[], T], /) -> T:
        """Run `act` in one transaction and return its value after the commit."""


#: Acts in one commit: enough to share the fsync, few enough to keep the first one's wait short.
BATCH = 64

#: The savepoint round an act that is part of a larger commit; one name, so that its statements are prepared once.
ONE_ACT = "one_act"

#: An act, where its outcome is awaited, and whether its commit must outlive a power cut.
_Job = tuple[Callable[[], Any], Future[Any], bool]

#: How long a note waits for others, in seconds.
SOON = 0.05

_depth = Closing()
_writer: Writer | None = None
_notes: Notes | None = None


class _Apart(BaseException):
    """A part of an act raised, so the act cannot be whole. No Exception, so that nobody on the way takes the refusal
    of a part for the end of the matter and goes on."""


class _Undone(Exception):
    """Nothing has stayed of an act whose parts were joined; with them kept apart it may still come to something."""


class _Joined(threading.local):
    """The act on this thread whose parts need no savepoints, and what a part of it raised."""

    def __init__(self) -> None:
        self.on = False
        self.broken: list[BaseException] = []

    def whole(self, act: Callable[[], T]) -> T:
        """Run an act so. Where a part of it raised, whatever became of that on the way: `_Undone`, or that very thing
        where it says that the database is away or busy, which it will be for a second try, too."""
        self.on, self.broken = True, []
        try:
            value = act()
            if not self.broken:
                return value
        except BaseException:
            if not self.broken:
                raise
        finally:
            self.on = False
        if isinstance(self.broken[0], (OperationalError, InterfaceError)):
            raise self.broken[0]
        raise _Undone

    def part(self, act: Callable[[], T]) -> T:
        """Run a part of it."""
        try:
            return act()
        except _Apart:
            raise
        except BaseException as cause:
            self.broken.append(cause)
            raise _Apart from cause


_joined = _Joined()


class Writer(threading.Thread):
    """The one thread of this process that writes to SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(name="writer", daemon=True)
        self.database = database
        self.inbox: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.turns = Turns(str(database.database))
        self._synchronous = True

    def submit(self, act: Callable[[], T], durable: bool = True) -> Future[T]:
        done: Future[T] = Future()
        self.inbox.put((act, done, durable))
        return done

    def run(self) -> None:
        while (first := self.inbox.get()) is not None:
            self._commit(first)
        self._synchronise(True)  # the connection goes back to the pool
        self.database.close()
        self.turns.close()

    def _waiting(self) -> list[_Job]:
        """What has arrived meanwhile."""
        found: list[_Job] = []
        while len(found) < BATCH - 1:
            try:
                item = self.inbox.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self.inbox.put(None)  # the end, after these
                break
            found.append(item)
        return found

    def _commit(self, first: _Job) -> None:
        batch = [first]
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            if self.database.connect(reuse_if_open=True):
                self._synchronous = True  # as a connection is opened
            with self.turns.turn():
                batch += self._waiting()
                self._synchronise(any(durable for _, _, durable in batch))
                with self.database.atomic("IMMEDIATE"):
                    for act, done, _ in batch:
                        try:
                            answers.append((done, _alone(act), None))
                        except Exception as cause:
                            answers.append((done, None, cause))
        except BaseException as cause:  # the commit itself failed: nobody's act happened
            for _, done, _ in batch:
                done.set_exception(cause)
            return
        for done, value, problem in answers:
            if problem is None:
                done.set_result(value)
            else:
                done.set_exception(problem)

    def _synchronise(self, wanted: bool) -> None:
        """Wait for the disk at commits from now on, or not; the change costs microseconds."""
        if self.database.durable and wanted != self._synchronous:
            self.database.execute_sql(f"PRAGMA synchronous={'full' if wanted else 'normal'}")
            self._synchronous = wanted


class Notes:
    """Rows that nobody waits for: each goes in with those that came within `SOON`, in one commit that does not wait
    for the disk. What the death of the process or a fault takes along must be no loss to anybody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settling = threading.Lock()
        self._kept: dict[str, dict[str, Sequence[Any]]] = {}
        self._timer: threading.Timer | None = None

    def add(self, sql: str, key: str, row: Sequence[Any]) -> None:
        with self._lock:
            self._kept.setdefault(sql, {}).setdefault(key, row)
            if self._timer is None:
                self._timer = threading.Timer(SOON, self.settle)
                self._timer.daemon = True
                self._timer.start()

    def get(self, sql: str, key: str) -> Sequence[Any] | None:
        return self._kept.get(sql, {}).get(key)

    def settle(self) -> None:
        """Write down what there is. Whoever asks for it has it written when he goes on, whoever began."""
        with self._settling:
            self._settle()

    def _settle(self) -> None:
        with self._lock:
            kept = {sql: dict(rows) for sql, rows in self._kept.items()}
            self._timer = None
        if not any(kept.values()):
            return
        try:
            write(lambda: self._put(kept), durable=False)
        except Exception as problem:
            log.warning("notes that nobody waits for are lost: %s", problem)
        with self._lock:
            for sql, rows in kept.items():
                for key in rows:
                    self._kept[sql].pop(key, None)

    @staticmethod
    def _put(kept: dict[str, dict[str, Sequence[Any]]]) -> None:
        cursor = current().cursor()
        for sql, rows in kept.items():
            cursor.executemany(sql, list(rows.values()))


def bind(database: Database) -> Database:
    """Make `database` the one that models and queries use in this process."""
    global _writer, _notes
    release()
    proxy.initialize(database)
    _notes = Notes()
    if isinstance(database, SqliteDatabase):
        _writer = Writer(database)
        _writer.start()
    return database


def open_and_bind(url: str, **options: Any) -> Database:
    """`open_database(url)` and `bind` it."""
    return bind(open_database(url, **options))


def release() -> None:
    """End the writer thread and close this thread's connection (at exit, and between tests)."""
    global _writer, _notes
    if _notes is not None:
        _notes.settle()
        _notes = None
    if _writer is not None:
        _writer.inbox.put(None)
        _writer.join(timeout=15)
        _writer = None
    database = proxy.obj
    if database is not None:
        give_back()
        database.close_all()


def give_back() -> None:
    """Return this thread's connection to the pool, if it holds one outside a transaction."""
    database = current()
    if not database.is_closed() and not database.in_transaction():
        database.close()


def current() -> Database:
    """The bound database."""
    database: Database = proxy.obj
    return database


@contextmanager
def session() -> Iterator[None]:
    """A connection from the pool for this thread while the block runs; one per request or job."""
    database = current()
    database.connect(reuse_if_open=True)
    _depth.depth += 1
    try:
        yield
    finally:
        _depth.depth -= 1
        if _depth.depth == 0:
            give_back()


def read(act: Callable[[], T]) -> T:
    """Run `act` on this thread's connection, where it may only look; what wants to change anything raises `Wants`.

    No transaction: each of its statements sees what is committed then.
    """
    with session(), only_reads():
        return act()


def note(sql: str, key: str, row: Sequence[Any]) -> None:
    """Have `row` inserted by `sql` within `SOON`, without waiting; of rows with one `key` the first."""
    assert _notes is not None
    _notes.add(sql, key, row)


def noted(sql: str, key: str) -> Sequence[Any] | None:
    """The row that this process keeps under `key` and has not written down yet."""
    return None if _notes is None else _notes.get(sql, key)


def settle() -> None:
    """Write down now what is kept for soon."""
    if _notes is not None:
        _notes.settle()


def write(act: Callable[[], T], *, durable: bool = True, joined: bool = False) -> T:
    """Run `act` in one transaction and return its value after the commit; what it raises undoes it.

    Inside another `write` it is a savepoint of the outer one. `durable=False`: everybody sees it after the commit,
    and the death of our processes does not undo it, but a power cut soon after may; for notes that nobody would
    miss then, because the disk need not be waited for.

    `joined`: the writes inside `act` need no savepoints of their own, two of eleven ways to PostgreSQL. Should
    one of them raise, all is undone and `act` is run a second time, with savepoints; so it must change nothing but the
    database.
    """
    if looking():
        raise Wants
    if current().in_transaction():
        return _joined.part(act) if _joined.on else _alone(act)
    if joined:
        try:
            return _commit(lambda: _joined.whole(act), durable)
        except _Undone:
            pass
    return _commit(act, durable)


def _commit(act: Callable[[], T], durable: bool) -> T:
    if _writer is not None:
        return _writer.submit(act, durable).result()
    database = current()
    with session(), database.atomic():
        if not durable:
            database.execute_sql("SET LOCAL synchronous_commit = off")
        return act()


def _alone(act: Callable[[], T]) -> T:
    """One act of a larger commit in a savepoint: what it raises undoes it alone."""
    run = current().execute_sql
    run(f"SAVEPOINT {ONE_ACT}")
    try:
        value = act()
    except BaseException:
        run(f"ROLLBACK TO SAVEPOINT {ONE_ACT}")
        run(f"RELEASE SAVEPOINT {ONE_ACT}")
        raise
    run(f"RELEASE SAVEPOINT {ONE_ACT}")
    return value
