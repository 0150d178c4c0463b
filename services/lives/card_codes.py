"""What a scanned card stands for; apart from `cards`, so that attendance can ask without knowing how cards are made."""

from __future__ import annotations

from models import PersonCard
from services import codes
from services.errors import RefusalCode


def plain(code: str) -> str:
    """The code without its address."""
    return code.strip().rsplit("/", 1)[-1]


def is_card(code: str) -> bool:
    """Whether this is the code of a card, by its form."""
    return plain(code).startswith("k1.")


def holder(code: str) -> tuple[RefusalCode | None, int | None]:
    """(what is wrong with a card's code, the id of its person): CODE_UNKNOWN, CARD_REVOKED or nothing."""
    found = PersonCard.get_or_none(PersonCard.code_hash == codes.token_hash(plain(code)))
    if found is None:
        return RefusalCode.CODE_UNKNOWN, None
    return (RefusalCode.CARD_REVOKED if found.revoked_at is not None else None), int(found.volunteer_id)
