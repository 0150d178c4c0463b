"""你去了吗: of the hours that were booked one in twenty is asked about, by its number, by nobody's choice (§4.2)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from models import PresenceQuestion, ServiceRecord, WechatIdentity
from services import rules
from services.messaging import telling


def chosen(record_id: int, one_in: int) -> bool:
    """Whether this record is one of those that are asked about; the same answer whoever asks, and when."""
    digest = hashlib.sha256(f"presence-{record_id}".encode()).digest()
    return one_in > 0 and int.from_bytes(digest[:8], "big") % one_in == 0


def ask_if_chosen(*, record: ServiceRecord, title: str, at: datetime) -> bool:
    """Ask the person of a record that has just been booked, if it is its turn; inside the caller's write.

    Who has no WeChat with us cannot be asked. One record is asked about once.
    """
    one_in = int(rules.rule("review", record.region_code, at).params["ask_one_in"])
    if not chosen(record.id, one_in) or record.minutes == 0:
        return False
    known = WechatIdentity.select().where(WechatIdentity.volunteer == record.volunteer_id).exists()
    asked = PresenceQuestion.select().where(PresenceQuestion.record == record.id).exists()
    if asked or not known:
        return False
    PresenceQuestion.create(record=record.id, volunteer=record.volunteer_id, asked_at=at)
    telling.tell(
        kind="presence_question", people=[record.volunteer_id], key=str(record.id), at=at, title=title,
        url=f"/m/presence/{record.id}",
    )  # fmt: skip
    return True
