"""An uploaded file waits, sealed, for the worker that reads it; transferred hours are found by their import."""


def up(migrator, db):
    blob = "BLOB" if db.dialect == "sqlite" else "BYTEA"
    db.execute_sql(
        f"CREATE TABLE import_file (batch_id BIGINT NOT NULL PRIMARY KEY REFERENCES import_batch (id), "
        f"sealed {blob} NOT NULL)"
    )
    db.execute_sql(
        "CREATE INDEX import_batch_due ON import_batch (id) WHERE state IN ('reading', 'applying')"
    )
    db.execute_sql("CREATE INDEX transferred_hours_batch ON transferred_hours (batch_id)")
    db.execute_sql(
        "CREATE INDEX service_record_transferred ON service_record (id) "
        "WHERE source = 'transferred' AND state = 'pending'"
    )
    db.execute_sql("CREATE INDEX volunteer_national_no ON volunteer (national_no) WHERE national_no <> ''")


def down(migrator, db):
    for name in (
        "volunteer_national_no", "service_record_transferred", "transferred_hours_batch", "import_batch_due",
    ):  # fmt: skip
        db.execute_sql(f"DROP INDEX {name}")
    db.execute_sql("DROP TABLE import_file")
