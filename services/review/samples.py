"""抽查: each week the level above gets a list of activities to look at: those with signs, and some by chance (§4.2).

Drawn anew each morning over the week that ended last, since leaders confirm late; an activity is listed once. Chance
is the activity's own number, so nobody can choose.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from clock import local_day
from frozen import dataclass
from models import (
    Activity,
    Evaluation,
    PersonCard,
    PresenceQuestion,
    Sample,
    ServiceRecord,
    Team,
    WechatIdentity,
    store,
)
from models.store import Write
from services import audit, decisions, rules, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.messaging.notices import leaders
from services.review import cases
from services.review.reach import LONGEST, words_of
from services.review.signs import Seen, in_words, signs
from services.times import day_starts

C = RefusalCode
AT_ONCE = 200
WEEK = timedelta(days=7)
#: Digits of a township's code.
TOWNSHIP = 9


@dataclass(frozen=True, slots=True)
class Row:
    """A sample in a list; `signs` in words."""

    id: int
    week: str
    title: str
    activity_code: str
    team: str
    place: str
    signs: list[str]
    state: str
    checked_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Looked:
    """One sample with the records of its activity; `mine`: the reader may close it."""

    row: Row
    records: list[ServiceRecord]
    mine: bool


def by_chance(activity_id: int, percent: int) -> bool:
    """Whether an activity is drawn without any sign; the same answer whoever asks."""
    digest = hashlib.sha256(f"sample-{activity_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < percent


def draw(*, at: datetime, write: Write = store.write) -> int:
    """List what is to be looked at of the week that ended last; how many activities are new on the list."""
    today = local_day(at)
    monday = today - timedelta(days=today.weekday())
    ends = day_starts(monday)
    year, number, _ = (monday - WEEK).isocalendar()
    listed = Sample.select(Sample.activity)
    rows = (
        Activity.select(Activity, Team)
        .join(Team)
        .where(
            Activity.ends_at >= ends - WEEK, Activity.ends_at < ends, Activity.state.in_(("published", "ended")),
            Activity.purpose == "service", Activity.id.not_in(listed),
        )
        .order_by(Activity.id)
    )  # fmt: skip
    activities, made = list(rows), 0
    for start in range(0, len(activities), AT_ONCE):
        part = activities[start : start + AT_ONCE]
        found = _signs_of(part, at)
        made += write(partial(_list_some, part, found, f"{year}-W{number:02d}", at))
    return made


def _signs_of(activities: list[Activity], at: datetime) -> dict[int, list[dict[str, Any]]]:
    """Each activity's signs, chance included; a handful of statements for all of them."""
    ids = [each.id for each in activities]
    seen: dict[int, list[ServiceRecord]] = defaultdict(list)
    rows = ServiceRecord.select().where(ServiceRecord.activity.in_(ids), ServiceRecord.state != "void")
    for row in rows:
        seen[row.activity_id].append(row)
    every = [row for found in seen.values() for row in found]
    assisted = _without_phone({row.volunteer_id for row in every})
    places = _elsewhere(every)
    votes = _count(
        Evaluation.select(Evaluation.activity).where(
            Evaluation.activity.in_(ids), Evaluation.kind == "recipient", ~Evaluation.verified
        )
    )
    denied = _count(
        ServiceRecord.select(ServiceRecord.activity)
        .join(PresenceQuestion, on=(PresenceQuestion.record == ServiceRecord.id))
        .where(ServiceRecord.activity.in_(ids), PresenceQuestion.answer == "no")
    )
    found = {}
    for each in activities:
        params = rules.rule("review", each.team.region_code, at).params
        odd = signs(
            [_seen(row, assisted, places[row.volunteer_id], params["travel_minutes"]) for row in seen[each.id]], params,
            unverified=votes[each.id], denied=denied[each.id],
        )  # fmt: skip
        if not odd and seen[each.id] and by_chance(each.id, params["sample_percent"]):
            odd = [{"sign": "random"}]
        found[each.id] = odd
    return found


def _count(query: Any) -> Mapping[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for row in query:
        counts[row.activity_id] += 1
    return counts


def _without_phone(people: set[int]) -> set[int]:
    """Those who have no WeChat with us, or a card instead of one."""
    known: set[int] = set()
    cards: set[int] = set()
    ordered = sorted(people)
    for start in range(0, len(ordered), 500):
        part = ordered[start : start + 500]
        known |= {
            row.volunteer_id
            for row in WechatIdentity.select(WechatIdentity.volunteer).where(WechatIdentity.volunteer.in_(part))
        }
        cards |= {
            row.volunteer_id
            for row in PersonCard.select(PersonCard.volunteer).where(
                PersonCard.volunteer.in_(part), PersonCard.revoked_at.is_null()
            )
        }
    return (people - known) | cards


def _elsewhere(records: list[ServiceRecord]) -> Mapping[int, list[ServiceRecord]]:
    """The scanned records of these records' people around the same days, by person."""
    found: dict[int, list[ServiceRecord]] = defaultdict(list)
    moments = [row.in_at for row in records if row.in_at is not None]
    people = sorted({row.volunteer_id for row in records})
    for start in range(0, len(people) if moments else 0, 500):
        rows = ServiceRecord.select().where(
            ServiceRecord.volunteer.in_(people[start : start + 500]), ServiceRecord.state != "void",
            ServiceRecord.source == "scan", ServiceRecord.in_at >= min(moments) - WEEK,
            ServiceRecord.in_at <= max(moments) + WEEK, ServiceRecord.out_at.is_null(False),
        )  # fmt: skip
        for row in rows:
            found[row.volunteer_id].append(row)
    return found


def _hurried(row: ServiceRecord, others: list[ServiceRecord], minutes: int) -> bool:
    """Whether the person was in another township less than so many minutes before or after."""
    if row.in_at is None or row.out_at is None or row.source != "scan":
        return False
    least = timedelta(minutes=minutes)
    return any(
        _far(row.region_code, each.region_code)
        and (timedelta() <= row.in_at - each.out_at < least or timedelta() <= each.in_at - row.out_at < least)
        for each in others
        if each.id != row.id and each.activity_id != row.activity_id
    )


def _far(one: str, other: str) -> bool:
    """Whether two places lie in different townships; a county's own team may be anywhere in it."""
    shared = min(len(one), len(other), TOWNSHIP)
    return one[:shared] != other[:shared]


def _seen(row: ServiceRecord, assisted: set[int], others: list[ServiceRecord], minutes: int) -> Seen:
    listed = "list" in (row.in_mode, row.out_mode) or row.source == "supplement"
    return Seen(
        row.in_at, row.out_at, listed, row.by_hand, row.volunteer_id in assisted, row.overlap,
        _hurried(row, others, minutes),
    )  # fmt: skip


def _list_some(
    activities: list[Activity], found: dict[int, list[dict[str, Any]]], week: str, at: datetime
) -> int:
    new: dict[str, list[Activity]] = defaultdict(list)
    for each in activities:
        if not found[each.id] or Sample.select().where(Sample.activity == each.id).exists():
            continue
        region = cases.above(each.team.region_code)
        Sample.create(
            week=week, region_code=region, activity=each, team=each.team_id, signs=found[each.id], created_at=at
        )
        new[region].append(each)
    for region, drawn in new.items():
        involved = {person for each in drawn for person in leaders(team_id=each.team_id, at=at)}
        telling.tell(
            kind="samples_waiting", people=sorted(decisions.deciders(region_code=region, parties=involved, at=at)),
            key=f"{week}:{region}", at=at, count=len(drawn), url="/console/samples?state=open",
        )  # fmt: skip
    return sum(map(len, new.values()))


def check(*, actor: Actor, number: int, fine: bool, note: str, at: datetime) -> str:
    """Say what came of looking: all is well, or a case is opened about all its records (its code; else "").

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (who leads the team, or served or confirmed there), SAMPLE_STATE,
    TEXT_TOO_LONG; for a case those of `cases.open_case`.
    """
    row = Sample.get_or_none(Sample.id == number)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    records = _records(row.activity_id)
    decisions.require_decider(
        actor=actor, region_code=row.region_code, parties=_involved(row, records, at), at=at
    )
    said = words_of(note) if not fine else note.strip()[:LONGEST]

    def act() -> str:
        moved = Sample.update(
            state="fine" if fine else "case", checked_by=actor.volunteer_id, checked_at=at, note=said
        ).where(Sample.id == number, Sample.state == "open")  # fmt: skip
        if not moved.execute():
            raise Refusal(C.SAMPLE_STATE)
        audit.changed(
            actor=actor, verb="sample.check", subject=f"sample:{number}", changes={"fine": [None, fine]}, at=at,
            reason=said,
        )  # fmt: skip
        if fine:
            return ""
        return cases.hold(actor=actor, records=records, suspicion=said, source="sample", at=at)

    return store.write(act)


def _records(activity_id: int) -> list[ServiceRecord]:
    rows = ServiceRecord.select().where(
        ServiceRecord.activity == activity_id, ServiceRecord.state.in_(("pending", "confirmed", "disputed"))
    )
    return list(rows.order_by(ServiceRecord.in_at, ServiceRecord.id))


def _involved(row: Sample, records: list[ServiceRecord], at: datetime) -> set[int | None]:
    return {
        *leaders(team_id=row.team_id, at=at), *(each.volunteer_id for each in records),
        *(each.confirmed_by_id for each in records),
    }  # fmt: skip


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Row]:
    """Samples of the divisions the reader looks after. Filters: state. Refusals: NOT_ALLOWED."""
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(C.NOT_ALLOWED)
    query = _joined().where(scopes.within(Sample.region_code, reach))
    if state := wanted.chosen("state"):
        query = query.where(Sample.state == state)
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text) | Activity.title.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"week": Sample.week, "team": Team.name}, default="-week", tie=Sample.id.desc(),
        row=_row,
    )  # fmt: skip


def one(*, actor: Actor, number: int, at: datetime) -> Looked:
    """One sample with its records. Refusals: NOT_FOUND."""
    row = _joined().where(Sample.id == number).first()
    if row is None or not scopes.covers(scopes.readable(actor=actor, at=at), row.region_code):
        raise Refusal(C.NOT_FOUND)
    records = _records(row.activity_id)
    may = decisions.may_decide(
        actor=actor, region_code=row.region_code, parties=_involved(row, records, at), at=at
    )
    return Looked(_row(row), records, may and row.state == "open")


def _joined() -> Any:
    return (
        Sample.select(Sample, Activity, Team)
        .join(Activity, on=(Sample.activity == Activity.id))
        .switch(Sample)
        .join(Team, on=(Sample.team == Team.id))
        .switch(Sample)
    )


def _row(row: Sample) -> Row:
    return Row(
        row.id, row.week, row.activity.title, row.activity.code, row.team.name, row.activity.place, in_words(row.signs),
        row.state, row.checked_by.name if row.checked_by else "", row.note,
    )  # fmt: skip


