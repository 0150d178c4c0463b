"""Sign-up in full: why a clash was let pass, and trainings ticked until the training module comes (条例 §16)."""

from pathlib import Path

from migrations.schema import statements

FILE = Path(__file__).with_name("sql") / "0009_signups.sql"


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)


def down(migrator, db):
    db.execute_sql("DROP TABLE training_tick")
    db.execute_sql("ALTER TABLE signup DROP COLUMN clash_reason")
