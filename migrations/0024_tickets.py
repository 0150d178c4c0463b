"""Questions to the liaison (找联络员): what was asked and answered, until when, and the days that the house allows."""

import json

from migrations.schema import statements

QUESTION_DAYS = 3
TABLES = """
CREATE TABLE ticket (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    team_id BIGINT REFERENCES team (id),
    region_code {{code}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    due_at BIGINT NOT NULL,
    nagged_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE ticket_line (
    id {{pk}},
    ticket_id BIGINT NOT NULL REFERENCES ticket (id),
    author_id BIGINT NOT NULL REFERENCES volunteer (id),
    answers BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX ticket_region ON ticket (region_code);
CREATE INDEX ticket_team ON ticket (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX ticket_person ON ticket (volunteer_id);
CREATE INDEX ticket_due ON ticket (due_at) WHERE state = 'open';
CREATE INDEX ticket_line_of ON ticket_line (ticket_id);
"""


def up(migrator, db):
    for statement in statements(TABLES, db.dialect):
        db.execute_sql(statement)
    _each(db, lambda params: {"question_days": QUESTION_DAYS} | params)


def down(migrator, db):
    _each(db, lambda params: {name: value for name, value in params.items() if name != "question_days"})
    db.execute_sql("DROP TABLE ticket_line")
    db.execute_sql("DROP TABLE ticket")


def _each(db, change):
    """Sets are never edited by an act; here their shape changes, and every version says the default."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql("SELECT id, params FROM rule_set WHERE kind = 'review'")):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}", (json.dumps(change(json.loads(params))), number)
        )
