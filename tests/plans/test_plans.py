"""No page, list or answer makes SQLite build an index for one question or read a big table from end to end.

Everything is looked at (`statements.py`), and what was asked is planned by an empty database that takes itself for a
province (`planner.py`). What is read whole for a reason stands in `allowed.tsv`: fault, words in the statement, reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tests.plans import planner
from tests.plans.statements import Asked, asked_by_pages
from tests.rights.stage import standing

ALLOWED = Path(__file__).with_name("allowed.tsv")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    with standing(tmp_path_factory.mktemp("looked-at")) as stage:
        return asked_by_pages(stage)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    connection = planner.open_province(tmp_path_factory.mktemp("province"))
    yield connection
    connection.close()


def allowed() -> list[tuple[str, str, str]]:
    return [
        (fault, words, reason)
        for fault, words, reason in (line.split("\t") for line in ALLOWED.read_text(encoding="utf-8").splitlines())
    ]


def test_no_page_reads_a_big_table_whole_or_builds_an_index(asked: Asked, province: apsw.Connection) -> None:
    assert len(asked.found) > 1500
    found, used = [], set()
    for sql, (values, where) in asked.found.items():
        for fault in planner.faults(province, sql, values):
            reason = next((each for each in allowed() if each[0] == fault and each[1] in sql), None)
            if reason is None:
                found.append(f"{where}: {fault}: {' '.join(sql.split())}")
            else:
                used.add(reason)
    assert found == [], "\n\n".join(found)
    assert [each for each in allowed() if each not in used] == [], "no statement needs these any more"


def test_hot_paths_are_among_what_was_asked(asked: Asked) -> None:
    """A control: what the budgets are about was heard here, too."""
    texts = "\n".join(asked.found)
    for table in ("service_record", "minute_entry", "point_entry", "signup", "delivery", "period_minutes", "attempt"):
        assert re.search(rf'(FROM|JOIN) "?{table}\b', texts), table


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("SELECT COUNT(*) FROM service_record WHERE national_no = ?", {"scan of service_record"}),
        ('SELECT "t1"."id" FROM "signup" AS "t1" WHERE ("t1"."late" = ?) LIMIT 50', {"scan of signup"}),
        (
            "WITH RECURSIVE below(code) AS (SELECT ? UNION ALL SELECT r.code FROM below b JOIN region r"
            " ON r.parent = b.code) SELECT v.id, SUM(r.minutes) FROM below b JOIN volunteer v ON v.region_code = b.code"
            " JOIN service_record r ON r.local_day = v.birth_date GROUP BY v.id",
            {"automatic index on volunteer", "automatic index on below", "scan of service_record"},
        ),
        ("SELECT id FROM volunteer WHERE id IN (SELECT volunteer_id FROM willingness WHERE reach <= ?) "
         "ORDER BY id LIMIT 9", {"scan of willingness"}),
    ],
)  # fmt: skip
def test_control_a_bad_plan_is_found(province: apsw.Connection, sql: str, fault: set[str]) -> None:
    assert planner.faults(province, sql, ["1"]) == fault


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM service_record WHERE volunteer_id = ? ORDER BY id DESC",
        "SELECT id FROM delivery ORDER BY id DESC LIMIT ?",  # as far as the page goes
        "SELECT COUNT(*) FROM delivery WHERE state = 'queued' AND due_at < ?",  # an index of what is open alone
        'SELECT "t1"."id" FROM "signup" AS "t1" WHERE ((0 = 1) AND ("t1"."late" = ?))',
    ],
)
def test_control_a_good_plan_is_none(province: apsw.Connection, sql: str) -> None:
    assert planner.faults(province, sql, ["1"]) == set()


def test_figures_are_a_provinces() -> None:
    rows = {index: int(figures.split()[0]) for _, index, figures in planner.statistics()}
    assert (rows["volunteer_called"], rows["minute_entry_volunteer"]) == (1_000_000, 9_959_748)
    # a table without an index has nothing to tell of
    assert {table for table, _, _ in planner.statistics()} >= planner.BIG - {"stored_file"}


def test_nobody_else_leaves_the_division_to_its_index(province: apsw.Connection) -> None:
    """The control keeps the side that is never true, as peewee builds it for an empty list."""
    from models.dialect import _OR_NOBODY

    built = (
        'SELECT "t1"."id" FROM "activity" AS "t1" WHERE (((0 = 1) OR ("t1"."region_code" >= ? '
        'AND "t1"."region_code" < ?)) AND ("t1"."domain" = 1))'
    )
    assert planner.faults(province, built, ["341522", "341522:"]) == {"scan of activity"}
    assert planner.faults(province, _OR_NOBODY.sub("", built), ["341522", "341522:"]) == set()
