"""What may stand in a cell, and what it means: text, names, codes, days, hours, one word of a list.

Excel changes what people type: long numbers become floats, codes get decimals, days become serial numbers. What can
be put right without guessing is put right (full width, blanks, `138…0.0`); the rest is refused with its reason.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from frozen import dataclass
from services.accounts.documents import mask_id, mask_phone
from services.errors import RefusalCode
from wording import entry

C = RefusalCode
LONGEST = 200
#: More digits than a float holds: the rest has become zeros.
EXACT = 10**15
#: Hours in one cell, beyond any person's.
MOST_HOURS = 100_000
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?[Ee]\+?[0-9]+")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]00:00(?::00)?)?")
_DAY_SHORT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_BLANK_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_FIGURE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column we know: its heading, every spelling of it, what its cells hold.

    `kind`: text, name, document, phone, code, day, hours, choice (`options`: word → key).
    """

    key: str
    heading: str
    kind: str
    required: bool
    hint: str
    example: str
    names: frozenset[str]
    options: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)


def heading(value: Any) -> str:
    """A heading in its plain form: no blanks, stars or brackets' remarks, full width made plain."""
    return _heading(str(value)[:500])


@lru_cache(maxsize=1024)
def _heading(value: str) -> str:
    """A word of a list stands in thousands of rows."""
    text = unicodedata.normalize("NFKC", value)[:60]
    return re.sub(r"\([^()]*\)|[\s*:]+", "", text)


@cache
def columns(kind: str) -> tuple[Column, ...]:
    """The columns of a kind of file, as the template has them; the words are in wording/imports.toml."""
    made = []
    for key, about in entry(f"imports.kinds.{kind}.columns").items():
        names = {heading(each) for each in (about["heading"], *about.get("also", ()))}
        options = {heading(word): name for name, words in about.get("options", {}).items() for word in words}
        made.append(
            Column(
                key, about["heading"], about.get("kind", "text"), about.get("required", False),
                about.get("hint", ""), about.get("example", ""), frozenset(names), options,
            )
        )  # fmt: skip
    return tuple(made)


@cache
def ignored(kind: str) -> frozenset[str]:
    """Headings that may stand in a kind of file and are not read: numbering, remarks, what our own export adds."""
    own = entry(f"imports.kinds.{kind}").get("ignored", ())
    return frozenset(heading(each) for each in (*entry("imports.ignored"), *own))


def read(column: Column, value: Any, data_type: str) -> tuple[str, RefusalCode | None]:
    """(text, what is wrong) of a cell; the text of a wrong one is kept to be shown.

    Refusal codes: CELL_FORMULA (a formula or its error), CELL_TEXT (control characters, too long, yes/no values),
    CELL_NUMBER (digits lost to Excel), CELL_EMPTY, CELL_DAY, CELL_HOURS, CELL_CHOICE.
    """
    if data_type in ("f", "e"):
        return _shown(str(value)), C.CELL_FORMULA
    if value is None or (isinstance(value, str) and not value.strip()):
        return "", C.CELL_EMPTY if column.required else None
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return _shown(str(value)), C.CELL_TEXT
    if isinstance(value, date):
        return _of_day(column, value)
    if isinstance(value, int | float):
        return _of_number(column, value)
    return _of_text(column, value)


def _of_day(column: Column, value: date) -> tuple[str, RefusalCode | None]:
    day = value.date() if isinstance(value, datetime) else value
    if column.kind == "day":
        return day.isoformat(), None
    return day.isoformat(), C.CELL_TEXT if column.kind == "text" else C.CELL_NUMBER


def _of_number(column: Column, value: int | float) -> tuple[str, RefusalCode | None]:
    if not math.isfinite(value):
        return "", C.CELL_NUMBER
    if column.kind == "hours":
        return _hours(value)
    if abs(value) >= EXACT:
        return f"{value:.2E}", C.CELL_NUMBER
    if value != int(value):
        text = f"{value:g}"
        return (text, None) if column.kind == "text" else (text, C.CELL_NUMBER)
    return _of_text(column, str(int(value)))


def _of_text(column: Column, value: str) -> tuple[str, RefusalCode | None]:
    text = " ".join(value.split()) if column.kind in ("text", "name") else "".join(value.split())
    # What is printable has none of these; only what is not is looked at letter by letter.
    odd = not text.isprintable() and any(
        unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in text
    )
    if odd or len(text) > LONGEST:
        return _shown(text), C.CELL_TEXT
    if column.kind == "text":
        return text, None
    if column.kind == "name":
        return _BLANK_BETWEEN.sub("", text), None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if column.kind in ("document", "phone", "code"):
        bare = text.lstrip("'`")
        return (bare, C.CELL_NUMBER) if not bare.isdecimal() and _SCIENTIFIC.fullmatch(bare) else (bare, None)
    if column.kind == "day":
        return _day(text)
    if column.kind == "hours":
        return _hours(float(text)) if _FIGURE.fullmatch(text) else (_shown(text), C.CELL_HOURS)
    key = column.options.get(heading(text))
    return (key, None) if key is not None else (_shown(text), C.CELL_CHOICE)


def _day(text: str) -> tuple[str, RefusalCode | None]:
    found = _DAY.fullmatch(text) or _DAY_SHORT.fullmatch(text)
    try:
        if found:
            year, month, day = (int(part) for part in found.groups())
            return date(year, month, day).isoformat(), None
    except ValueError:  # the 30th of February
        pass
    return _shown(text), C.CELL_DAY


def _hours(value: float) -> tuple[str, RefusalCode | None]:
    """Hours as whole minutes in text."""
    if not 0 <= value <= MOST_HOURS:
        return f"{value:g}", C.CELL_HOURS
    return str(math.floor(value * 60 + 0.5)), None


def _shown(text: str) -> str:
    """A wrong cell as it may be shown: short and printable."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:60]


def shown(column: Column, text: str) -> str:
    """A cell as others may see it: ID numbers and phones masked, even mistyped ones."""
    if column.kind == "document":
        return mask_id(text)
    if column.kind == "phone":
        return mask_phone(text)
    if column.kind == "choice":
        return next((word for word, key in column.options.items() if key == text), text)
    if column.kind == "hours" and text.isdigit():
        return f"{int(text) / 60:g}"
    return text
