"""Reading what a phone kept: the form of an item, and whose scan it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import PersonCard, Shift, Signup, TeamMember, Volunteer
from queries import offline as late_sql
from services.codes import open_person_code, token_hash
from services.errors import RefusalCode
from services.lives.card_codes import is_card, plain
from services.participation import revoked
from services.participation.kits import Kit
from services.participation.person_codes import PROBLEMS
from services.parts import Parts

C = RefusalCode
#: person: the code that the leader scanned; list: a tick; name: somebody who stands on no list, written down.
KINDS = ("person", "list", "name")
DIRECTIONS = ("in", "out")
NONCE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
#: A phone that has lost its battery begins in 1970; none is later than 2096. Epoch ms.
EARLIEST_MS, LATEST_MS = 0, 4 * 10**12
MOST_OFFSET_MS = 100 * 365 * 86_400_000
_UNKEPT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One kept scan. `device_at`: the phone's time, epoch ms; `offset`: ours minus the phone's when it last heard
    from us, ms; `mono`, `run`: ms counted since the phone's page was started, and which start that was."""

    nonce: str
    kind: str
    direction: str
    device_at: int
    offset: int | None = None
    mono: float | None = None
    run: str = ""
    shift: str = ""
    code: str = ""
    person: str = ""
    name: str = ""


def item_of(raw: Any) -> Item | None:
    """What a phone sent, if it can be read; never raises."""
    if not isinstance(raw, dict):
        return None
    texts = {key: _text(raw.get(key), most) for key, most in (("nonce", 36), ("kind", 10), ("direction", 3),
             ("run", 64), ("shift", 20), ("code", 300), ("person", 20), ("name", 40))}  # fmt: skip
    device_at, offset, mono = raw.get("device_at"), raw.get("offset"), raw.get("mono")
    readable = (
        None not in texts.values()
        and NONCE.fullmatch(texts["nonce"] or "")
        and texts["kind"] in KINDS
        and texts["direction"] in DIRECTIONS
        and type(device_at) is int
        and EARLIEST_MS <= device_at <= LATEST_MS
        and (offset is None or (type(offset) is int and abs(offset) <= MOST_OFFSET_MS))
        and (mono is None or (type(mono) in (int, float) and 0 <= mono <= LATEST_MS))
    )
    needed = {"person": "code", "list": "person", "name": "name"}.get(texts["kind"] or "", "")
    if not readable or not texts.get(needed):
        return None
    return Item(device_at=device_at, offset=offset, mono=mono, **texts)  # type: ignore[arg-type]


def _text(value: Any, most: int) -> str | None:
    """A text that may be kept, "" where there is none; None for anything else."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or _UNKEPT.search(value):
        return None
    return value.strip()


@dataclass
class Whose:
    """Who is behind the items of a piece: looked up at once, asked one by one."""

    parts: Parts
    shifts: dict[str, int]
    first_shift: str
    numbers: dict[str, int] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    cards: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    revoked: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)  # people of whom a check-out waits for its check-in

    def find(self, item: Item, when: datetime) -> tuple[int | None, RefusalCode | None, str]:
        """(the person, what is wrong, what is doubtful) of an item made at `when`."""
        if item.kind == "list":
            found = self.numbers.get(item.person)
            return found, (None if found else C.NOT_FOUND), ""
        if item.kind == "name":
            fits = self.names.get(item.name, [])
            return (fits[0], None, "") if len(fits) == 1 else (None, None, "")
        return self._card(item, when) if is_card(item.code) else self._code(item, when)

    def _card(self, item: Item, when: datetime) -> tuple[int | None, RefusalCode | None, str]:
        found = self.cards.get(token_hash(plain(item.code)))
        if found is None:
            return None, C.CODE_UNKNOWN, ""
        number, revoked_at = found
        return number, None, "revoked" if revoked_at is not None and revoked_at <= when else ""

    def _code(self, item: Item, when: datetime) -> tuple[int | None, RefusalCode | None, str]:
        read = open_person_code(sign_key=self.parts.sign_key, code=plain(item.code), at=when)
        found = self.numbers.get(read.public_no)
        if read.state != "good":
            return None, PROBLEMS[read.state], ""
        if found is None:
            return None, C.CODE_UNKNOWN, ""
        before, taken_back = self.revoked.get(found, (None, None))
        old = before is not None and (read.issued_at is None or read.issued_at < before)
        return found, None, "revoked" if old and taken_back is not None and taken_back <= when else ""


def whose(*, parts: Parts, kit: Kit, items: Sequence[Item]) -> Whose:
    """Look up everybody these items may mean, in a handful of statements."""
    shifts = {
        row.code: row.id
        for row in Shift.select(Shift.id, Shift.code).where(Shift.activity == kit.activity_id).order_by(
            Shift.starts_at, Shift.id
        )
    }  # fmt: skip
    made = Whose(parts, shifts, next(iter(shifts), ""))
    wanted = {item.person for item in items if item.kind == "list"}
    wanted |= {part for item in items if item.kind == "person" for part in plain(item.code).split(".")[1:2]}
    made.numbers = _numbers(wanted)
    hashes = [token_hash(plain(item.code)) for item in items if item.kind == "person" and is_card(item.code)]
    if hashes:
        rows = PersonCard.select().where(PersonCard.code_hash.in_(hashes))
        made.cards = {row.code_hash: (row.volunteer_id, row.revoked_at) for row in rows}
    made.waiting = late_sql.waiting_people(kit.activity_id)
    made.revoked = revoked.of(made.numbers.values())
    names = {item.name for item in items if item.kind == "name"}
    made.names = _named(kit, names) if names else {}
    return made


def _numbers(wanted: Iterable[str]) -> dict[str, int]:
    """Public number → person; one who was merged into another is that other."""
    rows = Volunteer.select(Volunteer.id, Volunteer.public_no, Volunteer.state, Volunteer.merged_into).where(
        Volunteer.public_no.in_(list(wanted))
    )
    return {
        row.public_no: row.merged_into_id if row.state == "merged" else row.id
        for row in rows
        if row.state != "merged" or row.merged_into_id
    }


def _named(kit: Kit, names: set[str]) -> dict[str, list[int]]:
    """Members of the team and people signed up, by name: a name that two have is nobody's."""
    members = TeamMember.select(TeamMember.volunteer).where(
        TeamMember.team == kit.team_id, TeamMember.to_at.is_null()
    )
    signed = Signup.select(Signup.volunteer).where(Signup.activity == kit.activity_id)
    query = Volunteer.select(Volunteer.id, Volunteer.name).where(
        Volunteer.name.in_(list(names)), Volunteer.state == "active",
        Volunteer.id.in_(members) | Volunteer.id.in_(signed),
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for row in query:
        found.setdefault(row.name, []).append(row.id)
    return found
