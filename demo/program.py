"""The mini-program's web page for the phones of the demo: built beside the rest, where Node can be had."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

from demo.children import ROOT
from wording import say

TOOL = ROOT / "tools" / "mpweb"
SOURCE = ROOT / "miniprogram"
#: Beside the demo's database.
FOLDER = "program"
#: Seconds for Node and its packages the first time, and for the build.
INSTALL, BUILD = 240, 60


def start(folder: Path) -> None:
    """Build into `folder` in the background: the demo waits for nothing that only the mini-program needs."""
    folder.mkdir(parents=True, exist_ok=True)
    threading.Thread(target=build, args=(folder,), name="program", daemon=True).start()


def build(folder: Path) -> bool:
    """Build the page; where that cannot be, the folder's `why.txt` says so to whoever taps on the mini-program."""
    why = folder / "why.txt"
    try:
        node = _run([str(TOOL / "install.sh")], INSTALL).strip().splitlines()[-1]
    except (OSError, subprocess.SubprocessError, IndexError):
        why.write_text(say("demo.no_node"), encoding="utf-8")
        return False
    try:
        _run([node, str(TOOL / "build.mjs"), str(SOURCE), str(folder)], BUILD)
    except (OSError, subprocess.SubprocessError):
        why.write_text(say("demo.no_program"), encoding="utf-8")
        return False
    why.unlink(missing_ok=True)
    return True


def _run(command: list[str], seconds: int) -> str:
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=True
    )
    return done.stdout
