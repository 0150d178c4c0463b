"""Excel files as people send them, made in memory: good ones, odd ones, bombs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl

from services.imports import cells

#: ID numbers that are well formed and nobody's.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(n: int) -> str:
    """The n-th of a row of valid numbers of people born in the sixties."""
    body = f"341522196{n // 28 // 12 // 999 % 10}{n // 28 // 999 % 12 + 1:02d}{n // 999 % 28 + 1:02d}{n % 999 + 1:03d}"
    check = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[check]


def sheet(
    headings: Sequence[Any], *rows: Sequence[Any], change: Callable[[Any], None] | None = None
) -> bytes:
    """A workbook with these rows; `change` may do something to the sheet before it is saved."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(headings))
    for row in rows:
        page.append(list(row))
    if change is not None:
        change(page)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def of_kind(kind: str, *rows: dict[str, Any]) -> bytes:
    """A file with the headings of a kind; rows by key of column."""
    columns = cells.columns(kind)
    return sheet(
        [column.heading for column in columns], *([row.get(column.key) for column in columns] for row in rows)
    )


def repacked(
    body: bytes, change: Callable[[str, bytes], bytes] = lambda _, text: text, **more: bytes
) -> bytes:
    """The same container with members changed, or added (`/` written as `__`)."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, text in more.items():
            new.writestr(name.replace("__", "/"), text)
    return file.getvalue()
