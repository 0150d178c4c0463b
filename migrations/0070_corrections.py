"""What a person says is wrong about him, until an officer has decided on it."""

from migrations.schema import statements

SQL = """
CREATE TABLE correction (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    what TEXT NOT NULL CHECK (what IN ('name', 'document', 'name document')),
    sealed {{blob}},
    sealed_key TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('asked', 'done', 'refused', 'withdrawn')),
    door TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by_id BIGINT REFERENCES volunteer (id),
    reason TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX correction_open ON correction (volunteer_id) WHERE state = 'asked';
CREATE INDEX correction_of ON correction (volunteer_id, id);
CREATE INDEX correction_asked ON correction (asked_at);
"""


def up(migrator, db):
    for statement in statements(SQL, db.dialect):
        db.execute_sql(statement)


def down(migrator, db):
    db.execute_sql("DROP TABLE correction")
