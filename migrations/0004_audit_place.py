"""Each line of the audit says in which division it happened, so that an auditor reads his own subtree."""


def up(migrator, db):
    code = "TEXT" if db.dialect == "sqlite" else 'TEXT COLLATE "C"'
    db.execute_sql(f"ALTER TABLE audit_entry ADD COLUMN region_code {code} NOT NULL DEFAULT ''")
    db.execute_sql("CREATE INDEX audit_entry_place ON audit_entry (region_code, id)")
    db.execute_sql("CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id)")


def down(migrator, db):
    db.execute_sql("DROP INDEX audit_entry_place")
    db.execute_sql("DROP INDEX audit_entry_actor")
    db.execute_sql("ALTER TABLE audit_entry DROP COLUMN region_code")
