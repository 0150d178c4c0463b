-- The organisation: centres' and teams' full records, recruitment, imports, changes in people's lives.
-- Tokens as in 0001. Columns added to tables that stand already carry no REFERENCES, so that both databases can
-- take them away again.

ALTER TABLE region ADD COLUMN renamed_on VARCHAR(10);

ALTER TABLE centre ADD COLUMN national_team_no TEXT NOT NULL DEFAULT '';
ALTER TABLE centre ADD COLUMN national_opened_on VARCHAR(10);
ALTER TABLE centre ADD COLUMN national_holder TEXT NOT NULL DEFAULT '';
ALTER TABLE centre ADD COLUMN address TEXT NOT NULL DEFAULT '';

ALTER TABLE team ADD COLUMN standard_name TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN keeps_name BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE team ADD COLUMN national_no TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN feature TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN site_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN site_name TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN existing BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE team ADD COLUMN founded_on VARCHAR(10);
ALTER TABLE team ADD COLUMN pilot_until VARCHAR(10);
ALTER TABLE team ADD COLUMN merged_into BIGINT;

ALTER TABLE team_member ADD COLUMN application_id BIGINT;
ALTER TABLE team_member ADD COLUMN ended_why TEXT NOT NULL DEFAULT '';

ALTER TABLE volunteer ADD COLUMN national_state TEXT NOT NULL DEFAULT 'none';
ALTER TABLE volunteer ADD COLUMN national_at BIGINT;
ALTER TABLE volunteer ADD COLUMN national_by BIGINT;
ALTER TABLE volunteer ADD COLUMN died_on VARCHAR(10);
ALTER TABLE volunteer ADD COLUMN photo_id BIGINT;

ALTER TABLE role_grant ADD COLUMN speciality TEXT NOT NULL DEFAULT '';
ALTER TABLE role_grant ADD COLUMN acting_for BIGINT;

ALTER TABLE bind_invite ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE bind_invite ADD COLUMN region_code {{code}};
ALTER TABLE bind_invite ADD COLUMN batch_id BIGINT;

ALTER TABLE rule_set ADD COLUMN own TEXT NOT NULL DEFAULT '[]';
ALTER TABLE rule_set ADD COLUMN locks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE rule_set ADD COLUMN reason TEXT NOT NULL DEFAULT '';

ALTER TABLE service_record ADD COLUMN national_state TEXT NOT NULL DEFAULT 'no';
ALTER TABLE service_record ADD COLUMN national_no TEXT NOT NULL DEFAULT '';
ALTER TABLE service_record ADD COLUMN national_at BIGINT;

CREATE TABLE speciality (
    code TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('professional', 'grassroots')),
    name TEXT NOT NULL,
    seeded BOOLEAN NOT NULL DEFAULT FALSE,
    high_risk BOOLEAN NOT NULL DEFAULT FALSE,
    sort_order INTEGER NOT NULL DEFAULT 100,
    retired_at BIGINT
);

CREATE TABLE founding (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    applicant_id BIGINT REFERENCES volunteer (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'returned', 'approved', 'refused', 'withdrawn')),
    reviewing_region {{code}} NOT NULL,
    statement TEXT NOT NULL DEFAULT '',
    checklist TEXT NOT NULL DEFAULT '{}',
    pilot BOOLEAN NOT NULL DEFAULT FALSE,
    submitted_at BIGINT,
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE rule_exception (
    id {{pk}},
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    reason TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE department (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    sort_order INTEGER NOT NULL DEFAULT 100,
    retired_at BIGINT
);

CREATE TABLE team_support (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    department_code TEXT NOT NULL REFERENCES department (code),
    kind TEXT NOT NULL CHECK (kind IN ('project', 'training', 'exchange')),
    content TEXT NOT NULL,
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10),
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);

CREATE TABLE team_guidance (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    kind TEXT NOT NULL CHECK (kind IN ('guide', 'return')),
    text TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    answered_by_id BIGINT REFERENCES volunteer (id),
    answer TEXT NOT NULL DEFAULT '',
    answered_at BIGINT
);

CREATE TABLE commendation (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    title TEXT NOT NULL,
    awarded_by TEXT NOT NULL,
    awarded_on VARCHAR(10) NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);

CREATE TABLE application (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    route TEXT NOT NULL CHECK (route IN ('self', 'organisation')),
    state TEXT NOT NULL CHECK (state IN ('offered', 'submitted', 'approved', 'refused', 'declined', 'withdrawn')),
    team_id BIGINT NOT NULL REFERENCES team (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    recommender_id BIGINT REFERENCES volunteer (id),
    statement TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    door TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    reason TEXT NOT NULL DEFAULT '',
    reply TEXT NOT NULL DEFAULT '',
    replied_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE reference (
    id {{pk}},
    application_id BIGINT NOT NULL REFERENCES application (id),
    asked TEXT NOT NULL,
    asked_count INTEGER NOT NULL CHECK (asked_count > 0),
    favourable BOOLEAN NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);

CREATE TABLE examination (
    id {{pk}},
    application_id BIGINT NOT NULL REFERENCES application (id),
    criteria TEXT NOT NULL,
    passed BOOLEAN NOT NULL,
    examined_on VARCHAR(10) NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);

CREATE TABLE acceptance (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    document TEXT NOT NULL,
    version TEXT NOT NULL,
    team_id BIGINT,
    door TEXT NOT NULL,
    proxy_id BIGINT,
    at BIGINT NOT NULL
);

CREATE TABLE skill (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('military', 'civil', 'life')),
    sort_order INTEGER NOT NULL DEFAULT 100,
    retired_at BIGINT
);

CREATE TABLE volunteer_skill (
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    skill_code TEXT NOT NULL REFERENCES skill (code),
    note TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,
    PRIMARY KEY (volunteer_id, skill_code)
);

CREATE TABLE qualification (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    number TEXT NOT NULL DEFAULT '',
    issued_on VARCHAR(10),
    expires_on VARCHAR(10),
    proof_id BIGINT REFERENCES stored_file (id),
    state TEXT NOT NULL DEFAULT 'stated' CHECK (state IN ('stated', 'verified', 'refused', 'withdrawn')),
    checked_by_id BIGINT REFERENCES volunteer (id),
    checked_at BIGINT,
    note TEXT NOT NULL DEFAULT '',
    reminded_for VARCHAR(10),
    created_at BIGINT NOT NULL
);

CREATE TABLE willingness (
    volunteer_id BIGINT NOT NULL PRIMARY KEY REFERENCES volunteer (id),
    domains TEXT NOT NULL DEFAULT '[]',
    times TEXT NOT NULL DEFAULT '[]',
    reach SMALLINT NOT NULL DEFAULT 4,
    note TEXT NOT NULL DEFAULT '',
    updated_at BIGINT NOT NULL
);

CREATE TABLE import_batch (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reading', 'checked', 'applying', 'applied', 'refused', 'dropped')),
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    counts TEXT NOT NULL DEFAULT '{}',
    why TEXT NOT NULL DEFAULT '',
    actor_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE TABLE import_row (
    batch_id BIGINT NOT NULL REFERENCES import_batch (id),
    row_no INTEGER NOT NULL,
    sealed {{blob}} NOT NULL,
    shown TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('new', 'changed', 'same', 'refused')),
    problems TEXT NOT NULL DEFAULT '[]',
    changes TEXT NOT NULL DEFAULT '{}',
    subject TEXT NOT NULL DEFAULT '',
    applied_at BIGINT,
    PRIMARY KEY (batch_id, row_no)
);

CREATE TABLE transferred_hours (
    record_id BIGINT NOT NULL PRIMARY KEY REFERENCES service_record (id),
    system TEXT NOT NULL,
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10) NOT NULL,
    proof TEXT NOT NULL DEFAULT '',
    proof_id BIGINT REFERENCES stored_file (id),
    batch_id BIGINT REFERENCES import_batch (id),
    verified_by_id BIGINT REFERENCES volunteer (id),
    verified_at BIGINT
);

CREATE TABLE national_figure (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    minutes INTEGER NOT NULL CHECK (minutes >= 0),
    as_of VARCHAR(10) NOT NULL,
    batch_id BIGINT REFERENCES import_batch (id),
    at BIGINT NOT NULL
);

CREATE TABLE person_merge (
    id {{pk}},
    kept_id BIGINT NOT NULL REFERENCES volunteer (id),
    dropped_id BIGINT NOT NULL REFERENCES volunteer (id),
    moved TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    undone_by_id BIGINT REFERENCES volunteer (id),
    undone_at BIGINT
);

CREATE TABLE recovery (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    identity_id BIGINT NOT NULL REFERENCES wechat_identity (id),
    way TEXT NOT NULL CHECK (way IN ('phone', 'station')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'stopped', 'refused')),
    due_at BIGINT,
    officer_id BIGINT REFERENCES volunteer (id),
    reason TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE home_transfer (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    from_team_id BIGINT REFERENCES team (id),
    to_team_id BIGINT NOT NULL REFERENCES team (id),
    from_region {{code}} NOT NULL,
    to_region {{code}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'done', 'refused', 'withdrawn')),
    reason TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE death_report (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    died_on VARCHAR(10),
    reported_by_id BIGINT REFERENCES volunteer (id),
    relation TEXT NOT NULL DEFAULT '',
    kin_name TEXT NOT NULL DEFAULT '',
    kin_phone_sealed {{blob}},
    kin_phone_key TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('reported', 'confirmed', 'undone')),
    confirmed_by_id BIGINT REFERENCES volunteer (id),
    confirmed_at BIGINT,
    undone_by_id BIGINT REFERENCES volunteer (id),
    undone_at BIGINT,
    reason TEXT NOT NULL DEFAULT '',
    before TEXT NOT NULL DEFAULT '{}',
    at BIGINT NOT NULL
);

CREATE TABLE proxy_act (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    actor_id BIGINT NOT NULL REFERENCES volunteer (id),
    act TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    form_id BIGINT NOT NULL REFERENCES stored_file (id),
    at BIGINT NOT NULL
);

CREATE TABLE person_card (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    code_hash TEXT NOT NULL UNIQUE,
    serial TEXT NOT NULL UNIQUE,
    photo_id BIGINT REFERENCES stored_file (id),
    issued_by_id BIGINT REFERENCES volunteer (id),
    issued_at BIGINT NOT NULL,
    revoked_by_id BIGINT REFERENCES volunteer (id),
    revoked_at BIGINT,
    reason TEXT NOT NULL DEFAULT ''
);

CREATE TABLE handover (
    id {{pk}},
    from_id BIGINT REFERENCES volunteer (id),
    to_id BIGINT NOT NULL REFERENCES volunteer (id),
    post TEXT NOT NULL,
    region_code {{code}},
    team_id BIGINT,
    moved TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);

CREATE UNIQUE INDEX founding_open ON founding (team_id) WHERE state IN ('draft', 'submitted', 'returned');
CREATE INDEX founding_review ON founding (reviewing_region) WHERE state = 'submitted';
CREATE INDEX team_state ON team (state, region_code);
CREATE INDEX rule_exception_open ON rule_exception (region_code, rule) WHERE ended_at IS NULL;
CREATE INDEX rule_exception_subject ON rule_exception (subject);
CREATE INDEX team_support_team ON team_support (team_id);
CREATE INDEX team_guidance_team ON team_guidance (team_id, id);
CREATE INDEX commendation_team ON commendation (team_id);
CREATE UNIQUE INDEX application_open ON application (team_id, volunteer_id) WHERE state IN ('offered', 'submitted');
CREATE INDEX application_volunteer ON application (volunteer_id, id);
CREATE INDEX application_team ON application (team_id, state);
CREATE INDEX reference_application ON reference (application_id);
CREATE INDEX examination_application ON examination (application_id, id);
CREATE INDEX acceptance_volunteer ON acceptance (volunteer_id, document, id);
CREATE INDEX volunteer_skill_by_skill ON volunteer_skill (skill_code);
CREATE INDEX qualification_volunteer ON qualification (volunteer_id);
CREATE INDEX qualification_expiry ON qualification (expires_on) WHERE state IN ('stated', 'verified');
CREATE INDEX import_batch_region ON import_batch (region_code, id);
CREATE INDEX import_row_verdict ON import_row (batch_id, verdict);
CREATE INDEX national_figure_volunteer ON national_figure (volunteer_id, as_of);
CREATE INDEX volunteer_name ON volunteer (name, region_code);
CREATE INDEX person_merge_kept ON person_merge (kept_id);
CREATE UNIQUE INDEX recovery_open ON recovery (volunteer_id) WHERE state = 'waiting';
CREATE INDEX recovery_due ON recovery (due_at) WHERE state = 'waiting';
CREATE UNIQUE INDEX home_transfer_open ON home_transfer (volunteer_id) WHERE state = 'requested';
CREATE INDEX home_transfer_from ON home_transfer (from_region, id);
CREATE UNIQUE INDEX death_report_open ON death_report (volunteer_id) WHERE state IN ('reported', 'confirmed');
CREATE INDEX proxy_act_volunteer ON proxy_act (volunteer_id, id);
CREATE INDEX person_card_volunteer ON person_card (volunteer_id);
CREATE INDEX handover_to ON handover (to_id);
CREATE INDEX service_record_team_month ON service_record (team_id, local_day);
