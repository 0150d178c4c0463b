"""The two books: minutes given and points earned. Entries are only added; a correction reverses and posts anew.

Everything here runs inside the caller's write.
"""

from __future__ import annotations

from datetime import datetime

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import ServiceRecord, store
from models.store import Write
from queries import books as sql
from services import rules
from services.bookkeeping import anchors, classes, earning, expiry, points, sealing
from services.bookkeeping.earning import Earned
from services.certificates import proving
from services.rules import Rule
from wording import say

#: What is said of a seal that was made with a key which is not ours.
OTHER_KEY = " with another key"


@dataclass(frozen=True, slots=True)
class Posted:
    """What a record brought: whole minutes and whole points; or, of a training (`is_class`), class minutes."""

    minutes: int
    points: int
    class_minutes: int = 0
    is_class: bool = False


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A kept total that its entries do not prove."""

    volunteer_id: int
    what: str
    kept: int
    proved: int

    @property
    def said(self) -> str:
        """One line for the operator: what differs, and how."""
        if self.what.endswith(OTHER_KEY):
            return f"{self.what}: rows {self.kept} to {self.proved} cannot be proved with this SIGN_KEY"
        if self.what.startswith("seal of "):
            return f"{self.what}: rows {self.kept} to {self.proved} are not those that were sealed"
        if self.what.startswith("anchor of "):
            return f"{self.what}: it was sealed up to row {self.kept}, now up to {self.proved}, and not by that seal"
        if self.kept == self.proved:
            return f"volunteer {self.volunteer_id}: the words of {self.what} are not those that were issued"
        return f"volunteer {self.volunteer_id}: {self.what} is {self.kept}, entries prove {self.proved}"


def post_service(*, record: ServiceRecord, actor_id: int | None, at: datetime, note: str = "") -> Posted:
    """Post a confirmed record's minutes, and its points by the rule in force where it was served when it was first
    confirmed: a correction never prices it anew.

    Posting the same version of a record twice changes nothing. Zero minutes make no entry; class time never does, it
    goes to the person's training (`classes.follow`).
    """
    if classes.is_class(record.rule_set_id):
        classes.follow(record, at)
        return Posted(0, 0, classes.minutes_of(record), is_class=True)
    if record.minutes == 0:
        return Posted(0, 0)
    key = f"rec:{record.id}:v{record.version}"
    kind = "transferred" if record.source == "transferred" else "service"
    minutes = sql.Entry(
        record.volunteer_id, record.minutes, kind, record.id, record.team_id, record.region_code,
        record.local_day, record.rule_set_id, f"hours:{key}", None, actor_id, note,
    )  # fmt: skip
    if not sql.post_minutes(minutes, now=to_millis(at)):
        return Posted(0, 0)
    if record.source == "transferred":
        return Posted(record.minutes, 0)
    first = at if record.version == 1 else from_millis(sql.first_posted(record.id))
    earned = earning.of_record(record, at=first)
    _post_earned(record, earned, f"points:{key}", actor_id, note, at)
    return Posted(record.minutes, earned.points)


def _post_earned(
    record: ServiceRecord, earned: Earned, key: str, actor_id: int | None, note: str, at: datetime
) -> None:  # fmt: skip
    if not earned.points:
        return
    why = say("points.why.corrected", why=earned.why, reason=note) if note else earned.why
    entry = sql.Entry(
        record.volunteer_id, earned.points, "service", record.id, None, record.region_code, record.local_day,
        earned.rule_id, key, None, actor_id, why, expires_on=earned.expires_on,
    )  # fmt: skip
    points.post(entry, at=at)


def evaluated(*, activity_id: int, volunteer_id: int, actor_id: int | None, at: datetime) -> int:
    """The organiser has judged somebody: his confirmed records there are worth what their own rule says of that.

    The rule is the one frozen in the entry that stands; where it says nothing of evaluation, nothing happens. How many
    points more (or fewer) it made. Inside the caller's write.
    """
    moved = 0
    records = ServiceRecord.select().where(
        ServiceRecord.activity == activity_id, ServiceRecord.volunteer == volunteer_id,
        ServiceRecord.state == "confirmed",
    )  # fmt: skip
    for record in list(records):
        live = next(iter(sql.live_points(record.id)), None)
        rule = _rule_of(live)
        if live is None or rule is None or not earning.looks_at_stars(rule.params):
            continue
        _reverse_points(record, actor_id, at, say("points.why.evaluated"))
        earned = earning.of_record(record, at=at, rule=rule)
        _post_earned(record, earned, f"points:rec:{record.id}:e{to_millis(at)}", actor_id, "", at)
        moved += earned.points - live.amount
    return moved


def _rule_of(live: sql.Live | None) -> Rule | None:
    return rules.rule_by_id(live.rule_id) if live is not None and live.rule_id is not None else None


def reverse(*, record: ServiceRecord, actor_id: int | None, at: datetime, note: str) -> Posted:
    """Take back whatever of a record stands in the books, by reversing entries; of class time, in his training."""
    if classes.is_class(record.rule_set_id):
        classes.follow(record, at)
        return Posted(0, 0)
    minutes = 0
    for live in sql.live_minutes(record.id):
        taken = sql.Entry(
            record.volunteer_id, -live.amount, "reversal", record.id, record.team_id, live.region_code,
            live.local_day, record.rule_set_id, f"hours:rev:{live.id}", live.id, actor_id, note,
        )  # fmt: skip
        minutes += live.amount if sql.post_minutes(taken, now=to_millis(at)) else 0
    return Posted(minutes, _reverse_points(record, actor_id, at, note))


def _reverse_points(record: ServiceRecord, actor_id: int | None, at: datetime, note: str) -> int:
    """Take back what a record brought; how many points."""
    found = sql.live_points(record.id)
    return sum(_take_back(live, record.volunteer_id, record.id, actor_id, at, note) for live in found)


def reverse_honour(*, volunteer_id: int, name: str, actor_id: int | None, at: datetime, note: str) -> int:
    """Take back what came with an honour called `name`; how many points. What is spent of it becomes a marked debt.
    Inside the caller's write."""
    found = sql.live_honour(volunteer_id=volunteer_id, name=name)
    return sum(_take_back(live, volunteer_id, None, actor_id, at, note) for live in found)


def _take_back(
    live: sql.Live, volunteer_id: int, record_id: int | None, actor_id: int | None, at: datetime, note: str
) -> int:  # fmt: skip
    """The reversal lasts as long as what it takes back; what expired of it is given back before, so that nobody loses
    the same points twice."""
    _unexpire(live, volunteer_id, actor_id, at)
    entry = sql.Entry(
        volunteer_id, -live.amount, "reversal", record_id, None, live.region_code, live.local_day, None,
        f"points:rev:{live.id}", live.id, actor_id, note, expires_on=live.expires_on,
    )  # fmt: skip
    return live.amount if points.post(entry, at=at) else 0


def _unexpire(live: sql.Live, volunteer_id: int, actor_id: int | None, at: datetime) -> None:
    today = local_day(at).isoformat()
    if live.expires_on is None or live.expires_on >= today:
        return
    points.hold(volunteer_id)
    expired = expiry.taken_of(volunteer_id=volunteer_id, entry_id=live.id)
    if expired <= 0:
        return
    entry = sql.Entry(
        volunteer_id, expired, "expiry", None, None, live.region_code, today, None,
        f"points:unexpired:{live.id}", None, actor_id, say("points.why.unexpired", points=expired),
    )  # fmt: skip
    points.post(entry, at=at)


def verify(*, whole: bool = False, anchors_file: str = "", key: bytes = b"") -> list[Mismatch]:
    """Every kept total, star and certificate that differs from what proves it, every broken seal, every anchor whose
    seal is gone; `whole`: of all seals, not the newest; `key`: with which they were made (`sealing.broken`).

    A seal has no person: 0, its first and its last row; an anchor 0, the last row anchored, the last one sealed now.
    AnchorsUnreadable where that file was damaged. Only reports: nothing mends itself.
    """
    broken = [_of_seal(each) for each in sealing.broken(whole=whole, key=key)]
    lost = [Mismatch(0, f"anchor of {book}", then, now) for book, then, now in anchors.lost(file=anchors_file)]
    papers = [Mismatch(*row) for row in proving.wrong()]
    return [*(Mismatch(*row) for row in sql.wrong()), *papers, *broken, *lost]


def differences(*, whole: bool = False, anchors_file: str = "", key: bytes = b"") -> list[str]:
    """As `verify`, one line each for the operator; a file of anchors that cannot be held against it is a line, too."""
    try:
        return [each.said for each in verify(whole=whole, anchors_file=anchors_file, key=key)]
    except anchors.AnchorsUnreadable as damaged:
        return [*(each.said for each in verify(whole=whole, key=key)), str(damaged)]


def prove_turn(*, at: datetime, key: bytes = b"", write: Write = store.write) -> list[Mismatch]:
    """As `verify`, of the old seals whose turn it is this night; remembers how far it came."""
    return [_of_seal(each) for each in sealing.prove_turn(at=at, key=key, write=write)]


def _of_seal(wrong: sealing.Broken) -> Mismatch:
    return Mismatch(0, f"seal of {wrong.book}" + (OTHER_KEY if wrong.other_key else ""), wrong.first, wrong.last)
