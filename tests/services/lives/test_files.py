"""Photos: what is no picture is refused, what is one is drawn anew, and lies sealed."""

from __future__ import annotations

import io
import os
import struct
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from models import store
from services.errors import Refusal, RefusalCode
from services.lives import files
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


def test_photo_lies_sealed_and_opens(cast: Any, at: datetime, tmp_path: Path) -> None:
    parts = make_parts(files_dir=str(tmp_path / "f"))
    photo = files.taken(picture())
    path = files.put_down(parts=parts, photo=photo)
    assert files.put_down(parts=parts, photo=photo) == path
    assert [each.name for each in (tmp_path / "f").rglob("*") if each.name != ".lock" and each.is_file()] == [
        f"{photo.digest}.sealed"
    ]
    assert photo.body[:20] not in (tmp_path / "f" / path).read_bytes()
    kept = store.write(lambda: files.keep(name="x.jpg", path=path, size=1, owner_id=cast.xiaobo.id, at=at))
    assert files.opened(parts=parts, file_id=kept.id) == photo.body


def test_photo_that_is_not_there_is_not_found(cast: Any, at: datetime, tmp_path: Path) -> None:
    parts = make_parts(files_dir=str(tmp_path))
    kept = store.write(
        lambda: files.keep(name="x", path="ab/none.sealed", size=1, owner_id=cast.ali.id, at=at)
    )
    for number in (kept.id, kept.id + 1):
        with pytest.raises(Refusal) as refused:
            files.opened(parts=parts, file_id=number)
        assert refused.value.code == RefusalCode.NOT_FOUND


DAY = files.NOBODYS_SECONDS


def _aged(path: Path, seconds: float) -> Path:
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))
    return path


def _laid(tmp_path: Path, size: int) -> tuple[Any, str, Path]:
    parts = make_parts(files_dir=str(tmp_path))
    name = files.put_down(parts=parts, photo=files.taken(picture(size=(size, size))))
    return parts, name, tmp_path / name


def test_what_nobody_owns_is_swept_after_a_day(cast: Any, at: datetime, tmp_path: Path) -> None:
    parts, owned, kept = _laid(tmp_path, 20)
    store.write(lambda: files.keep(name="a.jpg", path=owned, size=1, owner_id=cast.xiaobo.id, at=at))
    old, young = _laid(tmp_path, 21)[2], _laid(tmp_path, 22)[2]
    torn = old.with_name("tmpabc")
    torn.write_bytes(b"half a file")
    stranger = tmp_path / "notes.txt"
    stranger.write_text("not ours")
    for each in (kept, old, torn, stranger):
        _aged(each, DAY + 60)
    _aged(young, DAY - 60)
    assert files.sweep(parts=parts) == 2
    assert [each.exists() for each in (kept, old, torn, stranger, young)] == [True, False, False, True, True]
    assert files.sweep(parts=parts) == 0


def test_picture_handed_in_again_is_young_again(cast: Any, tmp_path: Path) -> None:
    parts, name, path = _laid(tmp_path, 23)
    _aged(path, DAY + 60)
    assert _laid(tmp_path, 23)[1] == name
    assert files.sweep(parts=parts) == 0
    assert path.exists()


def test_sweep_takes_so_many_at_once_and_minds_no_missing_folder(
    cast: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert files.sweep(parts=make_parts(files_dir=str(tmp_path / "none"))) == 0
    parts = make_parts(files_dir=str(tmp_path))
    for size in range(30, 35):
        _aged(_laid(tmp_path, size)[2], DAY + 60)
    monkeypatch.setattr(files, "MOST_SWEPT", 2)
    assert [files.sweep(parts=parts) for _ in range(4)] == [2, 2, 1, 0]


def test_refused_act_leaves_a_file_that_the_job_sweeps(cast: Any, at: datetime, tmp_path: Path) -> None:
    from schedulers.jobs import JOBS

    parts, _, path = _laid(tmp_path, 40)
    _aged(path, DAY + 60)
    job = next(each for each in JOBS if each.name == "sweep_files")
    assert (job.run(parts, at, store.write), path.exists()) == (1, False)
