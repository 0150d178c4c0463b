"""What a report counts of each activity, without a look at the record itself."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX service_record_counted ON service_record (activity_id, minutes, source) WHERE state = 'confirmed'"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX service_record_counted")
