"""The steps of one certificate: the centre's yes, its public notice, its number, its end.

Who decides manages the division of the issuing centre and is not the person whose service it is, nor whoever wrote the
request for him. Each step is a guarded update: of two officers one acts, the other is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Centre, CentreSeal, Certificate, ServiceRecord, Team, Volunteer, store
from models.store import Write
from queries import certificates as sql
from services import audit, decisions, regions, rules
from services.access import people_list
from services.accounts import consents
from services.actors import WORKER, Actor
from services.certificates import drafting, proving, seals
from services.certificates.drafting import Draft
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from wording import say

C = RefusalCode
OPEN = ("requested", "announced")
#: What was issued once: it keeps its number and its page.
ISSUED = ("valid", "withdrawn", "superseded")
REASON_LONGEST = 200
AT_ONCE = 50
#: Signs of a code: 31^16 of them are guessed by nobody.
CODE = 16


@dataclass(frozen=True, slots=True)
class Rule:
    """How a division issues: without somebody's yes, after a public notice of so many days (0: none); working days
    within which a request is answered."""

    at_once: bool
    notice_days: int
    answer_days: int


def rule_of(region_code: str, at: datetime) -> Rule:
    """The division's numbers."""
    params = rules.rule("certificates", region_code, at).params
    return Rule(bool(params["at_once"]), int(params["notice_days"]), int(params["answer_days"]))


def found(code: str) -> Certificate:
    """A certificate by its code. Refusals: NOT_FOUND."""
    row = Certificate.get_or_none(Certificate.code == code)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(row, Certificate)
    return row


def parties(row: Certificate) -> set[int]:
    """Who does not decide: the person, and whoever wrote the request for him."""
    return {int(each) for each in (row.volunteer_id, row.asked_by_id) if each is not None}


def require_decider(actor: Actor, row: Certificate, at: datetime) -> None:
    """Go on for one who decides. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD."""
    decisions.require_decider(actor=actor, region_code=str(row.region_code), parties=parties(row), at=at)


def begin(
    *, actor: Actor, person: Volunteer, centre: Centre, draft: Draft, first: str | None, last: str, team: Team | None,
    supersedes: Certificate | None = None, at: datetime,
) -> Certificate:  # fmt: skip
    """A request as it is put down; inside the caller's write. `asked_by` is the person, or who wrote it for him on his
    signed form; an officer's own act has none."""
    asked_by = actor.helper_id or (person.id if actor.volunteer_id == person.id else None)
    made = Certificate.create(
        code=new_code(CODE), volunteer=person, centre=centre, region_code=centre.region_code, team=team, from_on=first,
        to_on=last, state="requested", content=draft.stored, records=draft.records, minutes=draft.content.minutes,
        supersedes=supersedes, asked_by=asked_by, asked_at=at,
    )  # fmt: skip
    assert isinstance(made, Certificate)
    audit.changed(actor=actor, verb="certificate.asked", subject=f"certificate:{made.id}", changes={}, at=at)
    return made


def answering(row: Certificate) -> Centre:
    """The centre that answers for it today: the one it was asked of, or, where that one's division was merged, the
    centre of the division that took it in."""
    found = Centre.get_or_none(Centre.region_code == row.region_code)
    centre = found if found is not None else row.centre
    assert isinstance(centre, Centre)
    return centre


def draft_of(parts: Parts, row: Certificate, seal: CentreSeal | None) -> Draft:
    """What a certificate would say today: what was served in its days with the teams it was asked for. Refusals:
    CERTIFICATE_EMPTY."""
    person = Volunteer.get_by_id(row.volunteer_id)
    kept = [each[0] for each in row.records]
    teams = {each.team_id for each in ServiceRecord.select(ServiceRecord.team).where(ServiceRecord.id.in_(kept))}
    rows = drafting.served(row.volunteer_id, first=row.from_on, last=str(row.to_on), teams=teams)
    return drafting.draw_up(
        person=person, number=people_list.opened(parts, person, "document"), rows=rows, centre=answering(row),
        place=regions.path_name(str(row.region_code)), seal=seal, first=row.from_on, last=str(row.to_on),
        one_team=row.team_id is not None,
    )  # fmt: skip


def approve(*, parts: Parts, row: Certificate, actor_id: int | None, at: datetime) -> str:
    """The yes: the text is frozen, and it is issued, or its public notice begins; inside the caller's write. Answers
    the state. Refusals: OTHER_CONSENT (he took the ID number back since it was asked for), SEAL_MISSING,
    CERTIFICATE_EMPTY, CERTIFICATE_STATE."""
    consents.require_of(volunteer_id=row.volunteer_id, purpose=consents.ID_NUMBER)
    centre = answering(row)
    seal = seals.current(centre.id)
    if seal is None:
        raise Refusal(C.SEAL_MISSING, centre=centre.name)
    draft = draft_of(parts, row, seal)
    number = people_list.opened(parts, Volunteer.get_by_id(row.volunteer_id), "document")
    days = rule_of(str(row.region_code), at).notice_days
    today = local_day(at)
    frozen: dict[str, Any] = {
        "content": draft.stored, "records": draft.records, "minutes": draft.content.minutes, "seal": seal.id,
        "centre": centre.id, "document": _sealed(parts, row, number),
        "decided_by": actor_id, "decided_at": at, "minutes_now": None,
    }  # fmt: skip
    if days:
        frozen |= {"state": "announced", "notice_from": today.isoformat(),
                   "notice_until": (today + timedelta(days=days)).isoformat()}  # fmt: skip
        _step(row, ("requested",), **frozen)
        return "announced"
    _issued(row, ("requested",), frozen, at)
    return "valid"


def _sealed(parts: Parts, row: Certificate, number: str) -> bytes | None:
    return parts.vault.seal(number, f"certificate:{row.code}")[0] if number else None


def document_of(parts: Parts, row: Certificate) -> str:
    """The number of the document as it was at the issue, "" if there was none."""
    return "" if row.document is None else parts.vault.open(row.document, f"certificate:{row.code}")


def _step(row: Certificate, states: tuple[str, ...], **changes: Any) -> None:
    """A guarded step. Refusals: CERTIFICATE_STATE (somebody was quicker, or it is over)."""
    if not Certificate.update(changes).where(_may_step(row, states)).execute():
        raise Refusal(C.CERTIFICATE_STATE)


def _may_step(row: Certificate, states: tuple[str, ...]) -> Any:
    return (Certificate.id == row.id) & Certificate.state.in_(states)


def _issued(row: Certificate, states: tuple[str, ...], changes: dict[str, Any], at: datetime) -> None:
    """It gets its number and holds; the one it stands for holds no more; the person is told."""
    day = local_day(at)
    _step(row, states, **changes, state="valid", issued_at=at, compared_at=at)
    serial = sql.next_serial(str(row.region_code), f"{day.year}")
    number = say("certificates.number", region=row.region_code, year=day.year, serial=f"{serial:05d}")
    Certificate.update(number=number).where(Certificate.id == row.id).execute()
    proving.keep(certificate_id=row.id, at=at)
    if row.supersedes_id is not None:
        Certificate.update(state="superseded", ended_at=at).where(
            Certificate.id == row.supersedes_id, Certificate.state == "valid"
        ).execute()
    telling.tell(
        kind="certificate_issued", people=[row.volunteer_id], key=str(row.id), at=at,
        url=f"/m/certificates/{row.code}", centre=row.centre.name,
    )  # fmt: skip


def ask_centre(row: Certificate, at: datetime, again: str = "") -> None:
    """Tell those who decide; inside the caller's write."""
    people = decisions.deciders(region_code=str(row.region_code), parties=parties(row), at=at)
    telling.tell(
        kind="certificate_waiting", people=sorted(people), key=f"{row.id}{again}", at=at,
        url=f"/console/certificates/{row.code}", name=row.volunteer.name,
    )  # fmt: skip


def issue(*, parts: Parts, actor: Actor, code: str, at: datetime) -> str:
    """The centre's yes to a request; answers the state it has now (valid, or announced).

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, those of `approve`.
    """

    def act() -> str:
        row = found(code)
        require_decider(actor, row, at)
        state = approve(parts=parts, row=row, actor_id=actor.volunteer_id, at=at)
        kept(actor, row, state, "", at)
        return state

    return store.write(act)


def kept(actor: Actor, row: Certificate, verb: str, reason: str, at: datetime) -> None:
    """What was done stands on the certificate's own record and in the audit; inside the caller's write."""
    audit.changed(
        actor=actor, verb=f"certificate.{verb}", subject=f"certificate:{row.id}", changes={}, reason=reason, at=at
    )
    audit.note(
        actor=actor, verb=f"certificate.{verb}", subject=f"volunteer:{row.volunteer_id}",
        detail={"certificate": row.code, "reason": reason}, at=at, region_code=str(row.region_code),
    )  # fmt: skip


def _reason(text: str) -> str:
    words = text.strip()[:REASON_LONGEST]
    if not words:
        raise Refusal(C.REASON_REQUIRED)
    return words


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """No to a request, or a stop while its notice runs; the person is told why.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, CERTIFICATE_STATE.
    """
    _end(OPEN, "refused", actor=actor, code=code, reason=reason, at=at)


def withdraw(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """It was issued wrongly and holds no more; its page says so, and the person is told why.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, CERTIFICATE_STATE.
    """
    _end(("valid",), "withdrawn", actor=actor, code=code, reason=reason, at=at)


def _end(states: tuple[str, ...], end: str, *, actor: Actor, code: str, reason: str, at: datetime) -> None:
    def act() -> None:
        row = found(code)
        require_decider(actor, row, at)
        why = _reason(reason)
        _step(row, states, state=end, reason=why, ended_by=actor.volunteer_id, ended_at=at)
        kept(actor, row, end, why, at)
        telling.tell(
            kind=f"certificate_{end}", people=[row.volunteer_id], key=str(row.id), at=at, reason=why,
            url=f"/m/certificates/{row.code}",
        )  # fmt: skip

    store.write(act)


def reissue(*, parts: Parts, actor: Actor, code: str, at: datetime) -> str:
    """A new one over the same days by what the books say now; when it is issued the old one is superseded. Answers
    the new one's code. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, CERTIFICATE_STATE, those of `approve`."""

    def act() -> str:
        row = found(code)
        require_decider(actor, row, at)
        made = again(parts=parts, actor=actor, row=row, at=at)
        state = approve(parts=parts, row=made, actor_id=actor.volunteer_id, at=at)
        kept(actor, made, state, "", at)
        return str(made.code)

    return store.write(act)


def again(*, parts: Parts, actor: Actor, row: Certificate, at: datetime) -> Certificate:
    """A request that stands for one that is valid; one that waits already stays the only one. Inside the caller's
    write. Refusals: CERTIFICATE_STATE, CERTIFICATE_EMPTY."""
    one_person_at_a_time(row.volunteer_id)
    if found(str(row.code)).state != "valid":
        raise Refusal(C.CERTIFICATE_STATE)
    if Certificate.select().where(Certificate.supersedes == row.id, Certificate.state.in_(OPEN)).exists():
        raise Refusal(C.CERTIFICATE_STATE)
    draft = draft_of(parts, row, None)
    return begin(
        actor=actor, person=Volunteer.get_by_id(row.volunteer_id), centre=answering(row), draft=draft,
        first=row.from_on, last=str(row.to_on), team=row.team if row.team_id else None, supersedes=row, at=at,
    )  # fmt: skip


def one_person_at_a_time(volunteer_id: int) -> None:
    """Whoever asks or issues for this person waits for the others (a row lock on PostgreSQL)."""
    Volunteer.update(state=Volunteer.state).where(Volunteer.id == volunteer_id).execute()


def notice_over(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Issue what was announced long enough and still says the same; what the books have moved under, or whose person
    took the ID number back meanwhile, waits for the centre again. How many notices were over."""
    yesterday = (local_day(at) - timedelta(days=1)).isoformat()
    over = Certificate.select(Certificate.id).where(
        Certificate.state == "announced", Certificate.notice_until <= yesterday
    )
    numbers = [row.id for row in over.order_by(Certificate.id).limit(AT_ONCE)]
    return sum(write(partial(_over, parts, number, at)) for number in numbers)


def _over(parts: Parts, number: int, at: datetime) -> int:
    row = Certificate.get_by_id(number)
    if row.state != "announced":
        return 0
    try:
        consents.require_of(volunteer_id=row.volunteer_id, purpose=consents.ID_NUMBER)
        same = draft_of(parts, row, None).records == row.records
    except Refusal:
        same = False
    if same:
        _issued(row, ("announced",), {}, at)
        kept(WORKER, row, "valid", "", at)
    else:
        _step(row, ("announced",), state="requested", notice_from=None, notice_until=None, nagged_at=at)
        ask_centre(row, at, again=f":{row.notice_until}")
    return 1
