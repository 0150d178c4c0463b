"""A list of people from Excel, judged and entered, beside the raw rows of the same list in the same tables.

`python -m bench imports`; IMPORT_PEOPLE people (5,000 unless said). Ours is the worker's whole way from the sealed file
to the people in their teams: read, judged row by row, kept for the report, judged again, entered in pieces. The floors
put the very rows that ours has made into the same tables by one `executemany` a table, on PostgreSQL by COPY, in one
transaction, and do the work that no list is entered without: reading the file with bare openpyxl, sealing each number,
phone and row, and the blind indexes. The second floor reads the file as ours does, several times as fast; the third is
the rows alone. Seconds of the processor, PostgreSQL's process with it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import openpyxl

import clock
import settings
from bench import figures
from bench.assessment import Took
from bench.both import on_both
from bench.figures import Row, Sample, Side
from bench.messages import filled
from bench.world import VILLAGE
from demo.province.rows import put
from models import Balance, History, ImportRow, Team, TeamMember, Volunteer, store
from models.dialect import open_database
from queries import change
from queries import rows as found
from services.actors import Actor
from services.imports import batches, cells, pages, working
from tests.services.imports.files import id_number, of_kind
from tests.support.fakes import FakeGateway, make_parts

PEOPLE = int(os.environ.get("IMPORT_PEOPLE", "5000"))
#: Who is there before: some members, and the one who imports.
BEFORE = 50
#: What yields the values of a list row by row.
Reader = Callable[[bytes], Iterator[Sequence[Any]]]
#: What a person's import writes, in the order in which references allow.
TABLES = (Volunteer, Balance, TeamMember, History, ImportRow)


def rows(missing: list[str]) -> list[Row]:
    """On SQLite, then on PostgreSQL where it can be had."""
    return on_both(_measured, name="imports", what="import", missing=missing)


def _measured(url: str, name: str) -> list[Row]:
    raw = "COPY" if name == "PostgreSQL" else "executemany"
    filled(url, settings.load(demo=True, clock_file=""), BEFORE, BEFORE - 1)
    store.release()
    store.bind(open_database(url))
    try:
        with store.session():
            _unguard()
            case = Case()
            case.ours(1)
            ours = Side(case.ours)
            title = f"import of {PEOPLE:,} people from Excel ÷"
            return figures.alternate([
                Row(f"{title} read by openpyxl, sealed, {raw}, {name}", ours, Side(lambda _: case.floor(_openpyxl)),
                    "≥ 0.5", "people/CPU s"),
                Row(f"{title} read alike, sealed, {raw}, {name}", ours, Side(lambda _: case.floor(_alike)), "",
                    "people/CPU s"),
                Row(f"{title} {raw} alone, {name}", ours, Side(lambda _: case.floor(None)), "", "people/CPU s"),
            ])  # fmt: skip
    finally:
        store.release()


class Case:
    """One list of people, and the rows that became of it."""

    def __init__(self) -> None:
        team = Team.get()
        self.parts, self.actor, self.at = make_parts(FakeGateway()), Actor("console", BEFORE), clock.now()
        self.body = of_kind("people", *(
            {"name": "陈老兵", "document": id_number(n), "phone": f"138{n:08d}", "identity": "退役军人",
             "region": VILLAGE, "team": team.name, "joined_on": "2023-05-01"}
            for n in range(PEOPLE)
        ))  # fmt: skip
        self.kept: list[tuple[str, str, list[tuple[Any, ...]]]] = []

    def ours(self, _share: float) -> Sample:
        """From the file that waits to the people in their team."""
        self.clear()
        code = batches.upload(
            parts=self.parts, actor=self.actor, kind="people", region_code="34", file_name="名单.xlsx", body=self.body,
            at=self.at,
        )  # fmt: skip
        took = Took()
        took.run(lambda: self.worked(code))
        if Volunteer.select().where(Volunteer.id > BEFORE).count() != PEOPLE:
            raise RuntimeError("not entered")
        self.kept = [_kept(model) for model in TABLES]
        return Sample(PEOPLE / took.cpu)

    def worked(self, code: str) -> None:
        """Judged, said yes to, entered."""
        working.work(parts=self.parts, at=self.at, seconds=600)
        batches.start(actor=self.actor, code=code, at=self.at)
        working.work(parts=self.parts, at=self.at, seconds=600)

    def floor(self, read: Reader | None) -> Sample:
        """The same rows as they lie there; with a reader the file read and each row's sealing done, too."""
        self.clear(rows_only=True)
        took = Took()
        took.run(lambda: self.raw(read))
        return Sample(PEOPLE / took.cpu)

    def raw(self, read: Reader | None) -> None:
        """What stands in the floor's place for all of ours."""
        if read is not None:
            vault = self.parts.vault
            for row in read(self.body):
                number, phone = str(row[1]), str(row[2])
                for text in (number, phone, "".join(map(str, row))):
                    vault.seal(text, "volunteer.document:aaaaaaaa")
                vault.index("id_no", number)
                vault.index("phone", phone)
        store.write(lambda: [put(*each) for each in self.kept])

    def clear(self, rows_only: bool = False) -> None:
        """Nobody of them is there; not measured."""
        for table, which in (
            ("import_row", "1 = 1"), ("history", "verb = 'imported'"), ("team_member", f"volunteer_id > {BEFORE}"),
            ("balance", f"volunteer_id > {BEFORE}"), ("volunteer", f"id > {BEFORE}"),
            *(() if rows_only else (("import_file", "1 = 1"), ("import_batch", "1 = 1"))),
        ):  # fmt: skip
            store.write(lambda text=f"DELETE FROM {table} WHERE {which}": _delete(text))  # type: ignore[misc]


def _alike(body: bytes) -> Iterator[Sequence[Any]]:
    """The values below the heading, by the reader of ours."""
    book = pages.Book(body).wb
    for number, row in pages.rows(book, book.worksheets[0], len(cells.columns("people"))):
        if number > 1:
            yield [value for value, _ in row]


def _openpyxl(body: bytes) -> Iterator[Sequence[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    return book.worksheets[0].iter_rows(values_only=True, min_row=2)


def _delete(text: str) -> None:
    """PostgreSQL would ask every table of the house for each person whether it knows him."""
    if store.current().dialect == "postgres":
        change("SET LOCAL session_replication_role = replica")
    change(text)


def _unguard() -> None:
    """Let history be emptied between two rounds; its guard looks at changes alone, not at what comes in."""
    if store.current().dialect == "postgres":
        found("SELECT SETVAL('volunteer_id_seq', 10000)")  # the world's people brought their ids along
        return
    for (name,) in found("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"):
        store.write(lambda name=name: change(f"DROP TRIGGER {name}"))  # type: ignore[misc]


def _kept(model: Any) -> tuple[str, str, list[tuple[Any, ...]]]:
    """Table, columns and rows of what an import has written there."""
    columns = [each.column_name for each in model._meta.sorted_fields]
    which = {
        Volunteer: f"id > {BEFORE}", Balance: f"volunteer_id > {BEFORE}", TeamMember: f"volunteer_id > {BEFORE}",
        History: "verb = 'imported'", ImportRow: "1 = 1",
    }[model]  # fmt: skip
    table = model._meta.table_name
    return table, " ".join(columns), list(found(f"SELECT {', '.join(columns)} FROM {table} WHERE {which}"))
