"""Scans that a phone kept while it had no network, brought in pieces (docs/checkin.md; reliability.md §4.4).

Each item is answered for itself and keeps its first answer: the same nonce again gets it again, and changes nothing.
An item is judged by the moment it was made, which is the phone's time set right by how far that was off when it last
heard from us; never later than it can have been. Whether the leader leads is asked of that moment, too. What cannot
be read is kept as well, refused. Then every item goes through `judging.perform`, as every other scan does.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import InterfaceError, OperationalError

from clock import EPOCH, to_millis
from frozen import dataclass
from models import ScanAnswer, store
from queries import attendance as sql
from queries import offline as late_sql
from services import permissions
from services.errors import Refusal, RefusalCode
from services.participation import late
from services.participation.judging import perform
from services.participation.kits import Kit
from services.participation.offline_items import Item, Whose, item_of, whose
from services.participation.scan_codes import Seen
from services.participation.scans import Late, Scanned, Try
from services.parts import Parts

log = logging.getLogger("hongyao.offline")

#: So many items in one request.
MOST_ITEMS = 500
#: A time so much later than it can have been is set back, and said.
AHEAD = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the phone's clocks say while it uploads: epoch ms, and ms since it started counting in `run`."""

    device: int | None = None
    mono: float | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one item.

    `outcome`: accepted, duplicate (an earlier time stands), review (kept, earns nothing until somebody has looked),
    corrected (a settled record was put right), orphan (a check-out that waits for its check-in), refused. `reason` is
    the refusal's code with its `facts`; `flag` what was odd; `at` the moment judged by, epoch ms.
    """

    nonce: str
    outcome: str
    reason: str = ""
    facts: Mapping[str, Any] | None = None
    flag: str = ""
    name: str = ""
    direction: str = ""
    at: int | None = None


def upload(
    *, parts: Parts, kit: Kit, items: Sequence[Any], sent: Sent = Sent(), at: datetime  # noqa: B008 (it is frozen)
) -> list[Answer]:  # fmt: skip
    """Judge a piece of what the phone kept; the answers in the order of the items.

    Refusals: TOO_LARGE (more than `MOST_ITEMS` at once). What an item is refused for stands in its answer.
    """
    if len(items) > MOST_ITEMS:
        raise Refusal(RefusalCode.TOO_LARGE)

    try:
        return store.write(lambda: _held(parts, kit, items, sent, at))
    except _OurFault:  # one item that we cannot take must not keep back the others
        log.exception("a piece of kit %s failed; item by item now", kit.code)
    return [answer for each in items for answer in _alone(parts, kit, each, sent, at)]


class _OurFault(Exception):
    """Something in here is wrong, not the database: trying the same again would fail again."""


def _held(parts: Parts, kit: Kit, items: Sequence[Any], sent: Sent, at: datetime) -> list[Answer]:
    late_sql.hold_kit(kit_id=kit.id, more=0, now=to_millis(at))
    try:
        return _piece(parts, kit, items, sent, at)
    except (OperationalError, InterfaceError):
        raise  # busy, full or gone: the phone keeps everything and comes again
    except Exception as cause:
        raise _OurFault from cause


def _alone(parts: Parts, kit: Kit, raw: Any, sent: Sent, at: datetime) -> list[Answer]:
    try:
        return store.write(lambda: _held(parts, kit, [raw], sent, at))
    except _OurFault:
        log.exception("an item of kit %s failed", kit.code)
        return [store.write(lambda: _reject(kit, _key(raw), raw, at))]


def _key(raw: Any) -> str:
    """The nonce of an item; for one without a good nonce, a name made of what it says."""
    item = item_of(raw)
    if item is not None:
        return item.nonce
    text = json.dumps(raw, sort_keys=True, ensure_ascii=True)
    return "x" + hashlib.sha256(text.encode()).hexdigest()[:32]


def _piece(parts: Parts, kit: Kit, items: Sequence[Any], sent: Sent, at: datetime) -> list[Answer]:
    """Judge the items that are new, earliest first; inside a write that holds the kit."""
    keys = [_key(raw) for raw in items]
    known = _answered(kit, keys)
    fresh: dict[str, Any] = {}
    for key, raw in zip(keys, items, strict=True):
        if key not in known:
            fresh.setdefault(key, raw)
    parsed = {key: item_of(raw) for key, raw in fresh.items()}
    good = [item for item in parsed.values() if item is not None]
    people = whose(parts=parts, kit=kit, items=good)
    moments = {item.nonce: _moment(item, sent, at) for item in good}
    leads = kit_leads(kit)
    made: dict[str, Answer] = {}
    with sql.keeping_together() as write_down:
        for key, item in parsed.items():
            if item is None:
                made[key] = _reject(kit, key, fresh[key], at, store_answer=False)
        tries = [_tried(kit, item, people, moments[item.nonce], leads, at) for item in good]
        for some in _rounds(tries):
            found = _standings(some)
            for item, attempt in some:
                outcome = perform(attempt, found.get((attempt.seen.shift_code, attempt.volunteer_id)))
                made[item.nonce] = _answer(item, attempt, outcome)
                if late.waits(attempt, outcome):  # what comes next looks for it
                    people.waiting.add(attempt.volunteer_id or 0)
                    write_down()
    _remember(kit, made, at)
    late_sql.hold_kit(kit_id=kit.id, more=len(made), now=to_millis(at))
    return [known.get(key) or made[key] for key in keys]


def _answered(kit: Kit, keys: list[str]) -> dict[str, Answer]:
    rows = ScanAnswer.select(ScanAnswer.nonce, ScanAnswer.answer).where(
        ScanAnswer.kit == kit.id, ScanAnswer.nonce.in_(keys)
    )
    return {row.nonce: Answer(**row.answer) for row in rows}


def _remember(kit: Kit, made: Mapping[str, Answer], at: datetime) -> None:
    rows = [
        {"kit": kit.id, "nonce": key, "answer": _plain(answer), "at": at} for key, answer in made.items()
    ]
    for start in range(0, len(rows), 200):
        ScanAnswer.insert_many(rows[start : start + 200]).execute()


def _plain(answer: Answer) -> dict[str, Any]:
    facts = None if answer.facts is None else {key: str(value) for key, value in answer.facts.items()}
    return {
        "nonce": answer.nonce, "outcome": answer.outcome, "reason": answer.reason, "facts": facts, "flag": answer.flag,
        "name": answer.name, "direction": answer.direction, "at": answer.at,
    }  # fmt: skip


def _moment(item: Item, sent: Sent, at: datetime) -> tuple[datetime, str]:
    """(the moment an item was made, what is odd about it).

    The phone's time plus how far it was off when it last heard from us. A phone that has not been started anew since
    has counted the milliseconds, too: it cannot have been later than that count allows.
    """
    latest = at
    if item.mono is not None and sent.mono is not None and item.run and item.run == sent.run:
        latest = at - timedelta(milliseconds=max(0.0, sent.mono - item.mono))
    offset = item.offset
    if offset is None:
        offset = 0 if sent.device is None else to_millis(at) - sent.device
    when = EPOCH + timedelta(milliseconds=item.device_at + offset)
    if when - latest > AHEAD:
        return latest, "clamped"
    return min(when, latest), ""


_Tried = tuple[Item, Try]


def _tried(
    kit: Kit, item: Item, people: Whose, moment: tuple[datetime, str], leads: Callable[[datetime], bool], at: datetime
) -> _Tried:  # fmt: skip
    """An item as a scan to be judged like every other."""
    when, flag = moment
    volunteer_id, problem, doubt = people.find(item, when)
    if item.shift and item.shift not in people.shifts:
        problem = RefusalCode.NOT_FOUND  # a shift of another activity: this kit has no business there
    elif not leads(when):
        problem = RefusalCode.NOT_ALLOWED
    elif problem is None and volunteer_id == kit.leader_id:
        problem = RefusalCode.OWN_RECORD
    shift = item.shift if item.shift in people.shifts else people.first_shift
    mode = "person" if item.kind == "person" else "list"
    device_at = EPOCH + timedelta(milliseconds=item.device_at)
    told = Late(
        kit_id=kit.id, device_at=device_at, doubt=doubt, flag=flag or ("" if volunteer_id else item.name),
        waiting=people.waiting,
    )  # fmt: skip
    seen = Seen(shift, item.direction, mode, problem, when)
    return item, Try(volunteer_id, seen, kit.actor, kit.leader_id, item.nonce, at, when, told)


def _rounds(tries: Sequence[_Tried]) -> Iterator[list[_Tried]]:
    """The scans in rounds, in each at most one of a person and his earliest first: so a round is looked up at once."""
    left = sorted(tries, key=lambda each: each[1].when)
    while left:
        seen: set[int] = set()
        some: list[_Tried] = []
        rest: list[_Tried] = []
        for each in left:
            number = each[1].volunteer_id
            (rest if number in seen else some).append(each)
            if number is not None:
                seen.add(number)
        yield some
        left = rest


def _standings(some: Sequence[_Tried]) -> dict[tuple[str, int | None], list[sql.Standing]]:
    """How the people of a round stand, by the shift that was named and the person."""
    wanted: dict[str, list[int]] = {}
    for _, attempt in some:
        if attempt.volunteer_id is not None and attempt.seen.shift_code:
            wanted.setdefault(attempt.seen.shift_code, []).append(attempt.volunteer_id)
    return {
        (shift_code, number): standings
        for shift_code, numbers in wanted.items()
        for number, standings in sql.look_up_many(shift_code=shift_code, volunteer_ids=numbers).items()
    }


def _answer(item: Item, attempt: Try, outcome: Scanned | Refusal) -> Answer:
    odd = attempt.late.flag if attempt.late and attempt.volunteer_id else ""
    when = to_millis(attempt.when)
    if isinstance(outcome, Scanned):
        return Answer(
            item.nonce, _word(outcome), flag=outcome.flag or odd, name=outcome.name, direction=item.direction, at=when
        )
    return Answer(
        item.nonce, "orphan" if outcome.code is RefusalCode.NO_CHECK_IN else "refused", reason=outcome.code.value,
        facts=outcome.facts, flag=late.flag_of(attempt, outcome.code), name=item.name, direction=item.direction,
        at=when,
    )  # fmt: skip


def _word(outcome: Scanned) -> str:
    if outcome.outcome == "repeat":
        return "duplicate"
    if outcome.flag == "corrected":
        return "corrected"
    return "review" if outcome.flag and outcome.flag != "clamped" else "accepted"


def _reject(kit: Kit, key: str, raw: Any, at: datetime, *, store_answer: bool = True) -> Answer:
    """Keep what could not be read or taken, and refuse it."""
    sql.keep_attempt(
        shift_id=None, volunteer_id=None, identity_id=None, actor_id=kit.leader_id, direction="", mode="list",
        door="offline", outcome="refused", reason=RefusalCode.BAD_REQUEST.value, nonce=key, at=to_millis(at),
        received_at=to_millis(at), kit_id=kit.id, device_at=None, flag="rejected",
        detail=json.dumps(raw, ensure_ascii=False)[:500],
    )  # fmt: skip
    answer = Answer(key, "refused", reason=RefusalCode.BAD_REQUEST.value, facts={"why": "item"}, flag="rejected")
    if store_answer:
        _remember(kit, {key: answer}, at)
    return answer


def kit_leads(kit: Kit) -> Callable[[datetime], bool]:
    """A function: did the kit's leader lead its team at that moment? Few questions for many moments."""
    edges = permissions.changes_of(volunteer_id=kit.leader_id)
    seen: dict[int, bool] = {}

    def leads(when: datetime) -> bool:
        piece = sum(edge <= when for edge in edges)
        if piece not in seen:
            seen[piece] = permissions.leads(actor=kit.actor, team_id=kit.team_id, at=when)
        return seen[piece]

    return leads
