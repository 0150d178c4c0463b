"""A million people who do not exist: names of their years, ages, who they are, where they live, their team."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from demo import names
from demo.province.codes import public
from demo.province.rows import put
from demo.province.span import DAY, Span
from demo.province.teams import TeamPlan
from services.accounts.vault import Vault

#: As in the register of names: the first dozen is every second person.
SURNAMES = "王李张刘陈杨黄赵吴周" * 5 + "徐孙马朱胡郭何高林罗" * 2 + names.SURNAMES
#: Given names are put together from what was usual, by the last year of birth.
FIRST = (
    (1958, "长德有家正传学广宗兆振永金国承", "秀桂玉凤素翠兰淑月爱"),
    (1968, "建卫爱跃胜志永文立新国红援向保", "红爱卫春丽玉秋美小桂"),
    (2010, "志海晓少学春成大家明俊国永文立", "晓海丽春文小雅婷玉红"),
)
SECOND = (
    (1958, "根发福才业山文礼林仁宝祥新国声贵田海", "英兰珍芳莲芝云华花荣"),
    (1968, "国东军庆华利刚斌阳新民平明林生进峰超", "梅华红兰英芹霞玲珍芳"),
    (2010, "强涛军勇伟磊俊鹏明波飞龙峰辉杰兵东华", "静燕霞敏娟丽芳琴萍莉"),
)
YOUNGEST, USUAL, OLDEST = 20, 60, 82
IDENTITIES, SHARES = ("veteran", "family", "social", "staff"), (76, 12, 8, 4)
#: No operator was ever given 154: these numbers are nobody's.
PHONE = 154_0000_0000
#: Of a team's people, so many came when it was founded; the others one by one.
AT_ONCE = 0.65
BATCH = 5000


class Births:
    """Which of the two numbers of a birthday are taken, by county and sex; a byte for each, not a set of millions."""

    def __init__(self, counties: Sequence[str], today: date) -> None:
        self._county = {code: number for number, code in enumerate(counties)}
        self._first = date(today.year - OLDEST - 1, 1, 1)
        self._days = (today - self._first).days
        self._taken = bytearray(2 * len(counties) * self._days)

    def number(self, rng: Random, *, county: str, born: date, sex: str) -> tuple[date, str]:
        """An ID number that nobody can have, of this birthday or of the next free one after it."""
        place = (self._county[county] * 2 + (sex == "f")) * self._days
        day = (born - self._first).days
        while self._taken[place + day] == len(names.SERIALS[sex]):
            day = (day + 1) % (self._days - YOUNGEST * 366)
        serial = names.SERIALS[sex][self._taken[place + day]]
        self._taken[place + day] += 1
        free = self._first + timedelta(days=day)
        return free, names.with_check_digit(f"{county}{free.isoformat().replace('-', '')}{serial}")


def sizes(rng: Random, plans: list[TeamPlan], *, count: int) -> list[int]:
    """How many people each team has; together `count`, none below three."""
    weights = [rng.lognormvariate(0, 0.35) for _ in plans]
    rest, total = count - 3 * len(plans), sum(weights)
    found, given, reached = [], 0, 0.0
    for weight in weights:
        reached += weight
        until = round(rest * reached / total)
        found.append(3 + until - given)
        given = until
    return found


def put_people(
    rng: Random, plans: list[TeamPlan], members: list[int], *, codes: list[str], vault: Vault, span: Span,
    step: Callable[[int], None],
) -> list[list[int]]:  # fmt: skip
    """Everybody, team by team; for each team the day (by number) on which each of its people joined, in that order.

    People are numbered through, the first of a team leads it, the second stands in for him.
    """
    villages = [code for code in codes if len(code) == 12]
    counties = sorted({code[:6] for code in villages})
    births = Births(counties, span.today)
    joined: list[list[int]] = []
    number = 1
    people: list[tuple[Any, ...]] = []
    places: list[tuple[Any, ...]] = []
    for plan, size in zip(plans, members, strict=True):
        near = _near(plan.region_code, villages)
        days = _joined(rng, plan, size, span)
        joined.append(days)
        for place, day in enumerate(days):
            since = span.midnight(span.first) + day * DAY + rng.randrange(8 * 3_600_000, 20 * 3_600_000)
            leads = place < 2
            people.append(_person(rng, number, near, leads, births, vault, since, span))
            places.append((plan.id, number, True, since))
            number += 1
        if len(people) >= BATCH:
            _flush(people, places)
            step(number - 1)
    _flush(people, places)
    step(number - 1)
    return joined


def _flush(people: list[tuple[Any, ...]], places: list[tuple[Any, ...]]) -> None:
    put("volunteer", (
        "id public_no name document_sealed document_key document_index phone_sealed phone_key phone_index phone_proof "
        "birth_date identity region_code national_no national_state created_at"
    ), people)  # fmt: skip
    put("team_member", "team_id volunteer_id home from_at", places)
    people.clear()
    places.clear()


def _near(code: str, villages: list[str]) -> list[str]:
    """The villages below a division; a village alone is its own neighbourhood."""
    start = bisect_right(villages, code)
    if len(code) == 12:
        return [code]
    return villages[start : bisect_right(villages, code + "~")] or [villages[min(start, len(villages) - 1)]]


def _joined(rng: Random, plan: TeamPlan, size: int, span: Span) -> list[int]:
    founded = (plan.founded - span.first).days
    early = max(3, round(size * AT_ONCE))
    days = [founded] * early + [rng.randrange(founded, span.days) for _ in range(size - early)]
    return sorted(days)


def _person(
    rng: Random, number: int, near: list[str], leads: bool, births: Births, vault: Vault, since: int, span: Span
) -> tuple[Any, ...]:  # fmt: skip
    home = rng.choice(near)
    identity = "veteran" if leads else rng.choices(IDENTITIES, SHARES)[0]
    sex = "m" if identity == "veteran" and rng.random() < 0.93 else rng.choice("mf")
    age = rng.triangular(YOUNGEST + 1, OLDEST, USUAL)
    born, document = births.number(rng, county=home[:6], sex=sex, born=span.today - timedelta(days=int(age * 365.25)))
    public_no, phone = public(number, "volunteer"), str(PHONE + number)
    sealed, key = vault.seal(document, f"volunteer.document:{public_no}")
    sealed_phone, phone_key = vault.seal(phone, f"volunteer.phone:{public_no}")
    national = rng.choice(("none", "reported", "verified", "verified"))
    return (
        number, public_no, _name(rng, born.year, sex), sealed, key, vault.index("id_no", document), sealed_phone,
        phone_key, vault.index("phone", phone), "officer", born.isoformat(), identity, home,
        f"FY{number:010d}" if national != "none" else "", national, since,
    )  # fmt: skip


def _name(rng: Random, year: int, sex: str) -> str:
    old = 0 if year <= FIRST[0][0] else 1 if year <= FIRST[1][0] else 2
    woman = 2 if sex == "f" else 1
    name = rng.choice(SURNAMES) + rng.choice(FIRST[old][woman])
    return name if rng.random() < 0.12 else name + rng.choice(SECOND[old][woman])


def ranges(members: list[int]) -> Iterator[range]:
    """The ids of each team's people, in order of joining."""
    first = 1
    for size in members:
        yield range(first, first + size)
        first += size
