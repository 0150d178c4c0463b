"""Public codes and secrets: short names for things, tokens for people, and what a QR code holds.

Under `/q/`: `a1.<activity>`, `i1|o1.<shift>.<step>.<mac>` (rotating), `p1.<shift>.<i|o>.<mac>` (poster),
`v1.<public no>.<expiry>.<issued>.<signature>` (person), `k1.<number>.<mac>` (a person's printed card). The rotating
code's MAC covers shift, step and direction with a key of the shift's own, so a check-in code cannot check out and a
code of one shift opens no other (design §6.2). Client clocks play no part.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from clock import EPOCH
from models.dialect import CODE_LETTERS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: The letters of public codes.
ALPHABET = CODE_LETTERS
#: A rotating code changes every so many seconds.
STEP_SECONDS = 15


def new_code(length: int = 8) -> str:
    """A random public code, unguessable enough for names, not for rights (31^8 ≈ 8.5·10¹¹)."""
    size = len(ALPHABET)
    number, letters = secrets.randbelow(size**length), []
    for _ in range(length):
        number, place = divmod(number, size)
        letters.append(ALPHABET[place])
    return "".join(letters)


def new_token() -> str:
    """A secret of 192 bits, safe in a URL."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """What is stored of a token: a database leak opens no session."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_shift_key() -> str:
    """The key of one shift's rotating codes, hex."""
    return secrets.token_hex(16)


def _mac(key: bytes, text: str) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()[:10]
    return base64.b32encode(digest).decode().lower()


def step_of(at: datetime) -> int:
    """The number of the 15-second step in which `at` lies."""
    return int((at - EPOCH).total_seconds()) // STEP_SECONDS


def step_ends(step: int) -> datetime:
    """When the step is over and the screen shows the next code."""
    return EPOCH + timedelta(seconds=(step + 1) * STEP_SECONDS)


def venue_code(*, shift_code: str, shift_key: str, direction: str, at: datetime) -> str:
    """The rotating code that a screen shows at `at`: `i1.…` to check in, `o1.…` to check out."""
    step = step_of(at)
    mac = _mac(bytes.fromhex(shift_key), f"c1|{shift_code}|{step}|{direction}")
    return f"{direction[0]}1.{shift_code}.{step:x}.{mac}"


def venue_code_state(
    *, shift_code: str, shift_key: str, direction: str, step: str, mac: str, life: int, at: datetime
) -> str:
    """`good`, `expired`, or `forged` for a rotating code first seen at `at`; `life` in seconds.

    A step is good from its first moment for `life` seconds. A step that has not begun was never shown by us.
    """
    try:
        number = int(step, 16)
    except ValueError:
        return "forged"
    expected = _mac(bytes.fromhex(shift_key), f"c1|{shift_code}|{number}|{direction}")
    if not hmac.compare_digest(expected.encode(), mac.encode("utf-8", "replace")):
        return "forged"
    age = (at - EPOCH).total_seconds() - number * STEP_SECONDS
    if age < 0:
        return "forged"
    return "good" if age <= life else "expired"


def poster_code(*, shift_code: str, shift_key: str, direction: str) -> str:
    """The lasting code of a printed poster: says only that it was seen once (design §6.3)."""
    mark = direction[0]
    return f"p1.{shift_code}.{mark}.{_mac(bytes.fromhex(shift_key), f'p1|{shift_code}|{mark}')}"


def poster_code_good(*, shift_code: str, shift_key: str, mark: str, mac: str) -> bool:
    """Whether `mac` is the poster MAC of this shift and direction mark (`i` or `o`)."""
    expected = _mac(bytes.fromhex(shift_key), f"p1|{shift_code}|{mark}")
    return hmac.compare_digest(expected.encode(), mac.encode("utf-8", "replace"))


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def person_code(
    *, sign_key: bytes, public_no: str, expires_at: datetime, issued_at: datetime | None = None
) -> str:
    """A volunteer's own code, signed (Ed25519) so that a leader's phone can check it without the server.

    `issued_at` lets a code be told from one that was taken back before; a code without it counts as older than any.
    """
    body = f"v1.{public_no}.{int(expires_at.timestamp()):x}"
    if issued_at is not None:
        body += f".{int(issued_at.timestamp()):x}"
    return f"{body}.{_b64(_private(sign_key).sign(body.encode()))}"


def public_key(sign_key: bytes) -> str:
    """The key with which a phone checks personal codes, base64url; it signs nothing."""
    return _b64(_public(sign_key).public_bytes_raw())


@functools.cache
def _public(sign_key: bytes) -> Ed25519PublicKey:
    return _private(sign_key).public_key()


def _private(sign_key: bytes) -> Ed25519PrivateKey:
    # Loaded when somebody first asks for a card's code: a process that starts does not.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(sign_key)


class PersonCode(NamedTuple):
    """A person's code as read: state is `good`, `expired` or `forged`; moments only of a code that is ours."""

    state: str
    public_no: str
    issued_at: datetime | None = None


def open_person_code(*, sign_key: bytes, code: str, at: datetime) -> PersonCode:
    """A person's code, judged by the moment `at`."""
    from cryptography.exceptions import InvalidSignature

    try:
        body, _, signature = code.rpartition(".")
        kind, public_no, expiry, *issued = body.split(".")
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        _public(sign_key).verify(raw, body.encode())
        expires = int(expiry, 16)
        made = EPOCH + timedelta(seconds=int(issued[0], 16)) if issued else None
    except (ValueError, InvalidSignature):
        return PersonCode("forged", "")
    if kind != "v1" or len(issued) > 1:
        return PersonCode("forged", "")
    return PersonCode("good" if at.timestamp() <= expires else "expired", public_no, made)


def read_person_code(*, sign_key: bytes, code: str, at: datetime) -> tuple[str, str]:
    """(state, public number) of a person's code: state is `good`, `expired` or `forged`."""
    return open_person_code(sign_key=sign_key, code=code, at=at)[:2]


def card_code(*, sign_key: bytes, serial: str) -> str:
    """The code on a printed card: made from its number, so that it can be printed again; holds until revoked."""
    key = hmac.new(sign_key, b"card", hashlib.sha256).digest()
    return f"k1.{serial}.{_mac(key, f'k1|{serial}')}"


def file_mac(*, sign_key: bytes, code: str, until: str) -> str:
    """What makes the address of a certificate's file open until `until` (hex seconds) for whoever holds it."""
    return _mac(hmac.new(sign_key, b"file", hashlib.sha256).digest(), f"f1|{code}|{until}")


def pick_code(*, sign_key: bytes, code: str) -> str:
    """What is shown at the desk to pick up a redemption, `g1.<redemption>.<mac>`: under /g/, never under /q/."""
    key = hmac.new(sign_key, b"pick", hashlib.sha256).digest()
    return f"g1.{code}.{_mac(key, f'g1|{code}')}"


def read_pick_code(*, sign_key: bytes, text: str) -> str | None:
    """The redemption that a shown code stands for; None if it is none of ours."""
    parts = text.split(".")
    if len(parts) != 3 or not hmac.compare_digest(
        pick_code(sign_key=sign_key, code=parts[1]).encode(), text.encode("utf-8", "replace")
    ):
        return None
    return parts[1]


class BenefitCode(NamedTuple):
    """A benefit's show-card as read: whose, which, until when."""

    benefit: str
    public_no: str
    expires_at: datetime


def benefit_code(*, sign_key: bytes, benefit: str, public_no: str, expires_at: datetime) -> str:
    """What a show-card holds, `b1.<benefit>.<public no>.<expiry>.<mac>`: under /b/, never under /q/.

    The expiry counts milliseconds, so that a card shown again in the second of its use is another code.
    """
    body = f"b1.{benefit}.{public_no}.{round(expires_at.timestamp() * 1000):x}"
    return f"{body}.{_mac(hmac.new(sign_key, b'benefit', hashlib.sha256).digest(), body)}"


def open_benefit_code(*, sign_key: bytes, code: str) -> BenefitCode | None:
    """A show-card's code; None if it is none of ours. Whether it is over, the reader sees."""
    kind, *rest = code.split(".")
    if kind != "b1" or len(rest) != 4:
        return None
    try:
        expires_at = EPOCH + timedelta(milliseconds=int(rest[2], 16))
        known = benefit_code(sign_key=sign_key, benefit=rest[0], public_no=rest[1], expires_at=expires_at)
    except (ValueError, OverflowError):
        return None
    if not hmac.compare_digest(known.encode(), code.encode("utf-8", "replace")):
        return None
    return BenefitCode(rest[0], rest[1], expires_at)


def desk_link(*, sign_key: bytes, token_hash: str) -> str:
    """What stands in the chat's link to a computer that waits there: the hash of its code, signed."""
    return f"{token_hash}.{_mac(hmac.new(sign_key, b'desk', hashlib.sha256).digest(), token_hash)}"


def behind_desk(*, sign_key: bytes, token: str) -> str:
    """The hash of the code that a screen's own code (`token`) or such a link means."""
    hashed = token.partition(".")[0]
    known = desk_link(sign_key=sign_key, token_hash=hashed)
    if hmac.compare_digest(known.encode(), token.encode("utf-8", "replace")):
        return hashed
    return token_hash(token)


def key_mark(keys: Mapping[str, bytes]) -> str:
    """Eight hex digits that stand for these keys, {name: bytes}, in whatever order; they give no key away."""
    total = hashlib.sha256()
    for name in sorted(keys):
        total.update(name.encode() + b"\0" + keys[name])
    return total.hexdigest()[:8]
