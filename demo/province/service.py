"""What the teams did: activities day by day through the seasons, and the record of everybody who was there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from clock import to_millis
from demo.attendance import LIST, PERSON, ROTATING
from demo.occasions import SEASONAL, WEEKLY, Kind
from demo.province.codes import public
from demo.province.rows import put
from demo.province.span import DAY, Span
from demo.province.teams import TeamPlan

MINUTE, HOUR = 60_000, 3_600_000
#: Parts of the day: a team holds one activity in each at most, so nobody is at two places at once.
PARTS = 3
LATER = ((14.5, 150), (18.5, 120))
#: Morning, afternoon, evening; a part that is taken makes it the next.
OFTEN = (0,) * 7 + (1,) * 2 + (2,)
#: The busiest team holds so many activities, its leader comes to all of them; a hundredth of all at the most.
HEAVIEST, HUNDREDTH = 3000, 100
#: Of a team so many come on average; no more than this part of those there are.
USUAL, AT_MOST = 0.24, 0.8
#: Who came first to the team comes oftener.
FAITH, LEADER = 1.15, 0.35
#: Hours of the last days are not confirmed yet; entered in the national system is what is older than that.
WAITING, ENTERED = 3 * DAY, 60 * DAY
#: Kinds of scans: more than enough for no two rosters to look alike.
VARIETY = 4096
BATCH = 3000
RIVERS = {
    "3401": "南淝河", "3402": "青弋江", "3403": "淮河", "3404": "淮河", "3405": "姑溪河", "3406": "濉河",
    "3407": "长江", "3408": "皖河", "3410": "新安江", "3411": "滁河", "3412": "颍河", "3413": "新汴河",
    "3415": "淠河", "3416": "涡河", "3417": "秋浦河", "3418": "水阳江",
}  # fmt: skip
RIVER = "淮河"
#: What the demo's county does, by kind of team: the key of a team there that does the same.
LIKE = {"red_lecture": "lecture", "rescue": "rescue"}
#: What is held on a day of the law is held on any other under this name.
ANY_DAY = "法律咨询进社区"
OWN = {"law": ("legal",), "health": ("clinic", "care")}
ACTIVITY = (
    "id code team_id region_code title domain sub_domain place content risk_notice state starts_at ends_at local_day "
    "signup_opens_at signup_closes_at hours_rule_id created_by_id created_at published_at ended_at"
)
SHIFT = "id code activity_id position_id starts_at ends_at planned_ends_at quota taken code_key closed_at"
RECORD = (
    "shift_id activity_id team_id volunteer_id region_code local_day state in_at in_mode out_at out_mode closed_by "
    "minutes why by_hand rule_set_id confirmed_by_id confirmed_at national_state national_at created_at updated_at"
)
MONTH = (
    "month region_code team_id domain kind speciality activities attendances minutes supplement transferred served"
)


@dataclass(slots=True)
class Roster:
    """A team while its years are told: its people, when each joined, how many records it still has to bring."""

    plan: TeamPlan
    people: range
    joined: list[int]
    records: int = 0
    activities: int = 0
    busiest: bool = False
    kinds: dict[int, list[Kind]] = field(default_factory=dict)


def share_out(rng: Random, rosters: list[Roster], *, records: int, span: Span) -> list[int]:
    """Give each team its part of the records and of the days; the activities in order of time, packed as numbers."""
    busy = span.busy()
    first = rosters[0]
    first.busiest, first.activities = True, min(HEAVIEST, records // HUNDREDTH)
    first.records = first.activities * min(3, max(1, len(first.people) // 3))
    weights = [
        one.plan.eager * len(one.people) * (span.days - one.joined[0]) * (not one.busiest or len(rosters) == 1)
        for one in rosters
    ]
    rest, total = max(0, records - first.records), sum(weights) or 1.0
    given, reached = 0, 0.0
    packed: list[int] = []
    for number, (one, weight) in enumerate(zip(rosters, weights, strict=True)):
        reached += weight
        until = round(rest * reached / total)
        one.records += until - given
        given = until
        if not one.busiest:
            one.activities = -(-one.records // max(2, round(len(one.people) * USUAL)))
        held = _days(rng, busy, one.joined[0], one.activities, span.days)
        one.activities = len(held)
        packed += [(when << 32) | number for when in held]
    packed.sort()
    return packed


def _days(rng: Random, busy: list[int], since: int, count: int, days: int) -> set[int]:
    """So many different (day × PARTS + part of the day), oftener on busy days."""
    if count > (days - since) * PARTS // 3:
        free = range(since * PARTS, days * PARTS)
        return set(rng.sample(free, min(count, len(free))))
    start, found = bisect_left(busy, since), set[int]()
    while len(found) < count:
        when = busy[start + int(rng.random() * (len(busy) - start))] * PARTS
        part = rng.choice(OFTEN)
        for step in range(PARTS):
            if when + (part + step) % PARTS not in found:
                found.add(when + (part + step) % PARTS)
                break
    return found


def put_service(
    rng: Random, rosters: list[Roster], packed: list[int], *, rule: int, span: Span, step: Callable[[int], None]
) -> int:
    """Activities, positions, shifts, records and the counts by month; how many records."""
    scans = [_scan(rng) for _ in range(VARIETY)]
    first, done = span.midnight(span.first), 0
    days = [span.day(number).isoformat() for number in range(span.days)]
    book = _Book(rosters, scans, rule, to_millis(span.at))
    for number, each in enumerate(packed, 1):
        day, part = divmod(each >> 32, PARTS)
        book.hold(rng, number, rosters[each & 0xFFFFFFFF], day, days[day], part, first + day * DAY)
        if number % BATCH == 0:
            done += book.flush()
            step(done)
    done += book.flush()
    book.end_month()
    step(done)
    return done


def _scan(rng: Random) -> tuple[int, int, int, str, str, str, bool]:
    """How somebody came and went: milliseconds round start and end, minutes lost, why, way, closed by, by hand."""
    came = int(min(28.0, max(-28.0, rng.gauss(-7, 9))) * MINUTE)
    went = int(min(28.0, max(-55.0, rng.gauss(1, 11))) * MINUTE)
    lost = (min(went, 0) - max(came, 0)) // MINUTE
    why = "clamped" if (went - came) // MINUTE > lost else "counted"
    mode = rng.choices((ROTATING, PERSON, LIST), (80, 15, 5))[0]
    return came, went, lost, why, mode, "self" if mode == ROTATING else "leader", mode == LIST


class _Book:
    """Rows on their way to the tables, and the counts of the month that is being told."""

    def __init__(self, rosters: list[Roster], scans: list[Any], rule: int, now: int) -> None:
        self.rosters, self.scans, self.rule, self.now = rosters, scans, rule, now
        self.activities: list[tuple[Any, ...]] = []
        self.positions: list[tuple[Any, ...]] = []
        self.shifts: list[tuple[Any, ...]] = []
        self.records: list[tuple[Any, ...]] = []
        self.month = ""
        self.counts: dict[tuple[int, str], list[int]] = {}
        self.plans = {one.plan.id: one.plan for one in rosters}

    def hold(
        self, rng: Random, number: int, team: Roster, day: int, local_day: str, part: int, midnight: int
    ) -> None:  # fmt: skip
        """One activity with who was there."""
        if local_day[:7] != self.month:
            self.end_month()
            self.month = local_day[:7]
        there = _there(rng, team, day)
        team.activities -= 1
        team.records -= len(there)
        if not there:
            return
        kind, hour, length = _kind(rng, team, local_day, part)
        starts = midnight + int(hour * HOUR)
        ends = starts + length * MINUTE
        leader, stand_in = team.people[0], team.people[1]
        confirmed = ends + rng.randrange(20, 1500) * MINUTE
        waits = confirmed > self.now - WAITING
        self._announce(rng, number, team, kind, local_day, starts, ends, len(there), leader)
        entered = confirmed + 10 * DAY if confirmed < self.now - ENTERED else None
        state, national = "pending" if waits else "confirmed", "yes" if entered else "no"
        plan, scans, rule, minutes = team.plan, self.scans, self.rule, 0
        for place in there:
            came, went, lost, why, mode, closed, by_hand = scans[int(rng.random() * VARIETY)]
            minutes += length + lost
            by = None if waits else leader if place else stand_in
            self.records.append((
                number, number, plan.id, team.people[place], plan.region_code, local_day, state, starts + came, mode,
                ends + went, mode, closed, length + lost, why, by_hand, rule, by, None if waits else confirmed,
                national, entered, starts + came, ends + went if waits else confirmed,
            ))  # fmt: skip
        if not waits:
            count = self.counts.setdefault((plan.id, kind.domain), [0, 0, 0])
            count[0] += 1
            count[1] += len(there)
            count[2] += minutes

    def _announce(
        self, rng: Random, number: int, team: Roster, kind: Kind, local_day: str, starts: int, ends: int, came: int,
        leader: int,
    ) -> None:  # fmt: skip
        plan = team.plan
        water = RIVERS.get(plan.region_code[:4], RIVER)
        said = starts - rng.randrange(2, 9) * DAY
        self.activities.append((
            number, public(number, "activity"), plan.id, plan.region_code, kind.title.format(water=water), kind.domain,
            kind.sub, kind.place.format(water=water), kind.content, kind.risk, "ended", starts, ends, local_day, said,
            starts, self.rule, leader, said, said, ends + 31 * MINUTE,
        ))  # fmt: skip
        quota = came + rng.randrange(0, 4)
        self.positions.append((number, number, kind.places[0][0], quota))
        self.shifts.append((
            number, public(number, "shift"), number, number, starts, ends, ends, quota, came,
            f"{rng.getrandbits(128):032x}", ends + 31 * MINUTE,
        ))  # fmt: skip

    def flush(self) -> int:
        """Put down what has gathered; how many records."""
        put("activity", ACTIVITY, self.activities)
        put('"position"', "id activity_id name quota", self.positions)
        put("shift", SHIFT, self.shifts)
        put("service_record", RECORD, self.records)
        count = len(self.records)
        for rows in (self.activities, self.positions, self.shifts, self.records):
            rows.clear()
        return count

    def end_month(self) -> None:
        """The month is told: what each team did in it, by domain."""
        def rows() -> Iterator[tuple[Any, ...]]:
            for (team, domain), (held, came, minutes) in sorted(self.counts.items()):
                plan = self.plans[team]
                yield (
                    self.month, plan.region_code, team, domain, plan.kind, plan.speciality, held, came, minutes, 0, 0, 0
                )  # fmt: skip

        put("service_month", MONTH, rows())
        self.counts.clear()


def _there(rng: Random, team: Roster, day: int) -> set[int]:
    """Who comes, by his place in the team: those who came to it first oftener than the others."""
    known = bisect_right(team.joined, day)
    share = team.records / team.activities
    most = max(1, int(known * AT_MOST))
    wanted = round(share) if team.activities == 1 else round(share * rng.uniform(0.6, 1.4))
    wanted = max(min(wanted, most, team.records), 0)
    found = {0} if wanted and (team.busiest or rng.random() < LEADER) else set[int]()
    while len(found) < wanted:
        found.add(int(known * rng.random() ** FAITH))
    return found


def _kind(rng: Random, team: Roster, local_day: str, part: int) -> tuple[Kind, float, int]:
    """What is held in this part of this day, its hour and its minutes."""
    if not team.kinds:
        team.kinds.update(_kinds(team.plan))
    month, day = int(local_day[5:7]), int(local_day[8:])
    if part == 0:
        season = [kind for kind in team.kinds[PARTS] if kind.when and kind.when[0] <= (month, day) <= kind.when[1]]
        kind = rng.choice(season or team.kinds[0])
        return kind, kind.hour, kind.minutes
    kind = rng.choice(team.kinds[part])
    hour, length = (kind.hour, kind.minutes) if _part(kind) == part else LATER[part - 1]
    return kind, hour, length


def _part(kind: Kind) -> int:
    return 0 if kind.hour < 12 else 1 if kind.hour < 18 else 2


def _kinds(plan: TeamPlan) -> dict[int, list[Kind]]:
    """What a team does in the parts of a day, and, under PARTS, in its seasons (of mornings)."""
    subs = OWN.get(plan.speciality)
    key = LIKE.get(plan.speciality, "donghu")
    weekly = [kind for kind in WEEKLY if (kind.sub in subs if subs else key in kind.teams)]
    season = [kind for kind in SEASONAL if (kind.sub in subs if subs else key in kind.teams) and _part(kind) == 0]
    usual = weekly or [replace(kind, title=ANY_DAY, when=None) for kind in season]
    found = {part: [kind for kind in usual if _part(kind) == part] or usual for part in range(PARTS)}
    found[0] = [kind for kind in found[0] if _part(kind) == 0] or found[0]
    return found | {PARTS: season}
