"""A person's copy of his data as paper: the same as the JSON, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clock import local_day
from services.printing import SMALL, Paper
from wording import entry, say

#: Rows of one matter on paper, the newest; all of them are in the JSON.
MOST = 200
#: Characters of one value on paper.
LONGEST = 300


def drawn(copy: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF."""
    about = copy["about"]
    sheet = Paper(
        title=say("personal_data.paper.title"),
        subtitle=say("personal_data.paper.subtitle", name=copy["identity"]["name"], number=about["public_no"]),
        footer=say("personal_data.paper.footer", brand=about["brand"], day=local_day(at).isoformat()), made_at=at,
    )  # fmt: skip
    sheet.line(say("personal_data.paper.intro"), grey=True)
    if not about["numbers_in_full"]:
        sheet.line(say("personal_data.paper.masked"), grey=True)
    _part(sheet, say("personal_data.paper.identity"), [copy["identity"]], counted=False)
    for matter in copy["matters"]:
        _part(sheet, matter["title"], matter["rows"])
    _part(sheet, say("personal_data.paper.looks"), [_look(each) for each in copy["looks"]])
    _part(sheet, say("personal_data.paper.changes"), copy["changes"])
    return sheet.pdf()


def _part(sheet: Paper, title: str, rows: list[Mapping[str, Any]], *, counted: bool = True) -> None:
    if not rows:
        return
    sheet.space(3)
    sheet.line(say("personal_data.paper.count", title=title, count=len(rows)) if counted else title, size=14)
    if len(rows) > MOST:
        sheet.line(say("personal_data.paper.more", most=MOST, left=len(rows) - MOST), size=SMALL, grey=True)
    for row in rows[-MOST:]:
        if line := in_words(row):
            sheet.line(line, size=SMALL)


def in_words(row: Mapping[str, Any]) -> str:
    """One row as a line: what has a name for people, in its order."""
    labels = entry("personal_data.labels")
    told = [
        say("personal_data.paper.pair", label=labels[name], value=value)
        for name, each in row.items() if name in labels and (value := _value(name, each))
    ]  # fmt: skip
    return str(say("personal_data.paper.between").join(told))


def _value(name: str, each: Any) -> str:
    if isinstance(each, bool):
        return say("personal_data.paper.yes" if each else "personal_data.paper.no")
    if isinstance(each, (dict, list)):
        return ""
    text = str(each)
    if name == "verb":
        return str(entry("access.verbs").get(text, text))
    return str(entry("personal_data.values").get(text, text))[:LONGEST]


def _look(each: Mapping[str, Any]) -> dict[str, Any]:
    """Where whoever looked belongs, in the place of his name."""
    place = each["place"] or say("personal_data.paper.place_unknown")
    return {**each, "place": say("personal_data.paper.himself") if each["by_himself"] else place}
