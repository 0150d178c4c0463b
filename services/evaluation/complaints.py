"""投诉举报 (条例 §26, S118): anybody may complain, without an account; it is answered in time or passed on.

It goes to the centre of the team's division, one centre up where that has nobody uninvolved: never to the one it is
about, nor to the team's leaders. The one who complained follows it by a code of his own, may add something, say that
he is content, or ask the level above. Where nobody answers in time, the centre is told each day, and so is the one
above.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from frozen import dataclass
from models import (
    Activity,
    Complaint,
    Nomination,
    NominationObjection,
    NominationStep,
    Region,
    RoleGrant,
    StarAward,
    StarObjection,
    Team,
    store,
)
from models.store import Write
from services import audit, decisions, limits, regions, rules
from services.accounts.people import person_id
from services.actors import WORKER, Actor
from services.codes import new_code, token_hash
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from services.permissions import LEADING
from services.review.cases import above
from services.review.reach import words_of
from services.times import working_days_after
from wording import entry, say

C = RefusalCode
OPEN = ("received", "forwarded")
#: What looking into it came to; each has its words in wording/complaints.toml.
FINDINGS = ("upheld", "unfounded", "unclear")
#: The kind that is no complaint: nothing is found of it, and no figure of complaints counts it.
ADVICE = "advice"
#: The code by which it is followed, and how often one address may complain in an hour.
LENGTH, TRIES, TRIES_SECONDS = 14, 5, 3600
AT_ONCE = 50
AGAIN = timedelta(days=1)
CONTACT_LONGEST = 60
#: Kinds that are about one matter, and come with it: on the open form they are not offered.
LINKED = frozenset({"star", "honour"})
#: Kinds whose matter goes on by itself once they are answered: the answer says whether it may.
JUDGED = frozenset({"star"})


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint that came in: its public number, and the secret code by which it is followed."""

    code: str
    token: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """What the one who complained reads."""

    code: str
    kind: str
    text: str
    state: str
    at: datetime
    due_at: datetime
    answer: str
    finding: str
    forwarded_to: str


def kinds() -> dict[str, str]:
    """What can be complained of: key and words."""
    found: dict[str, str] = entry("complaints.kinds")
    return found


def offered() -> dict[str, str]:
    """What the open form offers."""
    return {kind: words for kind, words in kinds().items() if kind not in LINKED}


def file(
    *, parts: Parts, actor: Actor | None, address: str, kind: str, text: str, contact: str = "", region_code: str = "",
    activity_code: str = "", team_code: str = "", about: str = "", at: datetime,
    link: Callable[[Complaint], int | None] | None = None,
) -> Filed:  # fmt: skip
    """Take a complaint in; `actor` is None for somebody not logged in, `address` where he writes from.

    `link` ties it to the matter it is about, inside the same write, and answers whom it is about; kinds of LINKED
    come with one. Refusals in order: BAD_REQUEST (no such kind), TEXT_EMPTY, TEXT_TOO_LONG, NOT_FOUND (no such
    activity, team or person), REGION_UNKNOWN, TOO_MANY_TRIES.
    """
    if kind not in kinds() or (kind in LINKED) != (link is not None):
        raise Refusal(C.BAD_REQUEST, why="kind")
    said = words_of(text, empty=C.TEXT_EMPTY)
    activity = Activity.get_or_none(Activity.code == activity_code) if activity_code else None
    team = activity.team if activity else Team.get_or_none(Team.code == team_code) if team_code else None
    person = person_id(about) if about else None
    if (activity_code and activity is None) or (team_code and team is None) or (about and person is None):
        raise Refusal(C.NOT_FOUND)
    place = team.region_code if team else region_code or _province()
    if not Region.select().where(Region.code == place).exists():
        raise Refusal(C.REGION_UNKNOWN)
    who = address if actor is None else f"v{actor.volunteer_id}"  # phones share their addresses
    limits.count(key=f"complain|{who}", limit=TRIES, seconds=TRIES_SECONDS, at=at)
    token, code = new_code(LENGTH), new_code(10)
    days = int(rules.rule("review", place, at).params["complaint_days"])
    sealed, key = (None, "")
    if contact.strip():
        sealed, key = parts.vault.seal(contact.strip()[:CONTACT_LONGEST], f"complaint:{code}")
    due = working_days_after(at, days)

    def act() -> None:
        made = Complaint.create(
            code=code, token_hash=token_hash(token), kind=kind, region_code=place, team=team, activity=activity,
            about=person, volunteer=actor.volunteer_id if actor else None, text=said, contact_sealed=sealed,
            contact_key=key, state="received", due_at=due, created_at=at,
        )  # fmt: skip
        if link is not None:
            Complaint.update(about=link(made)).where(Complaint.id == made.id).execute()
            made = Complaint.get_by_id(made.id)
        audit.changed(
            actor=actor or Actor("pages", None), verb="complaint.received", subject=f"complaint:{made.id}", at=at,
            changes={"due": [None, due.isoformat()]},
        )  # fmt: skip
        _tell(made, "complaint_waiting", at, key=code)

    store.write(act)
    return Filed(code, token, due)


def _province() -> str:
    top = regions.children("")
    return top[0].code if top else ""


def follow(*, token: str) -> Followed:
    """How it stands, for whoever has its code. Refusals: NOT_FOUND."""
    each = _by_token(token)
    return Followed(
        each.code, each.kind, each.text, each.state, each.created_at, each.due_at, each.answer,
        each.finding, each.forwarded_to,
    )  # fmt: skip


def add(*, token: str, text: str, at: datetime) -> None:
    """Say something more while it is open. Refusals: NOT_FOUND, TEXT_EMPTY, TEXT_TOO_LONG, COMPLAINT_STATE."""
    each = _by_token(token)
    said = words_of(text, empty=C.TEXT_EMPTY)

    def act() -> None:
        longer = say("complaints.added", text=each.text, more=said)
        _move(each, OPEN, each.state, Actor("pages", each.volunteer_id), at, verb="added", text=longer)
        _tell(each, "complaint_added", at, key=f"{each.code}:{at:%Y%m%d%H%M%S}")

    store.write(act)


def content(*, token: str, at: datetime) -> None:
    """The one who complained is content. Refusals: NOT_FOUND, COMPLAINT_STATE (not answered)."""
    each = _by_token(token)
    store.write(lambda: _move(each, ("answered",), "closed", Actor("pages", each.volunteer_id), at))


def go_further(*, token: str, text: str, at: datetime) -> None:
    """He is not content: the centre above gets it, with the days anew.

    Refusals: NOT_FOUND, TEXT_EMPTY, TEXT_TOO_LONG, COMPLAINT_STATE (not answered).
    """
    each = _by_token(token)
    said = words_of(text, empty=C.TEXT_EMPTY)
    up = above(each.region_code)
    days = int(rules.rule("review", up, at).params["complaint_days"])

    def act() -> None:
        _move(
            each, ("answered",), "received", Actor("pages", each.volunteer_id), at, verb="further", region_code=up,
            text=say("complaints.further", text=each.text, answer=each.answer, more=said), finding="",
            due_at=working_days_after(at, days), nagged_at=None,
        )  # fmt: skip
        _tell(each, "complaint_waiting", at, key=f"{each.code}:{up}")

    store.write(act)


def answer(
    *, actor: Actor, code: str, finding: str, text: str, at: datetime,
    then: Callable[[Complaint], None] | None = None,
) -> None:  # fmt: skip
    """Answer it, and say what it was found to be (one of FINDINGS, "" of a suggestion): a good record
    counts those that are right (S106).

    `then` does what the finding means for the matter, in the same write: kinds of JUDGED come with one. Refusals:
    NOT_FOUND / NOT_ALLOWED, OWN_RECORD (anybody it concerns), FIELD_WRONG (`finding`), BAD_REQUEST (nothing done about
    the matter), TEXT_EMPTY, TEXT_TOO_LONG, COMPLAINT_STATE.
    """
    each = _handling(actor, code, at)
    if finding not in (("",) if each.kind == ADVICE else FINDINGS):
        raise Refusal(C.FIELD_WRONG, field="finding")
    if (each.kind in JUDGED) != (then is not None):
        raise Refusal(C.BAD_REQUEST, why="kind")
    said = words_of(text, empty=C.TEXT_EMPTY)

    def act() -> None:
        _move(
            each, OPEN, "answered", actor, at, answer=said, finding=finding, answered_by=actor.volunteer_id,
            answered_at=at, handler=actor.volunteer_id,
        )  # fmt: skip
        telling.tell(
            kind="complaint_answered", people=[each.volunteer_id], key=f"{each.code}:{at:%Y%m%d%H%M}", at=at,
            text=said, url="/m/inbox",
        )  # fmt: skip
        if then is not None:
            then(each)

    store.write(act)


def forward(*, actor: Actor, code: str, region_code: str = "", office: str = "", at: datetime) -> None:
    """Pass it on to another division, or note the office outside that it was given to (条例 §26).

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, TEXT_EMPTY (neither is named), TEXT_TOO_LONG, REGION_UNKNOWN,
    COMPLAINT_STATE.
    """
    each = _handling(actor, code, at)
    named = words_of(office, empty=C.TEXT_EMPTY) if not region_code else office.strip()
    if region_code:
        regions.level_of(region_code)
        found = Region.get_or_none(Region.code == region_code)
        if found is None:
            raise Refusal(C.REGION_UNKNOWN)
        named = str(found.place_name)

    def act() -> None:
        changes: dict[str, Any] = {"forwarded_to": named, "handler": actor.volunteer_id}
        if region_code:
            changes["region_code"] = region_code
        _move(each, OPEN, "forwarded", actor, at, **changes)
        if region_code:
            _tell(each, "complaint_waiting", at, key=f"{each.code}:{region_code}")
        telling.tell(
            kind="complaint_forwarded", people=[each.volunteer_id], key=f"{each.code}:{named}", at=at, office=named,
            url="/m/inbox",
        )  # fmt: skip

    store.write(act)


def contact(*, parts: Parts, actor: Actor, code: str, at: datetime) -> str:
    """How to reach the one who complained, for the one who handles it; the look is noted.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD.
    """
    each = _handling(actor, code, at)
    if each.contact_sealed is None:
        raise Refusal(C.NOT_FOUND)
    audit.note(
        actor=actor, verb="complaint.contact", subject=f"region:{each.region_code}", detail={"complaint": code}, at=at
    )
    return parts.vault.open(bytes(each.contact_sealed), f"complaint:{code}")


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Each day, what is late is said again to the centre, and to the one above. How many."""
    late = Complaint.select(Complaint.id).where(
        Complaint.state.in_(OPEN), Complaint.due_at <= at,
        Complaint.nagged_at.is_null() | (Complaint.nagged_at <= at - AGAIN),
    )  # fmt: skip
    ids = [row.id for row in late.order_by(Complaint.due_at).limit(AT_ONCE)]
    return sum(write(partial(_nag, number, at)) for number in ids)


def _nag(number: int, at: datetime) -> int:
    each = Complaint.get_by_id(number)
    if each.state not in OPEN:
        return 0
    Complaint.update(nagged_at=at).where(Complaint.id == number).execute()
    _tell(each, "complaint_late", at, key=f"{each.code}:{at:%Y%m%d}", up=True)
    audit.changed(
        actor=WORKER, verb="complaint.late", subject=f"complaint:{number}", at=at,
        changes={"nagged": [None, at.isoformat()]},
    )  # fmt: skip
    return 1


def parties(each: Complaint, at: datetime) -> set[int | None]:
    """Who does not handle it: whom it is about, who complained, who leads the team, who reviewed what was objected
    to."""
    led = RoleGrant.select(RoleGrant.volunteer).where(
        RoleGrant.team_id == each.team_id, RoleGrant.role.in_([role.value for role in LEADING]),
        RoleGrant.from_at <= at, RoleGrant.until.is_null() | (RoleGrant.until > at),
    )  # fmt: skip
    reviewed = _reviewers(each) if each.kind in LINKED else ()
    return {each.about_id, each.volunteer_id, *reviewed, *(row.volunteer_id for row in (led if each.team_id else ()))}


def _reviewers(each: Complaint) -> set[int | None]:
    """Who decided on what an objection is about, who proposed it, whose merit it is."""
    stars = StarAward.select(StarAward.decided_by).join(StarObjection).where(StarObjection.complaint == each.id)
    found = {row.decided_by_id for row in stars}
    nominations = Nomination.select().join(NominationObjection).where(NominationObjection.complaint == each.id)
    for row in nominations:
        steps = NominationStep.select(NominationStep.decided_by).where(NominationStep.nomination == row.id)
        found |= {row.made_by_id, *(step.decided_by_id for step in steps)}
    return found


def _handling(actor: Actor, code: str, at: datetime) -> Complaint:
    each = Complaint.get_or_none(Complaint.code == code)
    if each is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=each.region_code, parties=parties(each, at), at=at
    )
    assert isinstance(each, Complaint)
    return each


def _by_token(token: str) -> Complaint:
    each = Complaint.get_or_none(Complaint.token_hash == token_hash(token.strip().lower()))
    if each is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(each, Complaint)
    return each


def _move(
    each: Complaint, old: tuple[str, ...], new: str, actor: Actor, at: datetime, *, verb: str = "", **changes: Any
) -> None:  # fmt: skip
    """From one state to the next, by whoever comes first; the history says `verb`, or the new state.

    Refusals: COMPLAINT_STATE.
    """
    before = each.state
    moved = Complaint.update(state=new, **changes).where(Complaint.id == each.id, Complaint.state.in_(old))
    if not moved.execute():
        raise Refusal(C.COMPLAINT_STATE)
    for name, value in changes.items():
        setattr(each, name, value)
    each.state = new
    audit.changed(
        actor=actor, verb=f"complaint.{verb or new}", subject=f"complaint:{each.id}", at=at,
        changes={"state": [before, new]},
    )  # fmt: skip


def _tell(each: Complaint, kind: str, at: datetime, *, key: str, up: bool = False) -> None:
    """Tell the nearest uninvolved centre, with `up` the one above it, too."""
    involved = parties(each, at)
    people = decisions.deciders(region_code=each.region_code, parties=involved, at=at)
    if up:
        people |= decisions.deciders(region_code=above(each.region_code), parties=involved, at=at)
    telling.tell(
        kind=kind, people=sorted(people), key=key, at=at, what=kinds()[each.kind],
        url=f"/console/complaints/{each.code}",
    )  # fmt: skip
