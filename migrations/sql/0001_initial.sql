-- The first schema. {{pk}}, {{blob}} and {{code}} are filled in per database by migrations/0001_initial.py;
-- everything else is the same SQL on SQLite and PostgreSQL. Moments are epoch milliseconds, minutes and
-- points whole numbers, division codes compare byte by byte (a subtree is a range scan).

CREATE TABLE region (
    code {{code}} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    level SMALLINT NOT NULL CHECK (level BETWEEN 1 AND 5),
    parent {{code}},
    place_name TEXT NOT NULL,
    has_team BOOLEAN NOT NULL DEFAULT TRUE,
    closed_on VARCHAR(10)
);

CREATE TABLE region_succession (
    id {{pk}},
    old_code {{code}} NOT NULL,
    new_code {{code}} NOT NULL,
    effective_on VARCHAR(10) NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
);

CREATE TABLE centre (
    id {{pk}},
    region_code {{code}} NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL DEFAULT '',
    director_id BIGINT,
    liaison_id BIGINT,
    national_account TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE volunteer (
    id {{pk}},
    public_no TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    document_type TEXT NOT NULL DEFAULT 'id_card',
    document_sealed {{blob}},
    document_key TEXT NOT NULL DEFAULT '',
    document_index TEXT UNIQUE,
    phone_sealed {{blob}},
    phone_key TEXT NOT NULL DEFAULT '',
    phone_index TEXT,
    phone_proof TEXT NOT NULL DEFAULT 'none' CHECK (phone_proof IN ('none', 'wechat', 'officer')),
    birth_date VARCHAR(10),
    identity TEXT NOT NULL CHECK (identity IN ('veteran', 'family', 'staff', 'social')),
    region_code {{code}} NOT NULL,
    national_no TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('invited', 'active', 'left', 'deceased', 'merged')),
    merged_into_id BIGINT REFERENCES volunteer (id),
    entered_by_id BIGINT REFERENCES volunteer (id),
    version INTEGER NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);

CREATE TABLE consent (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    purpose TEXT NOT NULL,
    version TEXT NOT NULL,
    given BOOLEAN NOT NULL,
    channel TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE role_grant (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    role TEXT NOT NULL,
    region_code {{code}},
    team_id BIGINT,
    granted_by_id BIGINT REFERENCES volunteer (id),
    reason TEXT NOT NULL DEFAULT '',
    from_at BIGINT NOT NULL,
    until BIGINT,
    CHECK ((region_code IS NULL) <> (team_id IS NULL))
);

CREATE TABLE bind_invite (
    token TEXT NOT NULL PRIMARY KEY,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    team_id BIGINT,
    created_by_id BIGINT REFERENCES volunteer (id),
    qr_ticket TEXT NOT NULL DEFAULT '',
    qr_url TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    opened_by TEXT,
    used_at BIGINT
);

CREATE TABLE history (
    id {{pk}},
    subject TEXT NOT NULL,
    verb TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    changes TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL
);

CREATE TABLE wechat_identity (
    id {{pk}},
    kind TEXT NOT NULL CHECK (kind IN ('mp', 'oa')),
    appid TEXT NOT NULL,
    openid TEXT NOT NULL,
    unionid TEXT,
    volunteer_id BIGINT REFERENCES volunteer (id),
    following BOOLEAN NOT NULL DEFAULT FALSE,
    follow_event_at BIGINT,
    union_checked BOOLEAN NOT NULL DEFAULT FALSE,
    window_until BIGINT,
    window_left INTEGER NOT NULL DEFAULT 0,
    bound_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (appid, openid)
);

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('api', 'h5', 'console', 'offline')),
    identity_id BIGINT REFERENCES wechat_identity (id),
    volunteer_id BIGINT REFERENCES volunteer (id),
    csrf TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CHECK (identity_id IS NOT NULL OR volunteer_id IS NOT NULL)
);

CREATE TABLE login_ticket (
    token_hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('scan', 'grant')),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused', 'used')),
    volunteer_id BIGINT REFERENCES volunteer (id),
    identity_id BIGINT REFERENCES wechat_identity (id),
    secret_hash TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE oauth_state (
    state TEXT NOT NULL PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    next_path TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE digits (
    id {{pk}},
    digits TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('join', 'scan', 'console')),
    subject TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE rate_bucket (
    key TEXT NOT NULL PRIMARY KEY,
    window_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
);

CREATE TABLE team (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('professional', 'grassroots')),
    speciality TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    centre_id BIGINT NOT NULL REFERENCES centre (id),
    state TEXT NOT NULL DEFAULT 'regular' CHECK (state IN ('founding', 'pilot', 'regular', 'paused', 'dissolved', 'merged')),
    leader_id BIGINT REFERENCES volunteer (id),
    liaison_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE team_region (
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    PRIMARY KEY (team_id, region_code)
);

CREATE TABLE team_member (
    id {{pk}},
    team_id BIGINT NOT NULL REFERENCES team (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    home BOOLEAN NOT NULL DEFAULT FALSE,
    from_at BIGINT NOT NULL,
    to_at BIGINT
);

CREATE TABLE rule_set (
    id {{pk}},
    kind TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    version INTEGER NOT NULL,
    params TEXT NOT NULL,
    set_by_id BIGINT REFERENCES volunteer (id),
    valid_from BIGINT NOT NULL,
    UNIQUE (kind, region_code, version)
);

CREATE TABLE activity (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    title TEXT NOT NULL,
    domain TEXT NOT NULL,
    sub_domain TEXT NOT NULL,
    place TEXT NOT NULL,
    content TEXT NOT NULL DEFAULT '',
    conditions TEXT NOT NULL DEFAULT '',
    risk_notice TEXT NOT NULL,
    safeguards TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    openness TEXT NOT NULL DEFAULT 'everyone' CHECK (openness IN ('team', 'area', 'everyone')),
    walk_in BOOLEAN NOT NULL DEFAULT TRUE,
    code_life INTEGER NOT NULL DEFAULT 60 CHECK (code_life BETWEEN 30 AND 120),
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'cancelled', 'ended')),
    version INTEGER NOT NULL DEFAULT 1,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    local_day VARCHAR(10) NOT NULL,
    signup_opens_at BIGINT NOT NULL,
    signup_closes_at BIGINT NOT NULL,
    hours_rule_id BIGINT NOT NULL REFERENCES rule_set (id),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    published_at BIGINT,
    ended_at BIGINT,
    nagged_at BIGINT,
    callsheet_at BIGINT
);

CREATE TABLE "position" (
    id {{pk}},
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    name TEXT NOT NULL,
    requirement TEXT NOT NULL DEFAULT '',
    quota INTEGER NOT NULL CHECK (quota > 0)
);

CREATE TABLE shift (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    position_id BIGINT NOT NULL REFERENCES "position" (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    planned_ends_at BIGINT NOT NULL,
    quota INTEGER NOT NULL CHECK (quota > 0),
    taken INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0),
    code_key TEXT NOT NULL,
    closed_at BIGINT,
    CHECK (starts_at < ends_at)
);

CREATE TABLE signup (
    id {{pk}},
    shift_id BIGINT NOT NULL REFERENCES shift (id),
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'waitlisted', 'offered', 'confirmed', 'cancelled', 'rejected')),
    walk_in BOOLEAN NOT NULL DEFAULT FALSE,
    outcome TEXT CHECK (outcome IN ('present', 'absent', 'excused', 'left_early')),
    risk_version TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    channel TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (shift_id, volunteer_id)
);

CREATE TABLE scan_ticket (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    shift_id BIGINT NOT NULL REFERENCES shift (id),
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    mode TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    used_by_id BIGINT REFERENCES wechat_identity (id)
);

CREATE TABLE attempt (
    id {{pk}},
    shift_id BIGINT REFERENCES shift (id),
    volunteer_id BIGINT REFERENCES volunteer (id),
    identity_id BIGINT REFERENCES wechat_identity (id),
    actor_id BIGINT REFERENCES volunteer (id),
    direction TEXT,
    mode TEXT NOT NULL CHECK (mode IN ('rotating', 'person', 'chat', 'poster', 'list')),
    door TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'repeat', 'refused')),
    reason TEXT NOT NULL DEFAULT '',
    nonce TEXT,
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE service_record (
    id {{pk}},
    shift_id BIGINT REFERENCES shift (id),
    activity_id BIGINT REFERENCES activity (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    region_code {{code}} NOT NULL,
    local_day VARCHAR(10) NOT NULL,
    source TEXT NOT NULL DEFAULT 'scan' CHECK (source IN ('scan', 'supplement', 'transferred')),
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'confirmed', 'disputed', 'void')),
    in_at BIGINT,
    in_mode TEXT NOT NULL DEFAULT '',
    out_at BIGINT,
    out_mode TEXT NOT NULL DEFAULT '',
    closed_by TEXT NOT NULL DEFAULT '',
    minutes INTEGER NOT NULL DEFAULT 0 CHECK (minutes >= 0),
    why TEXT NOT NULL DEFAULT '',
    needs_naming BOOLEAN NOT NULL DEFAULT FALSE,
    named_by_id BIGINT REFERENCES volunteer (id),
    by_hand BOOLEAN NOT NULL DEFAULT FALSE,
    rule_set_id BIGINT NOT NULL REFERENCES rule_set (id),
    confirmed_by_id BIGINT REFERENCES volunteer (id),
    confirmed_at BIGINT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE minute_entry (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    kind TEXT NOT NULL,
    record_id BIGINT REFERENCES service_record (id),
    team_id BIGINT REFERENCES team (id),
    region_code {{code}} NOT NULL,
    local_day VARCHAR(10) NOT NULL,
    rule_set_id BIGINT REFERENCES rule_set (id),
    idem_key TEXT NOT NULL UNIQUE,
    reverses_id BIGINT UNIQUE REFERENCES minute_entry (id),
    actor_id BIGINT REFERENCES volunteer (id),
    note TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE point_entry (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    kind TEXT NOT NULL,
    record_id BIGINT REFERENCES service_record (id),
    region_code {{code}} NOT NULL,
    local_day VARCHAR(10) NOT NULL,
    rule_set_id BIGINT REFERENCES rule_set (id),
    idem_key TEXT NOT NULL UNIQUE,
    reverses_id BIGINT UNIQUE REFERENCES point_entry (id),
    actor_id BIGINT REFERENCES volunteer (id),
    note TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE balance (
    volunteer_id BIGINT NOT NULL PRIMARY KEY REFERENCES volunteer (id),
    minutes BIGINT NOT NULL DEFAULT 0,
    points BIGINT NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE period_minutes (
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    period {{code}} NOT NULL,
    region_code {{code}} NOT NULL,
    minutes INTEGER NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (volunteer_id, period)
);

CREATE TABLE seal (
    id {{pk}},
    book TEXT NOT NULL,
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    sealed_at BIGINT NOT NULL
);

CREATE TABLE notice (
    id {{pk}},
    kind TEXT NOT NULL,
    team_id BIGINT REFERENCES team (id),
    activity_id BIGINT REFERENCES activity (id),
    sender_id BIGINT REFERENCES volunteer (id),
    text TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'sent' CHECK (state IN ('draft', 'sent', 'stopped')),
    recipients INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE delivery (
    id {{pk}},
    notice_id BIGINT NOT NULL REFERENCES notice (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    kind TEXT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'inflight', 'sent', 'unknown', 'inbox', 'failed', 'withdrawn', 'expired')),
    priority SMALLINT NOT NULL DEFAULT 5,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    data TEXT NOT NULL,
    activity_id BIGINT REFERENCES activity (id),
    shift_id BIGINT REFERENCES shift (id),
    activity_version INTEGER,
    due_at BIGINT NOT NULL,
    expires_at BIGINT,
    lease_until BIGINT,
    lease_owner TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    skip TEXT NOT NULL DEFAULT '',
    channel TEXT NOT NULL DEFAULT '',
    sent_at BIGINT,
    read_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE delivery_try (
    id {{pk}},
    delivery_id BIGINT NOT NULL REFERENCES delivery (id),
    channel TEXT NOT NULL,
    outcome TEXT NOT NULL,
    errcode INTEGER,
    msgid TEXT,
    at BIGINT NOT NULL
);

CREATE TABLE subscription_credit (
    id {{pk}},
    identity_id BIGINT NOT NULL REFERENCES wechat_identity (id),
    template TEXT NOT NULL,
    remaining INTEGER NOT NULL DEFAULT 0 CHECK (remaining >= 0),
    UNIQUE (identity_id, template)
);

CREATE TABLE inbound_message (
    dedupe_key TEXT NOT NULL PRIMARY KEY,
    openid TEXT NOT NULL,
    reply TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE chat_state (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES wechat_identity (id),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE idempotency_key (
    key_hash TEXT NOT NULL PRIMARY KEY,
    body_hash TEXT NOT NULL,
    status INTEGER,
    answer TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE job_run (
    name TEXT NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT NOT NULL DEFAULT '',
    runs BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE wechat_token (
    appid TEXT NOT NULL PRIMARY KEY,
    sealed {{blob}} NOT NULL,
    key_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    refreshing_until BIGINT
);

CREATE TABLE api_pause (
    api TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    reason TEXT NOT NULL
);

CREATE TABLE audit_entry (
    id {{pk}},
    actor_id BIGINT REFERENCES volunteer (id),
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE stored_file (
    id {{pk}},
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    path TEXT NOT NULL,
    owner_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);

-- Finding things ------------------------------------------------------------------------------------------

CREATE INDEX region_parent ON region (parent);
CREATE INDEX volunteer_region ON volunteer (region_code);
CREATE INDEX volunteer_phone ON volunteer (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX consent_volunteer ON consent (volunteer_id, purpose);
CREATE INDEX role_grant_volunteer ON role_grant (volunteer_id);
CREATE INDEX role_grant_team ON role_grant (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX role_grant_region ON role_grant (region_code) WHERE region_code IS NOT NULL;
CREATE INDEX history_subject ON history (subject, id);
CREATE INDEX wechat_identity_unionid ON wechat_identity (unionid) WHERE unionid IS NOT NULL;
CREATE INDEX wechat_identity_volunteer ON wechat_identity (volunteer_id) WHERE volunteer_id IS NOT NULL;
CREATE UNIQUE INDEX digits_live ON digits (digits) WHERE used_at IS NULL;
CREATE INDEX team_by_region ON team (region_code);
CREATE UNIQUE INDEX team_member_running ON team_member (team_id, volunteer_id) WHERE to_at IS NULL;
CREATE UNIQUE INDEX team_member_home ON team_member (volunteer_id) WHERE to_at IS NULL AND home;
CREATE INDEX team_member_volunteer ON team_member (volunteer_id);
CREATE INDEX activity_open ON activity (region_code, starts_at) WHERE state = 'published';
CREATE INDEX activity_soon ON activity (starts_at) WHERE state = 'published';
CREATE INDEX activity_team ON activity (team_id, starts_at);
CREATE INDEX position_activity ON "position" (activity_id);
CREATE INDEX shift_activity ON shift (activity_id);
CREATE INDEX shift_starts ON shift (starts_at);
CREATE INDEX shift_unclosed ON shift (ends_at) WHERE closed_at IS NULL;
CREATE INDEX signup_volunteer ON signup (volunteer_id, state);
CREATE INDEX signup_activity ON signup (activity_id, state);
CREATE INDEX attempt_shift ON attempt (shift_id, id);
CREATE INDEX attempt_volunteer ON attempt (volunteer_id) WHERE volunteer_id IS NOT NULL;
CREATE UNIQUE INDEX service_record_scan ON service_record (shift_id, volunteer_id) WHERE source = 'scan';
CREATE INDEX service_record_activity ON service_record (activity_id);
CREATE INDEX service_record_pending ON service_record (volunteer_id) WHERE state = 'pending';
CREATE INDEX service_record_volunteer ON service_record (volunteer_id, local_day);
CREATE INDEX minute_entry_volunteer ON minute_entry (volunteer_id, id);
CREATE INDEX minute_entry_record ON minute_entry (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX point_entry_volunteer ON point_entry (volunteer_id, id);
CREATE INDEX point_entry_record ON point_entry (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX period_minutes_ranking ON period_minutes (period, region_code, minutes);
CREATE INDEX delivery_due ON delivery (priority, due_at) WHERE state = 'queued';
CREATE INDEX delivery_leased ON delivery (lease_until) WHERE state = 'inflight';
CREATE INDEX delivery_inbox ON delivery (volunteer_id, id);
CREATE INDEX delivery_notice ON delivery (notice_id, state);
CREATE INDEX delivery_activity ON delivery (activity_id, state) WHERE activity_id IS NOT NULL;
CREATE INDEX delivery_try_delivery ON delivery_try (delivery_id);
CREATE INDEX delivery_try_msgid ON delivery_try (msgid) WHERE msgid IS NOT NULL;
CREATE INDEX inbound_message_received ON inbound_message (received_at);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);
