"""Processes that tests start: what they write goes to a file that the net over personal data reads after each test."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support import personal


def spawn(
    command: Sequence[str], *, log: Path, cwd: Path, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start it; its output is added to `log`."""
    personal.follow(log)
    with log.open("ab") as lines:
        return subprocess.Popen(command, cwd=cwd, env=env, stdout=lines, stderr=lines)
