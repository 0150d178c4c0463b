"""代办 of what somebody says of himself, and of his hours: skills, wishes, papers, a make-up, an objection, a
certificate; and of his year's assessment.

What each is about carries its kind in front (`paper:boat`, `makeup:<shift>`, `record:<id>`, `card:<code>`): whoever
wrote it for him is found by it and decides nothing about it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from models import Volunteer
from services.actors import Actor
from services.assessment import objections as results
from services.assessment import own, peers
from services.assessment.shapes import OwnCard
from services.bookkeeping import hours
from services.certificates import asking
from services.certificates.drafting import Scope
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from services.recruitment import qualifications, skills, willingness
from services.review import makeup_views, makeups, objection_views, objections
from wording import entry, say

C = RefusalCode
ACTS = (
    "skill", "skill_no", "wish", "wish_no", "paper", "paper_no", "makeup", "object", "object_yes", "object_up",
    "assess", "assess_peer", "assess_object", "certificate",
)  # fmt: skip
#: Records that can be chosen from on the form, the newest ones.
RECORDS = 20
REACH = "reach"
EVER = "ever"
#: A self-assessment on paper: the points, and what he says of his year.
_POINTS = re.compile(r"\s*(\d{1,3})\s*分?[\s，,。；;：:]*(.*)", re.S)


def do(
    parts: Parts, himself: Actor, act: str, subject: str, value: str, until: date | None, at: datetime
) -> object:
    """The act, inside the caller's write. Refusals: NOT_FOUND (nothing of his by that key), those of the act."""
    assert himself.volunteer_id is not None
    kind, _, key = subject.partition(":")
    if act in ("skill", "skill_no"):
        return _skill(himself, subject, act == "skill", at)
    if act in ("wish", "wish_no"):
        return _wish(himself, kind, key, act == "wish", at)
    if act == "paper":
        return qualifications.state(actor=himself, kind=key, name=value, expires_on=until, at=at)
    if act == "paper_no":
        return qualifications.withdraw(actor=himself, number=_number(key), at=at)
    if act == "makeup":
        shift = makeups.shift_of(key)
        ends = min(shift.ends_at, shift.planned_ends_at)
        return makeups.ask(
            parts=parts,
            actor=himself,
            shift_code=key,
            from_at=shift.starts_at,
            to_at=ends,
            reason=value,
            at=at,
        )
    if act == "object":
        return objections.object_to(actor=himself, record_id=_number(key), text=value, at=at)
    if act == "certificate":
        return asking.ask(parts=parts, actor=himself, scope=_scope(key), at=at)
    if act == "assess":
        return _assess(himself, key, value, at)
    if act == "assess_peer":
        return _judge(himself, key, value, at)
    if act == "assess_object":
        return results.object_to(actor=himself, card_code=key, text=value, at=at)
    if act == "object_yes":
        return objections.accept(actor=himself, code=subject, at=at)
    return objections.go_further(actor=himself, code=subject, why=value, at=at)


def _scope(key: str) -> Scope:
    """`ever`, or a year."""
    return Scope() if key == EVER else asking.year_scope(f"{_number(key):04d}")


def _number(key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) < 16):
        raise Refusal(C.NOT_FOUND)
    return int(key)


def _assess(himself: Actor, code: str, value: str, at: datetime) -> None:
    """`85 每次都到`. Refusals: SCORE_RANGE without points in front, those of `own.submit`."""
    found = _POINTS.fullmatch(unicodedata.normalize("NFKC", value))
    if found is None:
        raise Refusal(C.SCORE_RANGE)
    own.submit(actor=himself, code=code, score=int(found[1]), text=found[2].strip(), at=at)


def _judge(himself: Actor, key: str, value: str, at: datetime) -> None:
    """`85 干活不惜力`, or that he does not know him. Refusals: SCORE_RANGE, those of `peers.judge` and `pass_by`."""
    text = unicodedata.normalize("NFKC", value).strip()
    if any(word in text for word in entry("paper.unknown")):
        return peers.pass_by(actor=himself, task_id=_number(key), at=at)
    found = _POINTS.fullmatch(text)
    if found is None:
        raise Refusal(C.SCORE_RANGE)
    return peers.judge(actor=himself, task_id=_number(key), score=int(found[1]), words=found[2].strip(), at=at)


def may_write(helper: Actor, subject: str, at: datetime) -> bool:
    """Whether he may write, or look at, what somebody says of a colleague: nobody of the team."""
    return peers.may_write(helper=helper, task_id=_number(subject.partition(":")[2]), at=at)


def _skill(himself: Actor, code: str, can: bool, at: datetime) -> None:
    has = {each.code for each in skills.catalogue(volunteer_id=himself.volunteer_id) if each.mine}
    skills.set_mine(actor=himself, codes=has | {code} if can else has - {code}, at=at)


def _wish(himself: Actor, kind: str, key: str, wants: bool, at: datetime) -> None:
    """`kind:D3.care`, `time:weekend_morning`, `reach:4`; the rest of what he said stays."""
    assert himself.volunteer_id is not None
    said = willingness.mine(volunteer_id=himself.volunteer_id)
    domains, times, reach = set(said.domains), set(said.times), said.reach
    if kind == REACH:
        reach = _number(key)
    elif kind in ("kind", "time"):
        chosen = domains if kind == "kind" else times
        (chosen.add if wants else chosen.discard)(key)
    else:
        raise Refusal(C.BAD_REQUEST, why="willingness")
    willingness.set_mine(actor=himself, domains=domains, times=times, reach=reach, note=said.note, at=at)


#: What an act can be about: its key, title, moment, and text to be read out.
Found = list[tuple[str, str, datetime | None, str]]


def chances(person: Volunteer, helper: Actor, at: datetime) -> dict[str, Callable[[], Found]]:
    """By act, what it can be about, as far as this helper may write it."""
    himself = Actor("proxy", person.id)

    def known(mine: bool) -> Found:
        found = skills.catalogue(volunteer_id=person.id)
        return [(each.code, each.name, None, "") for each in found if each.mine is mine]

    def objected(states: tuple[str, ...]) -> Found:
        rows = objection_views.mine(actor=himself)
        return [(row.code, row.title, row.at, row.answer) for row in rows if row.state in states]

    return {
        "skill": lambda: known(False),
        "skill_no": lambda: known(True),
        "wish": lambda: _wishes(person, False),
        "wish_no": lambda: _wishes(person, True),
        "paper": lambda: [(f"paper:{each.code}", each.name, None, "") for each in skills.catalogue()],
        "paper_no": lambda: [
            (f"paper:{each.id}", each.name, None, "")
            for each in qualifications.mine(volunteer_id=person.id, at=at)
        ],
        "makeup": lambda: [
            (f"makeup:{each.shift_code}", each.title, each.starts_at, "")
            for each in makeup_views.chances(volunteer_id=person.id, at=at)
        ],
        "object": lambda: _records(person),
        "object_yes": lambda: objected(("answered",)),
        "object_up": lambda: objected(("answered",)),
        "certificate": lambda: _certified(person),
        "assess": lambda: _cards(himself, at, lambda card: card.may_self),
        "assess_peer": lambda: [
            (f"task:{task.id}", f"{task.name}（{task.team}）", None, "")
            for task in peers.tasks(actor=himself, at=at)
            if task.open and peers.may_write(helper=helper, task_id=task.id, at=at)
        ],
        "assess_object": lambda: _cards(himself, at, lambda card: card.result is not None and card.result.may_object),
    }


def _certified(person: Volunteer) -> Found:
    """All of his time, or one of his years."""
    years = asking.offer(volunteer_id=person.id).years
    lines: Found = [(f"hours:{year}", say("certificates.year", year=year), None, "") for year in years]
    return [(f"hours:{EVER}", say("certificates.ever"), None, ""), *lines] if years else []


def _cards(himself: Actor, at: datetime, fits: Callable[[OwnCard], bool]) -> Found:
    """His assessments to which something can be said now, with the reason of the result to be read out."""
    return [
        (f"card:{card.code}", say("assessment.of_year", year=card.year), None, _heard(card))
        for card in own.listed(actor=himself, at=at)
        if fits(card)
    ]


def _heard(card: OwnCard) -> str:
    """What is read out to him: his result with its reason."""
    if card.result is None:
        return ""
    grade = say(f"assessment.grades.{card.result.grade}")
    return say("assessment.heard", outcome=grade, score=card.result.total, why=card.result.reason)


def _wishes(person: Volunteer, chosen: bool) -> Found:
    said = willingness.mine(volunteer_id=person.id)
    words = entry("recruitment")
    found = [
        *((f"kind:{code}", name, code in said.domains) for code, _, name in willingness.kinds()),
        *((f"time:{code}", str(words["times"][code]), code in said.times) for code in willingness.TIMES),
    ]
    lines = [(key, name) for key, name, has in found if has is chosen]
    if not chosen:
        lines += [(f"{REACH}:{level}", str(words["reaches"][str(level)])) for level in willingness.REACHES]
    return [(key, name, None, "") for key, name in lines]


def _records(person: Volunteer) -> Found:
    """Records he can object to; those of another system are not among them."""
    return [
        (f"record:{each.id}", each.title, each.in_at, "")
        for each in hours.recent(volunteer_id=person.id, limit=RECORDS)
        if each.source != "transferred" and not each.held
    ]
