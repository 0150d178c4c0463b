"""Soft rules set aside: recorded with their reason, listed for the report, ended when the rule holds again.

主要 / 原则上 / 结合实际 in the policy never block: they warn, ask why, and end up here. What the worker finds by itself
(a team whose veterans are no majority any more) stands here without a reason until somebody gives one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import RuleException, Team, Volunteer, store
from models.store import Write
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.organisation import composition, soft_rules
from services.permissions import CLOSED_TEAMS

#: Teams looked at in one short write of the worker.
BATCH = 200
LONGEST = 200
#: Teams a search goes through by their names.
MOST_NAMED = 1000


@dataclass(frozen=True, slots=True)
class Deviation:
    """One rule set aside by one team; `reason` "" where nobody has explained it yet."""

    id: int
    rule: str
    team_code: str
    team: str
    region_code: str
    place: str
    facts: Mapping[str, Any]
    reason: str
    who: str
    at: datetime
    ended_at: datetime | None


def record(
    *, actor: Actor | None, rule: str, team_id: int, region_code: str, facts: Mapping[str, Any], reason: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep that a rule is set aside and why; inside the caller's write. The same again changes nothing."""
    subject = f"team:{team_id}"
    open_ones = _open(subject, rule)
    for row in open_ones:
        if row.facts == dict(facts) and reason in ("", row.reason):
            return
    RuleException.update(ended_at=at).where(RuleException.id.in_([row.id for row in open_ones])).execute()
    RuleException.create(
        rule=rule, subject=subject, region_code=region_code, facts=dict(facts), reason=reason,
        actor=actor.volunteer_id if actor else None, at=at,
    )  # fmt: skip


def _open(subject: str, rule: str = "") -> list[RuleException]:
    query = RuleException.select().where(RuleException.subject == subject, RuleException.ended_at.is_null())
    return list(query.where(RuleException.rule == rule) if rule else query)


def settle(*, team_id: int, at: datetime) -> None:
    """End a team's exceptions whose rule holds again (all of them once it is closed); inside a write."""
    team = Team.get_by_id(team_id)
    broken = {} if team.state in CLOSED_TEAMS else soft_rules.broken(team=team, at=at)
    over = [row.id for row in _open(f"team:{team_id}") if row.rule not in broken]
    if over:
        RuleException.update(ended_at=at).where(RuleException.id.in_(over)).execute()


def of_team(team_id: int) -> list[Deviation]:
    """What stands open for one team; the caller has looked at the reader's right."""
    query = _joined().where(RuleException.subject == f"team:{team_id}", RuleException.ended_at.is_null())
    return _told(list(query.order_by(RuleException.id)))


def _joined() -> Any:
    return RuleException.select(RuleException, Volunteer.id, Volunteer.name).join(
        Volunteer, JOIN.LEFT_OUTER, on=RuleException.actor
    )


def report(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Deviation]:
    """The exceptions where the actor may look; filters: rule, region, state (ended, unexplained; else open)."""
    query = _joined().where(scopes.within(RuleException.region_code, scopes.readable(actor=actor, at=at)))
    if wanted.chosen("rule"):
        query = query.where(RuleException.rule == wanted.chosen("rule"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(RuleException.region_code, [wanted.chosen("region")]))
    state = wanted.chosen("state")
    if state == "ended":
        query = query.where(RuleException.ended_at.is_null(False))
    else:
        query = query.where(RuleException.ended_at.is_null())
    if state == "unexplained":
        query = query.where(RuleException.reason == "")
    if wanted.text:
        teams = Team.select(Team.id).where(
            Team.name.contains(wanted.text) | Team.standard_name.contains(wanted.text)
        )
        named = [f"team:{team.id}" for team in teams.limit(MOST_NAMED)]
        query = query.where(RuleException.subject.in_(named) | RuleException.reason.contains(wanted.text))
    sorts = {"at": RuleException.at, "rule": RuleException.rule, "region": RuleException.region_code}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=RuleException.id, row=lambda row: row)
    return Found(_told(page.rows), page.total, page.page, page.size)


def _told(rows: list[Any]) -> list[Deviation]:
    ids = [int(row.subject.partition(":")[2]) for row in rows]
    teams: dict[int, Team] = {}
    for start in range(0, len(ids), composition.AT_ONCE):
        part = ids[start : start + composition.AT_ONCE]
        teams |= {team.id: team for team in Team.select().where(Team.id.in_(part))}
    places = regions.path_names([row.region_code for row in rows])
    return [
        Deviation(
            row.id, row.rule, teams[number].code, teams[number].name, row.region_code, places[row.region_code],
            row.facts, row.reason, row.actor.name if row.actor_id else "", row.at, row.ended_at,
        )
        for row, number in zip(rows, ids, strict=True)
    ]  # fmt: skip


def explain(*, actor: Actor, exception_id: int, reason: str, at: datetime) -> None:
    """Say why a rule is set aside; kept in the team's history.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not lead the team), REASON_REQUIRED.
    """

    def act() -> None:
        row = RuleException.get_or_none(RuleException.id == exception_id, RuleException.ended_at.is_null())
        if row is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=int(row.subject.partition(":")[2]), at=at)
        words = reason.strip()[:LONGEST]
        if not words:
            raise Refusal(RefusalCode.REASON_REQUIRED)
        RuleException.update(reason=words, actor=actor.volunteer_id).where(
            RuleException.id == row.id
        ).execute()
        audit.changed(
            actor=actor, verb="exception_explained", subject=row.subject, changes={row.rule: [row.reason, words]},
            at=at,
        )  # fmt: skip

    store.write(act)


def refresh(*, at: datetime, write: Write = store.write) -> int:
    """The worker's look at every team: opens what S29 says of its composition, ends what holds again (S29, S79).

    Short writes; answers how many exceptions were opened or ended.
    """
    changed = 0
    last = 0
    while True:
        teams = list(
            Team.select()
            .where(Team.id > last, Team.state.not_in(CLOSED_TEAMS))
            .order_by(Team.id)
            .limit(BATCH)
        )
        if not teams:
            break
        last = teams[-1].id
        changed += _refresh(teams, at, write)
    return changed


def _refresh(teams: list[Team], at: datetime, write: Write) -> int:
    counts = composition.counted([team.id for team in teams])
    subjects = [f"team:{team.id}" for team in teams]
    open_ones: dict[str, set[str]] = {}
    for row in RuleException.select().where(
        RuleException.subject.in_(subjects), RuleException.ended_at.is_null()
    ):
        open_ones.setdefault(row.subject, set()).add(row.rule)
    fresh = []
    for team in teams:
        members, veterans = counts.get(team.id, (0, 0))
        made = composition.Composition(members, veterans, composition.majority(team.region_code, at))
        rules_open = open_ones.get(f"team:{team.id}", set())
        if made.holds is ("S29" in rules_open) or rules_open - {"S29"}:
            fresh.append((team, made))
    if not fresh:
        return 0

    def act() -> int:
        before = _count_open(subjects)
        for team, made in fresh:
            settle(team_id=team.id, at=at)
            if not made.holds and not _open(f"team:{team.id}", "S29"):
                record(
                    actor=None, rule="S29", team_id=team.id, region_code=team.region_code,
                    facts={"members": made.members, "veterans": made.veterans}, reason="", at=at,
                )  # fmt: skip
        return len(before ^ _count_open(subjects))

    return write(act)


def _count_open(subjects: list[str]) -> set[int]:
    rows = RuleException.select(RuleException.id).where(
        RuleException.subject.in_(subjects), RuleException.ended_at.is_null()
    )
    return {row.id for row in rows}
