"""An honour of the county's own in the demo: given to one last month, shown in public for another."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from clock import local_day
from demo import names
from demo.places import COUNTY
from models import Delivery, Honour, HonourKind, Nomination, Volunteer
from services.accounts import enrolment
from services.actors import Actor
from services.commending import nominations, proposing
from services.honours import kinds

NAME = "霍邱县最美退役军人志愿者"
#: When the first was proposed, agreed to and awarded, counted back from the demo's day; when the notice that still runs
#: began.
PROPOSED, AGREED, AWARDED, SHOWN = timedelta(days=44), timedelta(days=43), timedelta(days=30), timedelta(days=1)


def lay_out(rng: Random, *, honoured: int, shown: int, officer: int, director: int, at: datetime) -> None:
    """`honoured` has it, and agreed to stand on the wall by name; `shown` is in the public notice. Inside the world's
    write."""
    told, station, county = _last(), Actor("console", officer), Actor("console", director)
    kind = kinds.add(
        actor=county, region_code=COUNTY, name=NAME, for_whom="both", level=3, source="县里评选办法（示例）",
        at=at - PROPOSED - timedelta(days=20),
    )  # fmt: skip
    for person, first, agreed, merits in (
        (honoured, PROPOSED, AGREED, "汛期连续巡堤，带着新队员认险点；平时每周去看两位独居老人，三年没有断过。"),
        (shown, SHOWN + timedelta(days=1), SHOWN, "把自家的理发推子带到社区，每月义剪一次，还教会了四名队员。"),
    ):
        code = proposing.nominate(
            actor=station, public_no=Volunteer.get_by_id(person).public_no, kind_code=kind, merits=merits,
            year=str(local_day(at - first).year), at=at - first,
        )  # fmt: skip
        nominations.agree(actor=county, code=code, text="情况属实。", at=at - agreed)
        if person == honoured:
            nominations.award(actor=county, code=code, at=at - AWARDED)
    enrolment.keep_consents(volunteer_id=honoured, purposes=["honour_wall"], channel="h5", at=at - AWARDED)
    _named(rng, kind)
    # Told long ago, and read.
    Delivery.update(state="sent", sent_at=Delivery.created_at, read_at=Delivery.created_at).where(
        Delivery.id > told
    ).execute()


def _last() -> int:
    return int(Delivery.select(Delivery.id).order_by(Delivery.id.desc()).limit(1).scalar() or 0)


def _named(rng: Random, kind: str) -> None:
    """Codes by the dice, as everything of this world has: the acts throw their own."""
    rows = [HonourKind.get(HonourKind.code == kind), *Honour.select().where(Honour.kind == "nomination")]
    for row in [*rows, *Nomination.select().order_by(Nomination.id)]:
        old, new = str(row.code), names.code(rng)
        type(row).update(code=new).where(type(row).id == row.id).execute()
        for one in Delivery.select().where(Delivery.url.contains(old)):
            Delivery.update(url=one.url.replace(old, new)).where(Delivery.id == one.id).execute()
