"""Indexes for the records ticked by hand and those made up, so that their lists read no others."""


def up(migrator, db):
    by_hand = "by_hand = 1" if db.dialect == "sqlite" else "by_hand"
    db.execute_sql(
        "CREATE INDEX service_record_by_hand ON service_record (region_code, local_day) "
        f"WHERE state = 'confirmed' AND source = 'scan' AND {by_hand}"
    )
    db.execute_sql(
        "CREATE INDEX service_record_made_up ON service_record (region_code, local_day) "
        "WHERE state = 'confirmed' AND source = 'supplement'"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX service_record_made_up")
    db.execute_sql("DROP INDEX service_record_by_hand")
