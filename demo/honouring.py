"""Honours of the county's own in the demo: given to one and to a team last month, shown in public for another."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from clock import local_day
from demo import names
from demo.places import COUNTY
from models import Delivery, Honour, HonourKind, Nomination, Volunteer
from services.accounts import enrolment
from services.actors import Actor
from services.commending import figures, nominations, proposing
from services.honours import kinds

NAME, OF_TEAMS = "霍邱县最美退役军人志愿者", "霍邱县先进志愿服务队"
#: When the first was proposed, agreed to and awarded, counted back from the demo's day; when the notice that still runs
#: began.
PROPOSED, AGREED, AWARDED, SHOWN = timedelta(days=44), timedelta(days=43), timedelta(days=30), timedelta(days=1)


def lay_out(
    rng: Random, *, honoured: int, shown: int, team: str, officer: int, director: int, at: datetime
) -> None:  # fmt: skip
    """`honoured` has it, and agreed to stand on the wall by name; `shown` is in the public notice; the team of this
    code has one of its own. Inside the world's write."""
    told, station, county = _last(), Actor("console", officer), Actor("console", director)
    kind = kinds.add(
        actor=county, region_code=COUNTY, name=NAME, for_whom="person", level=3, source="县里评选办法（示例）",
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
    of_teams = kinds.add(
        actor=county, region_code=COUNTY, name=OF_TEAMS, for_whom="team", level=3, source="县里评选办法（示例）",
        at=at - PROPOSED - timedelta(days=20),
    )  # fmt: skip
    code = proposing.nominate(
        actor=station, team_code=team, kind_code=of_teams, at=at - PROPOSED,
        merits="汛期守堤十二天，没有一个人掉队；独居老人分到每个队员常年照看。",
        year=str(local_day(at - PROPOSED).year),
    )  # fmt: skip
    nominations.agree(actor=county, code=code, text="情况属实。", at=at - AGREED)
    nominations.award(actor=county, code=code, at=at - AWARDED)
    _named(rng, kind, of_teams)
    # Told long ago, and read.
    Delivery.update(state="sent", sent_at=Delivery.created_at, read_at=Delivery.created_at).where(
        Delivery.id > told
    ).execute()


def _last() -> int:
    return int(Delivery.select(Delivery.id).order_by(Delivery.id.desc()).limit(1).scalar() or 0)


def count(*, at: datetime) -> None:
    """What a team's nomination says in figures, once the months of the world are counted."""
    for made in Nomination.select().where(Nomination.volunteer.is_null()):
        counted = figures.of_team(made.team, at=at - PROPOSED) | {"commendations": 0}
        Nomination.update(figures=counted).where(Nomination.id == made.id).execute()


def _named(rng: Random, *made: str) -> None:
    """Codes by the dice, as everything of this world has: the acts throw their own."""
    own = [HonourKind.get(HonourKind.code == code) for code in made]
    honours = Honour.select().where(Honour.kind == "nomination")
    for row in [*own, *honours, *Nomination.select().order_by(Nomination.id)]:
        old, new = str(row.code), names.code(rng)
        type(row).update(code=new).where(type(row).id == row.id).execute()
        for one in Delivery.select().where(Delivery.url.contains(old)):
            Delivery.update(url=one.url.replace(old, new)).where(Delivery.id == one.id).execute()
