"""The printed slip of a redemption (兑换领取单): for somebody without a phone, with the line that he signs."""

from __future__ import annotations

from datetime import datetime

from clock import local_day
from models import Redemption, Volunteer
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.mall import handing
from services.mall.saying import grouped
from services.parts import Parts
from services.printing import Paper
from wording import entry, say

CODE = 42


def slip(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """One page, A4: who gets what for how many points, where and until when, its code, the lines to sign.

    Refusals: NOT_FOUND / NOT_ALLOWED (who does not manage its station).
    """
    row = Redemption.select(Redemption, Volunteer).join(Volunteer, on=Redemption.volunteer).where(
        Redemption.code == code
    ).first()  # fmt: skip
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=row.region_code, at=at)
    paper = Paper(title=say("mall.slip.title"), subtitle=parts.brand, footer=say("mall.slip.footer"), made_at=at)
    words = entry("mall.slip.words")
    paper.pairs([
        (words["name"], f"{row.volunteer.name}（{row.volunteer.public_no}）"), (words["title"], row.title),
        (words["price"], say("mall.slip.points", points=row.price)), (words["place"], row.place),
        (words["due"], row.due_on), (words["digits"], grouped(row.digits)),
        (words["made"], local_day(row.created_at).isoformat()),
        (words["state"], say(f"mall.states.{row.state}")),
    ])  # fmt: skip
    paper.space(6)
    y = paper.pages.get_y()
    if row.state == "waiting":
        paper.code(f"{parts.public_url}/g/{handing.pick_code(parts=parts, code=row.code)}", x=150, y=y, size=CODE)
    for line in entry("mall.slip.sign"):
        paper.line(str(line))
        paper.space(6)
    return paper.pdf()
