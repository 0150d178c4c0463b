-- Training. A session is an activity whose purpose is training; what was attended there is class time, never service.
-- Columns added to tables that stand already carry no REFERENCES, so that both databases can take them away again.

ALTER TABLE activity ADD COLUMN purpose TEXT NOT NULL DEFAULT 'service';
ALTER TABLE application ADD COLUMN drive_id BIGINT;

CREATE TABLE training_provider (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    offers TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    person_id BIGINT REFERENCES volunteer (id),
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX training_provider_there ON training_provider (region_code);
CREATE INDEX training_provider_person ON training_provider (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE training_course (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL DEFAULT '',
    minutes INTEGER NOT NULL DEFAULT 0,
    tested BOOLEAN NOT NULL DEFAULT FALSE,
    certificate BOOLEAN NOT NULL DEFAULT FALSE,
    valid_months INTEGER NOT NULL DEFAULT 0,
    provider_id BIGINT REFERENCES training_provider (id),
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX training_course_there ON training_course (region_code);
CREATE INDEX training_course_name ON training_course (name);

CREATE TABLE training_base (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    area INTEGER NOT NULL DEFAULT 0,
    capacity INTEGER NOT NULL DEFAULT 0,
    approval TEXT NOT NULL DEFAULT '',
    approved_on VARCHAR(10),
    courses TEXT NOT NULL DEFAULT '[]',
    provider_id BIGINT REFERENCES training_provider (id),
    state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'paused', 'closed')),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX training_base_there ON training_base (region_code);

CREATE TABLE training_order (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    topic TEXT NOT NULL,
    course_id BIGINT REFERENCES training_course (id),
    people INTEGER NOT NULL,
    wanted_from VARCHAR(10) NOT NULL,
    wanted_until VARCHAR(10) NOT NULL,
    wanted_time TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    asked_provider_id BIGINT REFERENCES training_provider (id),
    provider_id BIGINT REFERENCES training_provider (id),
    activity_id BIGINT REFERENCES activity (id),
    state TEXT NOT NULL CHECK (state IN ('requested', 'taken', 'scheduled', 'done', 'refused', 'withdrawn')),
    answer TEXT NOT NULL DEFAULT '',
    asked_by_id BIGINT REFERENCES volunteer (id),
    taken_by_id BIGINT REFERENCES volunteer (id),
    taken_at BIGINT,
    due_at BIGINT NOT NULL,
    nagged_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX training_order_there ON training_order (region_code, state);
CREATE INDEX training_order_team ON training_order (team_id);
CREATE INDEX training_order_provider ON training_order (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX training_order_due ON training_order (due_at) WHERE state = 'requested';

CREATE TABLE training_session (
    activity_id BIGINT NOT NULL PRIMARY KEY REFERENCES activity (id),
    course_id BIGINT NOT NULL REFERENCES training_course (id),
    provider_id BIGINT REFERENCES training_provider (id),
    base_id BIGINT REFERENCES training_base (id),
    order_id BIGINT REFERENCES training_order (id),
    teacher TEXT NOT NULL DEFAULT '',
    finished_at BIGINT,
    finished_by_id BIGINT REFERENCES volunteer (id)
);
CREATE INDEX training_session_course ON training_session (course_id);
CREATE INDEX training_session_provider ON training_session (provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE training_result (
    id {{pk}},
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    course_id BIGINT NOT NULL REFERENCES training_course (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    region_code {{code}} NOT NULL,
    local_day VARCHAR(10) NOT NULL,
    minutes INTEGER NOT NULL DEFAULT 0 CHECK (minutes >= 0),
    result TEXT NOT NULL DEFAULT '' CHECK (result IN ('', 'attended', 'passed', 'failed')),
    note TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX training_result_one ON training_result (activity_id, volunteer_id);
CREATE INDEX training_result_of ON training_result (volunteer_id, local_day);
CREATE INDEX training_result_day ON training_result (local_day);
CREATE INDEX training_result_course ON training_result (course_id, volunteer_id);

CREATE TABLE training_certificate (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    number TEXT NOT NULL UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    course_id BIGINT NOT NULL REFERENCES training_course (id),
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    region_code {{code}} NOT NULL,
    issued_on VARCHAR(10) NOT NULL,
    expires_on VARCHAR(10),
    state TEXT NOT NULL CHECK (state IN ('valid', 'revoked')),
    reason TEXT NOT NULL DEFAULT '',
    reminded_for VARCHAR(10),
    issued_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX training_certificate_one ON training_certificate (activity_id, volunteer_id) WHERE state = 'valid';
CREATE INDEX training_certificate_of ON training_certificate (volunteer_id);
CREATE INDEX training_certificate_there ON training_certificate (region_code);
CREATE INDEX training_certificate_ends ON training_certificate (expires_on) WHERE expires_on IS NOT NULL;

CREATE TABLE recruitment_drive (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    team_id BIGINT REFERENCES team (id),
    activity_id BIGINT REFERENCES activity (id),
    title TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10) NOT NULL,
    audience INTEGER NOT NULL DEFAULT 0 CHECK (audience >= 0),
    closed_at BIGINT,
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX recruitment_drive_there ON recruitment_drive (region_code);
CREATE INDEX recruitment_drive_session ON recruitment_drive (activity_id) WHERE activity_id IS NOT NULL;

CREATE TABLE drive_scan (
    id {{pk}},
    drive_id BIGINT NOT NULL REFERENCES recruitment_drive (id),
    visitor TEXT NOT NULL,
    identity_id BIGINT REFERENCES wechat_identity (id),
    door TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX drive_scan_one ON drive_scan (drive_id, visitor);
CREATE INDEX drive_scan_identity ON drive_scan (identity_id) WHERE identity_id IS NOT NULL;
CREATE INDEX application_drive ON application (drive_id) WHERE drive_id IS NOT NULL;
