"""What somebody agreed to, where it is used: a purpose that he took back is at rest, and nothing else is (PIPL §15).

Who never was asked (an old list, a paper form) is not held up: what counts is the last thing he said himself. Where the
text has changed since, he is asked again where the purpose is used (§14).
"""

from __future__ import annotations

from collections.abc import Collection

from models import Consent
from services.errors import Refusal, RefusalCode
from wording import entry

#: Beyond the wall of honours (`services/honours/consent.py`), which asks for a yes.
SERVICE, ID_NUMBER, VETERAN = "service", "id_number", "veteran_status"
#: How many people one statement names.
CHUNK = 2000


def require(*, volunteer_id: int, purpose: str) -> None:
    """Refusals: CONSENT_WITHDRAWN, CONSENT_CHANGED (`title` of the purpose)."""
    last = (
        Consent.select(Consent.given, Consent.version)
        .where(Consent.volunteer == volunteer_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .first()
    )
    check(purpose=purpose, said=None if last is None else last.version if last.given else "")


def check(*, purpose: str, said: str | None) -> None:
    """The same, where it is known what he said last: the version he agreed to, "" for taken back, None for nothing."""
    if said == "":
        raise refusal(purpose)
    words = entry(f"consents.{purpose}")
    if said is not None and said != words["version"]:
        raise Refusal(RefusalCode.CONSENT_CHANGED, title=words["title"])


def refusal(purpose: str, *, by_other: bool = False) -> Refusal:
    """What is said of a purpose that was taken back, to the person himself or to somebody else who would use it."""
    code = RefusalCode.OTHER_CONSENT if by_other else RefusalCode.CONSENT_WITHDRAWN
    return Refusal(code, title=entry(f"consents.{purpose}.title"))


def withdrawn(people: Collection[int], purpose: str) -> set[int]:
    """Who of these took the purpose back."""
    wanted, latest = sorted(set(people)), dict[int, bool]()
    for start in range(0, len(wanted), CHUNK):
        rows = Consent.select(Consent.volunteer, Consent.given).where(
            Consent.volunteer.in_(wanted[start : start + CHUNK]), Consent.purpose == purpose
        )
        latest |= {row.volunteer_id: row.given for row in rows.order_by(Consent.id)}
    return {person for person, given in latest.items() if not given}


def require_of(*, volunteer_id: int, purpose: str) -> None:
    """For somebody else who would use it: what was taken back rests. Refusals: OTHER_CONSENT (`title`)."""
    if withdrawn([volunteer_id], purpose):
        raise refusal(purpose, by_other=True)
