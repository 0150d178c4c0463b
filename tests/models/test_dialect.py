"""What SQLite is asked in other words than peewee built it: an empty list beside an OR."""

from __future__ import annotations

from typing import Any

import pytest

from models import Team
from models.dialect import _OR_NOBODY
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
