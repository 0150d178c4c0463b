"""The public home's figures, stories with consents and photos; money: sources, grants, lines (S2, S9, S90)."""

from pathlib import Path

from migrations.schema import guard, insert, statements

FILE = Path(__file__).with_name("sql") / "0033_public_face.sql"
TABLES = (
    "partner_gift", "money_line", "money_grant", "funding_source", "story_photo", "story_person", "story",
    "public_figure",
)  # fmt: skip
#: The policy's four, and everything else (S90); the codes are those that projects already hold.
SOURCES = (
    ("budget", "财政"), ("practice", "文明实践基本经费"), ("foundation", "基金会"), ("donation", "捐赠"),
    ("other", "其他"),
)  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    for statement in guard("money_line", db.dialect):
        db.execute_sql(statement)
    for order, (code, name) in enumerate(SOURCES, 1):
        insert(db, "funding_source", code=code, name=name, seeded=True, sort_order=order * 10, created_at=0)


def down(migrator, db):
    for table in TABLES:
        db.execute_sql(f"DROP TABLE {table}")
    for column in ("nature", "agreement", "due_on"):
        db.execute_sql(f"ALTER TABLE partner DROP COLUMN {column}")
