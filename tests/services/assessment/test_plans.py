"""The worker reads no large table from end to end for one county: a hundred of them would take it by the hour."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models import AssessmentCard, Volunteer, store
from models.dialect import each_of, translate
from queries import assessment_results as sql
from services.assessment import late, scoring, standing
from tests.services.assessment.conftest import Year, beat, moment
from tests.services.test_query_plans import LARGE, asked, looked_at_whole
from tests.support.world import COUNTY

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


def fill(year: Year, count: int, **values: Any) -> None:
    """Cards of so many people more."""
    at = moment(1, 1)
    people = Volunteer.insert_many(
        {"public_no": f"p{n}", "name": "某", "identity": "veteran", "region_code": COUNTY, "created_at": at}
        for n in range(count)
    ).execute()
    AssessmentCard.insert_many(
        {
            "code": f"p{n:015}", "cycle": year.cycle.id, "year": "2025", "volunteer": person, "team": year.cast.team.id,
            "region_code": COUNTY, "joined_at": at, "created_at": at, **values,
        }
        for n, (person,) in enumerate(people)
    ).execute()  # fmt: skip


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_a_part_finds_its_cards_by_number_on_the_day_all_change_their_state(year: Year) -> None:
    """As it is written; the control asks for the state as it stands in the index."""
    database = store.current()
    store.write(lambda: fill(year, 3000, self_text="长" * 200))
    database.execute_sql("ANALYZE")
    store.write(lambda: AssessmentCard.update(state="decided", grade="pass").execute())
    text, part = sql._TELL.format(each=each_of("postgres")), json.dumps([[n] for n in range(1000)])
    for asked_as, finds in ((text, True), (text.replace("state || ''", "state"), False)):
        explained = f"EXPLAIN {translate(asked_as, 'postgres')}"
        plan = "\n".join(row[0] for row in database.execute_sql(explained, (1, 2, part)).fetchall())
        assert ("assessment_card_pkey" in plan) is finds, plan


#: Where the rows of a table lie: each with its page.
PAGES = "SELECT id, SPLIT_PART(CAST(ctid AS TEXT), ',', 1) FROM assessment_card"


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("way", "moves"), [("SELECT 1", False), ("ALTER TABLE assessment_card RESET (fillfactor)", True)]
)
def test_a_card_that_is_reckoned_stays_on_its_page(year: Year, way: str, moves: bool) -> None:
    """One that moves is written into all of its indexes. The control takes the room away in which it grows."""
    database = store.current()
    with database.atomic() as held:
        database.execute_sql("TRUNCATE assessment_card CASCADE")  # a file of its own, without what others left in it
        database.execute_sql(way)
        fill(year, 200, self_text="该做的都做了，明年再来。")
        before = dict(database.execute_sql(PAGES).fetchall())
        reckoned = scoring.recompute(year.cycle, at=moment(12, 1), write=lambda act: act())
        after = dict(database.execute_sql(PAGES).fetchall())
        held.rollback()
    moved = sum(page != before[card] for card, page in after.items())
    assert reckoned == 200
    assert moved > 100 if moves else moved == 0
