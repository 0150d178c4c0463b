"""The file of a backup: a tar, compressed and sealed in pieces with a key of its own (BACKUP_KEY), read in one pass.

    HONGYAO BACKUP 1\\n | length, head (JSON: id and check of the key, salt, moment, database, schema) | pieces
    piece: length | AES-256-GCM, its number and whether it is the last in the nonce, the head in the tag

So a piece that is changed, moved, left out or cut off does not open, and no file opens with another key. The key of a
file comes from BACKUP_KEY and the file's own salt, so nonces may simply count.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from frozen import dataclass

MAGIC = b"HONGYAO BACKUP 1\n"
PIECE = 1024 * 1024
MOST_HEAD, MOST_PIECE = 64 * 1024, 2 * PIECE
#: Bytes of one member of the tar: what is longer goes on in the next one.
PART = 8 * 1024 * 1024


class NotReadable(Exception):
    """The file is no backup that opens here; the text is one English sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says before it is opened: moment (ISO), kind of database, name of its newest migration."""

    made_at: str
    database: str
    schema: str


def _opened(ring: Mapping[str, bytes], name: str, salt: bytes) -> tuple[AESGCM, str]:
    """The cipher of one file and the check of its key."""
    key = HKDF(SHA256(), 32, salt, b"hongyao backup 1").derive(ring[name])
    return AESGCM(key), hmac.new(key, b"check", hashlib.sha256).hexdigest()[:16]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Writing(io.RawIOBase):
    """What is written goes compressed and sealed to `out`; `close` seals the last piece."""

    def __init__(self, out: IO[bytes], ring: Mapping[str, bytes], head: Head) -> None:
        name, salt = next(iter(ring)), os.urandom(16)
        self._cipher, check = _opened(ring, name, salt)
        told = json.dumps({"key": name, "check": check, "salt": base64.b64encode(salt).decode(), **asdict(head)})
        self._head = told.encode()
        self._out, self._number = out, 0
        self._packing, self._waiting, self._left = zlib.compressobj(1), bytearray(), False
        out.write(MAGIC + len(self._head).to_bytes(4, "big") + self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self._left:
            return len(data)
        self._seal_full(self._packing.compress(data))
        return len(data)

    def close(self) -> None:
        if not self.closed and not self._left:
            self._seal_full(self._packing.flush())
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def leave(self) -> None:
        """Something failed: nothing more is written, whoever still holds a rest of it."""
        self._left = True

    def _seal_full(self, more: bytes) -> None:
        self._waiting += more
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def _seal(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), piece, self._head)
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class Reading(io.RawIOBase):
    """The tar inside, piece by piece. NotReadable."""

    def __init__(self, source: IO[bytes], ring: Mapping[str, bytes]) -> None:
        self._source, self._number, self._ended = source, 0, False
        self._unpacking, self._ready = zlib.decompressobj(), bytearray()
        if source.read(len(MAGIC)) != MAGIC:
            raise NotReadable("this is no backup of ours")
        length = int.from_bytes(source.read(4), "big")
        self._raw = source.read(length) if length <= MOST_HEAD else b""
        try:
            told = json.loads(self._raw)
            name, check, salt = told.pop("key"), told.pop("check"), base64.b64decode(told.pop("salt"))
            self.head = Head(**told)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotReadable("the head of this backup is damaged") from None
        if name not in ring:
            raise NotReadable(f"it is sealed with the key {name!r}, which BACKUP_KEY does not hold")
        self._cipher, right = _opened(ring, name, salt)
        if not hmac.compare_digest(right, str(check)):
            raise NotReadable(f"it is sealed with another key {name!r} than BACKUP_KEY, or its head was altered")
        self._next = source.read(4)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready and not self._ended:
            self._ready += self._unpacked()
        some = min(len(buffer), len(self._ready))
        buffer[:some] = self._ready[:some]
        del self._ready[:some]
        return some

    def drain(self) -> None:
        """Read to the end, whose piece proves that nothing is missing."""
        while self.read(PIECE):
            pass

    def _unpacked(self) -> bytes:
        length = int.from_bytes(self._next, "big")
        sealed = self._source.read(length) if len(self._next) == 4 and length <= MOST_PIECE else b""
        if len(self._next) < 4 or (length <= MOST_PIECE and len(sealed) < length):
            raise NotReadable("it is cut off: the end is missing")
        self._next = self._source.read(4)
        last = not self._next
        try:
            piece = self._cipher.decrypt(_nonce(self._number, last), sealed, self._raw)
        except InvalidTag:
            if last and self._opens(sealed):
                raise NotReadable("it is cut off: the end is missing") from None
            raise NotReadable(f"it was altered in piece {self._number + 1}") from None
        self._number, self._ended = self._number + 1, last
        try:
            return self._unpacking.decompress(piece) + (self._unpacking.flush() if last else b"")
        except zlib.error:
            raise NotReadable(f"piece {self._number} does not unpack") from None

    def _opens(self, sealed: bytes) -> bool:
        try:
            self._cipher.decrypt(_nonce(self._number, False), sealed, self._raw)
        except InvalidTag:
            return False
        return True


class Tar:
    """The members of a backup being written; `end` closes it."""

    def __init__(self, into: Writing) -> None:
        self._tar = tarfile.open(fileobj=into, mode="w|", bufsize=PIECE)  # noqa: SIM115

    def add(self, name: str, body: bytes) -> None:
        """One small member, whole."""
        info = tarfile.TarInfo(name)
        info.size = len(body)
        self._tar.addfile(info, io.BytesIO(body))

    def pour(self, name: str, pieces: Iterator[bytes]) -> str:
        """A long member, in parts `name/000000…`; the checksum of the whole."""
        waiting, number, whole = bytearray(), 0, hashlib.sha256()
        for piece in pieces:
            whole.update(piece)
            waiting += piece
            if len(waiting) >= PART:
                self.add(f"{name}/{number:06d}", bytes(waiting))
                waiting, number = bytearray(), number + 1
        if waiting:
            self.add(f"{name}/{number:06d}", bytes(waiting))
        return whole.hexdigest()

    def end(self, told: Mapping[str, object]) -> None:
        """The last member says what went in."""
        self.add("end.json", json.dumps(told).encode())
        self._tar.close()


def members(path: Path, ring: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """(name, body) of every member in turn, to the very end. NotReadable."""
    with path.open("rb") as source:
        reading = Reading(source, ring)
        try:
            with tarfile.open(fileobj=io.BufferedReader(reading, PIECE), mode="r|", bufsize=PIECE) as tar:
                for info in tar:
                    body = tar.extractfile(info)
                    yield info.name, body.read() if body else b""
        except tarfile.TarError:
            raise NotReadable("what is inside is damaged") from None
        reading.drain()


def head(path: Path, ring: Mapping[str, bytes]) -> Head:
    """What it says before it is opened. NotReadable."""
    with path.open("rb") as source:
        return Reading(source, ring).head
