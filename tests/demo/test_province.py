"""A province made in bulk: what the rules would have given, the same at every making, and never into a house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
import pytest

from clock import SHANGHAI
from demo.province.making import NotGenerated, Size, generate, target
from models import AuditEntry, Balance, PointEntry, ServiceRecord, Volunteer, store
from models.dialect import Database, open_database
from services.accounts.documents import check_id_number, check_phone
from services.accounts.vault import Vault
from services.bookkeeping import books, earning
from services.statistics import months, tally

DAY = date(2026, 6, 10)
AT = datetime(2026, 6, 10, tzinfo=SHANGHAI)
SIZE = Size(volunteers=900, teams=60, records=9000)
VAULT = Vault({"k1": b"1" * 32}, b"2" * 32)
HOUSE = "postgresql://hongyao:secret@127.0.0.1:5432/hongyao"
#: Tables and indexes as they were made, and what PostgreSQL is made of.
SHAPE = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1",
    "postgres": """
        SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conname, pg_get_constraintdef(oid) || convalidated::text FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
}
COLUMNS = {
    "sqlite": "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p "
              "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
    "postgres": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
}  # fmt: skip


def _make(url: str) -> Any:
    return generate(url, size=SIZE, seed=7, day=DAY, vault=VAULT, brand="红耀江淮")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any]:
    """Where it is, and what it held when it was made."""
    url = f"sqlite:///{tmp_path_factory.mktemp('province')}/province.db"
    _make(url)
    with store.session():
        dumped = _dump(store.current())
    store.release()
    return url, dumped


@pytest.fixture
def there(made: tuple[str, Any]) -> Iterator[Database]:
    store.bind(database := open_database(made[0]))
    with store.session():
        yield database
    store.release()


def _shape(database: Database) -> list[Any]:
    return list(database.execute_sql(SHAPE[database.dialect]).fetchall())


def _dump(database: Database) -> dict[str, tuple[int, int]]:
    """Rows of each table and a sum over them; sealed texts are never the same twice."""
    columns: dict[str, list[str]] = {}
    for table, name in database.execute_sql(COLUMNS[database.dialect]).fetchall():
        if table != "schema_migration" and not name.endswith("_sealed"):
            columns.setdefault(table, []).append(f'"{name}"')
    found = {}
    for table, names in columns.items():
        rows = database.execute_sql(f'SELECT {", ".join(sorted(names))} FROM "{table}"').fetchall()
        plain = ([int(value) if isinstance(value, bool) else value for value in row] for row in rows)
        found[table] = (len(rows), sum(crc32(repr(row).encode()) for row in plain))
    return found


def test_the_books_of_a_province_are_what_its_records_prove(there: Database, sqlite_template: Path) -> None:
    assert ServiceRecord.select().count() == SIZE.records
    assert AuditEntry.select().where(AuditEntry.subject == "province").exists(), "so that `flask doctor` can tell"
    assert books.verify(whole=True) == []
    assert there.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    assert (months.refresh_all(at=AT), tally.refresh(at=AT)) == (0, 0), "the worker finds nothing to count anew"
    for entry in PointEntry.select().where(PointEntry.id << list(range(1, SIZE.records, 997))):
        earned = earning.of_record(entry.record, at=AT)
        said = (earned.points, earned.rule_id, earned.why, earned.expires_on)
        assert (entry.amount, entry.rule_set_id, entry.note, entry.expires_on) == said
    template = open_database(f"sqlite:///{sqlite_template}")
    assert _shape(there) == _shape(template), "tables and indexes are those of any house"
    template.close()


def test_people_of_a_province_are_believable_and_nobody(there: Database) -> None:
    counts = sorted(row.records for row in Balance.select())
    assert 7 <= counts[len(counts) // 2] <= 10
    assert counts[-1] >= SIZE.records // 100 * 0.9, "the heaviest comes to everything his team holds"
    everybody = list(Volunteer.select())
    assert len({person.name for person in everybody}) > len(everybody) * 0.6
    for person in everybody[::50]:
        number = VAULT.open(person.document_sealed, f"volunteer.document:{person.public_no}")
        phone = VAULT.open(person.phone_sealed, f"volunteer.phone:{person.public_no}")
        assert check_id_number(number)
        assert number[14:17] in ("996", "997", "998", "999"), "kept for centenarians"
        assert person.birth_date == f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        assert check_phone(phone).startswith("154"), "given to no operator"
        assert person.region_code.startswith(number[:6])


@pytest.mark.postgres
def test_the_same_seed_makes_the_same_province_on_postgresql(postgres: Any, made: tuple[str, Any]) -> None:
    url = postgres.create("province", template="template_hongyao")
    _make(url)
    with store.session():
        assert _dump(store.current()) == made[1]
        shape = _shape(store.current())
    with pytest.raises(NotGenerated, match="somebody lives"):
        _make(url)
    template = open_database(postgres.url("template_hongyao"))
    assert shape == _shape(template)
    template.close_all()
    with psycopg.connect(postgres.create("foreign"), autocommit=True) as other:
        other.execute("CREATE TABLE volunteer (id BIGINT)")
    with pytest.raises(NotGenerated, match="tables already"):
        _make(postgres.url("foreign"))
    for name in ("province", "foreign"):
        postgres.drop(name)


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    house = tmp_path / "house.db"
    house.write_bytes(b"anything")
    with pytest.raises(NotGenerated, match="exists"):
        _make(f"sqlite:///{house}")
    assert [path.name for path in tmp_path.iterdir()] == ["house.db"]
    assert house.read_bytes() == b"anything"


@pytest.mark.parametrize(
    ("into", "house"),
    [
        pytest.param("", HOUSE, id="no word where to"),
        pytest.param("postgresql://other:word@LOCALHOST/hongyao?x=1", HOUSE, id="the house spelled otherwise"),
        pytest.param("sqlite:///var/../var/hongyao.db", "sqlite:///var/hongyao.db", id="its file by another way"),
    ],
)
def test_the_database_of_a_house_is_refused(into: str, house: str) -> None:
    with pytest.raises(NotGenerated):
        target(into=into, database_url=house, demo=False)


def test_a_demo_is_filled_where_it_lives_and_others_where_they_say() -> None:
    assert target(into="", database_url="sqlite:///var/demo.db", demo=True) == "sqlite:///var/demo.db"
    assert target(into="sqlite:////tmp/new.db", database_url=HOUSE, demo=False) == "sqlite:////tmp/new.db"


@pytest.mark.parametrize("size", [Size(2, 1, 0), Size(30, 0, 0), Size(30, 1, 3001)], ids=["people", "teams", "records"])
def test_a_size_that_no_province_has_is_refused(size: Size, tmp_path: Path) -> None:
    with pytest.raises(NotGenerated):
        generate(f"sqlite:///{tmp_path}/new.db", size=size, seed=1, day=DAY, vault=VAULT, brand="红耀")
    assert not list(tmp_path.iterdir())
