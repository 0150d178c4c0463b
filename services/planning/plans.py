"""年度、月度计划: what a team wants to reach in a year or a month, item by item, and what was done (S12)."""

from __future__ import annotations

import re
from datetime import datetime

from frozen import dataclass
from models import Activity, Plan, PlanItem, Team, store
from services import audit, leading, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.participation import domains
from services.planning import results
from services.planning.results import Result

C = RefusalCode
#: `2026` or `2026-11`.
PERIOD = re.compile(r"20\d\d(-(0[1-9]|1[0-2]))?", re.ASCII)
LENGTHS = {"title": 40, "place": 60, "note": 200}
GOAL_LONGEST = 300
MOST = 1_000_000
MOST_ITEMS = 200


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """The aims: words, and four figures (whole minutes)."""

    goal: str = ""
    activities: int = 0
    participants: int = 0
    minutes: int = 0
    served: int = 0


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One activity that is planned; `month` `2026-11` or ""."""

    title: str
    domain: str
    sub_domain: str
    month: str = ""
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan beside what was done in its time."""

    id: int
    team: str
    team_code: str
    place: str
    period: str
    plan: PlanDraft
    done: Result
    items: int
    items_done: int


@dataclass(frozen=True, slots=True)
class Item:
    """An item with the activities made from it, (code, title, state)."""

    id: int
    title: str
    kind: str
    month: str
    place: str
    note: str
    dropped: str
    activities: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan in full."""

    line: PlanLine
    items: list[Item]
    may_edit: bool


def put(*, actor: Actor, team_code: str, period: str, draft: PlanDraft, at: datetime) -> int:
    """Write a team's plan of a year or a month, or change its aims; its id.

    Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`period`, `goal`, or the figure).
    """

    def act() -> int:
        team = Team.get_or_none(Team.code == team_code, Team.state.not_in(permissions.CLOSED_TEAMS))
        if team is None:
            raise Refusal(C.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        if not PERIOD.fullmatch(period):
            raise Refusal(C.FIELD_WRONG, field="period")
        if len(draft.goal.strip()) > GOAL_LONGEST or "\x00" in draft.goal:
            raise Refusal(C.FIELD_WRONG, field="goal")
        figures = {name: getattr(draft, name) for name in ("activities", "participants", "minutes", "served")}
        for name, figure in figures.items():
            if not 0 <= figure <= MOST:
                raise Refusal(C.FIELD_WRONG, field=name)
        columns = figures | {"goal": draft.goal.strip(), "updated_at": at}
        found = Plan.get_or_none(Plan.team == team.id, Plan.period == period)
        if found is None:
            found = Plan.create(
                team=team, region_code=team.region_code, period=period, created_by=actor.volunteer_id, created_at=at,
                **columns,
            )  # fmt: skip
            changes = {"period": ["", period]}
        else:
            changes = {name: [getattr(found, name), columns[name]] for name in figures}
            Plan.update(columns).where(Plan.id == found.id).execute()
        audit.changed(actor=actor, verb="plan_put", subject=f"plan:{found.id}", changes=changes, at=at)
        return int(found.id)

    return store.write(act)


def _led(actor: Actor, plan_id: int, at: datetime) -> Plan:
    plan = Plan.get_or_none(Plan.id == plan_id)
    if plan is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(plan, Plan)
    permissions.require_lead(actor=actor, team_id=plan.team_id, at=at)
    return plan


def add_item(*, actor: Actor, plan_id: int, draft: ItemDraft, at: datetime) -> int:
    """Plan one activity; the item's id. Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`title`, `domain` …)."""

    def act() -> int:
        plan = _led(actor, plan_id, at)
        texts = {name: getattr(draft, name).strip() for name in LENGTHS}
        for name, text in texts.items():
            if len(text) > LENGTHS[name] or "\x00" in text or (name == "title" and not text):
                raise Refusal(C.FIELD_WRONG, field=name)
        if domains.sub_domain(draft.domain, draft.sub_domain) is None:
            raise Refusal(C.FIELD_WRONG, field="domain")
        month = draft.month.strip()
        if month and not (PERIOD.fullmatch(month) and len(month) == 7 and month.startswith(plan.period[:4])):
            raise Refusal(C.FIELD_WRONG, field="month")
        if PlanItem.select().where(PlanItem.plan == plan.id).count() >= MOST_ITEMS:
            raise Refusal(C.FIELD_WRONG, field="title")
        made = PlanItem.create(
            plan=plan, domain=draft.domain, sub_domain=draft.sub_domain, month=month, **texts
        )  # fmt: skip
        return int(made.id)

    return store.write(act)


def drop_item(*, actor: Actor, item_id: int, reason: str, at: datetime) -> None:
    """It will not take place, and why. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED."""

    def act() -> None:
        item = PlanItem.get_or_none(PlanItem.id == item_id)
        if item is None:
            raise Refusal(C.NOT_FOUND)
        _led(actor, item.plan_id, at)
        why = reason.strip()[:200]
        if not why:
            raise Refusal(C.REASON_REQUIRED)
        PlanItem.update(dropped_at=at, dropped_why=why).where(
            PlanItem.id == item.id, PlanItem.dropped_at.is_null()
        ).execute()

    store.write(act)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[PlanLine]:
    """The plans of the teams the actor leads and of the divisions he may look at; filters: period, region."""
    seen = leading.led(actor=actor, at=at) | scopes.within(Plan.region_code, scopes.readable(actor=actor, at=at))
    query = Plan.select(Plan, Team).join(Team).where(seen)
    if wanted.chosen("period"):
        query = query.where(Plan.period == wanted.chosen("period"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Plan.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text))
    sorts = {"period": Plan.period, "team": Team.name}
    page = cut(query, wanted=wanted, sorts=sorts, default="-period", tie=Plan.id, row=lambda row: row)
    return Found(_lines(page.rows), page.total, page.page, page.size)


def _lines(rows: list[Plan]) -> list[PlanLine]:
    """Each plan with what was done: two statements for each period on the page, not for each plan."""
    places = regions.path_names([row.region_code for row in rows])
    done: dict[tuple[int, str], Result] = {}
    for period in {row.period for row in rows}:
        teams = [row.team_id for row in rows if row.period == period]
        day = Activity.local_day
        for team, result in results.by(
            Activity.team, Activity.team.in_(teams), day >= period, day < period + ":"
        ).items():
            done[team, period] = result
    ids = [row.id for row in rows]
    items = list(PlanItem.select().where(PlanItem.plan.in_(ids), PlanItem.dropped_at.is_null()))
    made = {
        each.plan_item_id
        for each in Activity.select(Activity.plan_item_id).where(
            Activity.plan_item_id.in_([item.id for item in items]), Activity.state.in_(("published", "ended"))
        )
    }
    return [
        PlanLine(
            row.id, row.team.name, row.team.code, places[row.region_code], row.period,
            PlanDraft(row.goal, row.activities, row.participants, row.minutes, row.served),
            done.get((row.team_id, row.period), Result()), sum(item.plan_id == row.id for item in items),
            sum(item.plan_id == row.id and item.id in made for item in items),
        )
        for row in rows
    ]  # fmt: skip


def page(*, actor: Actor, plan_id: int, at: datetime) -> PlanPage:
    """One plan with its items. Refusals: NOT_FOUND, NOT_ALLOWED."""
    plan = Plan.select(Plan, Team).join(Team).where(Plan.id == plan_id).first()
    if plan is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=plan.team_id, at=at)
    rows = list(PlanItem.select().where(PlanItem.plan == plan.id).order_by(PlanItem.month, PlanItem.id))
    made: dict[int, list[tuple[str, str, str]]] = {}
    for each in Activity.select().where(Activity.plan_item_id.in_([row.id for row in rows])).order_by(Activity.id):
        made.setdefault(each.plan_item_id or 0, []).append((each.code, each.title, each.state))
    items = []
    for row in rows:
        kind = domains.sub_domain(row.domain, row.sub_domain)
        items.append(
            Item(
                row.id, row.title, kind.name if kind else row.sub_domain, row.month, row.place, row.note,
                row.dropped_why, made.get(row.id, []),
            )
        )  # fmt: skip
    return PlanPage(_lines([plan])[0], items, permissions.leads(actor=actor, team_id=plan.team_id, at=at))
