"""What was done by kind of venue (六进, S55), by domain and by kind of service (S15), where one may count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Activity
from services import scopes
from services.actors import Actor
from services.listing import Found, Wanted
from services.participation import domains
from services.planning import results
from services.planning.results import Result


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind: what activities of the list are found by (`venue`, `domain`, or `sub`, as D3.care; "" for none), and
    what they came to."""

    name: str
    venue: str
    domain: str
    result: Result
    sub: str = ""


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[KindLine]:
    """One line for each kind, also where nothing was done, in the policy's order; for venues, a last line without one.

    Who comes to two activities counts twice (人次).

    Filters: by (domain, sub_domain; else: venue), region, from and to (days).
    """
    conditions: list[Any] = [scopes.within(Activity.region_code, scopes.countable(actor=actor, at=at))]
    for name, make in (
        ("region", lambda value: scopes.within(Activity.region_code, [value])),
        ("from", lambda value: Activity.local_day >= value), ("to", lambda value: Activity.local_day <= value),
    ):  # fmt: skip
        if wanted.chosen(name):
            conditions.append(make(wanted.chosen(name)))
    by = wanted.chosen("by")
    if not by:
        came = results.attended(Activity.venue_kind, *conditions)
        kinds = [*domains.venue_kinds().items(), ("", "")]
        lines = [KindLine(name, code, "", came.get(code, Result())) for code, name in kinds]
    elif by == "domain":
        came = results.attended(Activity.domain, *conditions)
        lines = [KindLine(each.name, "", each.code, came.get(each.code, Result())) for each in domains.all_domains()]
    else:
        lines = _sub_domains(conditions)
    return Found(lines, len(lines), 1, max(wanted.size, len(lines)))


def _sub_domains(conditions: list[Any]) -> list[KindLine]:
    """The kinds of service; `other` of each domain is its own."""
    came = results.attended(Activity.domain.concat(Activity.sub_domain), *conditions)
    return [
        KindLine(sub.name, "", domain.code, came.get(domain.code + sub.code, Result()), f"{domain.code}.{sub.code}")
        for domain in domains.all_domains()
        for sub in domain.sub_domains
    ]
