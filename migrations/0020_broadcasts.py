"""Broadcasts beyond one team: audience, lane, moment, consent of another, and what was passed on (群发, 逐级传达)."""

from migrations.schema import statements

TABLES = """
CREATE TABLE broadcast (
    notice_id BIGINT PRIMARY KEY REFERENCES notice (id),
    state TEXT NOT NULL,
    whole TEXT NOT NULL,
    team_id BIGINT REFERENCES team (id),
    region_code {{code}} NOT NULL DEFAULT '',
    activity_id BIGINT REFERENCES activity (id),
    shift_id BIGINT REFERENCES shift (id),
    who TEXT NOT NULL DEFAULT 'members',
    identity TEXT NOT NULL DEFAULT '',
    skill TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    urgent BOOLEAN NOT NULL DEFAULT FALSE,
    why TEXT NOT NULL DEFAULT '',
    send_at BIGINT,
    reached BIGINT NOT NULL DEFAULT 0,
    verdict TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    decided_why TEXT NOT NULL DEFAULT '',
    parent_id BIGINT REFERENCES notice (id),
    as_told BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE TABLE mass_send (
    id {{pk}},
    text TEXT NOT NULL,
    audience TEXT NOT NULL,
    state TEXT NOT NULL,
    month TEXT,
    slot SMALLINT,
    sender_id BIGINT NOT NULL REFERENCES volunteer (id),
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    decided_why TEXT NOT NULL DEFAULT '',
    msg_id TEXT NOT NULL DEFAULT '',
    errcode BIGINT,
    total BIGINT NOT NULL DEFAULT 0,
    sent BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    tried_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (month, slot)
);
CREATE INDEX mass_send_msg ON mass_send (msg_id) WHERE msg_id <> '';
CREATE INDEX broadcast_region ON broadcast (region_code);
CREATE INDEX broadcast_parent ON broadcast (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX broadcast_due ON broadcast (notice_id) WHERE state IN ('waiting', 'due');
"""


def up(migrator, db):
    for statement in statements(TABLES, db.dialect):
        db.execute_sql(statement)
    db.execute_sql(
        "INSERT INTO broadcast (notice_id, state, whole, team_id, region_code, name) "
        "SELECT n.id, n.state, 'team', n.team_id, t.region_code, t.name FROM notice n JOIN team t ON t.id = n.team_id "
        "WHERE n.kind = 'broadcast'"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE mass_send")
    db.execute_sql("DROP TABLE broadcast")
