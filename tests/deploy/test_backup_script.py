"""deploy/backup.sh, as upgrade.sh and rollback.sh call it: sealed where there is a key, in a folder of its own, few
kept.

`runuser` and `install` stand in the way of a test and are replaced by what they would do for the user who runs it.
"""

from __future__ import annotations

import base64
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.places import DEPLOY

KEY = f"b1:{base64.b64encode(b'B' * 32).decode()}"
STUBS = {
    "runuser": 'shift 3; exec "$@"',
    "install": 'for last; do :; done; mkdir -p "$last"; chmod 0700 "$last"',
    "pg_dump": 'echo "$PGPASSWORD $*" > "$HONGYAO_STATE/told"; for each; do case $each in --file=*) '
    'echo x > "${each#--file=}";; esac; done',
}  # fmt: skip


class Machine:
    """A release in a folder, its settings, its state; `flask` is a stub that says what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state, self.release = folder, folder / "state", folder / "release"
        (self.release / "deploy").mkdir(parents=True)
        self.state.mkdir()
        shutil.copy(DEPLOY / "backup.sh", self.release / "deploy")
        (self.release / ".venv" / "bin").mkdir(parents=True)
        (self.release / ".venv" / "bin" / "python").symlink_to(sys.executable)
        for name, text in STUBS.items():
            self.put(folder / "bin" / name, text)
        self.put(
            self.release / ".venv" / "bin" / "flask",
            'echo "$*" >> "$HONGYAO_STATE/asked"; [ -z "$SILENT" ] || exit 1; '
            'mkdir -p "$6"; echo sealed > "$6/hongyao-$(date +%s%N).backup"; exit 1',
        )

    def put(self, path: Path, text: str) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run(self, settings: str, **more: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "env").write_text(settings)
        own = {"HONGYAO_ENV": str(self.folder / "env"), "HONGYAO_STATE": str(self.state)}
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            [str(self.release / "deploy" / "backup.sh")], env={**os.environ, "PATH": path, **own, **more},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def copies(self) -> list[Path]:
        return sorted((self.state / "before-change").glob("hongyao-*"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def database(path: Path) -> str:
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE volunteer (name TEXT)")
    return f"DATABASE_URL=sqlite:///{path}\n"


def test_copy_is_sealed_where_there_is_a_key_and_lies_where_nobody_copies_it_away(machine: Machine) -> None:
    done = machine.run(database(machine.folder / "h.db") + f"BACKUP_KEY={KEY}\n", HONGYAO_KEEP="2")
    assert done.returncode == 0, done.stderr
    (copy,) = machine.copies()
    assert done.stdout.splitlines()[-1] == str(copy)
    assert (machine.state / "asked").read_text().split() == [
        "--app", "app", "backup", "--no-pictures", "--to", str(copy.parent), "--keep", "2",
    ]  # fmt: skip
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    assert not (machine.state / "backup").exists()


def test_copy_that_was_not_made_stops_whoever_asked(machine: Machine) -> None:
    done = machine.run(database(machine.folder / "h.db") + f"BACKUP_KEY={KEY}\n", SILENT="1")
    assert (done.returncode, done.stderr) == (1, "no copy was made\n")


def test_without_a_key_the_newest_few_stay_and_only_their_owner_reads_them(machine: Machine) -> None:
    settings = database(machine.folder / "h.db") + "BACKUP_KEY=\n"
    old = [machine.state / "before-change" / f"hongyao-2020010{day}-000000.db" for day in range(1, 5)]
    old[0].parent.mkdir()
    for each in old:
        each.write_text("old")
    done = machine.run(settings, HONGYAO_KEEP="3")
    assert done.returncode == 0, done.stderr
    copies = machine.copies()
    assert copies[:2] == old[2:]
    assert len(copies) == 3
    assert copies[-1].stat().st_mode & 0o077 == 0
    with sqlite3.connect(copies[-1]) as copy:
        assert copy.execute("SELECT count(*) FROM volunteer").fetchone() == (0,)


def test_password_of_the_database_stands_on_no_command_line(machine: Machine) -> None:
    done = machine.run("DATABASE_URL=postgresql://hongyao:p%40ss@127.0.0.1:5432/hongyao\n")
    assert done.returncode == 0, done.stderr
    password, *words = (machine.state / "told").read_text().split()
    assert password == "p@ss"
    assert words[-1] == "--dbname=postgresql://hongyao@127.0.0.1:5432/hongyao"
    assert "ss@" not in " ".join(words)
    text = (DEPLOY / "backup.sh").read_text()
    assert "$url" not in text
    assert 'PYTHON "$(said DATABASE_URL)' not in text


def test_copies_of_former_releases_that_are_not_sealed_are_named(machine: Machine) -> None:
    (machine.state / "backup").mkdir()
    (machine.state / "backup" / "hongyao-20260101-000000.dump").write_text("x")
    done = machine.run(database(machine.folder / "h.db"))
    assert "hongyao-20260101-000000.dump is a copy that is not sealed" in done.stderr


def test_upgrade_copies_by_the_release_that_made_the_schema() -> None:
    text = (DEPLOY / "upgrade.sh").read_text()
    assert '"$old/deploy/backup.sh"' in text
    assert "deploy/backup.sh" in (DEPLOY / "rollback.sh").read_text()
