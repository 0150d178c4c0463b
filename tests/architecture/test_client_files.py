"""The mini-program's runtime keeps the house's measure: files that fit in the head and say what they are for."""

from __future__ import annotations

import pytest

from tests.architecture.rules import MAX_LINES, ROOT

FILES = [
    file
    for end in ("js", "mjs")
    for file in sorted((ROOT / "tools" / "mpweb").rglob(f"*.{end}"))
    if "node_modules" not in file.parts
]  # fmt: skip


@pytest.mark.parametrize("folder", ["build", "runtime", "runtime/api", "runtime/builtins"])
def test_files_are_short_and_say_what_they_are_for(folder: str) -> None:
    mine = [file for file in FILES if file.parent == ROOT / "tools" / "mpweb" / folder]
    assert mine
    assert [file.name for file in mine if file.read_text().count("\n") > MAX_LINES] == []
    assert [file.name for file in mine if not file.read_text().startswith("// ")] == []
