"""Writes `province.tsv`: `python -m tests.plans.figures DATABASE …`, those of `flask generate` and `make scale`.

Of each table the database with most rows speaks. What no generated province holds is reckoned: so many rows, and of a
column so many values that differ.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import apsw

import migrations
from models.dialect import open_database
from tests.plans.planner import FILE

#: Rows after three years with 1,000,000 people, of tables that are generated empty.
ROWS = {
    "acceptance": 1_000_000, "activity_change": 200_000, "activity_report": 830_000, "activity_view": 850_000,
    "application": 1_000_000,
    "assessment_card": 2_700_000, "assessment_mark": 12_000_000, "assessment_peer": 12_000_000,
    "attempt": 20_000_000, "audit_entry": 5_000_000, "certificate": 500_000, "consent": 2_000_000,
    "delivery": 30_000_000, "delivery_try": 30_000_000, "digits": 1_000, "evaluation": 3_000_000,
    "history": 5_000_000, "idempotency_key": 300_000, "import_row": 1_000_000, "inbound_message": 100_000,
    "message_choice": 1_000_000, "notice": 2_000_000, "person_call": 200_000, "presence_question": 500_000,
    "push_day": 1_000_000, "qualification": 200_000, "rate_bucket": 10_000, "redemption": 500_000,
    "reference_row": 300_000, "region_tally": 20_155, "scan_answer": 200_000, "scan_ticket": 50_000,
    "session": 1_000_000, "signup": 11_000_000, "star_award": 450_000, "stored_file": 500_000,
    "subscription_credit": 3_000_000, "team_month": 720_000, "team_year": 60_000, "training_result": 500_000,
    "transferred_hours": 50_000, "volunteer_skill": 1_000_000, "wechat_identity": 2_000_000, "willingness": 1_000_000,
    "broadcast": 50_000,
}  # fmt: skip
#: Any other: what is asked for, decided and looked at a few times a day in each county.
OTHER = 20_000
#: Values of a column that differ, by the end of its name; anything else is as good as unique.
VALUES = (
    (r"(^|_)(volunteer|person|subject|by|actor|reviewer|leader|sender|identity)_id$", 1_000_000),
    (r"(^|_)(activity|shift|position)_id$", 850_000), (r"(^|_)team_id$|team$", 20_000),
    (r"region(_code)?$|^code_region$", 20_000), (r"centre_id$", 1_600), (r"notice_id$", 1_000_000),
    (r"cycle_id$|course_id$|campaign_id$", 300), (r"(state|kind|role|phase|route|purpose|status|channel|way|side)$", 6),
    (r"^(home|late|final|given|asked|verified|open)$", 2), (r"(year|period)$", 4), (r"month$", 36),
    (r"day$|_on$", 1_000),
    (r"(speciality|skill_code|domain|verb)$", 20), (r"lease_until$|held_until$", 100),
)  # fmt: skip
INDEXES = "SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index' ORDER BY 1, 2"
#: A partial index holds what is open; of each hundred rows one.
OPEN = 100


def main(paths: list[str]) -> None:
    """Write the file from these databases."""
    measured, whole = _measured(paths)
    lines = []
    for connection, table, index in _schema():
        rows = whole.get(table, 0) or ROWS.get(table, OTHER)
        figures = measured.get((table, index)) or _reckoned(connection, table, index, rows)
        lines.append(f"{table}\t{index}\t{figures}")
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _measured(paths: list[str]) -> tuple[dict[tuple[str, str], str], dict[str, int]]:
    """What was analysed in the database that knows most of a table, and how many rows that table has there."""
    whole: dict[str, int] = {}
    found: dict[tuple[str, str], str] = {}
    for path in paths:
        connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
        known: dict[str, list[tuple[str, str]]] = {}
        for table, index, figures in list(connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1")):
            known.setdefault(table, []).append((index, figures))
        for table, figures_of in known.items():
            rows = max(int(figures.split()[0]) for _, figures in figures_of)
            if rows > whole.get(table, 0) and 2 * rows >= ROWS.get(table, 0):
                whole[table] = rows
                found |= {(table, index): figures for index, figures in figures_of if figures[0] != "0"}
    return found, whole


def _schema() -> list[tuple[apsw.Connection, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = open_database(f"sqlite:///{path}", durable=False)
        migrations.apply(database)
        database.close()
        connection = apsw.Connection(str(path))
        return [(connection, table, index) for table, index in list(connection.execute(INDEXES))]


def _reckoned(connection: apsw.Connection, table: str, index: str, rows: int) -> str:
    """Rows of the index, then for each further column how many rows have the same values up to it."""
    partial = next(iter(connection.execute(
        "SELECT sql LIKE '% WHERE %' FROM sqlite_schema WHERE name = ?", (index,)
    )))[0]  # fmt: skip
    rows = max(1, rows // OPEN) if partial else rows
    columns = [row[2] or "" for row in connection.execute(f'PRAGMA index_info("{index}")')]
    unique = next(iter(connection.execute(
        "SELECT \"unique\" FROM pragma_index_list(?) WHERE name = ?", (table, index)
    )))[0]  # fmt: skip
    differ, figures = 1, [rows]
    for column in columns:
        differ *= next((many for ends, many in VALUES if re.search(ends, column)), rows)
        figures.append(max(1, rows // min(differ, rows)))
    if unique:
        figures[-1] = 1
    return " ".join(map(str, figures))


if __name__ == "__main__":
    main(sys.argv[1:])
