"""What SQLite is asked in other words than peewee built it, an empty list beside an OR; codes made by a statement."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from models import Team
from models.dialect import _OR_NOBODY, CODE_LETTERS, Database, random_code
from tests.support.world import COUNTY, World


@pytest.mark.parametrize(
    ("built", "asked"),
    [
        ("WHERE ((0 = 1) OR (a = ?))", "WHERE ((a = ?))"),
        ("WHERE ((a = ?) OR (0 = 1))", "WHERE ((a = ?))"),
        ("WHERE ((((0 = 1) OR (a = ?)) OR (0 = 1)) AND (b = ?))", "WHERE ((((a = ?))) AND (b = ?))"),
        ("WHERE ((0 = 1) OR (0 = 1))", "WHERE ((0 = 1))"),
        ("WHERE ((0 = 1) AND (a = ?))", "WHERE ((0 = 1) AND (a = ?))"),
        ("WHERE (NOT (0 = 1) OR (a = ?))", "WHERE (NOT (0 = 1) OR (a = ?))"),
    ],
)
def test_a_side_that_is_never_true_is_left_away(built: str, asked: str) -> None:
    assert _OR_NOBODY.sub("", built) == asked


def test_nobody_or_somebody_is_somebody(cast: World, count_statements: Any) -> None:
    """The same rows on both databases, whatever stands empty."""
    here, nobody = Team.region_code.startswith(COUNTY), Team.id.in_([])
    all_teams = {cast.team.id, cast.other_team.id}
    with count_statements() as seen:
        conditions = (nobody | here, here | nobody, nobody | nobody, nobody & here, ~nobody | here, ~nobody & here)
        found = [{team.id for team in Team.select().where(condition)} for condition in conditions]
    assert found == [all_teams, all_teams, set(), set(), all_teams, all_teams]
    assert len(seen) == 6


def test_random_codes_hold_every_letter_about_as_often_and_none_comes_twice(db: Database) -> None:
    text = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT {} FROM n"
    codes = [row[0] for row in db.execute_sql(text.format(random_code(db.dialect, 10))).fetchall()]
    often = [Counter(code[place] for code in codes) for place in range(10)]
    assert (len(set(codes)), {len(code) for code in codes}) == (4000, {10})
    assert {frozenset(each) for each in often} == {frozenset(CODE_LETTERS)}
    # 129 of 4,000 are expected of each letter, 187 of the two that 64 signs leave over.
    assert all(60 < count < 270 for each in often for count in each.values())
