-- What the worker counted by month, so that no page counts a province; what a team reports by hand stands apart.

CREATE TABLE service_month (
    month VARCHAR(7) NOT NULL,
    region_code {{code}} NOT NULL,
    team_id BIGINT NOT NULL,
    domain TEXT NOT NULL,
    kind TEXT NOT NULL,
    speciality TEXT NOT NULL,
    activities INTEGER NOT NULL,
    attendances INTEGER NOT NULL,
    minutes BIGINT NOT NULL,
    supplement BIGINT NOT NULL,
    transferred BIGINT NOT NULL,
    served BIGINT NOT NULL,
    PRIMARY KEY (region_code, month, team_id, domain)
);
CREATE INDEX service_month_then ON service_month (month);

CREATE TABLE team_month (
    team_id BIGINT NOT NULL,
    month VARCHAR(7) NOT NULL,
    region_code {{code}} NOT NULL,
    kind TEXT NOT NULL,
    speciality TEXT NOT NULL,
    members INTEGER NOT NULL,
    activities INTEGER NOT NULL,
    participants INTEGER NOT NULL,
    minutes BIGINT NOT NULL,
    active_months SMALLINT NOT NULL,
    activeness SMALLINT NOT NULL,
    PRIMARY KEY (team_id, month)
);
CREATE INDEX team_month_there ON team_month (month, region_code);

CREATE TABLE team_year (
    team_id BIGINT NOT NULL,
    year VARCHAR(4) NOT NULL,
    region_code {{code}} NOT NULL,
    at_start INTEGER NOT NULL,
    joined INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    retained INTEGER NOT NULL,
    at_end INTEGER NOT NULL,
    assessed INTEGER NOT NULL,
    excellent INTEGER NOT NULL,
    PRIMARY KEY (team_id, year)
);
CREATE INDEX team_year_there ON team_year (year, region_code);

CREATE TABLE counted (
    what TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE TABLE team_idle (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    since_day VARCHAR(10) NOT NULL,
    step SMALLINT NOT NULL,
    days INTEGER NOT NULL,
    marked_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (team_id, since_day, step)
);
CREATE INDEX team_idle_now ON team_idle (region_code) WHERE ended_at IS NULL;

CREATE TABLE revival_plan (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    text TEXT NOT NULL,
    starts_on VARCHAR(10) NOT NULL,
    due_on VARCHAR(10) NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'revived', 'failed', 'dropped')),
    outcome TEXT NOT NULL DEFAULT '',
    made_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    closed_by_id BIGINT REFERENCES volunteer (id),
    closed_at BIGINT,
    nagged_at BIGINT
);
CREATE INDEX revival_plan_team ON revival_plan (team_id);
CREATE INDEX revival_plan_there ON revival_plan (region_code);
CREATE UNIQUE INDEX revival_plan_running ON revival_plan (team_id) WHERE state = 'running';

CREATE TABLE hand_figure (
    team_id BIGINT NOT NULL REFERENCES team (id),
    month VARCHAR(7) NOT NULL,
    region_code {{code}} NOT NULL,
    kind TEXT NOT NULL,
    speciality TEXT NOT NULL,
    activities INTEGER NOT NULL CHECK (activities >= 0),
    attendances INTEGER NOT NULL CHECK (attendances >= 0),
    minutes BIGINT NOT NULL CHECK (minutes >= 0),
    served INTEGER NOT NULL CHECK (served >= 0),
    note TEXT NOT NULL DEFAULT '',
    reported_by_id BIGINT REFERENCES volunteer (id),
    reported_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, month)
);
CREATE INDEX hand_figure_there ON hand_figure (region_code, month);

CREATE TABLE month_report (
    region_code {{code}} NOT NULL,
    month VARCHAR(7) NOT NULL,
    figures TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (region_code, month)
);

CREATE INDEX activity_day ON activity (local_day);
CREATE INDEX service_record_alone ON service_record (local_day) WHERE activity_id IS NULL;
