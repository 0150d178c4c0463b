"""The show-card of a benefit: a code of a few minutes on the volunteer's phone, checked by whoever scans it (S103).

The provider has no account: what he scans opens a page that says whether it holds now, for which masked name, and
counts a use where the provider limits them. The code is signed, so nobody makes one up; a use counts once a code.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import local_day
from frozen import dataclass
from models import Benefit, BenefitUse, Volunteer, store
from services import codes, limits, rules
from services.accounts.documents import mask_name
from services.benefits import fitting, offers
from services.errors import Refusal, RefusalCode
from services.parts import Parts

C = RefusalCode
#: Looks from one address in ten minutes, as at a busy gate, and codes that are none of ours.
LOOKS, LOOK_SECONDS, FORGED = 300, 600, 20


@dataclass(frozen=True, slots=True)
class Card:
    """What the phone shows: the code's address, until when it is good, uses left by what period (None: no limit)."""

    url: str
    benefit: str
    provider: str
    name: str
    expires_at: datetime
    left: int | None
    per: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the provider reads. State good, used (this very code was counted already), used_up, expired, forged, closed,
    unfit (a name of wording/benefits.toml [cards]); `left` uses in this period, None for no limit."""

    state: str
    benefit: str = ""
    provider: str = ""
    content: str = ""
    name: str = ""
    left: int | None = None
    per: str = "whole"
    to_on: str = ""
    expires_at: datetime | None = None

    @property
    def countable(self) -> bool:
        """Whether a use can be counted now."""
        return self.state == "good" and self.left is not None


def show(*, parts: Parts, volunteer_id: int, code: str, at: datetime) -> Card:
    """A fresh code for one's own benefit.

    Refusals in order: NOT_FOUND (none, or for another area), BENEFIT_STATE (not open today), BENEFIT_LACKS (what).
    """
    benefit = offers.by_code(code)
    lacking = fitting.lacking(benefit, volunteer_id=volunteer_id, at=at)
    if lacking is None:
        raise Refusal(C.NOT_FOUND)
    if not fitting.is_running(benefit, at=at):
        raise Refusal(C.BENEFIT_STATE)
    if lacking:
        raise Refusal(C.BENEFIT_LACKS, what="、".join(lacking))
    person = Volunteer.get_by_id(volunteer_id)
    minutes = int(rules.rule("benefits", str(benefit.region_code), at).params["card_minutes"])
    until = at + timedelta(minutes=minutes)
    token = codes.benefit_code(
        sign_key=parts.sign_key, benefit=str(benefit.code), public_no=str(person.public_no), expires_at=until
    )
    return Card(
        f"{parts.public_url}/b/{token}", benefit.name, benefit.provider, person.name, until,
        _left(benefit, volunteer_id, at), benefit.per,
    )  # fmt: skip


def _left(benefit: Benefit, volunteer_id: int, at: datetime) -> int | None:
    if not benefit.uses:
        return None
    used = BenefitUse.select().where(
        BenefitUse.benefit == benefit.id, BenefitUse.volunteer == volunteer_id,
        BenefitUse.period == _period(benefit, at),
    )  # fmt: skip
    return int(max(0, benefit.uses - used.count()))


def _period(benefit: Benefit, at: datetime) -> str:
    return local_day(at).isoformat()[: {"day": 10, "month": 7, "year": 4, "whole": 0}[str(benefit.per)]]


def check(*, parts: Parts, token: str, address: str, at: datetime) -> Seen:
    """Whether a shown code holds now; anybody may ask. Refusals: TOO_MANY_TRIES."""
    limits.count(key=f"benefit|{address}", limit=LOOKS, seconds=LOOK_SECONDS, at=at)
    read = codes.open_benefit_code(sign_key=parts.sign_key, code=token)
    if read is None:
        limits.count(key=f"benefit-forged|{address}", limit=FORGED, seconds=LOOK_SECONDS, at=at)
        return Seen("forged")
    return _seen(token, read, at)


def _seen(token: str, read: codes.BenefitCode, at: datetime) -> Seen:
    benefit = Benefit.get_or_none(Benefit.code == read.benefit)
    person = Volunteer.get_or_none(Volunteer.public_no == read.public_no)
    if benefit is None or person is None:
        return Seen("closed")
    state = _state(benefit, person, token, read, at)
    left = _left(benefit, person.id, at) if state in ("good", "used", "used_up") else None
    return Seen(
        state, benefit.name, benefit.provider, benefit.content, mask_name(person.name), left, benefit.per,
        benefit.to_on or "", read.expires_at,
    )  # fmt: skip


def _state(benefit: Benefit, person: Volunteer, token: str, read: codes.BenefitCode, at: datetime) -> str:
    if BenefitUse.select().where(BenefitUse.token_hash == codes.token_hash(token)).exists():
        return "used"
    if at > read.expires_at:
        return "expired"
    if not fitting.is_running(benefit, at=at):
        return "closed"
    if fitting.lacking(benefit, volunteer_id=person.id, at=at) != []:
        return "unfit"
    return "used_up" if _left(benefit, person.id, at) == 0 else "good"


def use(*, parts: Parts, token: str, address: str, at: datetime) -> Seen:
    """Count one use of a shown code; tapped again, or by somebody else, it stays one. Refusals: TOO_MANY_TRIES."""
    first = check(parts=parts, token=token, address=address, at=at)
    if not first.countable:
        return first
    read = codes.open_benefit_code(sign_key=parts.sign_key, code=token)
    assert read is not None

    def act() -> Seen:
        benefit = Benefit.get(Benefit.code == read.benefit)
        # Whoever counts holds the benefit's row: two taps on two phones come one after the other.
        Benefit.update(used=Benefit.used + 1).where(Benefit.id == benefit.id).execute()
        person = Volunteer.get(Volunteer.public_no == read.public_no)
        if _state(benefit, person, token, read, at) != "good":
            Benefit.update(used=Benefit.used - 1).where(Benefit.id == benefit.id).execute()
        else:
            BenefitUse.create(
                benefit=benefit, volunteer=person, period=_period(benefit, at), token_hash=codes.token_hash(token),
                at=at,
            )  # fmt: skip
        return _seen(token, read, at)

    return store.write(act)
