"""Names, ID numbers and phones: what is well formed, and how they are shown to others.

The ID number is checked by GB 11643 (length, date, check character). Its region digits are not compared with
a table: abolished counties and residence permits of Hong Kong, Macao and Taiwan are valid (reliability.md §6.3).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from operator import mul

from frozen import dataclass
from services.errors import Refusal, RefusalCode

_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: By the remainder of the weighted sum of the 17 digits, each of which counts 48 more as the byte that it is.
_CHECK = "".join("10X98765432"[(rest - 48 * sum(_WEIGHTS)) % 11] for rest in range(11))
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_ABROAD = re.compile(r"\+[1-9][0-9]{5,14}")
#: What may stand between the letters of a name: the dot of 阿不都·热西提 in its variants, blank, hyphen.
_BETWEEN = "·•‧・. -"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked ID number: 18 characters, and what it says of its owner; sex is `m` or `f`."""

    number: str
    birth_date: date
    sex: str

    def age(self, on: date) -> int:
        """Full years on the given day."""
        born = self.birth_date
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _plain(text: str) -> str:
    """Full-width digits made plain, blanks taken out."""
    if text.isascii() and text.isalnum():
        return text[:100]
    return "".join(unicodedata.normalize("NFKC", text[:100]).split())


def check_id_number(text: str, *, today: date | None = None) -> IdNumber:
    """The ID number in `text`: 18 characters, real birth date (not after `today`), right check character.

    Full width, blanks and a lower-case x are put right; the 15 digits of before 1999 are refused.
    Refusals: DOCUMENT_INVALID.
    """
    number = _plain(text).upper()
    if not _ID.fullmatch(number):
        raise Refusal(RefusalCode.DOCUMENT_INVALID)
    if number[17] != _CHECK[sum(map(mul, number.encode(), _WEIGHTS)) % 11]:
        raise Refusal(RefusalCode.DOCUMENT_INVALID)
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Refusal(RefusalCode.DOCUMENT_INVALID) from None
    if today is not None and born > today:
        raise Refusal(RefusalCode.DOCUMENT_INVALID)
    return IdNumber(number, born, "m" if int(number[16]) % 2 else "f")


def check_phone(text: str, *, abroad: bool = False) -> str:
    """A mainland mobile number as 11 digits; with `abroad` also `+<country><number>` as WeChat gives it.

    Refusals: PHONE_INVALID.
    """
    number = _plain(text).replace("-", "")
    mobile = _MOBILE.fullmatch(number)
    if mobile:
        return mobile[1]
    if abroad and _ABROAD.fullmatch(number):
        return number
    raise Refusal(RefusalCode.PHONE_INVALID)


def check_name(text: str) -> str:
    """A person's name: 2–30 letters of any script, dots, blanks and hyphens between them.

    Refusals: NAME_INVALID.
    """
    name = " ".join(unicodedata.normalize("NFC", text[:200]).split())
    fits = 2 <= len(name) <= 30 and (name.isalpha() or all(c.isalpha() or c in _BETWEEN for c in name))
    if not fits or not (name[0].isalpha() and name[-1].isalpha()):
        raise Refusal(RefusalCode.NAME_INVALID)
    return name


def mask_id(number: str) -> str:
    """`341522********003X`: the division and the last four."""
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """`138****1234`."""
    return phone[:-8] + "****" + phone[-4:] if len(phone) >= 11 else "*" * len(phone)


def mask_name(name: str) -> str:
    """`王*`, `王*国`, `欧**娜`: enough for the person himself, too little for a stranger."""
    if len(name) < 3:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
