"""Whose entry was merged into one; the notice that the letters of an occasion stand under."""

INDEXES = {
    "volunteer_merged": "volunteer (merged_into_id) WHERE merged_into_id IS NOT NULL",
    "notice_kind": "notice (kind)",
}


def up(migrator, db):
    for name, of in INDEXES.items():
        db.execute_sql(f"CREATE INDEX {name} ON {of}")


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f"DROP INDEX {name}")
