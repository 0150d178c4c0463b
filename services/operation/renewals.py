"""What ends by itself one day and takes weeks to renew: the operator hears of it in time, again and again.

The days stand in RENEWALS, since the platform tells nobody when a verification ends; the certificate's end is read
from the site. The first word comes as many days ahead as `wording/renewals.toml` says.
"""

from __future__ import annotations

import logging
from datetime import date, datetime

from clock import local_day
from frozen import dataclass
from models import store
from models.store import Write
from services.operation import alarms
from services.parts import Parts
from wechat.site import Site, SiteFailure
from wording import entry, say

log = logging.getLogger("hongyao.worker")

WEEK, ONCE_SECONDS = 7, 86_400


@dataclass(frozen=True, slots=True)
class Renewal:
    """Something with an end; `left` days are left, below 0 it is over; `due` if the operator should act."""

    name: str
    ends_on: date
    left: int
    due: bool

    @property
    def words(self) -> str:
        """One short sentence for the operator."""
        key = "text" if self.left > 0 else "over" if self.left < 0 else "today"
        return say(f"renewals.{key}", name=entry(f"renewals.kind.{self.name}.name"), days=abs(self.left))


def looked_at(*, ends: dict[str, date], at: datetime) -> list[Renewal]:
    """Each of `ends` as it stands at `at`, the nearest first."""
    today = local_day(at)
    found = []
    for name, day in ends.items():
        left = (day - today).days
        found.append(Renewal(name, day, left, left <= int(entry(f"renewals.kind.{name}.days"))))
    return sorted(found, key=lambda each: each.left)


def tell_due(*, parts: Parts, at: datetime, write: Write = store.write, site: Site | None = None) -> int:
    """Tell the operator what is due: once a week, in the last week and afterwards once a day. How many were told.

    HTTP, so outside a write.
    """
    ends = dict(parts.renewals)
    if parts.https:
        try:
            ends["certificate"] = local_day((site or Site(parts.public_url)).certificate_ends())
        except SiteFailure as failure:
            log.warning("the certificate of %s was not seen: %s", parts.public_url, failure.why)
            if failure.why == "over":
                ends["certificate"] = local_day(at)
    told = 0
    for each in looked_at(ends=ends, at=at):
        if not each.due or (each.left > WEEK and each.left % WEEK):
            continue
        log.error("renewal: %s ends on %s", each.name, each.ends_on)
        once = f"{each.name} {each.left}"
        if parts.operator_openid and write(lambda name=once: alarms.first(name, ONCE_SECONDS, at)):  # type: ignore[misc]
            told += alarms.sound(parts, each.name, each.words, each.ends_on.isoformat(), at)
    return told
