"""docs/checkin.md and the code agree: what the page names is there, and the code leads to the page."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from services.errors import RefusalCode
from tests.architecture.rules import ROOT

PAGE = ROOT / "docs" / "checkin.md"
ROOM = ROOT / "services" / "participation"
#: Modules of other rooms that the page speaks of.
ELSEWHERE = {"corrections": "services.bookkeeping.corrections"}
#: Endings of files, no functions.
ENDINGS = {"py", "js", "html", "md"}


def missing(text: str) -> list[str]:
    """Functions, files and refusals that a page names and that are not there."""
    rooms = {path.stem: f"services.participation.{path.stem}" for path in ROOM.glob("*.py")} | ELSEWHERE
    named = set(re.findall(r"(?<![\w.])([a-z_]+)\.([a-z_]+)\b", text))
    functions = [
        f"{module}.{name}" for module, name in named
        if module in rooms and name not in ENDINGS and not hasattr(importlib.import_module(rooms[module]), name)
    ]  # fmt: skip
    paths = {part for part in re.findall(r"`([\w/.]+/[\w/.]+)`", text) if not part.startswith("/")}
    files = [part for part in paths if not _is_there(part)]
    codes = {code.name for code in RefusalCode}
    refusals = [word for word in re.findall(r"\b[A-Z]+_[A-Z_]+\b", text) if word not in codes]
    return sorted(functions + files + refusals)


def _is_there(part: str) -> bool:
    """A file or folder, or `services/room/module.function`."""
    path = ROOT / part
    if path.exists() or path.with_suffix(".py").exists():
        return True
    return Path(f"{ROOT / part.rsplit('.', 1)[0]}.py").exists()


def test_page_names_only_what_is_there() -> None:
    assert missing(PAGE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "`late.vanish`", "judging.perfom(Try)", "`services/participation/nowhere`", "`static/offline/gone.js`",
        "NO_CHECKIN",
    ],
)  # fmt: skip
def test_page_that_names_what_is_not_there_is_found(text: str) -> None:
    assert len(missing(text)) == 1


def test_chart_names_every_way_in() -> None:
    chart = PAGE.read_text(encoding="utf-8").split("```")[1]
    ways = {
        "scan_codes.read_code", "person_codes.read", "attendance.tick", "day.end", "offline.upload", "names.assign",
        "judging.perform",
    }  # fmt: skip
    assert {way for way in ways if way not in chart} == set()


@pytest.mark.parametrize("name", ["judging", "attendance", "scans", "late", "offline", "kits"])
def test_code_leads_to_the_page(name: str) -> None:
    assert "docs/checkin.md" in (ROOM / f"{name}.py").read_text(encoding="utf-8")
