"""同等条件下优先 (S106): what the house knows of two to ten named candidates, side by side. It decides nothing.

No score, no order but that in which they were named. Whoever reads it says why, and that is kept with each candidate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Volunteer, store
from services import audit, rules
from services.access import belonging
from services.accounts.people import kept_number
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.honours import evidence
from services.honours.shapes import Evidence
from services.permissions import Verb
from services.regions import lineage
from services.review.reach import words_of
from wording import entry, say

C = RefusalCode
LEAST, MOST = 2, 10


@dataclass(frozen=True, slots=True)
class Compared:
    """The sheet: the candidates in the order they were named; `first` the local day from which on the record counts;
    `params` the rule of a good record it was read by."""

    people: list[Evidence]
    first: str
    last: str
    params: Mapping[str, Any]
    purpose: str
    reason: str


def numbers_of(text: str) -> list[str]:
    """The numbers of a field, one a line or set apart by any sign; each once."""
    apart = "".join(letter if letter.isalnum() else " " for letter in text)
    return list(dict.fromkeys(apart.split()))


def compare(*, actor: Actor, numbers: Sequence[str], purpose: str, reason: str, at: datetime) -> Compared:
    """The sheet for an honour called `purpose`, read for a reason; one line in the audit for each candidate.

    Refusals in order: COMPARE_NUMBER, REASON_REQUIRED, TEXT_TOO_LONG, COMPARE_PERSON (none of his divisions' people:
    fact `numbers`), HONOUR_MERGED, OWN_RECORD (he is one of them).
    """
    if not LEAST <= len(numbers) <= MOST:
        raise Refusal(C.COMPARE_NUMBER, count=len(numbers))
    said = words_of(reason)
    people = _people(actor, numbers, at)
    places = [belonging.divisions_of(person)[0] for person in people]
    region = max((code for code in lineage(places[0]) if all(place.startswith(code) for place in places)), default="")
    found = evidence.of_people(people, region_code=region, at=at)

    def act() -> None:
        for person in people:
            audit.note(
                actor=actor, verb="honour.compared", subject=f"volunteer:{person.id}", at=at,
                detail={"reason": said, "what": purpose.strip()[:60], "count": len(people)},
            )  # fmt: skip

    store.write(act)
    first = local_day(evidence.since(region_code=region, at=at)).isoformat()
    return Compared(
        [found[person.id] for person in people], first, local_day(at).isoformat(),
        rules.rule("good_record", region, at).params, purpose.strip()[:60], said,
    )  # fmt: skip


def _people(actor: Actor, numbers: Sequence[str], at: datetime) -> list[Volunteer]:
    people, unknown = [], []
    for number in numbers:
        kept = kept_number(number)
        person = Volunteer.get_or_none(Volunteer.public_no == kept) if kept else None
        if person is None or not belonging.may(actor=actor, person=person, verb=Verb.LOOK, at=at):
            unknown.append(number)
            continue
        if kept != number:
            raise Refusal(C.HONOUR_MERGED, number=kept)
        if person.id == actor.volunteer_id:
            raise Refusal(C.OWN_RECORD)
        people.append(person)
    if unknown:
        raise Refusal(C.COMPARE_PERSON, numbers=say("honours.and").join(unknown))
    return people


def lines(found: Compared) -> list[tuple[str, str, list[str]]]:
    """(what the line opens to, its label, a cell for each candidate), as page and Excel show them."""
    labels = entry("honours.figures")
    table = [("", say("honours.sheet.place"), [one.place for one in found.people])]
    table.append(("", say("honours.sheet.team"), [one.team for one in found.people]))
    table.append(("", say("honours.sheet.since"), [one.since for one in found.people]))
    for key in evidence.FIGURES:
        table.append((key, labels[key], [_cell(key, one.figures[key]) for one in found.people]))
    for key in ("assessments", "honours"):
        label = say(f"honours.sheet.{key}")
        table.append((key, label, [one.texts[key] or say("honours.sheet.none") for one in found.people]))
    for key, label in entry("honours.record").items():
        cells = [_met(one.record[key]) for one in found.people]
        table.append(("", label.format(**found.params), cells))
    missing = entry("honours.missing")
    lacks = [say("honours.sheet.semicolon").join(missing[name] for name in one.missing) for one in found.people]
    table.append(("", say("honours.sheet.missing"), lacks))
    return table


def _cell(key: str, value: int | None) -> str:
    if value is None:
        return say("honours.sheet.none")
    return f"{value // 10}.{value % 10}" if key == "mean" else str(value)


def _met(value: bool | None) -> str:
    return say("honours.sheet." + {True: "met", False: "unmet", None: "unknown"}[value])
