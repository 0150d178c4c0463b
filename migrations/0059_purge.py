"""How far each rule of forgetting has come; what a phone without a network said may be emptied once it is old, and the
answers to it thrown away."""

from migrations.schema import guard

COLUMNS = (
    "id", "shift_id", "volunteer_id", "identity_id", "actor_id", "direction", "mode", "door", "outcome", "reason",
    "nonce", "kit_id", "device_at", "flag", "at", "received_at",
)  # fmt: skip


def up(migrator, db):
    db.execute_sql(
        "CREATE TABLE purge_mark (name TEXT PRIMARY KEY, reached BIGINT NOT NULL DEFAULT 0, gone BIGINT NOT NULL "
        "DEFAULT 0, at BIGINT NOT NULL)"
    )
    _unguard(db, "attempt")
    _unguard(db, "scan_answer")
    if db.dialect == "sqlite":
        other = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in COLUMNS)
        db.execute_sql(
            f"CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt WHEN NEW.detail <> '' OR {other} "
            "BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END"
        )
        db.execute_sql(guard("attempt", db.dialect)[1])
        db.execute_sql(guard("scan_answer", db.dialect)[0])
        return
    db.execute_sql(
        "CREATE TRIGGER attempt_append_only BEFORE DELETE ON attempt FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    db.execute_sql(
        "CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt FOR EACH ROW WHEN (NEW.detail <> '' OR "
        "(to_jsonb(NEW) - 'detail') IS DISTINCT FROM (to_jsonb(OLD) - 'detail')) EXECUTE FUNCTION refuse_change()"
    )
    db.execute_sql(guard("attempt", db.dialect)[1])
    db.execute_sql(
        "CREATE TRIGGER scan_answer_no_update BEFORE UPDATE ON scan_answer "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE purge_mark")
    if db.dialect == "postgres":
        db.execute_sql("DROP TRIGGER attempt_no_update ON attempt")
        db.execute_sql("DROP TRIGGER scan_answer_no_update ON scan_answer")
        db.execute_sql("DROP TRIGGER attempt_append_only ON attempt")
        db.execute_sql("DROP TRIGGER attempt_no_truncate ON attempt")
    else:
        for name in ("attempt_no_update", "attempt_no_delete", "scan_answer_no_update"):
            db.execute_sql(f"DROP TRIGGER {name}")
    for table in ("attempt", "scan_answer"):
        for statement in guard(table, db.dialect):
            db.execute_sql(statement)


def _unguard(db, table):
    names = {"sqlite": ("no_update", "no_delete"), "postgres": ("append_only", "no_truncate")}[db.dialect]
    for name in names:
        db.execute_sql(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if db.dialect == "postgres" else ""))
