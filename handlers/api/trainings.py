"""Trainings: sessions to sign up for (signing up is `/shifts/<code>/signup`), my record of them, orders, results."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import need_volunteer, who
from handlers.idempotency import idempotent
from services.training import bases, courses, order_views, orders, results, sessions, views
from services.training.orders import OrderDraft
from services.training.sessions import SessionDraft

bp = APIBlueprint("trainings", __name__, tag="Trainings")

Line = Annotated[str, StringConstraints(max_length=200)]
Day = Annotated[str, StringConstraints(max_length=10)]
Code = Annotated[str, StringConstraints(max_length=20)]
People = Annotated[int, Field(ge=1, le=5000)]


class SessionOut(Answer):
    """A session; its `code` is that of its activity. `told`: class hours in words."""

    code: str
    title: str
    kind: str
    team: str
    place: str
    starts_at: Moment
    ends_at: Moment
    told: str
    certificate: bool
    provider: str
    places_left: int
    my_word: str


class SessionsOut(Answer):
    """The soonest first."""

    sessions: list[SessionOut]


class MyResultOut(Answer):
    """A session I was at; result attended, passed, failed or "" while nothing is said."""

    code: str
    title: str
    team: str
    local_day: Day
    told: str
    result: str
    word: str


class CertificateOut(Answer):
    """A certificate; state valid, expired or revoked; `expires_on` "" for good."""

    code: str
    number: str
    name: str
    course: str
    issued_on: Day
    expires_on: str
    state: str
    word: str
    reason: str


class MyTrainingsOut(Answer):
    """My class hours of the year and in all, the hours that a year asks for, sessions, certificates; `proof_url` and a
    certificate's code lead to the page that says whether it is true."""

    proof_url: str

    year: str
    total: str
    aim: int
    reached: bool
    results: list[MyResultOut]
    certificates: list[CertificateOut]


class OrderIn(Body):
    """What a team orders: a topic, or a course by its code; days as YYYY-MM-DD."""

    team_code: Code
    people: People
    wanted_from: Day
    wanted_until: Day
    topic: Line = ""
    course: Code = ""
    provider: Code = ""
    wanted_time: Line = ""
    place: Line = ""
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class OrderOut(Answer):
    """An order; states requested, taken, scheduled, done, refused, withdrawn. `activity`: its session."""

    code: str
    topic: str
    team: str
    place: str
    people: int
    wanted_from: Day
    wanted_until: Day
    wanted_time: str
    where: str
    note: str
    provider: str
    state: str
    word: str
    answer: str
    activity: str
    created_at: Moment
    due_at: Moment
    late: bool


class ChoiceOut(Answer):
    """Something to choose: its code and its name."""

    code: str
    name: str


class OrderPageOut(OrderOut):
    """An order with what I may do: the providers I may take it for; while it waits for its session, what the session
    can be made of (`course` "" in it: the order's own topic, which tests nothing)."""

    takes: list[ChoiceOut]
    courses: list[ChoiceOut]
    bases: list[ChoiceOut]
    may_give_back: bool
    may_schedule: bool
    may_refuse: bool
    may_withdraw: bool
    may_results: bool


class OffersOut(Answer):
    """What a team of mine may order: the courses offered to it, the providers that serve it."""

    team_code: str
    team: str
    courses: list[ChoiceOut]
    providers: list[ChoiceOut]


class OrdersOut(Answer):
    """Orders of my teams, and those I may take; what each of my teams may order."""

    orders: list[OrderOut]
    offers: list[OffersOut]


class OrderCodeOut(Answer):
    """The order's code."""

    code: str


class TakeIn(Body):
    """For which provider, with a word to the team."""

    provider: Code
    answer: Line = ""


class OrderReasonIn(Body):
    """Why."""

    reason: Line = ""


class SessionIn(Body):
    """The session of an order; `course` "" : the order's own topic."""

    course: Code = ""
    starts_at: Moment
    ends_at: Moment
    people: People
    place: Line = ""
    teacher: Line = ""
    base: Code = ""
    openness: Literal["team", "area", "everyone"] = "team"


class ResultLineOut(Answer):
    """One person at a session; `minutes` of class."""

    public_no: str
    name: str
    minutes: int
    told: str
    result: str
    word: str
    certificate: str
    me: bool
    may_correct: bool


class ResultsOut(Answer):
    """A session's results. `waiting`: people whose attendance is not confirmed; `leads`: I can confirm it. `tested`:
    each has passed or failed, else all have attended; `certificate`: who has passed gets one; `finished`: only
    corrected."""

    code: str
    title: str
    team: str
    starts_at: Moment
    ends_at: Moment
    over: bool
    waiting: int
    leads: bool
    tested: bool
    certificate: bool
    finished: bool
    lines: list[ResultLineOut]


class ResultsIn(Body):
    """passed or failed by public number; attended where nothing is tested. With a `reason`: corrections after the end,
    told to each person."""

    results: Annotated[dict[str, Literal["passed", "failed", "attended"]], Field(max_length=2000)]
    reason: Annotated[str, StringConstraints(max_length=100)] = ""


class FinishedOut(Answer):
    """People with a result, certificates issued."""

    people: int
    certificates: int


@bp.get("/trainings")
@need_volunteer("api")
@bp.output(SessionsOut)
@bp.doc(summary="Trainings to sign up for", responses=[401, 403], security="token")
def find() -> Any:
    """Those in my city that are open to me."""
    return {"sessions": views.open_ones(volunteer_id=who().volunteer_id or 0, at=clock.now())}


@bp.get("/me/trainings")
@need_volunteer("api")
@bp.output(MyTrainingsOut)
@bp.doc(summary="My class hours, results and certificates", responses=[401, 403], security="token")
def mine() -> Any:
    """A class hour has 45 minutes unless my division says otherwise."""
    found = views.mine(volunteer_id=who().volunteer_id or 0, at=clock.now())
    return {**asdict(found), "proof_url": f"{parts().public_url}/t/"}


@bp.get("/trainings/orders")
@need_volunteer("api")
@bp.output(OrdersOut)
@bp.doc(summary="Leader or provider: orders", responses=[401, 403], security="token")
def all_orders() -> Any:
    """Of the teams where I hold a post, and for the providers I speak for; newest first."""
    at = clock.now()
    return {
        "orders": order_views.on_phone(actor=g.actor, at=at), "offers": order_views.offers(actor=g.actor, at=at)
    }  # fmt: skip


@bp.get("/trainings/orders/<code>")
@need_volunteer("api")
@bp.output(OrderPageOut)
@bp.doc(summary="One order", responses=[401, 403, 404], security="token")
def one_order(code: str) -> Any:
    """To the team, its centre, and a provider that may take it or took it."""
    shown = order_views.page(actor=g.actor, code=code, at=clock.now())
    may = ("may_give_back", "may_schedule", "may_refuse", "may_withdraw", "may_results")
    open_to = shown.region_code if shown.may_schedule else ""
    return {
        **{name: getattr(shown.line, name) for name in OrderOut.model_fields},
        **{name: getattr(shown, name) for name in may}, "takes": _choices(shown.takes),
        "courses": _choices(courses.offered(region_code=open_to) if open_to else []),
        "bases": _choices(bases.offered(region_code=open_to) if open_to else []),
    }  # fmt: skip


def _choices(found: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in found]


@bp.post("/trainings/orders")
@need_volunteer("api")
@idempotent
@bp.input(OrderIn)
@bp.output(OrderCodeOut, 201)
@bp.doc(summary="Leader: order a training", responses=[400, 401, 403, 404, 409], security="token")
def order(json_data: OrderIn) -> Any:
    """Whoever may take it is told."""
    fields = json_data.model_dump(exclude={"team_code"})
    code = orders.ask(actor=g.actor, team_code=json_data.team_code, draft=OrderDraft(**fields), at=clock.now())
    return OrderCodeOut(code=code)


@bp.post("/trainings/orders/<code>/take")
@need_volunteer("api")
@idempotent
@bp.input(TakeIn)
@bp.output({}, 204)
@bp.doc(summary="Provider: take an order", responses=[400, 401, 403, 404, 409], security="token")
def take(code: str, json_data: TakeIn) -> Any:
    """Whoever comes first has it."""
    orders.take(
        actor=g.actor, code=code, provider_code=json_data.provider, answer=json_data.answer, at=clock.now()
    )
    return "", 204


@bp.post("/trainings/orders/<code>/<any('back', 'refuse', 'withdraw'):step>")
@need_volunteer("api")
@idempotent
@bp.input(OrderReasonIn)
@bp.output({}, 204)
@bp.doc(summary="Give an order back, refuse it, withdraw it", responses=[400, 401, 403, 404, 409], security="token")
def end(code: str, step: str, json_data: OrderReasonIn) -> Any:
    """back: whoever took it; refuse: the centre; withdraw: the team."""
    acts = {"back": orders.give_back, "refuse": orders.refuse, "withdraw": orders.withdraw}
    acts[step](actor=g.actor, code=code, reason=json_data.reason, at=clock.now())
    return "", 204


@bp.post("/trainings/orders/<code>/session")
@need_volunteer("api")
@idempotent
@bp.input(SessionIn)
@bp.output(OrderCodeOut, 201)
@bp.doc(summary="Make the session of a taken order", responses=[400, 401, 403, 404, 409], security="token")
def schedule(code: str, json_data: SessionIn) -> Any:
    """The code of its activity; people can sign up at once."""
    draft = SessionDraft(**json_data.model_dump())
    return OrderCodeOut(code=sessions.from_order(actor=g.actor, order_code=code, draft=draft, at=clock.now()))


@bp.get("/trainings/<code>/results")
@need_volunteer("api")
@bp.output(ResultsOut)
@bp.doc(summary="Leader or provider: results of a session", responses=[401, 403, 404], security="token")
def sheet(code: str) -> Any:
    """Those with confirmed class time."""
    shown = results.sheet(actor=g.actor, code=code, at=clock.now())
    same = ("code", "title", "team", "starts_at", "ends_at", "over", "waiting", "leads")
    correctable = {each.public_no for each in shown.correctable} if shown.taught.finished else set()
    lines = [{**asdict(each), "may_correct": each.public_no in correctable} for each in shown.lines]
    return {
        **{name: getattr(shown, name) for name in same}, "tested": shown.taught.tested,
        "certificate": shown.taught.certificate, "finished": shown.taught.finished, "lines": lines,
    }  # fmt: skip


@bp.post("/trainings/<code>/results")
@need_volunteer("api")
@idempotent
@bp.input(ResultsIn)
@bp.output({}, 204)
@bp.doc(summary="Leader or provider: say results", responses=[400, 401, 403, 404, 409], security="token")
def put(code: str, json_data: ResultsIn) -> Any:
    """Until the session is finished; then with a reason alone; never one's own."""
    at = clock.now()
    if not json_data.reason:
        results.put(actor=g.actor, code=code, results=json_data.results, at=at)
    for number, result in json_data.results.items() if json_data.reason else ():
        results.correct(
            actor=g.actor, code=code, public_no=number, result=result, reason=json_data.reason, at=at
        )
    return "", 204


@bp.post("/trainings/<code>/finish")
@need_volunteer("api")
@idempotent
@bp.output(FinishedOut)
@bp.doc(summary="Leader or provider: finish a session", responses=[401, 403, 404, 409], security="token")
def finish(code: str) -> Any:
    """Results stand, certificates are issued, the order is done."""
    done = results.finish(actor=g.actor, code=code, at=clock.now())
    return FinishedOut(people=done.people, certificates=done.certificates)
