"""Dispatch (调度, S43, S44): points, calls to teams and people, help from above, figures, the April check."""

import json
import re

from migrations.schema import guard, insert, statements

#: minutes a wave has to answer; percent of what is missing that is asked; teams in one wave; how far by road (km, and
#: roads are so much longer than the line, in percent); what counts as equally near (km); hours of rest; the level
#: that calls; the last month for which the April check wants cover; minutes until the centre above is reminded.
NUMBERS = {
    "wave_minutes": 15, "calm_minutes": 240, "ratio": 150, "teams_per_wave": 10, "reach_km": 80, "road_percent": 140,
    "band_km": 10, "rest_hours": 8, "min_level": 3, "cover_month": 9, "aid_minutes": 15,
}  # fmt: skip
TABLES = """
CREATE TABLE point (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    name TEXT NOT NULL,
    lat INTEGER NOT NULL CHECK (lat BETWEEN -90000000 AND 90000000),
    lon INTEGER NOT NULL CHECK (lon BETWEEN -180000000 AND 180000000),
    stands_for TEXT NOT NULL CHECK (stands_for IN ('place', 'division', 'team')),
    team_id BIGINT REFERENCES team (id),
    made_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
CREATE TABLE dispatch (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    place_region {{code}} NOT NULL,
    drill BOOLEAN NOT NULL DEFAULT FALSE,
    urgent BOOLEAN NOT NULL DEFAULT TRUE,
    title TEXT NOT NULL,
    domain TEXT NOT NULL,
    sub_domain TEXT NOT NULL,
    content TEXT NOT NULL,
    place TEXT NOT NULL,
    point_id BIGINT REFERENCES point (id),
    lat INTEGER,
    lon INTEGER,
    people INTEGER NOT NULL CHECK (people > 0),
    boats INTEGER NOT NULL DEFAULT 0 CHECK (boats >= 0),
    vehicles INTEGER NOT NULL DEFAULT 0 CHECK (vehicles >= 0),
    skills TEXT NOT NULL DEFAULT '[]',
    speciality TEXT NOT NULL DEFAULT '',
    command TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    risks TEXT NOT NULL,
    safeguards TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '[]',
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'calling', 'stood_down', 'cancelled', 'over')),
    wave INTEGER NOT NULL DEFAULT 0,
    wave_due_at BIGINT,
    reach {{code}} NOT NULL,
    short_told INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    closed_by_id BIGINT REFERENCES volunteer (id),
    closed_at BIGINT,
    closed_why TEXT NOT NULL DEFAULT '',
    CHECK (ends_at > starts_at)
);
CREATE TABLE team_call (
    id {{pk}},
    dispatch_id BIGINT NOT NULL REFERENCES dispatch (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    wave INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'coming', 'declined', 'silent')),
    why TEXT NOT NULL DEFAULT '{}',
    people INTEGER NOT NULL DEFAULT 0,
    boats INTEGER NOT NULL DEFAULT 0,
    vehicles INTEGER NOT NULL DEFAULT 0,
    there_at BIGINT,
    note TEXT NOT NULL DEFAULT '',
    answered_by_id BIGINT REFERENCES volunteer (id),
    recorded_by_id BIGINT REFERENCES volunteer (id),
    how TEXT NOT NULL DEFAULT '',
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    activity_id BIGINT REFERENCES activity (id),
    UNIQUE (dispatch_id, team_id)
);
CREATE TABLE person_call (
    id {{pk}},
    dispatch_id BIGINT NOT NULL REFERENCES dispatch (id),
    team_call_id BIGINT NOT NULL REFERENCES team_call (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'accepted', 'declined')),
    recorded_by_id BIGINT REFERENCES volunteer (id),
    how TEXT NOT NULL DEFAULT '',
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    UNIQUE (dispatch_id, volunteer_id)
);
CREATE TABLE aid_request (
    id {{pk}},
    dispatch_id BIGINT NOT NULL REFERENCES dispatch (id),
    region_code {{code}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'agreed', 'refused')),
    asked_at BIGINT NOT NULL,
    nagged_at BIGINT,
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    UNIQUE (dispatch_id, region_code)
);
CREATE TABLE dispatch_figure (
    id {{pk}},
    dispatch_id BIGINT NOT NULL REFERENCES dispatch (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);
CREATE TABLE drill_message (
    id {{pk}},
    dispatch_id BIGINT NOT NULL REFERENCES dispatch (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE cover_check (
    region_code {{code}} NOT NULL,
    year INTEGER NOT NULL,
    teams INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (region_code, year)
);
CREATE UNIQUE INDEX point_of_team ON point (team_id) WHERE team_id IS NOT NULL AND retired_at IS NULL;
CREATE UNIQUE INDEX point_of_division ON point (region_code) WHERE stands_for = 'division' AND retired_at IS NULL;
CREATE INDEX point_there ON point (region_code) WHERE retired_at IS NULL;
CREATE INDEX dispatch_there ON dispatch (region_code, id);
CREATE INDEX dispatch_open ON dispatch (id) WHERE state = 'calling';
CREATE INDEX team_call_team ON team_call (team_id);
CREATE INDEX person_call_team ON person_call (team_call_id);
CREATE INDEX person_call_person ON person_call (volunteer_id);
CREATE INDEX aid_request_there ON aid_request (region_code) WHERE state = 'waiting';
CREATE INDEX dispatch_figure_of ON dispatch_figure (dispatch_id);
CREATE INDEX drill_message_of ON drill_message (dispatch_id);
"""


def up(migrator, db):
    for statement in statements(TABLES, db.dialect):
        db.execute_sql(statement)
    for statement in guard("dispatch_figure", db.dialect):
        db.execute_sql(statement)
    insert(db, "rule_set", kind="dispatch", region_code="", version=1, params=json.dumps(NUMBERS), valid_from=0)
    _switch(db, True)


def down(migrator, db):
    _switch(db, False)
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'dispatch'")
    for name in re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+)", TABLES):
        db.execute_sql(f"DROP INDEX {name}")
    for table in reversed(re.findall(r"CREATE TABLE (\w+)", TABLES)):
        db.execute_sql(f"DROP TABLE {table}")


def _switch(db, on):
    """The module is there now, so it is on; no division could want it off before it was there."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql("SELECT id, params FROM rule_set WHERE kind = 'modules'")):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}",
            (json.dumps(json.loads(params) | {"dispatch": on}), number),
        )
