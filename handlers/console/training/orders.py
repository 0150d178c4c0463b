"""Orders (订单式培训): the list, one of them with its steps, a new one (S88)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.planning import simple
from handlers.console.story import steps
from handlers.console.training.sessions import area, may_list
from handlers.console.training.ways import leads_some, ways
from handlers.pages.browser import field, known_form
from handlers.pages.trainings import SESSION_TEXTS, session_draft
from services import leading
from services.errors import Refusal, RefusalCode
from services.training import bases, courses, order_views, orders, providers, sessions
from services.training.order_views import OrderLine
from services.training.orders import OrderDraft
from wording import entry

bp = APIBlueprint("console_training_orders", __name__, enable_openapi=False)

C = RefusalCode
PATH = "/console/trainings/orders"
COLUMNS = (
    Column("topic", "要学什么", sort=True), Column("team", "服务队"), Column("place", "地区"),
    Column("people", "人数", figure=True), Column("from", "最早", sort=True, whole=True),
    Column("until", "最晚", whole=True), Column("provider", "培训单位"),
    Column("created", "下单", sort=True, whole=True),
    Column("state", "状态"),
)  # fmt: skip
TONES = {"requested": "wait", "taken": "wait", "scheduled": "ok", "done": "ok"}


def _cells(line: OrderLine) -> Mapping[str, Any]:
    state = Mark("过期没人接", "bad") if line.late else Mark(line.word, TONES.get(line.state, ""))
    return {
        "topic": Link(line.topic, f"{PATH}/{line.code}"), "team": line.team, "place": line.place, "people": line.people,
        "from": line.wanted_from, "until": line.wanted_until, "provider": line.provider or line.asked_provider,
        "created": clock.local_day(line.created_at).isoformat(), "state": state,
    }  # fmt: skip


@bp.get("/trainings/orders")
@need_role
def listed() -> ResponseReturnValue:
    """What teams asked for."""
    may_list()
    at = clock.now()
    states = [*entry("training.orders").items(), ("late", "过期没人接")]
    sheet = Sheet(
        "培训订单", COLUMNS, search="要学什么、队名", empty="还没有订单。",
        choices=(area(), Choice("state", "状态", states)),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: order_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="training/list", ways=ways(), tab="manage", new_path=f"{PATH}/new" if leads_some() else "",
        new_word="下订单",
    )  # fmt: skip


@bp.route("/trainings/orders/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Order one for a team."""
    at = clock.now()
    teams = leading.offered_teams(actor=actor(), chosen=field("team", 20), at=at)
    if not teams:
        raise Refusal(C.NOT_ALLOWED)
    place = max((each.region_code for each in teams), key=len)
    fields: list[simple.Field] = [
        ("team", "哪个服务队要", "select", [(each.code, each.name) for each in teams]),
        ("course", "想学什么", "select", [("", "别的，写在下面"), *courses.offered(region_code=place)]),
        ("topic", "上面没有的，写在这里", "text", 40), ("people", "多少人", "number", None),
        ("wanted_from", "最早哪天", "day", None), ("wanted_until", "最晚哪天", "day", None),
        ("wanted_time", "什么时间方便", "text", 40), ("place", "在哪里", "text", 60),
        ("note", "还有什么要求", "area", 300),
        ("provider", "请谁来", "select", [("", "谁先接单就谁来"), *providers.offered(region_code=place)]),
    ]  # fmt: skip
    if request.method == "GET":
        return simple.form("下培训订单", fields, {"team": field("team", 20)}, PATH)
    typed = simple.typed(fields)
    texts = {name: typed[name] for name, *_ in fields if name not in ("team", "people")}
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            orders.ask(
                actor=actor(), team_code=typed["team"][:20], at=at,
                draft=OrderDraft(people=simple.whole(typed["people"]), **texts),
            )
        )
    )  # fmt: skip
    return simple.form("下培训订单", fields, {}, PATH, refusal) if refusal else back(f"{PATH}/{made[0]}", "created")


@bp.get("/trainings/orders/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One order."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = order_views.page(actor=actor(), code=code, at=clock.now())
    typed: dict[str, Any] = {name: field(name, 100) for name in SESSION_TEXTS}
    if request.method == "GET":
        line = shown.line
        typed |= {
            "course": shown.course, "people": line.people, "place": line.where, "day": line.wanted_from,
            "from": "09:00", "to": "11:00",
        }  # fmt: skip
    body = render(
        "training/order", tab="manage", shown=shown, order=shown.line, typed=typed, problem=words_of(refusal),
        courses=courses.offered(region_code=shown.region_code), bases=bases.offered(region_code=shown.region_code),
        past=steps("training_order", shown.number),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/trainings/orders/<code>")
@need_role
def act(code: str) -> ResponseReturnValue:
    """Take it, give it back, say no, take it back, or make its session."""
    code, at = known_form(code), clock.now()
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": at}
    reason = field("reason", 300)
    acts: dict[str, Any] = {
        "taken": lambda: orders.take(provider_code=field("provider", 20), answer=field("answer", 300), **facts),
        "back": lambda: orders.give_back(reason=reason, **facts),
        "refused": lambda: orders.refuse(reason=reason, **facts),
        "withdrawn": lambda: orders.withdraw(reason=reason, **facts),
        "scheduled": lambda: sessions.from_order(actor=actor(), order_code=code, draft=session_draft(), at=at),
    }
    chosen = acts.get(field("act", 10))
    if chosen is None:
        raise Refusal(C.BAD_REQUEST, why="act")
    refusal = attempt(chosen)
    return _page(code, refusal) if refusal else back(f"{PATH}/{code}", "saved")
