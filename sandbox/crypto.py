"""WeChat's callback cipher and signatures, written from the documents (wechat-platform.md §1, §7.2).

Deliberately not shared with the app, so that a bug in one cannot hide in the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class CryptoError(ValueError):
    """A body that this key, token or appid did not make."""


def signature(*parts: str) -> str:
    """Hex SHA-1 of the parts in byte order, joined: token, timestamp, nonce (, Encrypt)."""
    return hashlib.sha1(b"".join(sorted(part.encode() for part in parts))).hexdigest()


def same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def jsapi_signature(ticket: str, noncestr: str, timestamp: str, url: str) -> str:
    """§7.2: the page signature of the JS-SDK; the url without its fragment."""
    page = url.split("#", 1)[0]
    text = f"jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(text.encode()).hexdigest()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    if len(key) != 32:
        raise CryptoError("EncodingAESKey must decode to 32 bytes")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(message: bytes, appid: str, aes_key: str, random: bytes | None = None) -> str:
    """AES-256-CBC of random(16) + length + message + appid, PKCS#7 to 32; base64."""
    plain = (
        (random or secrets.token_hex(8).encode()) + struct.pack(">I", len(message)) + message + appid.encode()
    )
    pad = BLOCK - len(plain) % BLOCK
    worker = _cipher(aes_key).encryptor()
    return base64.b64encode(worker.update(plain + bytes([pad]) * pad) + worker.finalize()).decode()


def decrypt(encrypted: str, appid: str, aes_key: str) -> bytes:
    """The message inside ``encrypted``; CryptoError if anything about it is wrong."""
    try:
        raw = base64.b64decode(encrypted, validate=True)
    except ValueError as error:
        raise CryptoError("not base64") from error
    if not raw or len(raw) % BLOCK:
        raise CryptoError("length is not a multiple of 32")
    worker = _cipher(aes_key).decryptor()
    plain = worker.update(raw) + worker.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise CryptoError("bad padding")
    plain = plain[:-pad]
    if len(plain) < 20:
        raise CryptoError("too short")
    (length,) = struct.unpack(">I", plain[16:20])
    message, tail = plain[20 : 20 + length], plain[20 + length :]
    if len(message) != length or tail != appid.encode():
        raise CryptoError("length or appid does not match")
    return message
