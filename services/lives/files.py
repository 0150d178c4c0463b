"""Photos that people hand in (a signed form, a face for a card): decoded, drawn anew, sealed, kept by their digest.

What arrives is believed in nothing: its name and stated type are not looked at, its size and pixels are limited
before it is decoded, and only the picture itself goes on, so that places and comments in it (EXIF) are gone. In the
storage (a folder or a bucket) lies `ab/<digest>.<random>.sealed`, encrypted like a phone number. Whoever may read it is
asked of by the concern that owns it (`proxies`, `cards`); it is always served as what we made of it, a JPEG. A picture
is laid down before the write that speaks of it, never inside one, under a name that nobody had before; where that write
was refused, `sweep` takes it away after a day. An old picture without a row never gets one, so no sweep races a write.
"""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frozen import dataclass
from models import StoredFile
from services.accounts.vault import VaultError
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from storage.shelf import Missing, Storage, StorageFailure

log = logging.getLogger("hongyao.web")

if TYPE_CHECKING:
    from PIL import Image

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
    from PIL import Image

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
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(found).convert("RGBA")
    upright.thumbnail((side, side))
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=82, optimize=True)
    return Photo(out.getvalue(), hashlib.sha256(out.getvalue()).hexdigest())


def put_down(*, parts: Parts, photo: Photo) -> str:
    """Lay the sealed picture down, before the write that speaks of it; its name in the storage. HTTP, perhaps.

    Refusals: STORAGE_AWAY (it was not kept).
    """
    path = f"{photo.digest[:2]}/{photo.digest}.{secrets.token_hex(8)}.sealed"
    sealed, _ = parts.vault.seal(base64.b64encode(photo.body).decode(), f"file:{path}")
    try:
        parts.storage.put(path, sealed)
    except (StorageFailure, Missing) as problem:
        log.error("a picture was not kept: %r", problem)
        raise Refusal(C.STORAGE_AWAY) from None
    return path


def sweep(*, parts: Parts) -> int:
    """Delete what has lain for a day and no row speaks of; how many files. StorageFailure."""
    gone = 0
    for number in range(256):
        if gone < MOST_SWEPT:
            gone += _sweep_one(parts.storage, f"{number:02x}", MOST_SWEPT - gone)
    return gone


def _sweep_one(storage: Storage, folder: str, most: int) -> int:
    old = [each.name for each in storage.lying(folder) if each.seconds > NOBODYS_SECONDS]
    if not old:
        return 0
    inside = (StoredFile.path > f"{folder}/") & (StoredFile.path < f"{folder}0")
    kept = {row.path for row in StoredFile.select(StoredFile.path).where(inside)}
    nobodys = [name for name in old if name not in kept][:most]
    for name in nobodys:
        storage.delete(name)
    return len(nobodys)


def same(one: str, other: str) -> bool:
    """Whether two names are of the same picture."""
    return one.partition(".")[0] == other.partition(".")[0]


def paths() -> list[str]:
    """The name of every picture that a row speaks of."""
    found: Any = StoredFile.select(StoredFile.path).distinct().order_by(StoredFile.path).tuples()
    return [path for (path,) in found]


def move_in(*, parts: Parts, source: Storage) -> tuple[int, int]:
    """Copy every picture that a row speaks of from another place into the storage: (copied, found nowhere). What is
    there already stays, so it may be run again. Each one is opened first: a damaged one is as good as none.
    StorageFailure."""
    copied = lost = 0
    for path in paths():
        try:
            parts.storage.get(path)
            continue
        except Missing:
            pass
        try:
            sealed = source.get(path)
            parts.vault.open(sealed, f"file:{path}")
        except (Missing, VaultError):
            log.error("no whole picture lies at %s", path)
            lost += 1
            continue
        parts.storage.put(path, sealed)
        copied += 1
    return copied, lost


def keep(*, name: str, path: str, size: int, owner_id: int, at: datetime) -> StoredFile:
    """The row of a picture that was laid down; inside the caller's write. `owner_id`: whom it shows or speaks of."""
    made = StoredFile.create(
        name=name, content_type=JPEG, size=size, path=path, owner=owner_id, created_at=at
    )
    assert isinstance(made, StoredFile)
    return made


def opened(*, parts: Parts, file_id: int) -> bytes:
    """The picture; the caller has looked at the reader's right. HTTP, perhaps.

    Refusals: NOT_FOUND (no row, or nothing lies there), STORAGE_AWAY.
    """
    found = StoredFile.get_or_none(StoredFile.id == file_id)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    try:
        sealed = parts.storage.get(found.path)
    except Missing:
        raise Refusal(C.NOT_FOUND) from None
    except StorageFailure as problem:
        log.error("a picture was not read: %r", problem)
        raise Refusal(C.STORAGE_AWAY) from None
    return base64.b64decode(parts.vault.open(sealed, f"file:{found.path}"))
