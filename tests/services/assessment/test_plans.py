"""The worker reads no large table from end to end for one county: a hundred of them would take it by the hour."""

from __future__ import annotations

from typing import Any

import pytest

from services.assessment import late, scoring, standing
from tests.services.assessment.conftest import Year, beat, moment
from tests.services.test_query_plans import LARGE, asked, looked_at_whole

TABLES = LARGE | {
    "assessment_card", "assessment_peer", "assessment_mark", "minute_entry", "signup", "evaluation", "application",
    "delivery", "training_result", "case_person",
}  # fmt: skip


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_county_costs_what_a_county_has(year: Year) -> None:
    seen: list[tuple[str, Any]] = []
    for month, day in ((11, 1), (11, 12), (11, 16), (11, 27), (12, 1), (12, 21), (12, 31)):
        with asked() as found:
            beat(moment(month, day))
            scoring.recompute_due(at=moment(month, day))
            late.nag_due(at=moment(month, day))
            standing.follow(at=moment(month, day))
        seen += found
    whole = {(table, text) for text, values in seen for table in looked_at_whole(text, values, TABLES)}
    assert {text for table, text in whole} == set()
