"""订单式培训: a team orders a course, a provider takes it, a session is made of it, it is done (S88).

requested → taken → scheduled → done; the team takes it back (withdrawn) until it is scheduled, a provider that cannot
after all gives it back (requested again), the centre ends one that nobody can hold (refused). Who asks leads the team;
who takes it speaks for a provider that serves the team's division, or manages that division and acts in its name.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Team, TrainingOrder, TrainingProvider, store
from services import audit, content, decisions, permissions, rules
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import leaders
from services.times import working_days_after
from services.training import checks, courses, providers

C = RefusalCode
LENGTHS = {"topic": 40, "wanted_time": 40, "place": 60, "note": 300}
ANSWER_LONGEST = 200
MOST_PEOPLE = 5000
#: An order is for the coming year, not for the next decade.
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What a team asks for: a topic in words, or a `course` by code (then its name is the topic); how many people; the
    days between which it should be (ISO); "evenings" and the like; `provider` by code, "" for whoever takes it."""

    topic: str
    people: int
    wanted_from: str
    wanted_until: str
    wanted_time: str = ""
    place: str = ""
    note: str = ""
    course: str = ""
    provider: str = ""


def ask(*, actor: Actor, team_code: str, draft: OrderDraft, at: datetime) -> str:
    """Order a training for a team; the order's code. Those who may take it are told.

    Refusals: NOT_FOUND, NOT_ALLOWED, TEAM_CLOSED, FIELD_WRONG (`course`, `topic`, `people`, `wanted_from`,
    `wanted_until`, `provider` and the texts), WORD_REFUSED.
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    if team.state in permissions.CLOSED_TEAMS:
        raise Refusal(C.TEAM_CLOSED)
    place = str(team.region_code)
    course = courses.found_for(code=draft.course, region_code=place) if draft.course else None
    given = {name: getattr(draft, name) for name in LENGTHS}
    if course is not None:
        given["topic"] = course.name
    fields = checks.texts(given, LENGTHS, needed=("topic",))
    content.require_fit(" ".join(fields.values()))
    people = checks.whole(draft.people, "people", least=1, most=MOST_PEOPLE)
    first, last = _days(draft, at)
    wished = providers.found_for(code=draft.provider, region_code=place)
    days = int(rules.rule("training", place, at).params["order_days"])

    def act() -> str:
        made = TrainingOrder.create(
            code=new_code(), team=team, region_code=place, course=course, people=people, asked_provider=wished,
            wanted_from=first.isoformat(), wanted_until=last.isoformat(), state="requested",
            asked_by=actor.volunteer_id, due_at=working_days_after(at, days), created_at=at, updated_at=at, **fields,
        )  # fmt: skip
        _noted(actor, made, "requested", at)
        _tell_takers(made, at)
        return str(made.code)

    return store.write(act)


def _days(draft: OrderDraft, at: datetime) -> tuple[date, date]:
    first = checks.day(draft.wanted_from, "wanted_from")
    last = checks.day(draft.wanted_until, "wanted_until")
    today = local_day(at)
    if not today <= first <= today + FURTHEST:
        raise checks.wrong("wanted_from")
    if not first <= last <= today + FURTHEST:
        raise checks.wrong("wanted_until")
    return first, last


def take(*, actor: Actor, code: str, provider_code: str, answer: str = "", at: datetime) -> None:
    """Take an order for a provider: whoever comes first has it. The same provider's second yes is its first.

    Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`provider`: none that serves the team, or not the one asked for;
    `answer`), ORDER_STATE.
    """
    order = order_of(code)
    provider = providers.found_for(code=provider_code, region_code=str(order.region_code))
    if provider is None:
        raise checks.wrong("provider")
    _require_taker(actor, order, provider.id, at)
    if order.asked_provider_id not in (None, provider.id):
        raise checks.wrong("provider")
    words = checks.texts({"answer": answer}, {"answer": ANSWER_LONGEST})["answer"]

    def act() -> None:
        now = TrainingOrder.get_by_id(order.id)
        if now.state == "taken" and now.provider_id == provider.id:
            return
        _move(
            now, ("requested",), "taken", actor, at, provider=provider.id, taken_by=actor.volunteer_id, taken_at=at,
            answer=words,
        )  # fmt: skip
        telling.tell(
            kind="training_order_taken", people=_askers(order, at), key=f"{order.id}:{provider.id}", at=at,
            title=order.topic, who=provider.name, url=path_of(order),
        )  # fmt: skip

    store.write(act)


def give_back(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Whoever took it cannot after all: it waits for somebody else again, for anybody.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED, FIELD_WRONG (`reason`), ORDER_STATE.
    """
    order = order_of(code)
    _require_taker(actor, order, order.provider_id, at)
    words = _reason(reason)
    days = int(rules.rule("training", str(order.region_code), at).params["order_days"])

    def act() -> None:
        _move(
            order, ("taken",), "requested", actor, at, words, provider=None, asked_provider=None, taken_by=None,
            taken_at=None, answer="", due_at=working_days_after(at, days), nagged_at=None,
        )  # fmt: skip
        telling.tell(
            kind="training_order_back", people=_askers(order, at), key=f"{order.id}:{order.taken_at}", at=at,
            title=order.topic, reason=words, url=path_of(order),
        )  # fmt: skip
        _tell_takers(TrainingOrder.get_by_id(order.id), at)

    store.write(act)


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """The centre says that it cannot be held, with a reason that the team reads.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (who asked), REASON_REQUIRED, FIELD_WRONG (`reason`), ORDER_STATE.
    """
    order = order_of(code)
    decisions.require_decider(actor=actor, region_code=str(order.region_code), parties=[order.asked_by_id], at=at)
    words = _reason(reason)

    def act() -> None:
        _move(order, ("requested",), "refused", actor, at, words, answer=words)
        telling.tell(
            kind="training_order_refused", people=_askers(order, at), key=str(order.id), at=at, title=order.topic,
            reason=words, url=path_of(order),
        )  # fmt: skip

    store.write(act)


def withdraw(*, actor: Actor, code: str, reason: str = "", at: datetime) -> None:
    """The team needs it no longer; whoever took it is told. Once it is scheduled, the session is called off instead.

    Refusals: NOT_FOUND, NOT_ALLOWED, ORDER_STATE, REASON_REQUIRED (somebody has taken it).
    """
    order = order_of(code)
    permissions.require_lead(actor=actor, team_id=order.team_id, at=at)
    words = _reason(reason) if order.state == "taken" or reason.strip() else ""

    def act() -> None:
        _move(order, ("requested", "taken"), "withdrawn", actor, at, words)
        taker = _speaker(order)
        telling.tell(
            kind="training_order_withdrawn", people=[taker, order.taken_by_id], key=str(order.id), at=at,
            team=order.team.short_name, title=order.topic, reason=words, url=path_of(order),
        )  # fmt: skip

    store.write(act)


def schedule(order: TrainingOrder, activity_id: int, actor: Actor, when: str, at: datetime) -> None:
    """A session was made of a taken order; inside the caller's write. Refusals: ORDER_STATE."""
    _move(order, ("taken",), "scheduled", actor, at, activity=activity_id)
    telling.tell(
        kind="training_order_scheduled", people=_askers(order, at), key=str(order.id), at=at, title=order.topic,
        when=when, url=path_of(order),
    )  # fmt: skip


def close(order: TrainingOrder, actor: Actor, at: datetime) -> None:
    """Its session is finished; inside the caller's write. Twice is once."""
    if order.state != "scheduled":
        return
    _move(order, ("scheduled",), "done", actor, at)
    taker = _speaker(order)
    telling.tell(
        kind="training_order_done", people=[taker, *_askers(order, at)], key=str(order.id), at=at, title=order.topic,
        team=order.team.short_name, url=path_of(order),
    )  # fmt: skip


def called_off(*, activity_id: int, actor: Actor, at: datetime) -> None:
    """Its session was called off: whoever took it makes another one; inside the caller's write."""
    order = TrainingOrder.get_or_none(TrainingOrder.activity == activity_id, TrainingOrder.state == "scheduled")
    if order is not None:
        _move(order, ("scheduled",), "taken", actor, at, activity=None)


def order_of(code: str) -> TrainingOrder:
    """The order. Refusals: NOT_FOUND."""
    found = TrainingOrder.get_or_none(TrainingOrder.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, TrainingOrder)
    return found


def may_take(*, actor: Actor, order: TrainingOrder, provider_id: int | None, at: datetime) -> bool:
    """Whether the actor speaks for this provider, or manages the division of the order."""
    return providers.speaks_for(actor=actor, provider_id=provider_id) or permissions.manages(
        actor=actor, region_code=str(order.region_code), at=at
    )


def _require_taker(actor: Actor, order: TrainingOrder, provider_id: int | None, at: datetime) -> None:
    if may_take(actor=actor, order=order, provider_id=provider_id, at=at):
        return
    permissions.require_lead(actor=actor, team_id=order.team_id, at=at)
    raise Refusal(C.NOT_ALLOWED)  # whoever leads the team knows it, but orders and takes are two people


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal(C.REASON_REQUIRED)
    return checks.texts({"reason": text}, {"reason": ANSWER_LONGEST})["reason"]


def _askers(order: TrainingOrder, at: datetime) -> list[int | None]:
    return [order.asked_by_id, *leaders(team_id=order.team_id, at=at)]


def _speaker(order: TrainingOrder) -> int | None:
    """Who speaks for the provider that took it."""
    row = TrainingProvider.get_or_none(TrainingProvider.id == order.provider_id)
    return None if row is None else row.person_id


def _tell_takers(order: TrainingOrder, at: datetime) -> None:
    """Whoever speaks for the provider asked for, or for any that serves the division; where there is none, the centre
    finds one."""
    query = TrainingProvider.select().where(
        TrainingProvider.to_on.is_null(), TrainingProvider.person.is_null(False),
        checks.offered_in(TrainingProvider.region_code, str(order.region_code)),
    )  # fmt: skip
    if order.asked_provider_id is not None:
        query = query.where(TrainingProvider.id == order.asked_provider_id)
    people: list[int | None] = [row.person_id for row in query.order_by(TrainingProvider.id)]
    if not people:
        people = [*decisions.deciders(region_code=str(order.region_code), parties=[order.asked_by_id], at=at)]
    telling.tell(
        kind="training_order_waiting", people=people, key=f"{order.id}:{order.updated_at.isoformat()}", at=at,
        team=order.team.short_name, title=order.topic, count=order.people, url=path_of(order),
    )  # fmt: skip


def path_of(order: TrainingOrder) -> str:
    """Where an order is seen on the phone, by whoever has to do with it."""
    return f"/m/trainings/orders/{order.code}"


def _move(
    order: TrainingOrder, old: tuple[str, ...], new: str, actor: Actor, at: datetime, reason: str = "", **more: Any
) -> None:
    """From one state to the next, by whoever comes first. Refusals: ORDER_STATE."""
    if not TrainingOrder.update(state=new, updated_at=at, **more).where(waits(order, old)).execute():
        raise Refusal(C.ORDER_STATE)
    _noted(actor, order, new, at, reason)


def waits(order: TrainingOrder, old: tuple[str, ...]) -> Any:
    """The condition of every step: the order is still where whoever moves it saw it."""
    return (TrainingOrder.id == order.id) & TrainingOrder.state.in_(old)


def _noted(actor: Actor, order: TrainingOrder, step: str, at: datetime, reason: str = "") -> None:
    audit.changed(
        actor=actor, verb=f"training_order.{step}", subject=f"training_order:{order.id}", changes={}, at=at,
        reason=reason,
    )  # fmt: skip
