"""What anybody sees who holds a certificate's code: what was issued, as it was frozen, whether it still holds (U27).

Open without logging in, so it says no more than whom, half his name, the end of his document's number, his hours and
their list; it counts who looks and from one address only so often.
"""

from __future__ import annotations

import re
from datetime import datetime

from clock import local_day
from frozen import dataclass
from models import Certificate, store
from services import limits
from services.accounts.documents import mask_name
from services.certificates import amounts, comparing, deciding
from services.certificates.drafting import Content
from services.certificates.paper import span_words, team_words, what_words, when_words
from services.errors import Refusal, RefusalCode

C = RefusalCode
#: Looks from one address in ten minutes; an office with forty papers on its desk gets through.
LOOKS, LOOKS_SECONDS = 120, 600
_BETWEEN = re.compile(r"[\s\-·]+")


@dataclass(frozen=True, slots=True)
class Known:
    """A certificate as strangers see it; days in words, whole minutes. `state`: valid, withdrawn, superseded.

    `less`: the books say less now than it certifies (None where not). `successor`: the number of the one that stands in
    its place.
    """

    code: str
    number: str
    state: str
    name: str
    document_end: str
    span: str
    teams: str
    times: int
    minutes: int
    made_up: int
    elsewhere: int
    lines: list[tuple[str, str, str, int]]
    issuer: str
    phone: str
    issued: str
    ended: str
    successor: str
    less: int | None


@dataclass(frozen=True, slots=True)
class Announced:
    """A certificate whose public notice runs."""

    name: str
    teams: str
    span: str
    minutes: int
    issuer: str
    phone: str
    first: str
    last: str


def typed(text: str) -> str:
    """A code as somebody typed it from the paper: groups joined, small letters."""
    return _BETWEEN.sub("", text).lower()[:40]


def is_code(text: str) -> bool:
    """Whether `typed` text may be a code: as many letters and figures, not the certificate's number or other words."""
    return len(text) == deciding.CODE and text.isascii() and text.isalnum()


def look(*, code: str, address: str, counted: bool = True, at: datetime) -> Known:
    """What stands under this code; `address` is where the look comes from. `counted`: it is a person's look.

    Refusals: TOO_MANY_TRIES, NOT_FOUND (forged, mistyped, or not issued).
    """
    limits.count(key=f"verify|{address}", limit=LOOKS, seconds=LOOKS_SECONDS, at=at)
    row = Certificate.get_or_none(Certificate.code == code, Certificate.state.in_(deciding.ISSUED))
    if row is None:
        raise Refusal(C.NOT_FOUND)
    if counted:
        store.write(
            Certificate.update(looked=Certificate.looked + 1, looked_at=at).where(Certificate.id == row.id).execute
        )
    text = Content.of(row.content)
    now = comparing.differs(row)
    return Known(
        code=row.code, number=str(row.number), state=row.state, name=mask_name(text.name),
        document_end=text.document_end, span=span_words(text),
        teams=team_words(text), times=text.times, minutes=text.minutes, made_up=text.made_up,
        elsewhere=text.elsewhere,
        lines=[(when_words(line), what_words(line), line.team, line.minutes) for line in text.lines],
        issuer=text.issuer, phone=text.phone, issued=_day(row.issued_at),
        ended=_day(row.ended_at), successor=successor(row),
        less=now if now is not None and now < text.minutes else None,
    )  # fmt: skip


def _day(at: datetime | None) -> str:
    """A day as the paper writes it, with its year."""
    return "" if at is None else amounts.day(local_day(at).isoformat())


def successor(row: Certificate) -> str:
    """The number of the certificate that stands in the place of this one, "" where none does."""
    found = Certificate.select(Certificate.number).where(
        Certificate.supersedes == row.id, Certificate.number.is_null(False)
    )
    return str(found.order_by(Certificate.id.desc()).limit(1).scalar() or "")


def announced(*, at: datetime) -> list[Announced]:
    """The public notices that run, by their last day; names masked, for nobody agreed to more (条例 §20)."""
    today = local_day(at).isoformat()
    rows = Certificate.select().where(Certificate.state == "announced", Certificate.notice_until >= today)
    found = []
    for row in rows.order_by(Certificate.notice_until, Certificate.id).limit(200):
        text = Content.of(row.content)
        found.append(
            Announced(
                mask_name(text.name), team_words(text), span_words(text), text.minutes, text.issuer, text.phone,
                str(row.notice_from), str(row.notice_until),
            )
        )  # fmt: skip
    return found
