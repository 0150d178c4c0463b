"""A volunteer with something in most tables: registered with number and phone, served, wrote, was looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import Delivery, Evaluation, Notice, Ticket, TicketLine, Volunteer, VolunteerSkill, store
from services.access import reveal
from services.accounts import enrolment
from services.parts import Parts
from tests.services.accounts.test_documents import with_check
from tests.services.certificates.world import serve
from tests.support import world
from tests.support.world import World

NUMBER = with_check("34152219600501003")
PHONE = "13800138000"
DAY = timedelta(days=1)


def full(cast: World, parts: Parts, at: datetime) -> Volunteer:
    """小博 with all of it; his sign-up, record and entries come from a service of 125 minutes."""
    me = cast.xiaobo

    def fill() -> None:
        sealed, key = parts.vault.seal(NUMBER, f"volunteer.document:{me.public_no}")
        Volunteer.update(
            document_sealed=sealed, document_key=key, document_index=parts.vault.index("id_no", NUMBER)
        ).where(Volunteer.id == me.id).execute()
        enrolment.set_phone(parts=parts, person=me, phone=PHONE, proof="wechat")
        enrolment.keep_consents(volunteer_id=me.id, purposes=["service", "id_number"], channel="h5", at=at)
        world.sign_up(at, cast.shift, me, clash_reason="下午才有空")
        VolunteerSkill.create(volunteer=me, skill="driving", note="开过卡车", at=at)
        said = {"activity": cast.activity, "verified": True, "at": at, "updated_at": at}
        Evaluation.create(kind="volunteer", author=me, score=5, words="安排得好", **said)
        Evaluation.create(kind="organiser", author=cast.ali, subject=me, score=4, words="很踏实", **said)
        ticket = Ticket.create(
            code="ask00001", volunteer=me, region_code=me.region_code, state="open", due_at=at + DAY, created_at=at,
            updated_at=at,
        )  # fmt: skip
        TicketLine.create(ticket=ticket, author=me, answers=False, text="我的时长少了", at=at)
        notice = Notice.create(kind="merged", created_at=at)
        Delivery.create(
            notice=notice, volunteer=me, kind="merged", dedupe_key="merged:1", title="两份登记合并", body="都在",
            data={}, due_at=at, created_at=at,
        )  # fmt: skip

    store.write(fill)
    serve(cast, at)
    reveal.reveal(
        parts=parts, actor=cast.actor(cast.officer, "console"), public_no=me.public_no, what="phone",
        reason="通知体检", confirmed_at=at, at=at,
    )  # fmt: skip
    return me


def matter(copy: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The rows of one matter of a copy."""
    return next((each["rows"] for each in copy["matters"] if each["name"] == name), [])


