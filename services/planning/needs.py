"""点单, 派单, 接单: a need is taken in, answered in time, offered to a team or to all of the area, claimed (S52).

The recipient's judgement (评单) hangs on the activity made from it (`activity.need_id`). How to reach whoever needs
help is sealed: the team that claimed it and the station open it, with a reason, into the audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Activity, Need, Team, Volunteer, store
from services import audit, decisions, limits, permissions, regions, rules
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.evaluation import askers
from services.messaging import telling
from services.messaging.notices import leaders
from services.organisation import centres
from services.participation import domains
from services.participation.publishing import PUBLISHING
from services.parts import Parts
from services.planning.campaigns import day_of
from services.regions import is_within
from services.times import working_days_after

C = RefusalCode
LENGTHS = {"title": 40, "content": 500, "risks": 200, "contact": 60}
KINDS = ("public", "veteran")
#: Before a team has claimed it.
UNCLAIMED = ("received", "open", "offered")
COUNTY_LENGTH = 6
#: Contacts one person may open in ten minutes.
MOST, SECONDS = 20, 600


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """What is asked for; days as ISO text, "" for any. `contact`: name and telephone, sealed at once."""

    title: str
    domain: str
    sub_domain: str
    content: str
    kind: str = "public"
    risks: str = ""
    wanted_from: str = ""
    wanted_until: str = ""
    private_home: bool = False
    contact: str = ""


def check(draft: NeedDraft) -> dict[str, Any]:
    """The columns; FIELD_WRONG with the first field that cannot be kept."""
    texts = {name: getattr(draft, name).strip() for name in LENGTHS}
    for name, text in texts.items():
        if len(text) > LENGTHS[name] or "\x00" in text or (name in ("title", "content") and not text):
            raise Refusal(C.FIELD_WRONG, field=name)
    if draft.kind not in KINDS:
        raise Refusal(C.FIELD_WRONG, field="kind")
    if domains.sub_domain(draft.domain, draft.sub_domain) is None:
        raise Refusal(C.FIELD_WRONG, field="domain")
    first = day_of(draft.wanted_from, "wanted_from") if draft.wanted_from else None
    last = day_of(draft.wanted_until, "wanted_until") if draft.wanted_until else None
    if first and last and last < first:
        raise Refusal(C.FIELD_WRONG, field="wanted_until")
    del texts["contact"]
    return texts | {
        "kind": draft.kind, "domain": draft.domain, "sub_domain": draft.sub_domain, "wanted_from": first,
        "wanted_until": last, "private_home": draft.private_home,
    }  # fmt: skip


def take_in(*, parts: Parts, actor: Actor, region_code: str, draft: NeedDraft, at: datetime) -> str:
    """A station writes down what a resident of its division needs; the need's code.

    Refusals: NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN, CENTRE_MISSING, FIELD_WRONG with `field`.
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)
    return create(parts, region_code, draft, at, taken_by=actor.volunteer_id)


def send_own(*, parts: Parts, actor: Actor, draft: NeedDraft, at: datetime) -> str:
    """A registered person asks for himself, where he lives; the need's code. A veteran's is a veteran's need (S73).

    Refusals: NOT_REGISTERED, CENTRE_MISSING, FIELD_WRONG with `field`, TOO_MANY_TRIES (ten a day).
    """
    person = Volunteer.get_or_none(Volunteer.id == (actor.volunteer_id or 0), Volunteer.state == "active")
    if person is None or not person.region_code:
        raise Refusal(C.NOT_REGISTERED)
    limits.count(key=f"need|{person.id}", limit=10, seconds=86_400, at=at)
    return create(parts, str(person.region_code), draft, at, volunteer=person.id)


def create(parts: Parts, region_code: str, draft: NeedDraft, at: datetime, **who: Any) -> str:
    """Keep it for the nearest station, which is told; its code. `who`: the columns that say where it comes from.

    Refusals: FIELD_WRONG with `field`, CENTRE_MISSING.
    """
    columns = check(draft)
    station = str(centres.nearest(region_code).region_code)
    code = new_code()
    if draft.contact.strip():
        blob, key = parts.vault.seal(draft.contact.strip(), _place(code))
        columns |= {"contact_sealed": blob, "contact_key": key}
    due = working_days_after(at, rules.rule("review", region_code, at).params["need_days"])

    def act() -> str:
        need = Need.create(
            code=code, region_code=region_code, station_region=station, state="received", answer_due_at=due,
            created_at=at, updated_at=at, **who, **columns,
        )  # fmt: skip
        tell_station(need, "need_received", at)
        return code

    return store.write(act)


def _place(code: str) -> str:
    return f"need.contact:{code}"


def tell_station(need: Need, kind: str, at: datetime, region: str = "", **facts: Any) -> None:
    """Tell those who decide at its station (or at `region`), inside the caller's write."""
    telling.tell(
        kind=kind, key=f"{need.id}:{at.timestamp():.0f}", at=at, url=f"/console/needs/{need.code}", title=need.title,
        people=decisions.deciders(region_code=region or need.station_region, parties=[need.volunteer_id], at=at),
        **facts,
    )  # fmt: skip


def _tell_asker(need: Need, kind: str, at: datetime, **facts: Any) -> None:
    telling.tell(
        kind=kind, people=[need.volunteer_id], key=f"{need.id}:{at.timestamp():.0f}", at=at, url="/m/needs",
        title=need.title, **facts,
    )  # fmt: skip


def _found(code: str) -> Need:
    need = Need.get_or_none(Need.code == code)
    if need is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(need, Need)
    return need


def _stations(actor: Actor, code: str, at: datetime) -> Need:
    """The need, for its station and those above; nobody answers his own. NOT_FOUND, NOT_ALLOWED, OWN_RECORD."""
    need = _found(code)
    decisions.require_decider(
        actor=actor, region_code=str(need.station_region), parties=[need.volunteer_id], at=at
    )
    return need


def _move(need: Need, states: Iterable[str], at: datetime, actor: Actor, verb: str, why: str = "", **to: Any) -> None:
    """From one of these states to what `to` says, by a guarded update; NEED_STATE if somebody was faster."""
    taken = Need.update(updated_at=at, **to).where(Need.id == need.id, Need.state.in_(list(states)))
    if not taken.execute():
        raise Refusal(C.NEED_STATE)
    audit.changed(
        actor=actor, verb=verb, subject=f"need:{need.id}", changes={"state": [need.state, to["state"]]}, at=at,
        reason=why,
    )  # fmt: skip


def _why(text: str) -> str:
    if not text.strip():
        raise Refusal(C.REASON_REQUIRED)
    return text.strip()[:200]


def accept(*, actor: Actor, code: str, answer: str = "", at: datetime) -> None:
    """Checked: teams of the area may claim it. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, NEED_STATE."""

    def act() -> None:
        need = _stations(actor, code, at)
        said = answer.strip()[:200]
        _move(need, ["received"], at, actor, "need_accepted", said, state="open", answer=said, answered_at=at)
        _tell_asker(need, "need_accepted", at)

    store.write(act)


def refuse(*, actor: Actor, code: str, answer: str, at: datetime) -> None:
    """It cannot be done, with words. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, NEED_STATE."""

    def act() -> None:
        need = _stations(actor, code, at)
        why = _why(answer)
        answered = need.answered_at or at
        _move(need, UNCLAIMED, at, actor, "need_refused", why, state="refused", answer=why, answered_at=answered)
        _tell_asker(need, "need_refused", at, reason=why)

    store.write(act)


def offer(*, actor: Actor, code: str, team_code: str, at: datetime) -> None:
    """派单: to one team of the area; its leaders are told. It counts as the answer.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, FIELD_WRONG (`team`: none of the area), NEED_STATE.
    """

    def act() -> None:
        need = _stations(actor, code, at)
        team = Team.get_or_none(Team.code == team_code, Team.state.in_(PUBLISHING))
        if team is None or not near(need, team):
            raise Refusal(C.FIELD_WRONG, field="team")
        answered = need.answered_at or at
        _move(
            need, UNCLAIMED, at, actor, "need_offered", state="offered", team=team.id, answered_at=answered
        )  # fmt: skip
        telling.tell(
            kind="need_offered", people=leaders(team_id=team.id, at=at), key=f"{need.id}:{at.timestamp():.0f}", at=at,
            url=f"/console/needs/{need.code}", title=need.title,
        )  # fmt: skip

    store.write(act)


def near(need: Need, team: Team) -> bool:
    """Whether a team works in the need's area: in its county, or at a division above it."""
    home = str(team.region_code)
    return home[:COUNTY_LENGTH] == str(need.region_code)[:COUNTY_LENGTH] or is_within(str(need.region_code), home)


def claim(*, actor: Actor, code: str, team_code: str, at: datetime) -> None:
    """接单: a leader takes it for his team; of two, the first. Twice is once.

    Refusals: NOT_FOUND (also a team that is none of the area), NOT_ALLOWED, TEAM_NOT_FOUNDED, NEED_STATE (not open, or
    offered to another team).
    """

    def act() -> None:
        need = _found(code)
        team = Team.get_or_none(Team.code == team_code)
        if team is None:
            raise Refusal(C.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        if not near(need, team):
            raise Refusal(C.NOT_FOUND)
        if need.state == "claimed" and need.team_id == team.id:
            return
        if team.state not in PUBLISHING:
            raise Refusal(C.TEAM_NOT_FOUNDED)
        if need.state == "offered" and need.team_id != team.id:
            raise Refusal(C.NEED_STATE)
        who = actor.volunteer_id
        _move(need, ["open", "offered"], at, actor, "need_claimed", state="claimed", team=team.id, claimed_by=who)
        _tell_asker(need, "need_claimed", at, team=team.name)
        tell_station(need, "need_claimed", at, team=team.name)

    store.write(act)


def give_back(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """The team cannot do it after all; others may claim it.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED, NEED_STATE (not claimed, or an activity for it stands).
    """

    def act() -> None:
        need = _led(actor, code, at)
        why = _why(reason)
        if need.state == "claimed" and _activities(need).exists():
            raise Refusal(C.NEED_STATE)
        _move(need, ["claimed", "offered"], at, actor, "need_given_back", why, state="open", team=None, claimed_by=None)
        tell_station(need, "need_given_back", at, reason=why)

    store.write(act)


def _led(actor: Actor, code: str, at: datetime) -> Need:
    need = _found(code)
    if need.team_id is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=need.team_id, at=at)
    return need


def _activities(need: Need) -> Any:
    return Activity.select().where(Activity.need_id == need.id, Activity.state != "cancelled")


def serve(*, actor: Actor, code: str, at: datetime) -> None:
    """It was done, also without an activity of its own. Refusals: NOT_FOUND, NOT_ALLOWED, NEED_STATE."""
    store.write(lambda: mark_served(actor, _led(actor, code, at), at))


def mark_served(actor: Actor, need: Need, at: datetime) -> None:
    """It has been served; whoever asked is told. Inside the caller's write. Refusals: NEED_STATE."""
    _move(need, ["claimed"], at, actor, "need_served", state="served")
    _tell_asker(need, "need_served", at)


def close(*, actor: Actor, code: str, answer: str = "", at: datetime) -> None:
    """The station has asked whether it helped. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, NEED_STATE."""

    def act() -> None:
        need = _stations(actor, code, at)
        _move(need, ["served"], at, actor, "need_closed", answer.strip()[:200], state="closed")

    store.write(act)


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Whoever asked needs it no longer; so says his station for him. Refusals: NOT_FOUND, NOT_ALLOWED, NEED_STATE."""

    def act() -> None:
        need = _found(code)
        if need.volunteer_id is None or need.volunteer_id != actor.volunteer_id:
            permissions.require_manage(actor=actor, region_code=str(need.station_region), at=at)
        take_back(need=need, actor=actor, at=at)

    store.write(act)


def take_back(*, need: Need, actor: Actor, at: datetime) -> None:
    """Withdraw it; the caller has made sure that the actor may. Refusals: NEED_STATE."""
    store.write(lambda: _move(need, UNCLAIMED, at, actor, "need_withdrawn", state="withdrawn"))


def judge(*, actor: Actor, code: str, score: int, words: str = "", at: datetime) -> None:
    """评单 by whoever asked with an account. Refusals: NOT_FOUND (also somebody else's), those of `askers.judge`."""
    need = _found(code)
    if actor.volunteer_id is None or need.volunteer_id != actor.volunteer_id:
        raise Refusal(C.NOT_FOUND)
    askers.judge(need=need, score=score, words=words, at=at)


def put_right(*, actor: Actor, code: str, draft: NeedDraft, at: datetime) -> None:
    """The station, having called, words it so that teams can read it; what is sealed (`contact`) stays as it is.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, FIELD_WRONG, NEED_STATE (a team has it, or it is over).
    """

    def act() -> None:
        need = _stations(actor, code, at)
        columns = check(draft)
        changes = {name: [getattr(need, name), new] for name, new in columns.items() if getattr(need, name) != new}
        if not Need.update(updated_at=at, **columns).where(Need.id == need.id, Need.state.in_(UNCLAIMED)).execute():
            raise Refusal(C.NEED_STATE)
        audit.changed(actor=actor, verb="need_put_right", subject=f"need:{need.id}", changes=changes, at=at)

    store.write(act)


def open_contact(*, parts: Parts, actor: Actor, code: str, reason: str, at: datetime) -> str:
    """Name and telephone of whoever needs help, once; that they were shown, to whom and why is in the audit before.

    Refusals: NOT_FOUND, NOT_ALLOWED (neither the claiming team's leader nor the station), REASON_REQUIRED,
    TOO_MANY_TRIES, NUMBER_MISSING (none was given).
    """
    need = _found(code)
    owner = need.state in ("claimed", "served") and need.team_id is not None
    if not (owner and permissions.leads(actor=actor, team_id=need.team_id, at=at)):
        permissions.require_manage(actor=actor, region_code=str(need.station_region), at=at)
    why = _why(reason)
    limits.count(key=f"reveal|{actor.volunteer_id}", limit=MOST, seconds=SECONDS, at=at)
    if need.contact_sealed is None:
        raise Refusal(C.NUMBER_MISSING)
    text = parts.vault.open(need.contact_sealed, _place(need.code))
    audit.note(
        actor=actor, verb="need.reveal", subject=f"need:{need.id}", detail={"reason": why}, at=at,
        region_code=str(need.region_code),
    )  # fmt: skip
    return text
