"""The kinds of files there are; each is a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from services.imports import hours, national_people, national_records, officers, people, teams
from services.imports.rows import Context, Judged, Kind
from services.imports.sheets import Line

#: In the order in which a county brings its things in.
KINDS: dict[str, Kind] = {
    "teams": cast(Kind, teams),
    "people": cast(Kind, people),
    "officers": cast(Kind, officers),
    "hours": cast(Kind, hours),
    "national_people": cast(Kind, national_people),
    "national_records": cast(Kind, national_records),
}

#: Kinds whose new rows are entered many at once, right after `judge` and inside the caller's write.
TOGETHER: dict[str, Callable[[Context, Sequence[tuple[Line, Judged]]], None]] = {"people": people.enter}
