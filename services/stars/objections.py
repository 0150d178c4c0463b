"""Objecting to a star in the public notice: anybody may, without an account, from the notice's own page (S100).

An objection is a complaint like others: sealed contact, a code to follow it by, days to answer, nobody involved
answers. While it is open, the star is not awarded; whoever answers says whether it is right, and that stops the star.
"""

from __future__ import annotations

from datetime import datetime

from models import Complaint, StarAward, StarObjection
from services import public_notices, regions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints
from services.evaluation.complaints import Filed
from services.parts import Parts
from services.stars import asking, reviewing

#: What a right objection makes of a star, and how its person is told.
STOPPED = {"announced": ("refused", "star_refused"), "awarded": ("withdrawn", "star_withdrawn")}


def running(row: StarAward, at: datetime) -> bool:
    """Whether the public notice of a star runs today."""
    return row.state == "announced" and public_notices.runs(row.notice_from, row.notice_until, at)


def object_to(
    *, parts: Parts, actor: Actor | None, address: str, code: str, text: str, contact: str = "", at: datetime
) -> Filed:  # fmt: skip
    """Say that somebody should not get this star; the code to follow it by.

    Refusals: NOT_FOUND (no notice that runs), those of `complaints.file`."""
    row = asking.by_code(code)
    if not running(row, at) or regions.in_practice(str(row.region_code)):
        raise Refusal(RefusalCode.NOT_FOUND)

    def link(made: Complaint) -> int:
        # The notice is held on to: it cannot be awarded while this is written.
        held = StarAward.update(state="announced").where(StarAward.id == row.id, StarAward.state == "announced")
        if not held.execute():
            raise Refusal(RefusalCode.NOT_FOUND)
        StarObjection.create(award=row.id, complaint=made)
        return int(row.volunteer_id)

    return complaints.file(
        parts=parts, actor=actor, address=address, kind="star", text=text, contact=contact,
        region_code=str(row.at_region), at=at, link=link,
    )  # fmt: skip


def answer(*, actor: Actor, code: str, finding: str, text: str, at: datetime) -> None:
    """Answer an objection by the complaint's code. Upheld, it stops the star in the same write, or takes it back where
    it was awarded meanwhile, and its person reads the answer as the reason; otherwise the star goes on.

    Refusals: those of `complaints.answer`.
    """

    def judge(made: Complaint) -> None:
        if finding == "upheld" and (row := _objected(made)) is not None and row.state in STOPPED:
            new, told = STOPPED[str(row.state)]
            reviewing.end(actor, row, new, text.strip(), (str(row.state),), at)
            asking.propose_lower(row, at=at)
            asking.told(kind=told, row=row, at=at, reason=text.strip())

    complaints.answer(actor=actor, code=code, finding=finding, text=text, at=at, then=judge)


def _objected(made: Complaint) -> StarAward | None:
    found = StarAward.select().join(StarObjection).where(StarObjection.complaint == made.id).first()
    assert found is None or isinstance(found, StarAward)
    return found


def star_of(*, code: str) -> str:
    """The code of the star that a complaint objects to, "" for any other complaint."""
    made = Complaint.get_or_none(Complaint.code == code)
    row = _objected(made) if made else None
    return str(row.code) if row else ""
