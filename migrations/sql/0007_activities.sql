-- Activities and attendance in full: needs, projects, plans, approval, positions with conditions, wait-lists, legal
-- gates, offline scans, make-up, objections, cases, evaluation, complaints. Tokens as in 0001; columns added to tables
-- that stand already carry no REFERENCES, so that both databases can take them away again.

ALTER TABLE activity ADD COLUMN how_to_join TEXT NOT NULL DEFAULT '';
ALTER TABLE activity ADD COLUMN joining TEXT NOT NULL DEFAULT 'open';
ALTER TABLE activity ADD COLUMN cancel_hours INTEGER NOT NULL DEFAULT 12;
ALTER TABLE activity ADD COLUMN venue_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE activity ADD COLUMN host_contact TEXT NOT NULL DEFAULT '';
ALTER TABLE activity ADD COLUMN host_agreed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE activity ADD COLUMN private_home BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE activity ADD COLUMN dangerous BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE activity ADD COLUMN emergency BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE activity ADD COLUMN agreement BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE activity ADD COLUMN approval TEXT NOT NULL DEFAULT 'none';
ALTER TABLE activity ADD COLUMN need_id BIGINT;
ALTER TABLE activity ADD COLUMN project_id BIGINT;
ALTER TABLE activity ADD COLUMN series_id BIGINT;
ALTER TABLE activity ADD COLUMN plan_item_id BIGINT;
ALTER TABLE activity ADD COLUMN model_mark BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE "position" ADD COLUMN conditions TEXT NOT NULL DEFAULT '{}';

ALTER TABLE signup ADD COLUMN queued_at BIGINT;
ALTER TABLE signup ADD COLUMN offered_at BIGINT;
ALTER TABLE signup ADD COLUMN offer_until BIGINT;
ALTER TABLE signup ADD COLUMN late BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE signup ADD COLUMN invited_by_id BIGINT;
ALTER TABLE signup ADD COLUMN decided_by_id BIGINT;
ALTER TABLE signup ADD COLUMN outcome_by_id BIGINT;
ALTER TABLE signup ADD COLUMN outcome_note TEXT NOT NULL DEFAULT '';
ALTER TABLE signup ADD COLUMN outcome_at BIGINT;

ALTER TABLE acceptance ADD COLUMN activity_id BIGINT;

ALTER TABLE attempt ADD COLUMN kit_id BIGINT;
ALTER TABLE attempt ADD COLUMN device_at BIGINT;
ALTER TABLE attempt ADD COLUMN flag TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN detail TEXT NOT NULL DEFAULT '';

ALTER TABLE service_record ADD COLUMN overlap INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service_record ADD COLUMN needs_review TEXT NOT NULL DEFAULT '';
ALTER TABLE service_record ADD COLUMN held_by_case BIGINT;
ALTER TABLE service_record ADD COLUMN makeup_id BIGINT;

CREATE TABLE need (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('public', 'veteran')),
    region_code {{code}} NOT NULL,
    station_region {{code}} NOT NULL,
    title TEXT NOT NULL,
    domain TEXT NOT NULL,
    sub_domain TEXT NOT NULL,
    content TEXT NOT NULL,
    risks TEXT NOT NULL DEFAULT '',
    wanted_from VARCHAR(10),
    wanted_until VARCHAR(10),
    private_home BOOLEAN NOT NULL DEFAULT FALSE,
    contact_sealed {{blob}},
    contact_key TEXT NOT NULL DEFAULT '',
    volunteer_id BIGINT REFERENCES volunteer (id),
    taken_by_id BIGINT REFERENCES volunteer (id),
    state TEXT NOT NULL CHECK (state IN
        ('received', 'open', 'offered', 'claimed', 'served', 'closed', 'refused', 'withdrawn')),
    team_id BIGINT REFERENCES team (id),
    claimed_by_id BIGINT REFERENCES volunteer (id),
    answer TEXT NOT NULL DEFAULT '',
    answer_due_at BIGINT NOT NULL,
    answered_at BIGINT,
    nagged_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE project (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    title TEXT NOT NULL,
    domain TEXT NOT NULL,
    sub_domain TEXT NOT NULL DEFAULT '',
    level INTEGER NOT NULL,
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10) NOT NULL,
    funding TEXT NOT NULL DEFAULT '',
    funding_note TEXT NOT NULL DEFAULT '',
    summary TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'closed')),
    closing TEXT NOT NULL DEFAULT '',
    model_mark BOOLEAN NOT NULL DEFAULT FALSE,
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE TABLE plan (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    period TEXT NOT NULL,
    goal TEXT NOT NULL DEFAULT '',
    activities INTEGER NOT NULL DEFAULT 0,
    participants INTEGER NOT NULL DEFAULT 0,
    minutes INTEGER NOT NULL DEFAULT 0,
    served INTEGER NOT NULL DEFAULT 0,
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (team_id, period)
);

CREATE TABLE plan_item (
    id {{pk}},
    plan_id BIGINT NOT NULL REFERENCES plan (id),
    title TEXT NOT NULL,
    domain TEXT NOT NULL,
    sub_domain TEXT NOT NULL,
    month VARCHAR(7) NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    dropped_at BIGINT,
    dropped_why TEXT NOT NULL DEFAULT ''
);

CREATE TABLE partner (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    team_id BIGINT REFERENCES team (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    offers TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE activity_partner (
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    partner_id BIGINT NOT NULL REFERENCES partner (id),
    gave TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (activity_id, partner_id)
);

CREATE TABLE campaign (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL DEFAULT '',
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10),
    set_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE activity_campaign (
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    campaign_id BIGINT NOT NULL REFERENCES campaign (id),
    PRIMARY KEY (activity_id, campaign_id)
);

CREATE TABLE model_mark (
    id {{pk}},
    subject TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    reason TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    withdrawn_by_id BIGINT REFERENCES volunteer (id),
    withdrawn_at BIGINT,
    withdrawn_why TEXT NOT NULL DEFAULT ''
);

CREATE TABLE series (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    team_id BIGINT NOT NULL REFERENCES team (id),
    pattern TEXT NOT NULL,
    sheet TEXT NOT NULL,
    from_on VARCHAR(10) NOT NULL,
    until_on VARCHAR(10) NOT NULL,
    made_until VARCHAR(10),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE approval (
    id {{pk}},
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'returned', 'refused', 'withdrawn')),
    region_code {{code}} NOT NULL,
    due_at BIGINT NOT NULL,
    raised INTEGER NOT NULL DEFAULT 0,
    asked_by_id BIGINT REFERENCES volunteer (id),
    asked_at BIGINT NOT NULL,
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    answer TEXT NOT NULL DEFAULT ''
);

CREATE TABLE approval_delegation (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    reason TEXT NOT NULL,
    given_by_id BIGINT REFERENCES volunteer (id),
    from_at BIGINT NOT NULL,
    until BIGINT
);

CREATE TABLE activity_change (
    id {{pk}},
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    version INTEGER NOT NULL,
    changes TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (activity_id, version)
);

CREATE TABLE change_ack (
    change_id BIGINT NOT NULL REFERENCES activity_change (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (change_id, volunteer_id)
);

CREATE TABLE insurance (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    team_id BIGINT REFERENCES team (id),
    activity_id BIGINT REFERENCES activity (id),
    insurer TEXT NOT NULL,
    product TEXT NOT NULL,
    policy_no TEXT NOT NULL,
    covers_from BIGINT NOT NULL,
    covers_until BIGINT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    proof_id BIGINT REFERENCES stored_file (id),
    recorded_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_why TEXT NOT NULL DEFAULT '',
    CHECK (covers_from < covers_until)
);

CREATE TABLE guardian_consent (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    guardian_name TEXT NOT NULL,
    relation TEXT NOT NULL,
    phone_sealed {{blob}},
    phone_key TEXT NOT NULL DEFAULT '',
    scope TEXT NOT NULL DEFAULT 'all' CHECK (scope IN ('all', 'activity')),
    activity_id BIGINT REFERENCES activity (id),
    form_id BIGINT REFERENCES stored_file (id),
    state TEXT NOT NULL CHECK (state IN ('stated', 'verified', 'refused', 'withdrawn')),
    until_on VARCHAR(10),
    checked_by_id BIGINT REFERENCES volunteer (id),
    checked_at BIGINT,
    note TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE offline_kit (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    link_hash TEXT NOT NULL UNIQUE,
    session_hash TEXT,
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    leader_id BIGINT NOT NULL REFERENCES volunteer (id),
    issued_at BIGINT NOT NULL,
    link_until BIGINT NOT NULL,
    opened_at BIGINT,
    until BIGINT NOT NULL,
    device TEXT NOT NULL DEFAULT '',
    uploaded_at BIGINT,
    items INTEGER NOT NULL DEFAULT 0,
    wiped_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE scan_answer (
    kit_id BIGINT NOT NULL REFERENCES offline_kit (id),
    nonce TEXT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kit_id, nonce)
);

CREATE TABLE code_revocation (
    volunteer_id BIGINT NOT NULL PRIMARY KEY REFERENCES volunteer (id),
    issued_before BIGINT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);

CREATE TABLE makeup_batch (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    region_code {{code}} NOT NULL,
    photo_id BIGINT REFERENCES stored_file (id),
    reason TEXT NOT NULL,
    asked_by_id BIGINT NOT NULL REFERENCES volunteer (id),
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused', 'withdrawn')),
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE makeup (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    batch_id BIGINT REFERENCES makeup_batch (id),
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    shift_id BIGINT NOT NULL REFERENCES shift (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    asked_by_id BIGINT NOT NULL REFERENCES volunteer (id),
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    reason TEXT NOT NULL,
    proof_id BIGINT REFERENCES stored_file (id),
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused', 'withdrawn')),
    record_id BIGINT REFERENCES service_record (id),
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE objection (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    record_id BIGINT REFERENCES service_record (id),
    activity_id BIGINT REFERENCES activity (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    text TEXT NOT NULL,
    wanted_minutes INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'raised', 'closed', 'withdrawn')),
    due_at BIGINT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    answered_by_id BIGINT REFERENCES volunteer (id),
    answered_at BIGINT,
    raised_region {{code}},
    raised_why TEXT NOT NULL DEFAULT '',
    raised_at BIGINT,
    final TEXT NOT NULL DEFAULT '',
    final_by_id BIGINT REFERENCES volunteer (id),
    final_at BIGINT,
    minutes_before INTEGER,
    minutes_after INTEGER,
    nagged_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE presence_question (
    record_id BIGINT NOT NULL PRIMARY KEY REFERENCES service_record (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    asked_at BIGINT NOT NULL,
    answer TEXT CHECK (answer IN ('yes', 'no')),
    answered_at BIGINT
);

CREATE TABLE sample (
    id {{pk}},
    week TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    signs TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'fine', 'case')),
    checked_by_id BIGINT REFERENCES volunteer (id),
    checked_at BIGINT,
    note TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    UNIQUE (activity_id)
);

CREATE TABLE hours_case (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    team_id BIGINT NOT NULL REFERENCES team (id),
    activity_id BIGINT REFERENCES activity (id),
    suspicion TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'hearing', 'upheld', 'cleared')),
    opened_by_id BIGINT REFERENCES volunteer (id),
    opened_at BIGINT NOT NULL,
    hearing_due_at BIGINT,
    verdict TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT
);

CREATE TABLE case_person (
    case_id BIGINT NOT NULL REFERENCES hours_case (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    statement TEXT NOT NULL DEFAULT '',
    stated_at BIGINT,
    told_at BIGINT,
    PRIMARY KEY (case_id, volunteer_id)
);

CREATE TABLE case_record (
    case_id BIGINT NOT NULL REFERENCES hours_case (id),
    record_id BIGINT NOT NULL REFERENCES service_record (id),
    state_before TEXT NOT NULL,
    PRIMARY KEY (case_id, record_id)
);

CREATE TABLE bar (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    case_id BIGINT REFERENCES hours_case (id),
    what TEXT NOT NULL DEFAULT 'signup',
    reason TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    lifted_at BIGINT,
    lifted_by_id BIGINT REFERENCES volunteer (id),
    lifted_why TEXT NOT NULL DEFAULT ''
);

CREATE TABLE activity_report (
    activity_id BIGINT NOT NULL PRIMARY KEY REFERENCES activity (id),
    served INTEGER NOT NULL DEFAULT 0,
    summary TEXT NOT NULL,
    photos TEXT NOT NULL DEFAULT '[]',
    photo_consent BOOLEAN NOT NULL DEFAULT FALSE,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE evaluation (
    id {{pk}},
    kind TEXT NOT NULL CHECK (kind IN ('organiser', 'volunteer', 'recipient')),
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    author_id BIGINT REFERENCES volunteer (id),
    subject_id BIGINT REFERENCES volunteer (id),
    need_id BIGINT REFERENCES need (id),
    link_hash TEXT,
    score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
    words TEXT NOT NULL DEFAULT '',
    verified BOOLEAN NOT NULL DEFAULT FALSE,
    at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE evaluation_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    need_id BIGINT REFERENCES need (id),
    uses INTEGER NOT NULL DEFAULT 1,
    used INTEGER NOT NULL DEFAULT 0,
    made_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE complaint (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    token_hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    team_id BIGINT REFERENCES team (id),
    activity_id BIGINT REFERENCES activity (id),
    about_id BIGINT REFERENCES volunteer (id),
    volunteer_id BIGINT REFERENCES volunteer (id),
    text TEXT NOT NULL,
    contact_sealed {{blob}},
    contact_key TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('received', 'forwarded', 'answered', 'closed')),
    due_at BIGINT NOT NULL,
    handler_id BIGINT REFERENCES volunteer (id),
    forwarded_to TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    answered_by_id BIGINT REFERENCES volunteer (id),
    answered_at BIGINT,
    nagged_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX activity_series ON activity (series_id) WHERE series_id IS NOT NULL;
CREATE INDEX activity_project ON activity (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX activity_need ON activity (need_id) WHERE need_id IS NOT NULL;
CREATE INDEX activity_plan_item ON activity (plan_item_id) WHERE plan_item_id IS NOT NULL;
CREATE INDEX signup_queue ON signup (shift_id, queued_at, id) WHERE state = 'waitlisted';
CREATE INDEX signup_offer ON signup (offer_until) WHERE state = 'offered';
CREATE INDEX attempt_nonce ON attempt (kit_id, nonce) WHERE kit_id IS NOT NULL;
CREATE INDEX service_record_held ON service_record (held_by_case) WHERE held_by_case IS NOT NULL;
CREATE INDEX service_record_confirmed_at ON service_record (confirmed_at) WHERE state = 'confirmed';
CREATE INDEX need_station ON need (station_region, state);
CREATE INDEX need_team ON need (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX need_waiting ON need (answer_due_at) WHERE state = 'received';
CREATE INDEX project_region ON project (region_code, id);
CREATE INDEX project_team ON project (team_id);
CREATE INDEX plan_region ON plan (region_code, period);
CREATE INDEX plan_item_plan ON plan_item (plan_id);
CREATE INDEX partner_region ON partner (region_code);
CREATE INDEX campaign_region ON campaign (region_code);
CREATE INDEX activity_campaign_by_campaign ON activity_campaign (campaign_id);
CREATE INDEX model_mark_subject ON model_mark (subject);
CREATE INDEX series_running ON series (made_until) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX approval_open ON approval (activity_id) WHERE state = 'waiting';
CREATE INDEX approval_due ON approval (due_at) WHERE state = 'waiting';
CREATE INDEX approval_region ON approval (region_code, state);
CREATE INDEX approval_delegation_team ON approval_delegation (team_id);
CREATE INDEX insurance_region ON insurance (region_code);
CREATE INDEX insurance_team ON insurance (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX guardian_consent_volunteer ON guardian_consent (volunteer_id);
CREATE INDEX offline_kit_activity ON offline_kit (activity_id);
CREATE UNIQUE INDEX offline_kit_session ON offline_kit (session_hash) WHERE session_hash IS NOT NULL;
CREATE INDEX makeup_batch_region ON makeup_batch (region_code, state);
CREATE INDEX makeup_batch_activity ON makeup_batch (activity_id);
CREATE UNIQUE INDEX makeup_open ON makeup (shift_id, volunteer_id) WHERE state IN ('requested', 'approved');
CREATE INDEX makeup_region ON makeup (region_code, state);
CREATE INDEX makeup_volunteer ON makeup (volunteer_id);
CREATE INDEX makeup_by_batch ON makeup (batch_id) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX objection_open ON objection (record_id) WHERE state IN ('open', 'answered', 'raised');
CREATE INDEX objection_region ON objection (region_code, state);
CREATE INDEX objection_due ON objection (due_at) WHERE state IN ('open', 'raised');
CREATE INDEX objection_volunteer ON objection (volunteer_id);
CREATE INDEX sample_region ON sample (region_code, state);
CREATE INDEX hours_case_region ON hours_case (region_code, state);
CREATE INDEX case_record_record ON case_record (record_id);
CREATE INDEX bar_volunteer ON bar (volunteer_id);
CREATE UNIQUE INDEX evaluation_organiser ON evaluation (activity_id, subject_id) WHERE kind = 'organiser';
CREATE UNIQUE INDEX evaluation_volunteer ON evaluation (activity_id, author_id) WHERE kind = 'volunteer';
CREATE INDEX evaluation_subject ON evaluation (subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX evaluation_activity ON evaluation (activity_id, kind);
CREATE INDEX complaint_region ON complaint (region_code, state);
CREATE INDEX complaint_due ON complaint (due_at) WHERE state IN ('received', 'forwarded');
