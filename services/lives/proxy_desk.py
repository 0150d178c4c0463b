"""What the form of a person without a smartphone offers: the acts that fit his state, and what each is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta

from clock import local_day
from frozen import dataclass
from models import Activity, Application, HomeTransfer, Shift, Signup, Team, TeamMember, Volunteer
from services.accounts import agreeing, registration
from services.actors import Actor
from services.lives import proxies, proxy_more, proxy_stories
from services.lives.proxy_acts import ACTS, DOOR
from services.parts import Parts
from services.recruitment import finding, promises

#: Acts for which a team is searched for, and what is typed with them.
SEARCHED = ("apply", "transfer")
TEAMS = 8
#: With these he gives the pledge and accepts the team's agreement.
PROMISED = ("apply", "offer_yes", "transfer", "transfer_yes")
#: With these he also agrees to what a team needs of his data, where his yes to it lacks.
JOINING = ("apply", "offer_yes")


@dataclass(frozen=True, slots=True)
class Chance:
    """One thing an act can be about; `at` where it is a shift, `text` to be read out to him."""

    key: str
    title: str
    at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the form of a person offers: his name, the acts that fit his state, what the chosen one is about.

    `texts`: what he agrees to with it, as (title, text), to be read out to him.
    """

    public_no: str
    name: str
    acts: tuple[str, ...]
    act: str
    chances: list[Chance]
    texts: list[tuple[str, str]] = field(default_factory=list)


def desk(*, parts: Parts, actor: Actor, public_no: str, act: str = "", text: str = "", at: datetime) -> Desk:
    """The form; `act` the one chosen, `text` words of a team he wants to. Refusals as `proxies.require_helper`."""
    person = proxies.require_helper(actor=actor, public_no=public_no, at=at)
    if person.state == "invited":
        return Desk(person.public_no, person.name, ("enrol",), act if act == "enrol" else "", [])
    known = _known(parts, actor, person, text, at)
    acts = tuple(
        each for each in ACTS if each != "enrol" and (each not in known or each in ALWAYS or known[each]())
    )
    act = act if act in acts else ""
    chances = known[act]() if act in known else []
    texts = promises.texts(brand=parts.brand) if act in PROMISED else []
    if act in JOINING:
        texts += [(each.title, each.text) for each in agreeing.owed(volunteer_id=person.id)]
    return Desk(person.public_no, person.name, acts, act, chances, texts)


#: Offered even where there is nothing to choose from: the form says why.
ALWAYS = ("sign_up", "cancel", "check_in", "check_out", "apply")


def _known(
    parts: Parts, actor: Actor, person: Volunteer, text: str, at: datetime
) -> dict[str, Callable[[], list[Chance]]]:
    def of(state: str, **more: object) -> Callable[[], list[Chance]]:
        return lambda: _applications(person, state)

    return {
        "sign_up": lambda: [_shift(one) for one, mine, _ in _shifts(person, at) if not mine],
        "cancel": lambda: [_shift(one) for one, mine, _ in _shifts(person, at) if mine],
        "check_in": lambda: [_shift(one) for one, _, today in _shifts(person, at) if today],
        "check_out": lambda: [_shift(one) for one, _, today in _shifts(person, at) if today],
        "offer_yes": of("offered"), "offer_no": of("offered"), "withdraw": of("submitted"), "reply": of("refused"),
        "apply": lambda: _found(person, text),
        "leave": lambda: _teams(person),
        "transfer": lambda: _found(person, text) if _teams(person) and not _moves(person) else [],
        "transfer_yes": lambda: _moves(person, agreed=False), "transfer_no": lambda: _moves(person, agreed=False),
        "transfer_back": lambda: _moves(person, agreed=True),
        "promise": lambda: _promises(parts, person),
        "consent_no": lambda: [
            Chance(one.purpose, one.title, text=one.text)
            for one in registration.consents(volunteer_id=person.id) if one.given
        ],
        **{each: _more(found) for each, found in proxy_more.chances(person, actor, at).items()},
        **{each: _more(found) for each, found in proxy_stories.chances(person).items()},
    }  # fmt: skip


def _more(found: Callable[[], proxy_more.Found]) -> Callable[[], list[Chance]]:
    return lambda: [Chance(*each) for each in found()]


def _shift(shift: Shift) -> Chance:
    return Chance(shift.code, shift.activity.title, shift.starts_at)


def _shifts(person: Volunteer, at: datetime) -> list[tuple[Shift, bool, bool]]:
    """(shift, is he signed up, is it today) of his teams and of his sign-ups, from today on."""
    mine = {
        int(row.shift_id)
        for row in Signup.select(Signup.shift).where(
            Signup.volunteer == person.id, Signup.state == "confirmed"
        )
    }
    teams = Team.select(Team.id).where(Team.id.in_(proxies.teams_of(person)))
    rows = (
        Shift.select(Shift, Activity.id, Activity.title)
        .join(Activity)
        .where(
            Activity.state == "published",
            Activity.team.in_(teams) | Shift.id.in_(list(mine)),
            Shift.ends_at > at - timedelta(hours=12),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(40)
    )
    day = local_day(at)
    return [
        (row, row.id in mine, local_day(row.starts_at) <= day <= local_day(row.ends_at)) for row in rows
    ]


def _applications(person: Volunteer, state: str) -> list[Chance]:
    rows = Application.select(Application, Team).join(Team).where(
        Application.volunteer == person.id, Application.state == state
    )  # fmt: skip
    if state == "refused":
        rows = rows.where(Application.replied_at.is_null())
    newest = rows.order_by(Application.id.desc()).limit(TEAMS)
    return [Chance(row.code, row.team.name, text=row.reason or row.statement) for row in newest]


def _found(person: Volunteer, text: str) -> list[Chance]:
    teams = finding.find(actor=Actor(DOOR, person.id), text=text, limit=TEAMS)
    return [Chance(one.code, one.name, text=one.place) for one in teams if not one.mine and not one.asked]


def _teams(person: Volunteer) -> list[Chance]:
    rows = TeamMember.select(TeamMember, Team).join(Team).where(
        TeamMember.volunteer == person.id, TeamMember.to_at.is_null()
    )  # fmt: skip
    return [
        Chance(row.team.code, row.team.name) for row in rows.order_by(TeamMember.home.desc(), TeamMember.id)
    ]


def _moves(person: Volunteer, *, agreed: bool | None = None) -> list[Chance]:
    rows = HomeTransfer.select(HomeTransfer, Team).join(Team, on=HomeTransfer.to_team).where(
        HomeTransfer.volunteer == person.id, HomeTransfer.state == "requested"
    )  # fmt: skip
    if agreed is not None:
        rows = rows.where(HomeTransfer.agreed_at.is_null(not agreed))
    return [Chance(row.code, row.to_team.name, text=row.reason) for row in rows]


def _promises(parts: Parts, person: Volunteer) -> list[Chance]:
    return [
        Chance(
            one.promise.document + (f":{one.team_code}" if one.team_code else ""), one.promise.title,
            text=one.promise.text,
        )
        for one in promises.mine(volunteer_id=person.id, brand=parts.brand)
        if not one.promise.accepted
    ]  # fmt: skip
