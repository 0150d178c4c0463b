"""Orders as lists and pages: of a team, of a division, of a provider that may take them (S88)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Activity, Team, TrainingOrder, TrainingProvider, Volunteer, store
from models.store import Write
from services import decisions, leading, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.training import checks, courses, orders, providers
from wording import entry

C = RefusalCode
AT_ONCE = 50
SHOWN = 50


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order; days as ISO, `activity` the code of its session, `asked_provider` who was asked for."""

    code: str
    topic: str
    team: str
    place: str
    people: int
    wanted_from: str
    wanted_until: str
    wanted_time: str
    where: str
    note: str
    asked_provider: str
    provider: str
    state: str
    word: str
    answer: str
    activity: str
    asked_by: str
    created_at: datetime
    due_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order with what the reader may do: `takes` are the providers (code, name) he may take it for."""

    line: OrderLine
    number: int
    team_code: str
    region_code: str
    course: str
    takes: list[tuple[str, str]]
    may_give_back: bool
    may_schedule: bool
    may_refuse: bool
    may_withdraw: bool
    may_results: bool


def _query() -> Any:
    asked: Any = TrainingProvider.alias()
    return (
        TrainingOrder.select(TrainingOrder, Team, TrainingProvider, asked, Activity, Volunteer)
        .join_from(TrainingOrder, Team)
        .join_from(TrainingOrder, TrainingProvider, JOIN.LEFT_OUTER, on=(TrainingOrder.provider == TrainingProvider.id))
        .join_from(TrainingOrder, asked, JOIN.LEFT_OUTER, on=(TrainingOrder.asked_provider == asked.id), attr="asked")
        .join_from(TrainingOrder, Activity, JOIN.LEFT_OUTER)
        .join_from(TrainingOrder, Volunteer, JOIN.LEFT_OUTER, on=(TrainingOrder.asked_by == Volunteer.id))
    )


def _line(row: Any, places: dict[str, str], at: datetime) -> OrderLine:
    return OrderLine(
        row.code, row.topic, row.team.short_name, places[str(row.region_code)], row.people, row.wanted_from,
        row.wanted_until, row.wanted_time, row.place, row.note, row.asked.name if row.asked_provider_id else "",
        row.provider.name if row.provider_id else "", row.state, str(entry("training.orders")[row.state]), row.answer,
        row.activity.code if row.activity_id else "", row.asked_by.name if row.asked_by_id else "", row.created_at,
        row.due_at, row.state == "requested" and row.due_at <= at,
    )  # fmt: skip


def _lines(rows: list[Any], at: datetime) -> list[OrderLine]:
    places = regions.path_names([str(row.region_code) for row in rows])
    return [_line(row, places, at) for row in rows]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[OrderLine]:
    """The orders of the actor's teams and divisions, and those that the providers he speaks for may take or took;
    filters: state (also late), region."""
    seen = (
        leading.led(actor=actor, at=at)
        | scopes.within(TrainingOrder.region_code, scopes.readable(actor=actor, at=at))
        | _spoken(actor)
    )
    query = _query().where(seen)
    if wanted.chosen("state") == "late":
        query = query.where(TrainingOrder.state == "requested", TrainingOrder.due_at <= at)
    elif wanted.chosen("state"):
        query = query.where(TrainingOrder.state == wanted.chosen("state"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(TrainingOrder.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(TrainingOrder.topic.contains(wanted.text) | Team.name.contains(wanted.text))
    sorts = {"created": TrainingOrder.created_at, "from": TrainingOrder.wanted_from, "topic": TrainingOrder.topic}
    page = cut(query, wanted=wanted, sorts=sorts, default="-created", tie=TrainingOrder.id, row=lambda row: row)
    return Found(_lines(page.rows, at), page.total, page.page, page.size)


def _spoken(actor: Actor) -> Any:
    """Orders that the actor's providers may take, or took."""
    condition: Any = TrainingOrder.id == 0
    for each in providers.mine(actor=actor):
        reach = scopes.within(TrainingOrder.region_code, [str(each.region_code)])
        free = TrainingOrder.asked_provider.is_null() | (TrainingOrder.asked_provider == each.id)
        condition |= (TrainingOrder.provider == each.id) | ((TrainingOrder.state == "requested") & reach & free)
    return condition


def on_phone(*, actor: Actor, at: datetime) -> list[OrderLine]:
    """The orders that are the actor's business as a leader of a team or for a provider, newest first."""
    own = leading.own_teams(actor=actor, at=at)
    query = _query().where(TrainingOrder.team.in_(own) | _spoken(actor))
    return _lines(list(query.order_by(TrainingOrder.created_at.desc(), TrainingOrder.id.desc()).limit(SHOWN)), at)


@dataclass(frozen=True, slots=True)
class Offer:
    """A course or a provider to choose."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What a team may order, and of whom."""

    team_code: str
    team: str
    courses: list[Offer]
    providers: list[Offer]


def offers(*, actor: Actor, at: datetime) -> list[Offers]:
    """What each team may order in which the actor holds a post."""
    rows = Team.select().where(Team.id.in_(leading.own_teams(actor=actor, at=at))).order_by(Team.id)
    return [
        Offers(
            str(team.code), str(team.short_name),
            [Offer(*each) for each in courses.offered(region_code=str(team.region_code))],
            [Offer(*each) for each in providers.offered(region_code=str(team.region_code))],
        )
        for team in rows
    ]  # fmt: skip


def page(*, actor: Actor, code: str, at: datetime) -> OrderPage:
    """One order, for who leads the team, may look at its division, or speaks for a provider that may take it or took
    it. Refusals: NOT_FOUND."""
    row = _query().where(TrainingOrder.code == code).first()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    place = str(row.region_code)
    leads = permissions.leads(actor=actor, team_id=row.team_id, at=at)
    manages = permissions.manages(actor=actor, region_code=place, at=at)
    spoken = TrainingOrder.select().where(TrainingOrder.id == row.id, _spoken(actor)).exists()
    looks = permissions.holds(actor=actor, verb=permissions.Verb.LOOK, region_code=place, at=at)
    if not (leads or looks or spoken):
        raise Refusal(C.NOT_FOUND)
    took = orders.may_take(actor=actor, order=row, provider_id=row.provider_id, at=at)
    return OrderPage(
        _lines([row], at)[0], row.id, row.team.code, place, row.course.code if row.course_id else "",
        _takes(actor, row, manages) if row.state == "requested" else [], row.state == "taken" and took,
        row.state == "taken" and (took or leads),
        row.state == "requested" and decisions.may_decide(
            actor=actor, region_code=place, parties=[row.asked_by_id], at=at
        ),
        row.state in ("requested", "taken") and leads, bool(row.activity_id) and (took or leads),
    )  # fmt: skip


def _takes(actor: Actor, row: Any, manages: bool) -> list[tuple[str, str]]:
    serve = TrainingProvider.select().where(
        checks.offered_in(TrainingProvider.region_code, str(row.region_code)), TrainingProvider.to_on.is_null()
    )
    if row.asked_provider_id is not None:
        serve = serve.where(TrainingProvider.id == row.asked_provider_id)
    return [
        (each.code, each.name)
        for each in serve.order_by(TrainingProvider.name).limit(200)
        if manages or each.person_id == actor.volunteer_id
    ]


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell the centre, once for each, of orders that nobody took in time; how many."""
    late = TrainingOrder.select(TrainingOrder.id).where(
        TrainingOrder.state == "requested", TrainingOrder.due_at <= at, TrainingOrder.nagged_at.is_null()
    )
    numbers = [row.id for row in late.order_by(TrainingOrder.due_at, TrainingOrder.id).limit(AT_ONCE)]
    return sum(write(partial(_nag, number, at)) for number in numbers)


def _nag(number: int, at: datetime) -> int:
    once = TrainingOrder.update(nagged_at=at).where(
        TrainingOrder.id == number, TrainingOrder.state == "requested", TrainingOrder.nagged_at.is_null()
    )
    if not once.execute():
        return 0
    order = TrainingOrder.get_by_id(number)
    people = decisions.deciders(region_code=str(order.region_code), parties=[order.asked_by_id], at=at)
    telling.tell(
        kind="training_order_late", people=sorted(people), key=f"{order.id}:{order.due_at.isoformat()}", at=at,
        team=order.team.short_name, title=order.topic, url=f"/console/trainings/orders/{order.code}",
    )  # fmt: skip
    return 1
