"""Registering, and what a registered person does with his own data: teams, phone, consents."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Consent, Team, TeamMember, Volunteer, WechatIdentity, store
from models.dialect import IntegrityError
from services import audit, limits, permissions, regions
from services.accounts import enrolment
from services.accounts.consents import SERVICE, VETERAN
from services.accounts.documents import check_phone, mask_id, mask_phone
from services.accounts.enrolment import Details, Registered
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import waitlist
from services.parts import Parts
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure
from wording import entry

#: Registrations one WeChat identity may try in ten minutes: typing errors yes, trying out ID numbers no.
TRIES, TRIES_SECONDS = 10, 600


@dataclass(frozen=True, slots=True)
class MyTeam:
    """A team the person belongs to; `home` marks the one his hours go to."""

    code: str
    name: str
    short_name: str
    home: bool


@dataclass(frozen=True, slots=True)
class Me:
    """What a person sees of himself; document and phone are masked, "" if there is none."""

    name: str
    public_no: str
    document: str
    phone: str
    phone_proof: str
    region_code: str
    region_name: str
    identity: str
    teams: tuple[MyTeam, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Where a person stands with one purpose; `version` is the one he decided on, `current` today's."""

    purpose: str
    title: str
    text: str
    current: str
    version: str
    given: bool
    needed: bool


def register(
    *,
    parts: Parts,
    identity_id: int,
    name: str,
    document: str,
    phone_code: str | None = None,
    phone: str | None = None,
    region_code: str,
    identity: str,
    consents: set[str],
    channel: str,
    at: datetime,
) -> Registered:
    """Register the person behind a WeChat identity; `channel` is api, h5 or chat.

    A phone code is asked of WeChat once everything else is right (it can be used once); a typed phone stays
    unproven until a leader or officer vouches for it. A person whom a leader entered and who did not say yes yet
    is bound instead of entered again, if the name agrees.
    Refusals: NAME_INVALID, DOCUMENT_INVALID, UNDER_AGE, REGION_UNKNOWN, BAD_REQUEST, CONSENT_REQUIRED,
    ALREADY_REGISTERED, TOO_MANY_TRIES, PHONE_INVALID, WECHAT_UNAVAILABLE, DOCUMENT_TAKEN.
    """
    details = enrolment.check_details(
        name=name, document=document, region_code=region_code, identity=identity, at=at
    )
    enrolment.check_consents(consents, identity)
    mine = WechatIdentity.get_by_id(identity_id)
    if mine.volunteer_id is not None:
        raise Refusal(RefusalCode.ALREADY_REGISTERED)
    limits.count(key=f"register|{identity_id}", limit=TRIES, seconds=TRIES_SECONDS, at=at)
    if phone_code:
        number, proof = phone_from_wechat(parts, phone_code, mine), "wechat"
    else:
        number, proof = check_phone(phone or ""), "none"

    def act() -> Registered:
        if WechatIdentity.get_by_id(identity_id).volunteer_id is not None:
            raise Refusal(RefusalCode.ALREADY_REGISTERED)
        person = _entered_before(parts, details, number, proof) or enrolment.add_person(
            parts=parts,
            details=details,
            state="active",
            phone=number,
            phone_proof=proof,
            entered_by=None,
            at=at,
        )
        enrolment.bind(identity_id=identity_id, volunteer_id=person.id, at=at)
        enrolment.keep_consents(volunteer_id=person.id, purposes=consents, channel=channel, at=at)
        return Registered(person.id, person.public_no, person.name)

    try:
        return store.write(act)
    except IntegrityError:  # the same person twice at once: the unique index let one through
        raise Refusal(RefusalCode.DOCUMENT_TAKEN) from None


def phone_from_wechat(parts: Parts, code: str, mine: WechatIdentity) -> str:
    """The phone of WeChat's one-time code, asked of WeChat. Refusals: PHONE_INVALID, WECHAT_UNAVAILABLE."""
    try:
        told = parts.gateway.phone_for_code(code, openid=mine.openid if mine.kind == "mp" else None)
    except WechatFailure as failure:
        wrong = failure.kind in (Kind.PERMANENT, Kind.USER_STATE)
        raise Refusal(RefusalCode.PHONE_INVALID if wrong else RefusalCode.WECHAT_UNAVAILABLE) from failure
    return check_phone(told, abroad=True)


def _entered_before(parts: Parts, details: Details, phone: str, proof: str) -> Volunteer | None:
    """The person whom a leader entered and who now comes by himself; None for a new one."""
    found = enrolment.owner_of(parts, details.number)
    if found is None:
        return None
    if found.state != "invited" or found.name != details.name:
        raise Refusal(RefusalCode.DOCUMENT_TAKEN)
    Volunteer.update(state="active", region_code=details.region_code, identity=details.identity).where(
        Volunteer.id == found.id
    ).execute()
    enrolment.set_phone(parts=parts, person=found, phone=phone, proof=proof)
    return found


def me(*, parts: Parts, volunteer_id: int, at: datetime | None = None) -> Me:
    """What we hold of a person, for himself; without `at` no roles are listed."""
    person = Volunteer.get_by_id(volunteer_id)
    document = _opened(parts, person.document_sealed, f"volunteer.document:{person.public_no}")
    phone = _opened(parts, person.phone_sealed, f"volunteer.phone:{person.public_no}")
    running = (
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null())
        .order_by(TeamMember.home.desc(), TeamMember.id)
    )
    teams = tuple(MyTeam(m.team.code, m.team.name, m.team.short_name, m.home) for m in running)
    grants = permissions.roles_of(volunteer_id=volunteer_id, at=at) if at is not None else ()
    return Me(
        person.name, person.public_no, mask_id(document), mask_phone(phone), person.phone_proof, person.region_code,
        regions.path_name(person.region_code), person.identity, teams,
        tuple(dict.fromkeys(grant.role.value for grant in grants)),
    )  # fmt: skip


def _opened(parts: Parts, blob: bytes | None, place: str) -> str:
    return "" if blob is None else parts.vault.open(blob, place)


def confirm_phone(*, actor: Actor, public_no: str, at: datetime) -> None:
    """A leader or officer vouches for the phone a person typed. One's own needs somebody else.

    Refusals: NOT_FOUND (nobody, or nobody of the actor's), OWN_RECORD (oneself), PHONE_INVALID (there is none).
    """

    def act() -> None:
        person = Volunteer.get_or_none(Volunteer.public_no == public_no)
        if person is None or not _in_charge_of(actor, person, at):
            raise Refusal(RefusalCode.NOT_FOUND)
        if person.id == actor.volunteer_id:
            raise Refusal(RefusalCode.OWN_RECORD)
        if person.phone_sealed is None:
            raise Refusal(RefusalCode.PHONE_INVALID)
        if person.phone_proof != "none":
            return
        Volunteer.update(phone_proof="officer").where(Volunteer.id == person.id).execute()
        audit.note(actor=actor, verb="phone.confirm", subject=f"volunteer:{person.id}", detail={}, at=at)

    store.write(act)


def _in_charge_of(actor: Actor, person: Volunteer, at: datetime) -> bool:
    if permissions.manages(actor=actor, region_code=person.region_code, at=at):
        return True
    running = TeamMember.select().where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null())
    return any(permissions.leads(actor=actor, team_id=member.team_id, at=at) for member in running)


def consents(*, volunteer_id: int) -> tuple[ConsentState, ...]:
    """Every purpose with its text today and what the person last decided on it."""
    identity = Volunteer.get_by_id(volunteer_id).identity
    latest = {
        row.purpose: row
        for row in Consent.select().where(Consent.volunteer == volunteer_id).order_by(Consent.id)
    }
    needed = enrolment.needed_consents(identity)
    states = []
    for purpose, words in entry("consents").items():
        last = latest.get(purpose)
        states.append(
            ConsentState(
                purpose, words["title"], words["text"], words["version"], last.version if last else "",
                bool(last and last.given), purpose in needed,
            )
        )  # fmt: skip
    return tuple(states)


def decide_consent(*, actor: Actor, purpose: str, given: bool, at: datetime) -> None:
    """Give or withdraw the consent for one purpose; withdrawing is as easy as giving, and both are kept. Who takes no
    part any more gives back the places he holds in what is to come; where he has been stays.

    Refusals: NOT_REGISTERED, NOT_FOUND (no such purpose).
    """
    volunteer_id = _registered(actor)
    if purpose not in entry("consents"):
        raise Refusal(RefusalCode.NOT_FOUND)

    def act() -> None:
        enrolment.keep_consents(
            volunteer_id=volunteer_id, purposes=[purpose], channel=actor.door, at=at, given=given
        )
        if purpose == SERVICE and not given:
            waitlist.end_all(volunteer_id=volunteer_id, at=at, reason="")
        if purpose == VETERAN:
            _say_veteran(actor, volunteer_id, given, at)

    store.write(act)


def _say_veteran(actor: Actor, volunteer_id: int, given: bool, at: datetime) -> None:
    """Who does not want to be known as a veteran is one of the public from now on; a new yes makes him one again."""
    before, after = ("social", "veteran") if given else ("veteran", "social")
    changed = Volunteer.update(identity=after, version=Volunteer.version + 1).where(
        Volunteer.id == volunteer_id, Volunteer.identity == before
    )
    if changed.execute():
        audit.changed(
            actor=actor, verb="consent.veteran", subject=f"volunteer:{volunteer_id}",
            changes={"identity": [before, after]}, at=at,
        )  # fmt: skip


def _registered(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    return actor.volunteer_id
