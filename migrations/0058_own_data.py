"""A person's copy of his own data, and his account on its way to being closed."""

from migrations.schema import statements

SQL = """
CREATE TABLE data_copy (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'ready')),
    whole BOOLEAN NOT NULL,
    sealed {{blob}},
    sealed_key TEXT NOT NULL DEFAULT '',
    asked_at BIGINT NOT NULL,
    ready_at BIGINT,
    until BIGINT NOT NULL
);
CREATE UNIQUE INDEX data_copy_asked ON data_copy (volunteer_id) WHERE state = 'asked';
CREATE INDEX data_copy_of ON data_copy (volunteer_id, id);
CREATE INDEX data_copy_until ON data_copy (until);
CREATE TABLE account_closing (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'undone', 'done')),
    door TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    reminded_at BIGINT,
    held TEXT NOT NULL DEFAULT '',
    ended_at BIGINT
);
CREATE UNIQUE INDEX account_closing_open ON account_closing (volunteer_id) WHERE state = 'asked';
CREATE INDEX account_closing_of ON account_closing (volunteer_id);
CREATE INDEX account_closing_due ON account_closing (due_at) WHERE state = 'asked';
"""


def up(migrator, db):
    for statement in statements(SQL, db.dialect):
        db.execute_sql(statement)


def down(migrator, db):
    for table in ("account_closing", "data_copy"):
        db.execute_sql(f"DROP TABLE {table}")
