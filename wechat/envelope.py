"""Safe mode's envelope: the signature over it and the AES inside it (wechat-platform.md §1.2).

The cipher key is prepared once. Padding is checked strictly, with WeChat's block of 32.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32
#: The block in front of every message: 16 random bytes, then its length as 4 bytes, big end first.
_HEAD = 20
_PADDING = [b""] + [bytes([n]) * n for n in range(1, _BLOCK + 1)]
_HEX_SHA1 = re.compile(r"[0-9a-f]{40}", re.ASCII)


class Unreadable(Exception):
    """A ciphertext that is not for us or not whole; its one argument is a word for the counter."""


class Envelope:
    """Signs, opens and closes the envelopes of one account."""

    def __init__(self, token: str, aes_key: str, appid: str) -> None:
        """`aes_key` is the console's EncodingAESKey of 43 characters. A wrong setting is a ValueError."""
        if not token or not appid:
            raise ValueError("a callback needs a token and an appid")
        try:
            key = base64.b64decode(aes_key + "=")
        except (binascii.Error, ValueError):
            key = b""
        if len(aes_key) != 43 or len(key) != 32:
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        self._token = token.encode()
        self._appid = appid.encode()
        # The IV is the key's first half: the platform's rule, the same in every SDK.
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def sign(self, *parts: bytes) -> str:
        """Hex sha1 of the token and `parts`, sorted as bytes and joined."""
        return hashlib.sha1(b"".join(sorted((self._token, *parts)))).hexdigest()

    def signed(self, signature: str, *parts: bytes) -> bool:
        """Whether `signature` is the one over `parts`; its shape first, then in constant time."""
        if _HEX_SHA1.fullmatch(signature) is None:
            return False
        return hmac.compare_digest(signature.encode(), self.sign(*parts).encode())

    def decrypt(self, encrypted: bytes) -> bytes:
        """The message in a base64 ciphertext; `Unreadable` if anything about it is wrong."""
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("base64") from None
        if len(sealed) < _BLOCK or len(sealed) % _BLOCK:
            raise Unreadable("truncated")
        opener = self._cipher.decryptor()
        plain = opener.update(sealed) + opener.finalize()
        pad = plain[-1]
        if not 1 <= pad <= _BLOCK or not plain.endswith(_PADDING[pad]):
            raise Unreadable("padding")
        end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
        if end > len(plain) - pad:
            raise Unreadable("length")
        if not hmac.compare_digest(plain[end:-pad], self._appid):
            raise Unreadable("appid")
        return plain[_HEAD:end]

    def encrypt(self, message: bytes, *, salt: bytes | None = None) -> bytes:
        """The base64 ciphertext of a message; `salt` is for test vectors, 16 random bytes otherwise."""
        if salt is None:
            salt = binascii.b2a_base64(os.urandom(12), newline=False)
        plain = salt + len(message).to_bytes(4, "big") + message + self._appid
        plain += _PADDING[_BLOCK - len(plain) % _BLOCK]
        closer = self._cipher.encryptor()
        return binascii.b2a_base64(closer.update(plain) + closer.finalize(), newline=False)
