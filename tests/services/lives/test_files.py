"""Photos: what is no picture is refused, what is one is drawn anew, and lies sealed."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from models import PersonCard, StoredFile, store
from services.errors import Refusal, RefusalCode
from services.lives import cards, files
from storage.disk import Disk
from storage.shelf import StorageFailure
from tests.support.bucket import Bucket
from tests.support.fakes import make_parts


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def _flat_png(width: int, height: int) -> bytes:
    """A PNG that says it is huge, with next to nothing in it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


@dataclass
class Place:
    """A house that keeps its photos in a folder or in a bucket."""

    parts: Any
    bucket: Bucket | None
    root: Path

    def lies(self) -> list[str]:
        if self.bucket:
            return sorted(self.bucket.objects)
        return sorted(str(each.relative_to(self.root)) for each in self.root.rglob("*") if each.is_file())

    def age(self, name: str, seconds: float) -> None:
        if self.bucket:
            self.bucket.age(name, seconds)
            return
        moment = (self.root / name).stat().st_mtime - seconds
        os.utime(self.root / name, (moment, moment))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = [
    (b"", RefusalCode.PHOTO_MISSING),
    (b"x" * (files.MOST_BYTES + 1), RefusalCode.PHOTO_TOO_LARGE),
    (SVG, RefusalCode.PHOTO_UNREADABLE),
    (b"%PDF-1.7 renamed to photo.jpg", RefusalCode.PHOTO_UNREADABLE),
    (b"<html><script>", RefusalCode.PHOTO_UNREADABLE),
    (picture("GIF"), RefusalCode.PHOTO_UNREADABLE),
    (picture("TIFF"), RefusalCode.PHOTO_UNREADABLE),
    (picture()[:200], RefusalCode.PHOTO_UNREADABLE),
    (_flat_png(200, 200), RefusalCode.PHOTO_UNREADABLE),
    (_flat_png(5000, 5000), RefusalCode.PHOTO_TOO_MANY_PIXELS),
    (_flat_png(60000, 60000), RefusalCode.PHOTO_TOO_MANY_PIXELS),
]


@pytest.mark.parametrize(("body", "code"), BAD)
def test_what_is_no_good_picture_is_refused(body: bytes, code: RefusalCode) -> None:
    with pytest.raises(Refusal) as refused:
        files.taken(body)
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_drawn_anew(kind: str) -> None:
    with Image.open(io.BytesIO(files.taken(picture(kind)).body)) as found:
        assert (found.format, found.size, found.mode) == ("JPEG", (60, 40), "RGB")


def test_place_and_words_in_a_photo_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # lying on its side
    body = picture(exif=exif, comment=b"secret word")
    assert b"secret place" in body
    made = files.taken(body + b"<script>secret tail</script>").body
    assert b"secret" not in made
    with Image.open(io.BytesIO(made)) as found:
        assert (found.size, dict(found.getexif())) == ((40, 60), {})


def test_large_photo_becomes_small() -> None:
    with Image.open(io.BytesIO(files.taken(picture(size=(6000, 4000))).body)) as found:
        assert max(found.size) == files.LONGEST_SIDE


@pytest.fixture(params=["disk", "s3"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "disk":
        yield Place(make_parts(storage=Disk(tmp_path / "f")), None, tmp_path / "f")
        return
    with Bucket() as bucket:
        yield Place(make_parts(storage=bucket.storage()), bucket, tmp_path)


def test_photo_lies_sealed_and_opens(cast: Any, at: datetime, house: Place) -> None:
    photo = files.taken(picture())
    path = files.put_down(parts=house.parts, photo=photo)
    assert house.lies() == [path]
    assert photo.body[:20] not in house.parts.storage.get(path)
    kept = store.write(lambda: files.keep(name="x.jpg", path=path, size=1, owner_id=cast.xiaobo.id, at=at))
    assert files.opened(parts=house.parts, file_id=kept.id) == photo.body


def test_same_photo_twice_lies_twice(cast: Any, house: Place) -> None:
    """A name is never given again: what a sweep finds old and without a row cannot get one meanwhile."""
    photo = files.taken(picture())
    paths = [files.put_down(parts=house.parts, photo=photo) for _ in range(2)]
    assert house.lies() == sorted(paths)
    assert (len(set(paths)), files.same(*paths)) == (2, True)
    assert not files.same(paths[0], files.put_down(parts=house.parts, photo=files.taken(picture("PNG", (9, 9)))))


def test_photo_that_is_not_there_is_not_found(cast: Any, at: datetime, house: Place) -> None:
    kept = store.write(
        lambda: files.keep(name="x", path="ab/none.sealed", size=1, owner_id=cast.ali.id, at=at)
    )
    for number in (kept.id, kept.id + 1):
        with pytest.raises(Refusal) as refused:
            files.opened(parts=house.parts, file_id=number)
        assert refused.value.code == RefusalCode.NOT_FOUND


@pytest.mark.parametrize("fault", ["gone", "wrong key", "full"])
def test_storage_that_is_away_is_refused_and_nothing_is_half_done(cast: Any, at: datetime, fault: str) -> None:
    with Bucket() as bucket:
        good = make_parts(storage=bucket.storage())
        path = files.put_down(parts=good, photo=files.taken(picture()))
        kept = store.write(lambda: files.keep(name="x", path=path, size=1, owner_id=cast.ali.id, at=at))
        parts = make_parts(storage=bucket.storage(secret="wrong")) if fault == "wrong key" else good
        if fault == "gone":
            bucket.down()
        elif fault == "full":
            bucket.fault = (507, "XMinioStorageFull")
        ask = {"actor": cast.actor(cast.ali), "public_no": cast.xiaobo.public_no, "photo": picture(), "at": at}
        for act in (lambda: cards.issue(parts=parts, **ask), lambda: files.opened(parts=parts, file_id=kept.id)):
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code == RefusalCode.STORAGE_AWAY
        assert (StoredFile.select().count(), PersonCard.select().count(), list(bucket.objects)) == (1, 0, [path])
        if fault != "gone":
            with pytest.raises(StorageFailure):
                files.sweep(parts=parts)
            bucket.fault = None
            assert files.opened(parts=good, file_id=kept.id)


def test_pictures_move_from_the_folder_into_the_bucket(cast: Any, at: datetime, tmp_path: Path) -> None:
    folder = Disk(tmp_path / "old")
    old = make_parts(storage=folder)
    kept = []
    for size in (20, 21, 22, 23):
        path = files.put_down(parts=old, photo=files.taken(picture(size=(size, size))))
        kept.append(
            store.write(lambda path=path: files.keep(name="x", path=path, size=1, owner_id=cast.ali.id, at=at))
        )
    files.put_down(parts=old, photo=files.taken(picture()))  # nobody's
    (tmp_path / "old" / kept[2].path).write_bytes(b"damaged")
    (tmp_path / "old" / kept[3].path).unlink()
    with Bucket() as bucket:
        parts = make_parts(storage=bucket.storage())
        assert files.move_in(parts=parts, source=folder) == (2, 2)
        assert files.move_in(parts=parts, source=folder) == (0, 2)
        assert sorted(bucket.objects) == sorted(each.path for each in kept[:2])
        for each in kept[:2]:
            assert files.opened(parts=parts, file_id=each.id) == files.opened(parts=old, file_id=each.id)


DAY = files.NOBODYS_SECONDS


def _laid(house: Place, size: int) -> str:
    return files.put_down(parts=house.parts, photo=files.taken(picture(size=(size, size))))


def test_what_nobody_owns_is_swept_after_a_day(cast: Any, at: datetime, house: Place) -> None:
    owned, old, young = (_laid(house, size) for size in (20, 21, 22))
    store.write(lambda: files.keep(name="a.jpg", path=owned, size=1, owner_id=cast.xiaobo.id, at=at))
    torn = f"{old[:2]}/tmpabc"
    house.parts.storage.put(torn, b"half a file")
    house.parts.storage.put("notes/notes.txt", b"not ours")
    for each in (owned, old, torn, "notes/notes.txt"):
        house.age(each, DAY + 60)
    house.age(young, DAY - 60)
    assert files.sweep(parts=house.parts) == 2
    assert house.lies() == sorted([owned, young, "notes/notes.txt"])
    assert files.sweep(parts=house.parts) == 0


def test_sweep_takes_so_many_at_once_and_minds_no_missing_folder(
    cast: Any, house: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert files.sweep(parts=house.parts) == 0
    for size in range(30, 35):
        house.age(_laid(house, size), DAY + 60)
    monkeypatch.setattr(files, "MOST_SWEPT", 2)
    assert [files.sweep(parts=house.parts) for _ in range(4)] == [2, 2, 1, 0]


def test_refused_act_leaves_a_file_that_the_job_sweeps(cast: Any, at: datetime, house: Place) -> None:
    from schedulers.jobs import JOBS

    house.age(_laid(house, 40), DAY + 60)
    job = next(each for each in JOBS if each.name == "sweep_files")
    assert (job.run(house.parts, at, store.write), house.lies()) == (1, [])
