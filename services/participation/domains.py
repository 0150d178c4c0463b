"""The four domains of service and their sub-domains, as the policy lists them (三(三), S51–S61)."""

from __future__ import annotations

from functools import cache

from frozen import dataclass
from wording import entry, say

CODES = ("D1", "D2", "D3", "D4")
#: What is no service: the domain of trainings (S42). In no list of domains, but it has a name and its kinds.
TRAINING = "training"


@dataclass(frozen=True, slots=True)
class SubDomain:
    """One kind of service. `danger`: adults only, protection named. `confidential`: results stay with the owner,
    strangers see the village only. `routine`: published without asking the centre (S80)."""

    code: str
    name: str
    danger: bool
    confidential: bool
    routine: bool


@dataclass(frozen=True, slots=True)
class Domain:
    """One of the four domains."""

    code: str
    name: str
    sub_domains: tuple[SubDomain, ...]


@cache
def all_domains() -> tuple[Domain, ...]:
    """The four domains in the policy's order, each with its sub-domains."""
    return tuple(_read(code) for code in CODES)


def _read(code: str) -> Domain:
    words = entry(f"domains.{code}")
    subs = tuple(
        SubDomain(sub, name, sub in words["danger"], sub in words["confidential"], sub in words["routine"])
        for sub, name in words["sub"].items()
    )
    return Domain(code, words["name"], subs)


@cache
def _training() -> Domain:
    kinds: dict[str, str] = entry("training.kinds")
    return Domain(
        TRAINING, say("training.name"), tuple(SubDomain(code, name, False, False, True) for code, name in kinds.items())
    )


def sub_domain(domain: str, sub: str) -> SubDomain | None:
    """The sub-domain, or None where the domain has no such one."""
    for each in (*all_domains(), _training()):
        if each.code == domain:
            return next((found for found in each.sub_domains if found.code == sub), None)
    return None


def domain_name(domain: str) -> str:
    """The Chinese name of a domain, 基层社会治理; the code itself if it is none of ours."""
    return next((each.name for each in (*all_domains(), _training()) if each.code == domain), domain)


def is_danger(domain: str, sub: str) -> bool:
    """Whether the service is dangerous: 疫情防控 and 抗洪抢险 (S58)."""
    found = sub_domain(domain, sub)
    return found is not None and found.danger


def is_confidential(domain: str, sub: str) -> bool:
    """Whether strangers see of such service only its village: visits, mediation, counselling (S61)."""
    found = sub_domain(domain, sub)
    return found is not None and found.confidential


def is_routine(domain: str, sub: str) -> bool:
    """Whether it belongs to a team's daily life and is published without asking (S80)."""
    found = sub_domain(domain, sub)
    return found is not None and found.routine


def venue_kinds() -> dict[str, str]:
    """六进: the kinds of places in the policy's order, code to name (S55)."""
    names: dict[str, str] = entry("domains.venues.names")
    return names


def needs_host(venue_kind: str) -> bool:
    """Whether the place must have said yes before: schools and barracks (S55)."""
    return venue_kind in entry("domains.venues.host")
