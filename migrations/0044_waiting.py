"""Indexes for what waits: an activity's unconfirmed records; what to enter in the national system, without classes."""

OLD = (
    "CREATE INDEX service_record_to_enter ON service_record "
    "(team_id, local_day, region_code, minutes, state, source, national_state) "
    "WHERE state = 'confirmed' AND source <> 'transferred' AND national_state = 'no'"
)
NEW = OLD.replace("national_state) ", "national_state, why) ")


def up(migrator, db):
    db.execute_sql("CREATE INDEX service_record_unconfirmed ON service_record (activity_id) WHERE state = 'pending'")
    db.execute_sql("DROP INDEX service_record_to_enter")
    db.execute_sql(NEW)


def down(migrator, db):
    db.execute_sql("DROP INDEX service_record_to_enter")
    db.execute_sql(OLD)
    db.execute_sql("DROP INDEX service_record_unconfirmed")
