"""The vault: seals ID numbers and phones, and finds them again without opening them.

A sealed text is `1 | length of key id | key id | nonce (12) | AES-256-GCM`, bound to its place (`volunteer.
document:<public no>`): copied to another row it does not open. Looking up goes by a blind index with a key
of its own; a plain hash of an ID number is guessed in seconds (reliability.md §6.3).
"""

from __future__ import annotations

import functools
import hmac
import os
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
NONCE = 12


@functools.cache
def _cipher(key: bytes) -> AESGCM:
    # Loaded when something is first sealed or opened: a process that starts does neither.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


class VaultError(Exception):
    """A sealed text does not open: foreign place, damaged, or its key is gone. Never a person's fault."""


class Vault:
    """Seals with the first key of the ring, opens with any of them."""

    __slots__ = ("_index_key", "_ring", "_writing", "head")

    def __init__(self, ring: dict[str, bytes], index_key: bytes) -> None:
        if not ring:
            raise ValueError("a vault needs at least one key")
        self._ring = dict(ring)
        self._writing = next(iter(ring))
        self._index_key = index_key
        name = self._writing.encode()
        #: With what every text begins that is sealed with the key of today.
        self.head = bytes([VERSION, len(name)]) + name

    def __repr__(self) -> str:
        return f"Vault({', '.join(self._ring)})"

    @property
    def heads(self) -> tuple[bytes, ...]:
        """With what texts begin that were sealed with a key of the ring, each key's."""
        return tuple(bytes([VERSION, len(name.encode())]) + name.encode() for name in self._ring)

    @staticmethod
    def key_of(blob: bytes) -> str:
        """The name of the key that sealed a text, "" for what is none."""
        raw = bytes(blob)
        return raw[2 : 2 + raw[1]].decode("ascii", "replace") if len(raw) > 1 and raw[0] == VERSION else ""

    def seal(self, text: str, place: str) -> tuple[bytes, str]:
        """(blob, id of the key used); the blob opens at `place` only."""
        nonce = os.urandom(NONCE)
        sealed = _cipher(self._ring[self._writing]).encrypt(nonce, text.encode(), place.encode())
        return self.head + nonce + sealed, self._writing

    def open(self, blob: bytes, place: str) -> str:
        """The text sealed in `blob` at `place`; VaultError if it does not open here."""
        from cryptography.exceptions import InvalidTag

        raw = bytes(blob)
        if len(raw) < 2 or raw[0] != VERSION:
            raise VaultError("not a sealed text")
        name = raw[2 : 2 + raw[1]].decode("ascii", "replace")
        key = self._ring.get(name)
        if key is None:
            raise VaultError(f"no key {name!r} in the ring")
        body = raw[2 + raw[1] :]
        try:
            return _cipher(key).decrypt(body[:NONCE], body[NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError) as cause:
            raise VaultError("damaged or moved from its place") from cause

    def index(self, kind: str, text: str) -> str:
        """The blind index (32 hex digits) of `text` as a `kind` (`id_no`, `phone`).

        Every spelling that means the same has the same index: full width, spaces, lower case.
        """
        plain = text.upper()
        if not (text.isascii() and text.isalnum()):
            plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
        return hmac.digest(self._index_key, f"{kind}|{plain}".encode(), "sha256")[:16].hex()
