"""找回: a known person comes with a new WeChat (domain users.md; PIPL §51).

With his ID number and the phone we have of him: at once. Without the phone: the station, in person; that waits
(`lives.recovery_hours`), the old WeChat is told at once and can stop it, and the worker carries it out. Either way
the old WeChat's log-ins die and it is told. Whoever holds a post always goes to the station: two numbers that
colleagues know do not open an office.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from frozen import dataclass
from models import History, Recovery, Session, Volunteer, WechatIdentity, store
from models.dialect import IntegrityError
from models.store import Write
from services import audit, decisions, limits, permissions, regions, rules, scopes
from services.access import belonging
from services.accounts import enrolment, sessions
from services.accounts.documents import check_id_number, check_phone
from services.actors import WORKER, Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.participation import digits as six
from services.participation import revocations
from services.parts import Parts

C = RefusalCode
#: Tries of one WeChat in an hour, and for one ID number in a day, whether anybody has it or not.
TRIES, TRIES_SECONDS = 5, 3600
NUMBER_TRIES, NUMBER_SECONDS = 5, 86400
STATES = ("waiting", "done", "stopped", "refused")
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came of it; `due_at` is when a waiting one takes effect."""

    code: str
    name: str
    state: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecoveryLine:
    """A recovery in the list; `mine` where the reader may refuse it now."""

    code: str
    public_no: str
    name: str
    place: str
    way: str
    state: str
    officer: str
    reason: str
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    mine: bool


def by_phone(*, parts: Parts, identity_id: int, document: str, phone: str, at: datetime) -> Recovered:
    """Bind this WeChat to the person with this ID number and this phone, at once.

    The answer is one and the same whether nobody has the number, the phone is another, or he holds a post. A phone that
    was typed over the one of before by whoever was logged in, and that nobody vouched for, finds nobody: who had his
    phone in his hand for a minute would come back with it.
    Refusals: DOCUMENT_INVALID, PHONE_INVALID, ALREADY_REGISTERED (this WeChat is somebody's), TOO_MANY_TRIES,
    RECOVERY_NO_MATCH.
    """
    number = check_id_number(document).number
    mobile = check_phone(phone)
    if WechatIdentity.get_by_id(identity_id).volunteer_id is not None:
        raise Refusal(C.ALREADY_REGISTERED)
    wanted = parts.vault.index("id_no", number)
    limits.count(key=f"recover|{identity_id}", limit=TRIES, seconds=TRIES_SECONDS, at=at)
    limits.count(key=f"recover-no|{wanted}", limit=NUMBER_TRIES, seconds=NUMBER_SECONDS, at=at)
    known = parts.vault.index("phone", mobile)

    def act() -> Recovered:
        person = Volunteer.get_or_none(
            Volunteer.document_index == wanted, Volunteer.phone_index == known, Volunteer.state == "active"
        )
        if person is None or permissions.roles_of(volunteer_id=person.id, at=at) or _typed_over(person):
            raise Refusal(C.RECOVERY_NO_MATCH)
        if WechatIdentity.get_by_id(identity_id).volunteer_id is not None:
            raise Refusal(C.ALREADY_REGISTERED)
        Recovery.update(state="stopped", ended_at=at).where(
            Recovery.volunteer == person.id, Recovery.state == "waiting"
        ).execute()
        made = Recovery.create(
            code=new_code(12), volunteer=person, identity=identity_id, way="phone", state="done", created_at=at,
            ended_at=at,
        )  # fmt: skip
        _carry_out(made, person, Actor("pages", person.id, identity_id), at)
        return Recovered(made.code, person.name, "done", None)

    return store.write(act)


def _typed_over(person: Volunteer) -> bool:
    """Whether his phone was changed at a page without proof, and nobody has vouched for it since."""
    changed = (History.subject == f"volunteer:{person.id}") & (History.verb == "phone.corrected")
    return person.phone_proof == "none" and History.select().where(changed).exists()


def show_digits(*, identity_id: int, at: datetime) -> str:
    """Six digits for the station's officer, which stand for this new WeChat. Refusals: ALREADY_REGISTERED."""
    if WechatIdentity.get_by_id(identity_id).volunteer_id is not None:
        raise Refusal(C.ALREADY_REGISTERED)
    return six.issue(purpose="join", subject=str(identity_id), at=at)


def request(*, actor: Actor, public_no: str, digits: str, reason: str, at: datetime) -> Recovered:
    """The station has seen the person and his ID card: his new WeChat, by the digits it shows, is to be his.

    It waits; the old WeChat is told at once and can stop it. Not for oneself. Refusals: NOT_FOUND, NOT_ALLOWED,
    OWN_RECORD, REASON_REQUIRED, ACCOUNT_CLOSED, RECOVERY_STATE (one waits already), TOO_MANY_TRIES, DIGITS_WRONG,
    DIGITS_EXPIRED, ALREADY_BOUND (the WeChat is somebody's).
    """
    person = belonging.require_over(actor=actor, public_no=public_no, at=at)
    decisions.require_decider(
        actor=actor, region_code=_place(actor, person, at), parties=[person.id], at=at
    )
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    if person.state != "active":
        raise Refusal(C.ACCOUNT_CLOSED)
    if Recovery.select().where(Recovery.volunteer == person.id, Recovery.state == "waiting").exists():
        raise Refusal(C.RECOVERY_STATE)
    claim = six.redeem(digits=digits.strip(), openid=f"officer|{actor.volunteer_id}", at=at)
    if claim.purpose != "join":
        raise Refusal(C.DIGITS_WRONG)
    hours = int(rules.rule("lives", person.region_code, at).params["recovery_hours"])
    due_at = at + timedelta(hours=hours)

    def act() -> Recovered:
        if WechatIdentity.get_by_id(int(claim.subject)).volunteer_id is not None:
            raise Refusal(C.ALREADY_BOUND)
        made = Recovery.create(
            code=new_code(12), volunteer=person, identity=int(claim.subject), way="station", state="waiting",
            due_at=due_at, officer=actor.volunteer_id, reason=reason.strip(), created_at=at,
        )  # fmt: skip
        audit.note(
            actor=actor, verb="recovery.request", subject=f"volunteer:{person.id}", detail={"reason": reason.strip()},
            at=at,
        )  # fmt: skip
        telling.tell(
            kind="recovery_waiting", people=[person.id], key=made.code, at=at, url=f"/m/recoveries/{made.code}",
            hours=hours,
        )  # fmt: skip
        return Recovered(made.code, person.name, "waiting", due_at)

    try:
        return store.write(act)
    except IntegrityError:  # two stations at once: the index let one through
        raise Refusal(C.RECOVERY_STATE) from None


def _place(actor: Actor, person: Volunteer, at: datetime) -> str:
    """Of the divisions he belongs to, the one the actor manages; where none, the first."""
    codes = belonging.divisions_of(person)
    return next((c for c in codes if permissions.manages(actor=actor, region_code=c, at=at)), codes[0])


def mine(*, actor: Actor, code: str) -> Recovered:
    """One's own recovery, for the old WeChat (or, afterwards, the new one). Refusals: NOT_FOUND."""
    row = Recovery.get_or_none(Recovery.code == code)
    if row is None or actor.volunteer_id is None or row.volunteer_id != actor.volunteer_id:
        raise Refusal(C.NOT_FOUND)
    return Recovered(row.code, row.volunteer.name, row.state, row.due_at)


def stop(*, actor: Actor, code: str, at: datetime) -> None:
    """It was not me: the person himself stops a waiting recovery; stopping it twice changes nothing.

    Refusals: NOT_FOUND (none of his), RECOVERY_STATE (it is over).
    """
    if mine(actor=actor, code=code).state != "stopped":
        _end(actor, code, "stopped", "", at)


def stop_mine(*, actor: Actor, at: datetime) -> bool:
    """Stop whatever recovery of the actor's waits; False if none does."""
    row = Recovery.get_or_none(Recovery.volunteer == actor.volunteer_id, Recovery.state == "waiting")
    if row is None:
        return False
    stop(actor=actor, code=row.code, at=at)
    return True


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """The station takes a waiting recovery back. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED,
    RECOVERY_STATE."""
    row = Recovery.get_or_none(Recovery.code == code)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    person = belonging.require_over(actor=actor, public_no=row.volunteer.public_no, at=at)
    decisions.require_decider(actor=actor, region_code=_place(actor, person, at), parties=[person.id], at=at)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    _end(actor, code, "refused", reason.strip(), at)


def _end(actor: Actor, code: str, state: str, reason: str, at: datetime) -> None:
    def act() -> None:
        ended = Recovery.update(state=state, ended_at=at).where(
            Recovery.code == code, Recovery.state == "waiting"
        )
        if not ended.execute():
            raise Refusal(C.RECOVERY_STATE)
        row = Recovery.get(Recovery.code == code)
        audit.note(
            actor=actor, verb=f"recovery.{state}", subject=f"volunteer:{row.volunteer_id}",
            detail={"reason": reason}, at=at,
        )  # fmt: skip
        telling.tell(
            kind=f"recovery_{state}", people=[row.officer_id], key=f"{code}:officer", at=at, url="/console/recoveries",
            name=row.volunteer.name,
        )  # fmt: skip

    store.write(act)


def carry_due(*, at: datetime, write: Write = store.write) -> int:
    """Carry out what has waited long enough, one person a write; how many were brought to an end."""
    due = Recovery.select(Recovery.id).where(Recovery.state == "waiting", Recovery.due_at <= at)
    ids = [row.id for row in due.order_by(Recovery.id).limit(AT_ONCE)]
    return sum(write(lambda number=number: _carry_one(number, at)) for number in ids)  # type: ignore[misc]


def _carry_one(number: int, at: datetime) -> int:
    row = Recovery.get_by_id(number)
    person = Volunteer.get_by_id(row.volunteer_id)
    holder = WechatIdentity.get_by_id(row.identity_id).volunteer_id
    free = person.state == "active" and holder in (None, person.id)
    ended = Recovery.update(state="done" if free else "refused", ended_at=at).where(
        Recovery.id == number, Recovery.state == "waiting"
    )
    if not ended.execute():
        return 0
    if free:
        _carry_out(row, person, WORKER, at)
    else:  # somebody else's by now, or he left: nothing is taken from anybody
        telling.tell(
            kind="recovery_refused", people=[row.officer_id], key=f"{row.code}:officer", at=at,
            url="/console/recoveries", name=person.name,
        )  # fmt: skip
    return 1


def _carry_out(row: Recovery, person: Volunteer, actor: Actor, at: datetime) -> None:
    """The new WeChat is his, the others are not; their log-ins die and they are told. Inside a write."""
    union = WechatIdentity.get_by_id(row.identity_id).unionid
    old = [
        each
        for each in WechatIdentity.select().where(WechatIdentity.volunteer == person.id)
        if each.id != row.identity_id and not (union and each.unionid == union)
    ]
    ids = [each.id for each in old]
    WechatIdentity.update(volunteer=None, bound_at=None).where(WechatIdentity.id.in_(ids)).execute()
    Session.update(revoked_at=at).where(
        Session.revoked_at.is_null(), Session.identity.in_(ids) | (Session.volunteer == person.id)
    ).execute()
    sessions.end_links(volunteer_id=person.id, identities=ids, at=at)
    enrolment.bind(identity_id=row.identity_id, volunteer_id=person.id, at=at)
    revocations.end_codes(actor=actor, volunteer_id=person.id, reason="recovery", at=at)
    audit.changed(
        actor=actor, verb="recovered", subject=f"volunteer:{person.id}", changes={"wechat": row.way}, at=at
    )
    for each in _reachable(old):
        telling.tell(
            kind="recovery_moved", people=[person.id], key=f"{row.code}:{each}", at=at,
            identity_id=each,
        )  # fmt: skip
    telling.tell(kind="recovery_done", people=[person.id], key=row.code, at=at)


def _reachable(old: Iterable[WechatIdentity]) -> list[int]:
    """The old official-account identities; where there is none, the old mini-program ones."""
    rows = list(old)
    return [row.id for row in rows if row.kind == "oa"] or [row.id for row in rows]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[RecoveryLine]:
    """Recoveries of the people of the divisions the actor may look at. Filters: state. Refusals: NOT_ALLOWED."""
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(C.NOT_ALLOWED)
    query = (
        Recovery.select(Recovery, Volunteer)
        .join(Volunteer, on=Recovery.volunteer)
        .where(belonging.people_in(reach))
    )
    if state := wanted.chosen("state"):
        query = query.where(Recovery.state == state)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    found = cut(
        query, wanted=wanted, sorts={"created": Recovery.created_at, "due": Recovery.due_at, "name": Volunteer.name},
        default="-created", tie=Recovery.id.desc(), row=lambda row: row,
    )  # fmt: skip
    places = regions.path_names([row.volunteer.region_code for row in found.rows])
    lines = [
        RecoveryLine(
            row.code, row.volunteer.public_no, row.volunteer.name, places[row.volunteer.region_code], row.way,
            row.state, row.officer.name if row.officer_id else "", row.reason, row.created_at, row.due_at, row.ended_at,
            row.state == "waiting"
            and row.volunteer_id != actor.volunteer_id
            and belonging.may(actor=actor, person=row.volunteer, verb=permissions.Verb.MANAGE, at=at),
        )
        for row in found.rows
    ]  # fmt: skip
    return Found(lines, found.total, found.page, found.size)
