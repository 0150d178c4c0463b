"""Lists of a whole province are read from indexes: people by place and state, records by day, activities by place."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX volunteer_place ON volunteer (region_code, state, national_state)")
    db.execute_sql("DROP INDEX volunteer_region")
    db.execute_sql("CREATE INDEX volunteer_called ON volunteer (name, region_code, state, national_state)")
    db.execute_sql("DROP INDEX volunteer_name")
    db.execute_sql("CREATE INDEX volunteer_since ON volunteer (created_at)")
    db.execute_sql(
        "CREATE INDEX service_record_entered ON service_record (local_day, id) "
        "WHERE state = 'confirmed' AND source <> 'transferred'"
    )
    db.execute_sql(
        "CREATE INDEX service_record_there ON service_record (region_code, local_day) "
        "WHERE state = 'confirmed' AND source <> 'transferred'"
    )
    db.execute_sql(
        "CREATE INDEX service_record_to_enter ON service_record "
        "(team_id, local_day, region_code, minutes, state, source, national_state) "
        "WHERE state = 'confirmed' AND source <> 'transferred' AND national_state = 'no'"
    )
    db.execute_sql("CREATE INDEX activity_there ON activity (region_code, local_day)")
    db.execute_sql("CREATE INDEX person_card_issued ON person_card (issued_at)")
    db.execute_sql("CREATE INDEX qualification_since ON qualification (created_at)")


def down(migrator, db):
    for name in (
        "qualification_since", "person_card_issued", "activity_there", "service_record_to_enter",
        "service_record_there", "service_record_entered", "volunteer_since",
    ):  # fmt: skip
        db.execute_sql(f"DROP INDEX {name}")
    db.execute_sql("CREATE INDEX volunteer_name ON volunteer (name, region_code)")
    db.execute_sql("DROP INDEX volunteer_called")
    db.execute_sql("CREATE INDEX volunteer_region ON volunteer (region_code)")
    db.execute_sql("DROP INDEX volunteer_place")
