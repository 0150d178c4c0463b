"""点单 without an account: a station's code on the wall leads to a short form; a secret code follows what was sent.

What comes in so is like any other need: the station checks it, by a telephone call, before teams see it (S52, S73).
Whoever is not registered must leave a telephone number and agree to its use for this one matter; it is sealed.
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Centre, Need
from services import limits, regions
from services.actors import Actor
from services.codes import new_code, token_hash
from services.errors import Refusal, RefusalCode
from services.evaluation import askers
from services.evaluation.evaluations import Mine
from services.organisation import centres
from services.parts import Parts
from services.planning import needs
from services.planning.needs import NeedDraft
from services.printing import Paper
from wording import entry

C = RefusalCode
#: The secret's length; needs that one address may send in an hour, and that one station takes so in a day.
LENGTH, FROM_ONE_ADDRESS, HOUR, FOR_ONE_STATION, DAY = 12, 10, 3_600, 60, 86_400
DIGITS_AT_LEAST = 7
#: Whoever holds the secret of a need, and no account.
NOBODY = Actor("pages", None)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a code leads: the station that answers, and the places of its area to choose from."""

    region_code: str
    place: str
    station: str
    phone: str
    places: list[tuple[str, str]]
    consent: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A need that came in: the secret code by which it is followed, and when it is answered."""

    token: str
    due_at: datetime
    station: str
    phone: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What whoever asked reads."""

    title: str
    content: str
    place: str
    state: str
    answer: str
    team: str
    created_at: datetime
    due_at: datetime
    station: str
    phone: str
    may_withdraw: bool
    may_judge: bool
    mine: Mine | None


def door(*, region_code: str) -> Door:
    """The form of a division. Refusals: NOT_FOUND (no such division, or closed), CENTRE_MISSING."""
    try:
        here = regions.region(region_code)
    except Refusal:
        raise Refusal(C.NOT_FOUND) from None
    station = centres.nearest(here.code)
    below = [(each.code, each.name) for each in regions.children(here.code)]
    return Door(
        here.code, regions.path_name(here.code), str(station.name), str(station.phone),
        [*below, (here.code, here.name)], str(entry("planning.need_door")["consent"]),
    )  # fmt: skip


def sheet(*, parts: Parts, region_code: str, at: datetime) -> bytes:
    """The code as a sheet of A4 to hang up in a village hall, PDF. Refusals as `door`."""
    here, words = door(region_code=region_code), entry("planning.need_door")
    paper = Paper(title=words["title"], subtitle=here.station, footer=parts.brand, made_at=at)
    paper.code(f"{parts.public_url}/n/{here.region_code}", x=45, y=48, size=120)
    paper.pages.set_y(175)
    for line in words["lines"].split("|"):
        paper.line(line, size=18, align="C")
        paper.space(2)
    if here.phone:
        paper.line(words["phone"].format(phone=here.phone), size=18, align="C")
    return paper.pdf()


def send(
    *, parts: Parts, address: str, door_code: str, region_code: str = "", draft: NeedDraft, agreed: bool, at: datetime
) -> Sent:  # fmt: skip
    """Take in what somebody without an account needs. `address` is where he writes from, `door_code` the division whose
    code he read, `region_code` the place in it that he chose.

    Refusals in order: NOT_FOUND (no such division, or none of it), CENTRE_MISSING, CONSENT_REQUIRED, FIELD_WRONG
    (`contact`: no telephone number; or another field), TOO_MANY_TRIES (from this address, or for this station today).
    """
    here = door(region_code=door_code)
    chosen = region_code or here.region_code
    if chosen not in dict(here.places):
        raise Refusal(C.NOT_FOUND)
    if not agreed:
        raise Refusal(C.CONSENT_REQUIRED)
    if sum(sign.isdigit() for sign in draft.contact) < DIGITS_AT_LEAST:
        raise Refusal(C.FIELD_WRONG, field="contact")
    needs.check(draft)
    limits.count(key=f"need-door|{address}", limit=FROM_ONE_ADDRESS, seconds=HOUR, at=at)
    station = centres.nearest(chosen)
    limits.count(key=f"need-door|{station.region_code}", limit=FOR_ONE_STATION, seconds=DAY, at=at)
    token = new_code(LENGTH)
    code = needs.create(
        parts, chosen, draft, at, token_hash=token_hash(token), consent=str(entry("planning.need_door")["version"])
    )
    return Sent(token, _found(code=code).answer_due_at, str(station.name), str(station.phone))


def _found(*, code: str) -> Need:
    return Need.get(Need.code == code)


def _by_token(token: str) -> Need:
    need = Need.get_or_none(Need.token_hash == token_hash(token.strip().lower()))
    if need is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(need, Need)
    return need


def follow(*, token: str, at: datetime) -> Followed:
    """How it stands, for whoever has its secret. Refusals: NOT_FOUND."""
    need = _by_token(token)
    station = Centre.get_or_none(Centre.region_code == need.station_region)
    mine = askers.said(need=need, at=at)
    may_judge = need.state in askers.JUDGED_IN and (mine is None or mine.until is not None)
    return Followed(
        need.title, need.content, regions.path_name(str(need.region_code)), need.state, need.answer,
        need.team.name if need.team and need.state in ("claimed", "served", "closed") else "", need.created_at,
        need.answer_due_at, station.name if station else "", station.phone if station else "",
        need.state in needs.UNCLAIMED, may_judge, mine,
    )  # fmt: skip


def withdraw(*, token: str, at: datetime) -> None:
    """It is needed no longer. Refusals: NOT_FOUND, NEED_STATE (a team has claimed it, or it is over)."""
    needs.take_back(need=_by_token(token), actor=NOBODY, at=at)


def judge(*, token: str, score: int, words: str = "", at: datetime) -> None:
    """评单. Refusals: NOT_FOUND, and those of `askers.judge`."""
    askers.judge(need=_by_token(token), score=score, words=words, at=at)
