"""New keys: whatever is sealed with an older key of the ring is sealed again with the first one (`flask rotate-keys`).

Which key sealed a text stands in the text, so what is left to do is seen in the data itself: killed in the middle it
goes on, run twice it does nothing twice, while everybody works. A text that changed meanwhile is newer and stays. The
blind indexes have a key of their own and are not touched. An old key may leave `DATA_KEYS` when nothing is left of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial, reduce
from operator import or_
from typing import Any

from peewee import fn

from frozen import dataclass
from models import (
    CentreSeal,
    Certificate,
    Complaint,
    Correction,
    DataCopy,
    DeathReport,
    GuardianConsent,
    ImportFile,
    ImportRow,
    Need,
    Volunteer,
    WechatToken,
    store,
)
from models.base import BaseModel
from queries import bulk, patient
from services.accounts.vault import VaultError
from services.imports.batches import place as import_place
from services.lives import files
from services.parts import Parts
from storage.shelf import Missing

#: Texts sealed anew in one write.
AT_ONCE = 500
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed texts: where its key is named, if anywhere, and the place at which a row's text opens."""

    model: type[BaseModel]
    column: str
    key: str
    place: Callable[[Any], str]

    @property
    def name(self) -> str:
        return f"{self.model._meta.table_name}.{self.column}"

    @property
    def field(self) -> Any:
        return getattr(self.model, self.column)


SEALED = (
    Sealed(Volunteer, "document_sealed", "document_key", lambda row: f"volunteer.document:{row.public_no}"),
    Sealed(Volunteer, "phone_sealed", "phone_key", lambda row: f"volunteer.phone:{row.public_no}"),
    Sealed(DeathReport, "kin_phone_sealed", "kin_phone_key",
           lambda row: f"death_report.kin_phone:{row.volunteer.public_no}"),
    Sealed(GuardianConsent, "phone_sealed", "phone_key",
           lambda row: f"guardian_consent.phone:{row.volunteer.public_no}"),
    Sealed(Need, "contact_sealed", "contact_key", lambda row: f"need.contact:{row.code}"),
    Sealed(Complaint, "contact_sealed", "contact_key", lambda row: f"complaint:{row.code}"),
    Sealed(Certificate, "document", "", lambda row: f"certificate:{row.code}"),
    Sealed(CentreSeal, "picture", "", lambda row: f"centre_seal:{row.centre_id}"),
    Sealed(ImportFile, "sealed", "", lambda row: import_place(row.batch_id, "file")),
    Sealed(ImportRow, "sealed", "", lambda row: import_place(row.batch_id, row.row_no)),
    Sealed(DataCopy, "sealed", "sealed_key", lambda row: f"data_copy:{row.code}"),
    Sealed(Correction, "sealed", "sealed_key", lambda row: f"correction:{row.code}"),
    Sealed(WechatToken, "sealed", "key_id", lambda row: f"wechat_token.sealed:{row.appid}"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many texts were sealed anew, how many are left under other keys, and which do not open: of the latter all,
    of each key of the ring a few of each column."""

    done: int
    left: dict[str, int]
    broken: list[str]


def check(parts: Parts) -> Outcome:
    """How many texts of each column lie under another key than the first; only where there are any. And whether the
    keys are those that their names say: the first and the last text of each column under each name is opened."""
    with patient():  # each count reads a column from end to end
        counted = {each.name: each.model.select().where(_other(parts, each)).count() for each in SEALED}
        broken = [name for each in SEALED for name in _shut(parts, each)]
    counted["file"], shut_files = _look_at_files(parts)
    return Outcome(0, {name: count for name, count in counted.items() if count}, broken + shut_files)


def left(parts: Parts) -> dict[str, int]:
    """What `check` counts."""
    return check(parts).left


def _shut(parts: Parts, each: Sealed) -> list[str]:
    """Of the first and the last text under each name, known or not, those that do not open."""
    heads, keys = parts.vault.heads, each.model._meta.get_primary_keys()
    whose = [_begins(each, head) for head in heads]
    whose.append(_full(each) & ~reduce(or_, whose))
    rows: list[Any] = []
    for mine in whose:
        for order in (keys, [key.desc() for key in keys]):
            rows.extend(each.model.select().where(mine).order_by(*order).limit(1))
    places = {each.place(row): bytes(getattr(row, each.column)) for row in rows}
    return [f"{each.name} {place}" for place, text in places.items() if not _opens(parts, text, place)]


def _opens(parts: Parts, text: bytes, place: str) -> bool:
    try:
        parts.vault.open(text, place)
    except VaultError:
        return False
    return True


def _look_at_files(parts: Parts) -> tuple[int, list[str]]:
    """How many pictures lie under another key than the first, and of each key's first one whether it opens."""
    count, seen, broken = 0, set(), []
    for path, sealed in _files(parts):
        count += not sealed.startswith(parts.vault.head)
        key = parts.vault.key_of(sealed)
        if key not in seen:
            seen.add(key)
            if not _opens(parts, sealed, f"file:{path}"):
                broken.append(f"file:{path}")
    return count, broken


def rotate(parts: Parts, *, progress: Progress = lambda what, done, total: None) -> Outcome:
    """Seal anew whatever lies under an older key."""
    done, broken = 0, []
    for each in SEALED:
        with patient():
            total, so_far = each.model.select().where(_other(parts, each)).count(), 0
        for rows in _parts_of(parts, each):
            fresh, bad = _anew(parts, each, rows)
            broken += bad
            so_far += store.write(partial(_put, each, fresh))
            progress(each.name, so_far, total)
        done += so_far
    fresh_files, bad_files = _rotate_files(parts)
    after = check(parts)
    return Outcome(done + fresh_files, after.left, list(dict.fromkeys(broken + bad_files + after.broken)))


def _other(parts: Parts, each: Sealed) -> Any:
    """Rows whose text was sealed with another key: its name is the head of the text."""
    return _full(each) & ~_begins(each, parts.vault.head)


def _full(each: Sealed) -> Any:
    return each.field.is_null(False) & (fn.LENGTH(each.field) > 0)


def _begins(each: Sealed, head: bytes) -> Any:
    return fn.SUBSTR(each.field, 1, len(head)) == head


def _parts_of(parts: Parts, each: Sealed) -> Iterator[list[Any]]:
    """The rows to do, in parts, in the order of their keys; one that does not open is passed by."""
    keys = each.model._meta.get_primary_keys()
    last: list[Any] | None = None
    while True:
        query: Any = each.model.select().where(_other(parts, each))
        if last is not None:
            query = query.where(_after(keys, last))
        rows = list(query.order_by(*keys).limit(AT_ONCE))
        if rows:
            last = [rows[-1].__data__[key.name] for key in keys]
            yield rows
        if len(rows) < AT_ONCE:
            return


def _after(keys: Any, last: list[Any]) -> Any:
    """Later than a row, by one column or by two."""
    if len(keys) == 1:
        return keys[0] > last[0]
    return (keys[0] > last[0]) | ((keys[0] == last[0]) & (keys[1] > last[1]))


def _anew(parts: Parts, each: Sealed, rows: list[Any]) -> tuple[list[tuple[Any, bytes, bytes, str]], list[str]]:
    """(row, old text, new text, key) of each, and the names of those that do not open."""
    fresh, broken = [], []
    for row in rows:
        old, place = bytes(getattr(row, each.column)), each.place(row)
        try:
            new, key = parts.vault.seal(parts.vault.open(old, place), place)
        except VaultError:
            broken.append(f"{each.name} {place}")
        else:
            fresh.append((row, old, new, key))
    return fresh, broken


def _put(each: Sealed, fresh: list[tuple[Any, bytes, bytes, str]]) -> int:
    """Put the new texts in the place of the old ones, where these still stand."""
    keys = [key.name for key in each.model._meta.get_primary_keys()]
    return bulk.replace(
        each.model, column=each.column, key=each.key,
        texts=[(new, name, [row.__data__[key] for key in keys], old) for row, old, new, name in fresh],
    )  # fmt: skip


def _files(parts: Parts) -> Iterator[tuple[str, bytes]]:
    for path in files.paths():
        try:
            yield path, parts.storage.get(path)
        except Missing:
            continue


def _rotate_files(parts: Parts) -> tuple[int, list[str]]:
    """Pictures lie under their names: a new text is laid in the old one's place."""
    done, broken = 0, []
    for path, sealed in _files(parts):
        if sealed.startswith(parts.vault.head):
            continue
        try:
            new, _ = parts.vault.seal(parts.vault.open(sealed, f"file:{path}"), f"file:{path}")
        except VaultError:
            broken.append(f"file:{path}")
        else:
            parts.storage.put(path, new)
            done += 1
    return done, broken
