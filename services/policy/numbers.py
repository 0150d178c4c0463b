"""Reading and setting the programme's numbers in a division (S97): one catalogue, inherited downwards, versioned.

A division sets single numbers; the others it takes from above. Each version is kept whole, with the numbers of the
day filled in, so that an entry of the books can name the version it was made by (design §6.9). When a division sets
a number, every set below it is written anew, so that what was merely inherited there follows; what a division set
itself stays, unless it was locked above.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from clock import SHANGHAI, UTC, local_day
from frozen import dataclass
from models import History, Region, RuleSet, Volunteer, store
from services import audit, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import domains
from services.permissions import APPOINTING
from services.regions import below, lineage
from wording import entry

#: A change may be announced this far ahead.
FURTHEST = timedelta(days=400)


#: A coefficient that changes nothing.
WHOLE = 100
#: A time of the day, two digits each: as text it sorts as it should.
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """One number as it stands in a division; `set_at` is the division it comes from ("" = the programme)."""

    kind: str
    name: str
    value: Any
    set_at: str
    set_at_name: str
    set_by: str
    valid_from: datetime | None
    locked_by: str
    locked_by_name: str
    locks: bool
    reason: str
    coming: tuple[datetime, Any] | None

    @property
    def about(self) -> Mapping[str, Any]:
        """Label, type, limits, unit and source, from wording/policy.toml."""
        found: Mapping[str, Any] = entry(f"policy.numbers.{self.kind}.{self.name}")
        return found


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one division had set at a moment."""

    row: RuleSet
    params: dict[str, Any]
    own: frozenset[str]
    locks: frozenset[str]


def kinds() -> tuple[str, ...]:
    """The groups of numbers, in the order people read them."""
    return tuple(entry("policy.groups"))


def names(kind: str) -> tuple[str, ...]:
    """The numbers of a group."""
    return tuple(_catalogue(kind))


def _layers(kind: str, region_code: str, at: datetime) -> list[_Layer]:
    """The newest set of each division from the programme down to this one, as they hold at `at`."""
    rows = (
        RuleSet.select()
        .where(
            RuleSet.kind == kind,
            RuleSet.region_code.in_(["", *lineage(region_code)]),
            RuleSet.valid_from <= at,
        )
        .order_by(RuleSet.valid_from, RuleSet.version)
    )
    newest = {row.region_code: row for row in rows}
    return [
        _Layer(
            row, json.loads(row.params), frozenset(row.own) if code else frozenset(json.loads(row.params)),
            frozenset(row.locks),
        )
        for code, row in sorted(newest.items(), key=lambda pair: len(pair[0]))
    ]  # fmt: skip


def _sources(layers: list[_Layer]) -> tuple[dict[str, _Layer], dict[str, str]]:
    """For each number the layer it comes from, and the division that locked it."""
    source: dict[str, _Layer] = {}
    locked: dict[str, str] = {}
    for layer in layers:
        for name in layer.own:
            if name not in locked:
                source[name] = layer
        for name in layer.locks:
            locked.setdefault(name, layer.row.region_code)
    return source, locked


def _whole(layers: list[_Layer]) -> dict[str, Any]:
    return {name: layer.params[name] for name, layer in _sources(layers)[0].items()}


def numbers(*, actor: Actor, region_code: str, at: datetime) -> list[Number]:
    """Every number of the catalogue as it stands in this division, for those who may look there.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    permissions.require_look(actor=actor, region_code=region_code, at=at)
    found: list[Number] = []
    for kind in kinds():
        layers = _layers(kind, region_code, at)
        source, locked = _sources(layers)
        ahead = _coming(kind, region_code, at)
        for name in entry(f"policy.numbers.{kind}"):
            layer = source[name]
            lock = locked.get(name, "")
            own = layer.row.region_code
            person = layer.row.set_by
            found.append(
                Number(
                    kind, name, layer.params[name], own, _name(own), person.name if person else "",
                    layer.row.valid_from if own else None, lock if lock != region_code else "",
                    _name(lock) if lock != region_code else "", lock == region_code, layer.row.reason if own else "",
                    _next(ahead, name, layer.params[name]),
                )
            )  # fmt: skip
    return found


def _coming(kind: str, region_code: str, at: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    moments = sorted(
        {
            row.valid_from
            for row in RuleSet.select(RuleSet.valid_from).where(
                RuleSet.kind == kind,
                RuleSet.region_code.in_(["", *lineage(region_code)]),
                RuleSet.valid_from > at,
            )
        }
    )
    return [(moment, _whole(_layers(kind, region_code, moment))) for moment in moments]


def _next(ahead: list[tuple[datetime, dict[str, Any]]], name: str, now: Any) -> tuple[datetime, Any] | None:
    return next(((moment, params[name]) for moment, params in ahead if params[name] != now), None)


def _name(code: str) -> str:
    return str(Region.get_by_id(code).place_name) if code else ""


def set_number(
    *, actor: Actor, region_code: str, kind: str, name: str, value: Any, lock: bool, reason: str, at: datetime,
    valid_on: date | None = None,
) -> None:  # fmt: skip
    """Set one number for a division and below, from now or from the morning of `valid_on`.

    Only a director or administrator of the division (or above) may. `lock` forbids divisions below to set their own.
    Refusals: NOT_FOUND / NOT_ALLOWED, POLICY_UNKNOWN, POLICY_LOCKED (above), POLICY_VALUE, REASON_REQUIRED.
    """
    _require_setter(actor, region_code, at)
    if name not in _catalogue(kind):
        raise Refusal(RefusalCode.POLICY_UNKNOWN)
    moment = _moment(valid_on, at)
    layers = _layers(kind, region_code, moment)
    lock_above = _sources([each for each in layers if each.row.region_code != region_code])[1].get(name)
    if lock_above is not None:
        raise Refusal(RefusalCode.POLICY_LOCKED, place=_name(lock_above))
    checked = check_value(kind, name, value)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> None:
        before = _whole(_layers(kind, region_code, moment))[name]
        for when in _same_until_changed(kind, region_code, moment, name):
            _put(
                kind,
                region_code,
                when,
                actor,
                reason.strip(),
                {name: checked},
                {name} if lock else set(),
                name,
            )
        _rewrite(kind, region_code, moment)
        audit.changed(
            actor=actor, verb="policy.set", subject=f"policy:{region_code}", reason=reason.strip(), at=at,
            changes={f"{kind}.{name}": [before, checked]},
        )  # fmt: skip

    store.write(act)


def inherit(*, actor: Actor, region_code: str, kind: str, name: str, reason: str, at: datetime) -> None:
    """Give a number of one's own up and follow the division above again.

    Refusals: NOT_FOUND / NOT_ALLOWED, POLICY_UNKNOWN (also: not set here), REASON_REQUIRED.
    """
    _require_setter(actor, region_code, at)
    mine = next(
        (each for each in _layers(kind, region_code, at) if each.row.region_code == region_code), None
    )
    if mine is None or name not in mine.own:
        raise Refusal(RefusalCode.POLICY_UNKNOWN)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> None:
        before = mine.params[name]
        for when in _same_until_changed(kind, region_code, at, name):
            _put(kind, region_code, when, actor, reason.strip(), {}, set(), name)
        _rewrite(kind, region_code, at)
        after = _whole(_layers(kind, region_code, at))[name]
        audit.changed(
            actor=actor, verb="policy.inherit", subject=f"policy:{region_code}", reason=reason.strip(), at=at,
            changes={f"{kind}.{name}": [before, after]},
        )  # fmt: skip

    store.write(act)


def _same_until_changed(kind: str, region_code: str, moment: datetime, name: str) -> list[datetime]:
    """`moment`, and the announced moments of this division's own sets that leave the number as it stands."""
    now = _whole(_layers(kind, region_code, moment))[name]
    later = RuleSet.select().where(
        RuleSet.kind == kind, RuleSet.region_code == region_code, RuleSet.valid_from > moment
    )
    same = {row.valid_from for row in later if name not in row.own or json.loads(row.params)[name] == now}
    return [moment, *sorted(same)]


def may_set(*, actor: Actor, region_code: str, at: datetime) -> bool:
    """Whether the actor may set this division's numbers: its directors and administrators, and those above."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    return actor.is_house or any(
        g.role in APPOINTING and g.region_code and region_code.startswith(g.region_code) for g in grants
    )


def _require_setter(actor: Actor, region_code: str, at: datetime) -> None:
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    if not may_set(actor=actor, region_code=region_code, at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)


def _catalogue(kind: str) -> Mapping[str, Any]:
    return entry(f"policy.numbers.{kind}") if kind in kinds() else {}


def _moment(valid_on: date | None, at: datetime) -> datetime:
    """Now, or the Shanghai morning of a coming day; POLICY_VALUE for a day gone or too far."""
    if valid_on is None or valid_on == local_day(at):
        return at
    moment = datetime(valid_on.year, valid_on.month, valid_on.day, tzinfo=SHANGHAI).astimezone(UTC)
    if not at < moment <= at + FURTHEST:
        raise Refusal(RefusalCode.POLICY_VALUE, field="valid_on")
    return moment


def _put(
    kind: str, region_code: str, moment: datetime, actor: Actor | None, reason: str, new: dict[str, Any],
    locks: set[str], touched: str,
) -> None:  # fmt: skip
    """One more version of this division's set, whole; `touched` leaves `own` and `locks` unless it is among the new."""
    layers = _layers(kind, region_code, moment)
    mine = next((each for each in layers if each.row.region_code == region_code), None)
    own = ((mine.own if mine else frozenset()) - {touched}) | set(new)
    kept = (mine.locks if mine else frozenset()) - {touched} | locks
    above = _whole([each for each in layers if each.row.region_code != region_code])
    params = above | {name: (mine.params[name] if mine and name not in new else new[name]) for name in own}
    person: Any = actor.volunteer_id if actor else (mine.row.set_by_id if mine else None)
    _insert(kind, region_code, moment, params, own, kept, person, reason)


def _insert(
    kind: str, region_code: str, moment: datetime, params: dict[str, Any], own: frozenset[str] | set[str],
    locks: frozenset[str] | set[str], person: Any, reason: str,
) -> None:  # fmt: skip
    last = (
        RuleSet.select(RuleSet.version)
        .where(RuleSet.kind == kind, RuleSet.region_code == region_code)
        .order_by(RuleSet.version.desc())
        .scalar()
    )
    RuleSet.create(
        kind=kind, region_code=region_code, version=(last or 0) + 1, params=json.dumps(params), own=sorted(own),
        locks=sorted(locks), set_by=person, reason=reason, valid_from=moment,
    )  # fmt: skip


def _rewrite(kind: str, region_code: str, moment: datetime) -> None:
    """Write anew what changed with it: every set below, and each set of the line at its later moments."""
    first, end = below(region_code)
    rows = RuleSet.select(RuleSet.region_code, RuleSet.valid_from).where(RuleSet.kind == kind)
    line = {
        (row.region_code, row.valid_from) for row in rows if row.region_code in ("", *lineage(region_code))
    }
    under = {(row.region_code, row.valid_from) for row in rows if first <= row.region_code < end}
    moments = sorted({when for _, when in line | under if when > moment} | {moment})
    codes = sorted({code for code, _ in under} | {region_code}, key=len)
    for when in moments:
        for code in codes:
            _follow(kind, code, when)


def _follow(kind: str, code: str, moment: datetime) -> None:
    """Bring one division's set at one moment in line with those above it, if it is not."""
    layers = _layers(kind, code, moment)
    mine = next((each for each in layers if each.row.region_code == code), None)
    whole = _whole(layers)
    if mine is None or mine.params == whole:
        return
    _insert(kind, code, moment, whole, mine.own, mine.locks, mine.row.set_by_id, mine.row.reason)


def check_value(kind: str, name: str, value: Any) -> Any:
    """The value in its stored form. Refusals: POLICY_VALUE."""
    about = _catalogue(kind)[name]
    if about["type"] == "yes" and isinstance(value, bool):
        return value
    if about["type"] in ("whole", "level") and _is_whole(value) and about["min"] <= value <= about["max"]:
        return value
    is_clock = about["type"] == "clock" and isinstance(value, str) and _CLOCK.fullmatch(value)
    if is_clock and about["min"] <= value <= about["max"]:
        return value
    if about["type"] == "wholes" and isinstance(value, list):
        current = json.loads(_default(kind).params)[name]
        rising = sorted(set(value), reverse=about.get("falling", False)) if all(map(_is_whole, value)) else []
        inside = all(_is_whole(each) and about["min"] <= each <= about["max"] for each in value)
        if inside and rising == value and len(value) == len(current):
            return value
    if about["type"] == "percents" and _are_percents(value, about["min"], about["max"]):
        return {code: each for code, each in sorted(value.items()) if each != WHOLE}
    if about["type"] == "days" and isinstance(value, dict) and set(value) <= set("12345"):
        try:
            return {level: date.fromisoformat(day).isoformat() for level, day in value.items() if day}
        except (TypeError, ValueError):
            pass
    raise Refusal(RefusalCode.POLICY_VALUE, field=name)


def _are_percents(value: Any, least: int, most: int) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= set(domains.CODES)
        and all(_is_whole(each) and least <= each <= most for each in value.values())
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _default(kind: str) -> RuleSet:
    found = RuleSet.get((RuleSet.kind == kind) & (RuleSet.region_code == "") & (RuleSet.version == 1))
    assert isinstance(found, RuleSet)
    return found


def history(
    *, actor: Actor, region_code: str, at: datetime, limit: int = 50
) -> list[tuple[datetime, str, Any, str]]:
    """Who changed which number here, newest first: (when, who, {number: [old, new]}, why)."""
    permissions.require_look(actor=actor, region_code=region_code, at=at)
    rows = (
        History.select(History, Volunteer)
        .join(Volunteer, JOIN.LEFT_OUTER)
        .where(History.subject == f"policy:{region_code}")
        .order_by(History.id.desc())
        .limit(limit)
    )
    return [(row.at, row.actor.name if row.actor else "", row.changes, row.reason) for row in rows]
