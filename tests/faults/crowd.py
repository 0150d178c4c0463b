"""Many people with a session, points and a place each; what they do, what they were told, and what the books say of it.

An act is repeated under one key until there is a word. What was told must be there, once, whatever happened meanwhile.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests
from peewee import chunked

from models import Balance, PointEntry, Session, Shift, Volunteer, WechatIdentity, store
from services import codes, rules
from services.accounts import sessions
from services.bookkeeping import books
from tests.faults import hasty
from tests.services.mall.world import offer, open_mall
from tests.services.messaging.outbox_cases import queue
from tests.support.world import VILLAGE, make_activity, make_identity, sign_up, small_world

if TYPE_CHECKING:
    from tests.faults.ground import Ground

PART = 2000
PHONES = 8
#: A phone that was told to wait, or heard nothing, asks again after so long, and gives up after so long.
AGAIN, PATIENCE = 0.2, 150
GIVEN, PRICE = 100, 60
KINDS = ("check_in", "sign_up", "redeem")
#: Messages on their way.
WAITING = "SELECT 1 FROM delivery WHERE state IN ('queued', 'inflight')"
#: What the books keep of an act, one row for each person.
KEPT = {
    "check_in": "SELECT volunteer_id FROM service_record",
    "sign_up": "SELECT s.volunteer_id FROM signup s JOIN shift f ON f.id = s.shift_id WHERE f.code = '{later}'",
    "redeem": "SELECT volunteer_id FROM redemption",
}


#: Of each shift the places that are taken, those signed up and those who walked in; one look at one moment.
PLACES = """
SELECT f.code, f.taken, (SELECT COUNT(*) FROM signup s WHERE s.shift_id = f.id AND s.state = 'confirmed'),
    (SELECT COUNT(*) FROM service_record r WHERE r.shift_id = f.id AND NOT EXISTS (
        SELECT 1 FROM signup s WHERE s.shift_id = r.shift_id AND s.volunteer_id = r.volunteer_id))
FROM shift f
"""


@dataclass
class People:
    """(id, token) of each; the shift that has begun and its key, one to come, a reward; who is to be reminded."""

    each: list[tuple[int, str]] = field(default_factory=list)
    begun: str = ""
    key: str = ""
    later: str = ""
    reward: str = ""
    reminded: list[str] = field(default_factory=list)
    world: Any = None

    def phones(self) -> list[dict[str, Any]]:
        """The phones of those whom WeChat reaches, as the sandbox reads them."""
        return [
            {"n": number, "name": f"手机{number}", "oa_openid": openid, "mp_openid": f"mp-{openid}", "following": True}
            for number, openid in enumerate(self.reminded, 1)
        ]


def volunteers(at: datetime, many: int) -> list[Volunteer]:
    """So many active people of one village, in order; inside the caller's write."""
    rows = [
        {"public_no": f"k{number:07d}", "name": f"志愿者{number}", "region_code": VILLAGE, "created_at": at,
         "identity": "veteran", "state": "active", "birth_date": "1960-05-01"}
        for number in range(many)
    ]  # fmt: skip
    for part in chunked(rows, PART):
        Volunteer.insert_many(part).execute()
    return list(Volunteer.select().where(Volunteer.public_no.startswith("k")).order_by(Volunteer.public_no))


def seed(at: datetime, *, people: int, reminded: int, appid: str) -> People:
    """The small world with many people in it; those to be reminded are the first ones."""
    world = small_world(at)
    open_mall(at)
    reward = offer(world, at, stock=people + 1, price=PRICE, from_on=at.date().isoformat())
    tokens = [sessions.new_token() for _ in range(people)]

    def make() -> People:
        WechatIdentity.delete().execute()
        _, begun = make_activity(at, world.team, starts_in=timedelta(minutes=-5), hours=8, quota=people)
        _, later = make_activity(at, world.team, starts_in=timedelta(hours=50), quota=people)
        every = volunteers(at, people)
        _open(at, every, tokens)
        made = People(
            [(each.id, token) for each, token in zip(every, tokens, strict=True)], begun.code,
            Shift.get_by_id(begun.id).code_key, later.code, reward.code, world=world,
        )  # fmt: skip
        _, tomorrow = make_activity(at, world.team, starts_in=timedelta(hours=26), quota=people)
        for number, person in enumerate(every[:reminded]):
            made.reminded.append(f"oa-{number}")
            make_identity(at, person, "oa", appid=appid, openid=f"oa-{number}", following=True, union_checked=True)
            sign_up(at, tomorrow, person)
        return made

    return store.write(make)


def _open(at: datetime, every: list[Volunteer], tokens: list[str]) -> None:
    """A session and a hundred points for each."""
    ends, rule = at + sessions.LIMITS["api"].absolute, rules.rule("points", VILLAGE, at).id
    rows = [
        {"token_hash": sessions.token_hash(token), "kind": "api", "volunteer": each.id, "csrf": "-", "device": "",
         "created_at": at, "seen_at": at, "expires_at": ends}
        for token, each in zip(tokens, every, strict=True)
    ]  # fmt: skip
    for part in chunked(rows, PART):
        Session.insert_many(part).execute()
        Balance.insert_many([{"volunteer": row["volunteer"], "points": GIVEN} for row in part]).execute()
        PointEntry.insert_many([
            {"volunteer": row["volunteer"], "amount": GIVEN, "kind": "service", "region_code": VILLAGE,
             "local_day": at.date().isoformat(), "idem_key": f"crowd:{row['volunteer']}", "rule_set": rule,
             "note": "服务", "expires_on": "2999-12-31", "created_at": at}
            for row in part
        ]).execute()  # fmt: skip


def call_out(ground: Ground, name: str, later: timedelta = timedelta()) -> None:
    """Urgent words to each whom WeChat reaches, due then."""
    with ground.bound():
        at = ground.now()
        for number, _ in ground.people.each[: len(ground.people.reminded)]:
            queue(
                ground.people.world, at, Volunteer(id=number), kind="emergency", dedupe_key=f"{name}:{number}",
                due_at=at + later, expires_at=at + later + timedelta(hours=6),
            )  # fmt: skip


# What they do -----------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What the phones heard: (when, seconds, status, Retry-After) of every answer; (act, person) of every yes."""

    answers: list[tuple[float, float, int, str]] = field(default_factory=list)
    yes: list[tuple[str, int]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


def _asked(ground: Ground, kind: str) -> tuple[str, dict[str, Any], int]:
    """(path, body, the status of a yes)."""
    if kind == "check_in":
        scan = codes.venue_code(
            shift_code=ground.people.begun, shift_key=ground.people.key, direction="in", at=ground.now()
        )
        return "/api/v1/attendance/scans", {"code": scan}, 200
    if kind == "sign_up":
        return "/api/v1/signups", {"shift_code": ground.people.later, "risk_accepted": True}, 201
    return f"/api/v1/rewards/{ground.people.reward}/redeem", {"price": PRICE}, 200


def act(ground: Ground, told: Told, line: requests.Session, kind: str, who: int) -> None:
    """One person's act, asked again under the same key until there is a word or the phones are put away; a new code if
    the old one is over."""
    number, token = ground.people.each[who]
    end, path, mark = time.monotonic() + PATIENCE, "", ""
    while time.monotonic() < end and not told.done.is_set():
        if not path:
            path, body, fine = _asked(ground, kind)
            mark = str(uuid4())
        began = time.monotonic()
        try:
            answer = line.post(
                ground.app + path, json=body, timeout=15,
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": mark},
            )  # fmt: skip
            status, said, after = answer.status_code, answer.text, answer.headers.get("Retry-After", "")
        except requests.RequestException as broken:
            status, said, after = 0, repr(broken), ""
        told.answers.append((time.monotonic(), time.monotonic() - began, status, after))
        if status == fine:
            told.yes.append((kind, number))
            return
        if status == 410:
            path = ""
        elif (400 <= status < 500 and status != 409) or status == 500:
            told.odd.append(f"{kind} {status} {said[:200]}")
            return
        else:
            time.sleep(AGAIN)
    if not told.done.is_set():
        told.odd.append(f"{kind}: no word")


@contextmanager
def acting(
    ground: Ground, *, a_second: float, kinds: tuple[str, ...] = ("check_in",), order: random.Random | None = None,
    first: int = 0,
) -> Iterator[Told]:  # fmt: skip
    """Phones that act for one person after the other, from the one with the number `first` on, until the block ends."""
    told, numbers, begin = Told(), count(), time.monotonic()
    acts = [(kind, who) for who in range(first, len(ground.people.each)) for kind in kinds]
    if order is not None:
        order.shuffle(acts)

    def phone() -> None:
        line = requests.Session()
        line.trust_env = False
        while not told.done.is_set() and (number := next(numbers)) < len(acts):
            time.sleep(max(0.0, begin + number / a_second - time.monotonic()))
            act(ground, told, line, *acts[number])

    threads = [threading.Thread(target=phone) for _ in range(PHONES)]
    for each in threads:
        each.start()
    try:
        yield told
    finally:
        told.done.set()
        for each in threads:
            each.join()


def goes_on(ground: Ground, told: Told, after: str) -> None:
    """Every phone hears a yes again."""
    before = len(told.yes)
    ground.wait(f"acts after {after}", lambda: len(told.yes) > before + PHONES)


def told_too_early(ground: Ground, told: Told) -> None:
    """From a house that is hasty: somebody has heard a yes to a check-in that is not committed, nor will be soon."""
    hold = ground.folder / hasty.HOLD

    def early() -> bool:
        hold.touch()
        end = time.monotonic() + 2
        while time.monotonic() < end:
            yes = {number for kind, number in list(told.yes) if kind == "check_in"}
            if yes - {row[0] for row in ground.ask(KEPT["check_in"])}:
                return True
        hold.unlink()  # it holds something that says no yes to anybody: another time
        return False

    ground.wait("a yes before its commit", early)


# What came of it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Acts that were told; told and not there; there more than once; differences in the books; odd answers."""

    told: int
    lost: int
    doubled: int
    differences: list[str]
    odd: list[str]

    @property
    def fine(self) -> bool:
        return (self.lost, self.doubled, self.differences, self.odd) == (0, 0, [], [])

    def __str__(self) -> str:
        return f"{self.told} told, {self.lost} lost, {self.doubled} twice, {len(self.differences)} differences"


def judge(ground: Ground, told: Told) -> Verdict:
    """Look at the database: is everything there that was told, once, and do all totals agree with their entries?"""
    lost = doubled = 0
    yes = list(told.yes)  # before the look: they may go on acting
    for kind, query in KEPT.items():
        kept = Counter(row[0] for row in ground.ask(query.format(later=ground.people.later)))
        lost += len({number for each, number in yes if each == kind} - set(kept))
        doubled += sum(many > 1 for many in kept.values())
    tries = Counter(row[0] for row in ground.ask("SELECT volunteer_id FROM attempt WHERE outcome = 'accepted'"))
    doubled += sum(many > 1 for many in tries.values())
    with ground.bound():
        whole = [] if ground.server else [row[0] for row in ground.ask("PRAGMA integrity_check") if row[0] != "ok"]
        differences = whole + [f"{each.what} {each.kept} {each.proved}" for each in books.verify(whole=True)]
    for code, taken, signed_up, walked_in in ground.ask(PLACES):
        if taken != signed_up + walked_in and code in (ground.people.begun, ground.people.later):
            differences.append(f"shift {code}: {taken} taken, {signed_up} signed up, {walked_in} walked in")
    return Verdict(len(yes), lost, doubled, differences, told.odd)
