"""The kinds of files there are; each is a module of its own."""

from __future__ import annotations

from typing import cast

from services.imports import hours, national_people, national_records, officers, people, teams
from services.imports.rows import Kind

#: In the order in which a county brings its things in.
KINDS: dict[str, Kind] = {
    "teams": cast(Kind, teams),
    "people": cast(Kind, people),
    "officers": cast(Kind, officers),
    "hours": cast(Kind, hours),
    "national_people": cast(Kind, national_people),
    "national_records": cast(Kind, national_records),
}
