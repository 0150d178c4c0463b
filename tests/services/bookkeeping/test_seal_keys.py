"""Seals are made with a key that is not in the database: whoever has only that makes none anew."""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from peewee import DatabaseError

from models import AuditEntry, Seal, store
from queries import seals as sql
from schedulers.jobs import verify_books
from services import audit
from services.actors import OPERATOR
from services.bookkeeping import books, sealing
from tests.services.bookkeeping.test_proofs import behind
from tests.support.fakes import make_parts
from tests.support.world import World

DAY = timedelta(days=1)
KEY, OTHER = b"k" * 32, b"o" * 32
BOOK = "audit_entry"
PROOFS = {"books.verify", "books.differences", "books.prove_turn", "sealing.seal_due"}


def sealed(at: datetime, *keys: bytes) -> datetime:
    """A line of the audit a night, each sealed with its key; the moment after."""
    for night, key in enumerate(keys):
        audit.note(actor=OPERATOR, verb="export", subject="list:/x", detail={"night": night}, at=at + night * DAY)
        sealing.seal_due(at=at + (night + 1) * DAY, key=key)
    return at + (len(keys) + 1) * DAY


def broken(key: bytes = KEY) -> list[sealing.Broken]:
    return [each for each in sealing.broken(whole=True, key=key) if each.book == BOOK]


def made_anew(after: int = 0) -> None:
    """The digests behind so many as one without the key can make them: plain, by the rows as they are now."""
    seals = list(Seal.select().where(Seal.book == BOOK).order_by(Seal.id))
    before = str(seals[after - 1].digest) if after else ""
    for seal in seals[after:]:
        total = hashlib.sha256(before.encode())
        for row in sql.sealed(book=BOOK, first=seal.first_id, last=seal.last_id):
            total.update(json.dumps(list(row), ensure_ascii=False).encode())
        before = total.hexdigest()
        Seal.update(digest=before).where(Seal.id == seal.id).execute()


def change_a_line(number: int) -> None:
    """As the database's owner does; the guards stay off then."""
    line = AuditEntry.select().order_by(AuditEntry.id)[number]
    act = AuditEntry.update(detail={"night": 9}).where(AuditEntry.id == line.id)
    try:
        store.write(lambda: act.execute())
    except DatabaseError:
        behind(AuditEntry, lambda: act.execute())


def test_seal_says_how_it_was_made_and_not_with_what(cast: World, at: datetime) -> None:
    sealed(at, b"", KEY)
    plain, keyed = (str(seal.digest) for seal in Seal.select().where(Seal.book == BOOK).order_by(Seal.id))
    assert (len(plain), keyed.split(":")[0], len(keyed.split(":")[1])) == (64, "hmac-sha256", 8)
    assert KEY.hex() not in keyed


def test_seals_of_both_kinds_stand_side_by_side(cast: World, at: datetime) -> None:
    later = sealed(at, b"", b"", KEY, KEY)
    assert (broken(), sealing.prove_turn(at=later, key=KEY)) == ([], [])
    change_a_line(0)
    change_a_line(3)
    assert [each.first for each in broken()] == [4, 1]


def test_control_plain_chain_can_be_made_anew_and_nothing_in_the_database_tells(cast: World, at: datetime) -> None:
    sealed(at, b"", b"")
    change_a_line(0)
    assert broken() != []
    behind(Seal, made_anew)
    assert broken() == []


def test_chain_with_a_key_made_anew_from_the_changed_line_on_is_found(cast: World, at: datetime) -> None:
    sealed(at, KEY, KEY, KEY)
    change_a_line(1)
    behind(Seal, lambda: made_anew(after=1))
    assert [each.first for each in broken()] == [2]  # a plain seal behind one with a key is nobody's of ours


def test_whole_chain_made_anew_as_a_plain_one_is_found_by_the_anchors(
    cast: World, at: datetime, tmp_path: Path
) -> None:
    file, parts = tmp_path / "anchors.jsonl", make_parts(anchors_file=str(tmp_path / "anchors.jsonl"))
    audit.note(actor=OPERATOR, verb="export", subject="list:/x", detail={}, at=at)
    assert verify_books(parts, at + DAY, store.write) == 0
    assert "hmac-sha256:" in file.read_text()
    change_a_line(0)
    behind(Seal, made_anew)
    assert f"anchor of {BOOK}" in {each.what for each in books.verify(anchors_file=str(file), key=parts.seal_key)}


def test_without_the_key_nothing_is_said_of_what_was_made_with_one(cast: World, at: datetime) -> None:
    sealed(at, b"", KEY)
    change_a_line(1)
    assert (broken(b""), len(broken())) == ([], 1)
    change_a_line(0)
    assert [each.first for each in broken(b"")] == [1]


def test_seals_of_another_key_are_named_so(cast: World, at: datetime) -> None:
    sealed(at, KEY)
    [said] = books.differences(whole=True, key=OTHER)
    assert said == f"seal of {BOOK} with another key: rows 1 to 1 cannot be proved with this SIGN_KEY"


def test_night_and_command_prove_with_the_houses_own_key(
    app: Any, cast: World, at: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    parts = replace(app.extensions["parts"], anchors_file=str(file))
    audit.note(actor=OPERATOR, verb="export", subject="list:/x", detail={}, at=at)
    assert verify_books(parts, at + DAY, store.write) == 0
    assert str(Seal.get(Seal.book == BOOK).digest).startswith(sealing._made_with(parts.seal_key))
    change_a_line(0)
    assert verify_books(parts, at + 2 * DAY, store.write) > 0
    told = app.test_cli_runner().invoke(args=["verify-books", "--anchors", str(file)])
    assert (told.exit_code, f"seal of {BOOK}: rows 1 to 1 are not those that were sealed" in told.output) == (1, True)


def test_key_of_the_seals_comes_from_the_signing_key_and_is_another() -> None:
    one, two = make_parts(), make_parts(sign_key=b"h" * 32)
    assert len({one.seal_key, two.seal_key, one.sign_key}) == 3
    assert (make_parts().seal_key, len(one.seal_key)) == (one.seal_key, 32)


def test_whoever_proves_the_books_in_the_house_brings_the_key() -> None:
    files = [path for top in ("services", "schedulers") for path in Path(top).rglob("*.py") if path.name != "books.py"]
    calls = []
    for path in [Path("app.py"), Path("commands.py"), *files]:
        text = path.read_text(encoding="utf-8")
        for each in ast.walk(ast.parse(text)) if any(name in text for name in PROOFS) else ():
            if isinstance(each, ast.Call) and ast.unparse(each.func) in PROOFS:
                calls.append((path.name, "key" in {word.arg for word in each.keywords}))
    assert {name for name, _ in calls} == {"app.py", "jobs.py", "backups.py", "copying.py", "restoring.py"}
    assert [name for name, brings in calls if not brings] == []
