"""An index for a person's made-up minutes, so that his totals read no other record of his."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX service_record_made_up_by ON service_record (volunteer_id) "
        "WHERE source = 'supplement' AND state = 'confirmed'"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX service_record_made_up_by")
