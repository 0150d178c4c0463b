"""What the migrations share: one SQL text for both databases, guards on append-only tables, seed rows."""

TOKENS = {
    "sqlite": {"pk": "INTEGER PRIMARY KEY AUTOINCREMENT", "blob": "BLOB", "code": "TEXT"},
    "postgres": {"pk": "BIGSERIAL PRIMARY KEY", "blob": "BYTEA", "code": 'TEXT COLLATE "C"'},
}


def statements(text, dialect):
    for token, words in TOKENS[dialect].items():
        text = text.replace("{{" + token + "}}", words)
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";\n") if part.strip()]


def guard(table, dialect):
    """Triggers that refuse UPDATE and DELETE (and TRUNCATE, where there is one)."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


def insert(db, table, **values):
    """One row of seed data."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    marks = ", ".join([mark] * len(values))
    db.execute_sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
