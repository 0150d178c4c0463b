"""What a certificate says: a list that stays short, lengths in figures and capitals."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from services.certificates import drafting
from services.certificates.amounts import capitals, in_capitals


def test_long_list_is_put_together_by_month_by_team_and_by_year() -> None:
    def lines(teams: int, services: int) -> list[tuple[str, str, int]]:
        rows = [
            SimpleNamespace(
                local_day=f"20{20 + n % 3}-0{1 + n % 9}-10", activity_id=None, minutes=60, source="scan",
                team_id=n % teams, team=SimpleNamespace(short_name=f"{n % teams}队"),
            )
            for n in range(services)
        ]  # fmt: skip
        return [(each.when, each.team, each.times) for each in drafting._lines(rows)]

    assert lines(1, 40)[0] == ("2020-01-10", "0队", 1)
    assert lines(1, 900)[0] == ("2020-01", "0队", 100)
    assert lines(10, 900)[0] == ("2020", "0队", 30)
    assert lines(20, 900) == [(f"{year}", "20 支服务队", 300) for year in (2020, 2021, 2022)]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "零分钟"), (5, "伍分钟"), (60, "壹小时整"), (605, "壹拾小时伍分钟"), (6300, "壹佰零伍小时整"),
     (60 * 1010 + 20, "壹仟零壹拾小时贰拾分钟"), (60 * 20005, "贰万零伍小时整"), (60 * 100_000, "壹拾万小时整")],
)  # fmt: skip
def test_length_in_capitals(minutes: int, words: str) -> None:
    assert in_capitals(minutes) == words


def test_no_two_numbers_have_the_same_capitals() -> None:
    assert len({capitals(number) for number in range(30_000)}) == 30_000
