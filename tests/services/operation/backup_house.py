"""A house to back up and to restore, for the tests of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models import store
from models.dialect import open_database
from services.lives import files
from services.operation import backups, restoring
from services.operation.backups import Made
from services.operation.restoring import Restored
from services.parts import Backups
from storage.disk import Disk
from tests.services.bookkeeping.test_records import confirm, serve
from tests.services.lives.test_files import picture
from tests.support.fakes import make_parts
from tests.support.world import World

KEY = {"b1": b"b" * 32}


class House:
    """A house with something in everything, where backups go, and an empty place to restore to."""

    def __init__(self, cast: World, at: datetime, folder: Path, elsewhere: str) -> None:
        self.cast, self.at, self.folder, self.elsewhere = cast, at, folder, elsewhere
        self.backups = Backups(str(folder / "backups"), KEY, 3)
        self.parts = make_parts(storage=Disk(folder / "files"), backups=self.backups)
        self.there = Disk(folder / "elsewhere-files")
        serve(cast, cast.xiaobo, 100)
        confirm(cast)
        path = files.put_down(parts=self.parts, photo=files.taken(picture()))
        self.photo = store.write(
            lambda: files.keep(name="a\tb\n\\.jpg", path=path, size=1, owner_id=cast.xiaobo.id, at=at)
        )

    def make(self, at: datetime | None = None, **more: Any) -> Made:
        return backups.make(parts=self.parts, backups=self.backups, at=at or self.at, **more)

    def restore(self, path: Path, key: dict[str, bytes] = KEY, at: datetime | None = None) -> Restored:
        """Into the empty place, which is bound then; nine hours later, if nothing else is said."""
        if store.current().database != open_database(self.elsewhere).database:
            store.release()
            store.bind(open_database(self.elsewhere))
        parts = replace(self.parts, storage=self.there)
        return restoring.restore(
            path=path, parts=parts, key=Backups("", key), database_url=self.elsewhere,
            at=at or self.at + timedelta(hours=9),
        )

    def kept(self) -> list[Path]:
        return sorted(each for each in Path(self.backups.folder).iterdir() if each.name != ".lock")


@pytest.fixture
def house(db: Any, cast: World, at: datetime, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    if db.dialect == "sqlite":
        (tmp_path / "elsewhere").mkdir()
        yield House(cast, at, tmp_path, f"sqlite:///{tmp_path}/elsewhere/h.db")
        return
    server = request.getfixturevalue("postgres")
    server.drop("elsewhere")
    yield House(cast, at, tmp_path, server.create("elsewhere"))
    if store.proxy.obj is not None:
        store.release()
    server.drop("elsewhere")
