"""Names that a phone without a network wrote down and that the leader recognises, or lets go, afterwards."""

from pathlib import Path

from migrations.schema import guard, statements

FILE = Path(__file__).with_name("sql") / "0013_names.sql"


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    for statement in guard("name_verdict", db.dialect):
        db.execute_sql(statement)


def down(migrator, db):
    db.execute_sql("DROP TABLE name_verdict")
