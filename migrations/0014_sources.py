"""Hours that were scanned, made up and brought from another system are counted apart per division, too (S111)."""

COLUMNS = ("supplement", "transferred")


def up(migrator, db):
    for name in COLUMNS:
        db.execute_sql(f"ALTER TABLE region_tally ADD COLUMN {name} BIGINT NOT NULL DEFAULT 0")
    db.execute_sql(
        "CREATE INDEX service_record_apart ON service_record (local_day) "
        "WHERE state = 'confirmed' AND source <> 'scan'"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX service_record_apart")
    for name in reversed(COLUMNS):
        db.execute_sql(f"ALTER TABLE region_tally DROP COLUMN {name}")
