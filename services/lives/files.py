"""Photos that people hand in (a signed form, a face for a card): decoded, drawn anew, sealed, kept by their digest.

What arrives is believed in nothing: its name and stated type are not looked at, its size and pixels are limited
before it is decoded, and only the picture itself goes on, so that places and comments in it (EXIF) are gone. On disk
lies `<digest>.sealed` under FILES_DIR, encrypted like a phone number. Whoever may read it is asked of by the concern
that owns it (`proxies`, `cards`); it is always served as what we made of it, a JPEG. A picture is laid down before the
write that speaks of it; where that write was refused, `sweep` takes it away after a day.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageOps

from models import StoredFile
from services.errors import Refusal, RefusalCode
from services.parts import Parts

C = RefusalCode
MOST_BYTES = 8 * 1024 * 1024
MEGABYTES = MOST_BYTES // 1024 // 1024
#: A JPEG is decoded at a fraction of its size, the others as a whole.
MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
LONGEST_SIDE = 1800
JPEG = "image/jpeg"
#: A picture of which no row speaks is somebody's who is being asked again; after so many seconds it is nobody's.
NOBODYS_SECONDS = 86400
#: Taken away in one sweep.
MOST_SWEPT = 500


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as we drew it: a JPEG without any word about where it was taken."""

    body: bytes
    digest: str


def taken(body: bytes, *, side: int = LONGEST_SIDE) -> Photo:
    """What arrived, as a picture of ours.

    Refusals: PHOTO_MISSING, PHOTO_TOO_LARGE, PHOTO_UNREADABLE (no JPEG, PNG or WebP, whatever it is called, or
    damaged), PHOTO_TOO_MANY_PIXELS.
    """
    if not body:
        raise Refusal(C.PHOTO_MISSING)
    if len(body) > MOST_BYTES:
        raise Refusal(C.PHOTO_TOO_LARGE, most=MEGABYTES)
    try:
        with Image.open(io.BytesIO(body), formats=tuple(MOST_PIXELS)) as found:
            if found.width * found.height > MOST_PIXELS[str(found.format)]:
                raise Refusal(C.PHOTO_TOO_MANY_PIXELS)
            found.draft("RGB", (side, side))
            return _drawn(found, side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal(C.PHOTO_TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise Refusal(C.PHOTO_UNREADABLE) from None


def _drawn(found: Image.Image, side: int) -> Photo:
    upright = ImageOps.exif_transpose(found).convert("RGBA")
    upright.thumbnail((side, side))
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=82, optimize=True)
    return Photo(out.getvalue(), hashlib.sha256(out.getvalue()).hexdigest())


@contextmanager
def _alone(root: Path) -> Iterator[float]:
    """Alone at the folder, over all processes; yields the disk's own time, which is what its files are dated by."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.utime(lock.fileno())
        yield os.fstat(lock.fileno()).st_mtime


def put_down(*, parts: Parts, photo: Photo) -> str:
    """Lay the sealed picture on disk, before the write that speaks of it; the path below FILES_DIR."""
    path = f"{photo.digest[:2]}/{photo.digest}.sealed"
    target = Path(parts.files_dir) / path
    sealed, _ = parts.vault.seal(base64.b64encode(photo.body).decode(), f"file:{path}")
    with _alone(Path(parts.files_dir)):
        if target.exists():
            os.utime(target)  # as good as new: no sweep takes it before its row is written
            return path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(target)
    return path


def sweep(*, parts: Parts) -> int:
    """Delete what has lain for a day and no row speaks of; how many files."""
    root, gone = Path(parts.files_dir), 0
    folders = sorted(root.iterdir()) if root.is_dir() else []
    for folder in folders:
        if folder.is_dir() and re.fullmatch(r"[0-9a-f]{2}", folder.name):
            gone += _sweep_one(root, folder, MOST_SWEPT - gone)
    return gone


def _sweep_one(root: Path, folder: Path, most: int) -> int:
    inside = (StoredFile.path > f"{folder.name}/") & (StoredFile.path < f"{folder.name}0")
    with _alone(root) as now:
        kept = {row.path for row in StoredFile.select(StoredFile.path).where(inside)}
        nobodys = [
            each
            for each in sorted(folder.iterdir())
            if f"{folder.name}/{each.name}" not in kept and now - each.stat().st_mtime > NOBODYS_SECONDS
        ][:most]
        for each in nobodys:
            each.unlink()
    return len(nobodys)


def keep(*, name: str, path: str, size: int, owner_id: int, at: datetime) -> StoredFile:
    """The row of a picture that lies on disk; inside the caller's write. `owner_id`: whom it shows or speaks of."""
    made = StoredFile.create(
        name=name, content_type=JPEG, size=size, path=path, owner=owner_id, created_at=at
    )
    assert isinstance(made, StoredFile)
    return made


def opened(*, parts: Parts, file_id: int) -> bytes:
    """The picture; the caller has looked at the reader's right. Refusals: NOT_FOUND (no row, or not on this disk)."""
    found = StoredFile.get_or_none(StoredFile.id == file_id)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    try:
        sealed = (Path(parts.files_dir) / found.path).read_bytes()
    except OSError:
        raise Refusal(C.NOT_FOUND) from None
    return base64.b64decode(parts.vault.open(sealed, f"file:{found.path}"))
