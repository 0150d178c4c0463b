"""A death report keeps the division that looks after it; a transfer keeps who asked and when the person agreed."""


def up(migrator, db):
    code = "VARCHAR(12)" if db.dialect == "sqlite" else 'VARCHAR(12) COLLATE "C"'
    db.execute_sql(f"ALTER TABLE death_report ADD COLUMN region_code {code} NOT NULL DEFAULT ''")
    db.execute_sql("ALTER TABLE home_transfer ADD COLUMN asked_by_id BIGINT REFERENCES volunteer (id)")
    db.execute_sql("ALTER TABLE home_transfer ADD COLUMN agreed_at BIGINT")
    db.execute_sql("CREATE INDEX death_report_region ON death_report (region_code, id)")
    db.execute_sql("CREATE INDEX home_transfer_to ON home_transfer (to_region, id)")


def down(migrator, db):
    db.execute_sql("DROP INDEX home_transfer_to")
    db.execute_sql("DROP INDEX death_report_region")
    db.execute_sql("ALTER TABLE home_transfer DROP COLUMN agreed_at")
    db.execute_sql("ALTER TABLE home_transfer DROP COLUMN asked_by_id")
    db.execute_sql("ALTER TABLE death_report DROP COLUMN region_code")
