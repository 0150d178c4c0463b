"""deploy/copy-away.sh: backups and anchors lie elsewhere, what lies there is not changed by what happens here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.places import DEPLOY

#: What rsync does between two folders, for machines that have none.
RSYNC = """
for last; do :; done
while [ $# -gt 2 ]; do shift; done
case $1 in
*/) mkdir -p "$last"; for each in "$1"hongyao-*.backup; do cp -n "$each" "$last"; done ;;
*) cp -n "$1" "$last" ;;
esac
exit 0
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    (tmp_path / "release" / "deploy").mkdir(parents=True)
    shutil.copy(DEPLOY / "copy-away.sh", tmp_path / "release" / "deploy")
    put(tmp_path / "release" / ".venv" / "bin" / "flask", 'echo "$*" >> "$HONGYAO_STATE/asked"')
    if shutil.which("rsync") is None:
        put(tmp_path / "bin" / "rsync", RSYNC)
    (tmp_path / "state" / "backup").mkdir(parents=True)
    (tmp_path / "state" / "backup" / ".lock").touch()
    for name in ("hongyao-20260610-020000.backup", "hongyao-20260611-020000.backup", "hongyao-20200101-000000.db"):
        (tmp_path / "state" / "backup" / name).write_text(name)
    (tmp_path / "state" / "anchors.jsonl").write_text("first\n")
    (tmp_path / "there").mkdir()
    return tmp_path


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def copied(machine: Path, to: str = "there") -> subprocess.CompletedProcess[str]:
    own = {"HONGYAO_STATE": str(machine / "state"), "PATH": f"{machine / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run(
        [str(machine / "release" / "deploy" / "copy-away.sh"), str(machine / to)], env={**os.environ, **own},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_backups_and_anchors_lie_there_and_the_house_is_told(machine: Path) -> None:
    done = copied(machine)
    assert done.returncode == 0, done.stderr
    there = sorted(each.name for each in (machine / "there").iterdir())
    assert [each for each in there if each.startswith("hongyao")] == [
        "hongyao-20260610-020000.backup", "hongyao-20260611-020000.backup",
    ]  # fmt: skip
    assert [each.partition("-")[0] for each in there if each.endswith(".jsonl")] == ["anchors"]
    assert (machine / "state" / "asked").read_text() == "--app app backup --copied\n"


def test_what_lies_there_does_not_follow_what_is_changed_here(machine: Path) -> None:
    copied(machine)
    (machine / "state" / "anchors.jsonl").write_text("forged\n")
    (machine / "state" / "backup" / "hongyao-20260610-020000.backup").write_text("forged")
    assert copied(machine).returncode == 0
    (anchors,) = (machine / "there").glob("anchors-*.jsonl")
    assert anchors.read_text() == "first\n"
    assert (machine / "there" / "hongyao-20260610-020000.backup").read_text() == "hongyao-20260610-020000.backup"


def test_copy_that_failed_is_not_told_as_done(machine: Path) -> None:
    put(machine / "bin" / "rsync", "exit 23")
    assert copied(machine).returncode == 23
    assert not (machine / "state" / "asked").exists()
