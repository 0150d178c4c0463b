"""Whose code a leader scanned: the volunteer's own (24 hours, or until his activity ends), or his card."""

from __future__ import annotations

from datetime import datetime

from services.accounts.people import kept_id
from services.codes import open_person_code
from services.errors import RefusalCode
from services.lives.card_codes import holder, is_card, plain
from services.participation import revoked
from services.parts import Parts

C = RefusalCode
PROBLEMS = {"good": None, "expired": C.CODE_EXPIRED, "forged": C.CODE_FORGED}


def read(*, parts: Parts, code: str, at: datetime) -> tuple[RefusalCode | None, int | None]:
    """(what is wrong with it, whose it is), judged now: CODE_FORGED, CODE_EXPIRED, CODE_UNKNOWN, CODE_REVOKED,
    CARD_REVOKED."""
    if is_card(code):
        return holder(code)
    found = open_person_code(sign_key=parts.sign_key, code=plain(code), at=at)
    if found.state != "good":
        return PROBLEMS[found.state], None
    volunteer_id = kept_id(found.public_no)
    if volunteer_id is None:
        return C.CODE_UNKNOWN, None
    before = revoked.issued_before(volunteer_id)
    if before is not None and (found.issued_at is None or found.issued_at < before):
        return C.CODE_REVOKED, volunteer_id
    return None, volunteer_id
