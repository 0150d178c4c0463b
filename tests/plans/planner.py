"""What SQLite plans for a statement in a whole province: an empty database that knows a province's statistics.

`province.tsv` holds them as `ANALYZE` wrote them over generated provinces; of tables that are generated empty, they
are reckoned from how many rows three years bring (`figures.py`, which writes the file).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import apsw

import migrations
from models.dialect import _bind, open_database

FILE = Path(__file__).with_name("province.tsv")
#: Tables that a million people fill with a hundred thousand rows and more.
BIG = frozenset({
    "acceptance", "activity", "activity_change", "activity_report", "activity_view", "application",
    "assessment_card", "assessment_mark", "assessment_peer", "attempt", "audit_entry", "balance", "certificate",
    "consent", "delivery", "delivery_try", "evaluation", "history", "import_row", "message_choice", "minute_entry",
    "notice", "period_minutes", "person_call", "point_entry", "position", "presence_question", "push_day",
    "qualification", "redemption", "reference_row", "scan_answer", "service_month", "service_record", "session",
    "shift", "signup", "star_award", "stored_file", "subscription_credit", "team_member", "team_month",
    "training_result", "volunteer", "volunteer_skill", "wechat_identity", "willingness",
})  # fmt: skip
_TABLE = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO|,)\s+"?([a-z_]+)"?(?:\s+(?:AS\s+)?"?([a-z]\w*)"?)?')
#: What peewee makes of an empty list, beside an AND: found out before any row is read, though its plan stands there.
_NEVER = re.compile(r"WHERE \(?\(*\(0 = 1\)(?! OR )|AND \(0 = 1\)")
#: An index that holds no more than a tenth of its table is a short list of what is open.
SHORT = 10
_LINE = re.compile(r"(SCAN|SEARCH) (\w+)(.*)")


def open_province(folder: Path, *, known: bool = True) -> apsw.Connection:
    """An empty database of today's tables; `known`: it takes itself for a province's."""
    path = folder / f"province{known:d}.db"
    database = open_database(f"sqlite:///{path}", durable=False)
    migrations.apply(database)
    database.close()
    if known:
        connection = apsw.Connection(str(path))
        connection.execute("ANALYZE; DELETE FROM sqlite_stat1")
        connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", statistics())
        connection.close()  # read by whoever opens it
    connection = apsw.Connection(str(path))
    connection.convert_binding = _bind
    return connection


def statistics() -> list[tuple[str, str | None, str]]:
    """(table, index, figures) as SQLite keeps them."""
    rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    return [(table, index or None, figures) for table, index, figures in rows]


@cache
def _short() -> frozenset[str]:
    """Indexes of what is open alone."""
    rows = [(table, index, int(figures.split()[0])) for table, index, figures in statistics()]
    whole = {table: max(count for other, _, count in rows if other == table) for table, _, _ in rows}
    return frozenset(str(index) for table, index, count in rows if count * SHORT <= whole[table])


def plan(connection: apsw.Connection, sql: str, values: Iterable[Any]) -> list[tuple[bool, str]]:
    """The lines of a statement's plan, and whether each is the statement's own: no part of it in brackets."""
    return [(row[1] == 0, str(row[3])) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", tuple(values))]


def faults(connection: apsw.Connection, sql: str, values: Iterable[Any]) -> set[str]:
    """What a province cannot afford: an index made for this one question, a big table read from end to end.

    A list's page that walks an index in its order reads as far as the page goes: that is no fault. Neither is an index
    that holds what is open alone.
    """
    if _NEVER.search(sql):
        return set()
    lines = plan(connection, sql, values)
    names: dict[str, set[str]] = {}
    for table, alias in _TABLE.findall(sql):
        names.setdefault(alias or table, set()).add(table)
        names.setdefault(table, set()).add(table)
    walks = " ORDER BY " in sql and " LIMIT " in sql and not any(
        own and line.startswith("USE TEMP B-TREE FOR") and "LAST" not in line for own, line in lines
    )
    found = set()
    for own, line in lines:
        match = _LINE.match(line)
        if not match:
            continue
        way, alias, rest = match.groups()
        if "AUTOMATIC" in rest:
            found.add(f"automatic index on {'/'.join(sorted(names.get(alias, {alias})))}")
        if way == "SCAN" and (tables := names.get(alias, {alias}) & BIG):
            index = re.search(r"USING (COVERING )?INDEX (\w+)", rest)
            if not (walks and own) and not (index and index[2] in _short()):
                found.add(f"scan of {'/'.join(sorted(tables))}" + (f" by {index[2]}" if index else ""))
    return found
