CREATE TABLE assessment_plan (
    id {{pk}},
    region_code {{code}} NOT NULL,
    year TEXT NOT NULL,
    phases TEXT NOT NULL,
    binding BOOLEAN NOT NULL DEFAULT FALSE,
    state TEXT NOT NULL CHECK (state IN ('published', 'withdrawn')),
    made_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX assessment_plan_one ON assessment_plan (region_code, year) WHERE state = 'published';

CREATE TABLE assessment_cycle (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    year TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'results', 'closed', 'cancelled')),
    plan_id BIGINT REFERENCES assessment_plan (id),
    seed TEXT NOT NULL,
    rule_set_id BIGINT REFERENCES rule_set (id),
    cards INTEGER NOT NULL DEFAULT 0,
    made_by_id BIGINT REFERENCES volunteer (id),
    version INTEGER NOT NULL DEFAULT 1,
    late_told_at BIGINT,
    cancelled_why TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    cancel_told BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX assessment_cycle_one ON assessment_cycle (region_code, year) WHERE state <> 'cancelled';
CREATE INDEX assessment_cycle_running ON assessment_cycle (state) WHERE state IN ('planned', 'running', 'results');

CREATE TABLE assessment_phase (
    id {{pk}},
    cycle_id BIGINT NOT NULL REFERENCES assessment_cycle (id),
    number SMALLINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('self', 'peer', 'extra', 'review')),
    name TEXT NOT NULL,
    opens_on TEXT NOT NULL,
    closes_on TEXT NOT NULL,
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    weight SMALLINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'opening', 'open', 'closing', 'closed')),
    step TEXT NOT NULL DEFAULT '',
    reached BIGINT NOT NULL DEFAULT 0,
    reminded SMALLINT NOT NULL DEFAULT 0,
    missed BOOLEAN NOT NULL DEFAULT FALSE,
    told_on TEXT NOT NULL DEFAULT '',
    opened_at BIGINT,
    closed_at BIGINT,
    CHECK (closes_at > opens_at),
    UNIQUE (cycle_id, number)
);
CREATE INDEX assessment_phase_due ON assessment_phase (opens_at) WHERE state <> 'closed';

CREATE TABLE assessment_card (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    cycle_id BIGINT NOT NULL REFERENCES assessment_cycle (id),
    year TEXT NOT NULL,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    joined_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'decided', 'told', 'objected', 'final', 'aside', 'void')),
    aside_why TEXT NOT NULL DEFAULT '',
    aside_note TEXT NOT NULL DEFAULT '',
    self_score SMALLINT CHECK (self_score BETWEEN 0 AND 100),
    self_text TEXT NOT NULL DEFAULT '',
    self_at BIGINT,
    self_door TEXT NOT NULL DEFAULT '',
    peer_votes SMALLINT NOT NULL DEFAULT 0,
    peer_score SMALLINT,
    objective_score SMALLINT,
    objective TEXT,
    objective_at BIGINT,
    review_score SMALLINT CHECK (review_score BETWEEN 0 AND 100),
    weights TEXT,
    total SMALLINT,
    suggested TEXT NOT NULL DEFAULT '',
    clear BOOLEAN NOT NULL DEFAULT FALSE,
    grade TEXT CHECK (grade IN ('excellent', 'pass', 'fail')),
    reason TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    told_at BIGINT,
    object_until BIGINT,
    final_at BIGINT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX assessment_card_one ON assessment_card (year, volunteer_id) WHERE state <> 'void';
CREATE INDEX assessment_card_cycle ON assessment_card (cycle_id, id);
CREATE INDEX assessment_card_state ON assessment_card (cycle_id, state);
CREATE INDEX assessment_card_team ON assessment_card (team_id);
CREATE INDEX assessment_card_person ON assessment_card (volunteer_id);
CREATE INDEX assessment_card_until ON assessment_card (object_until) WHERE state = 'told';

-- A million pairs a year: looking up cycle and reviewer for each would cost more than the rest of it. The card is held.
CREATE TABLE assessment_peer (
    id {{pk}},
    cycle_id BIGINT NOT NULL,
    card_id BIGINT NOT NULL REFERENCES assessment_card (id),
    reviewer_id BIGINT NOT NULL,
    score SMALLINT CHECK (score BETWEEN 0 AND 100),
    words TEXT NOT NULL DEFAULT '',
    door TEXT NOT NULL DEFAULT '',
    at BIGINT,
    void_why TEXT NOT NULL DEFAULT '',
    UNIQUE (card_id, reviewer_id)
);
CREATE INDEX assessment_peer_reviewer ON assessment_peer (reviewer_id, cycle_id);

CREATE TABLE assessment_mark (
    card_id BIGINT NOT NULL REFERENCES assessment_card (id),
    phase_id BIGINT NOT NULL REFERENCES assessment_phase (id),
    score SMALLINT NOT NULL CHECK (score BETWEEN 0 AND 100),
    note TEXT NOT NULL DEFAULT '',
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (card_id, phase_id)
);

CREATE TABLE assessment_objection (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    card_id BIGINT NOT NULL UNIQUE REFERENCES assessment_card (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    region_code {{code}} NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'withdrawn')),
    due_at BIGINT NOT NULL,
    grade_before TEXT NOT NULL,
    grade_after TEXT,
    answer TEXT NOT NULL DEFAULT '',
    answered_by_id BIGINT REFERENCES volunteer (id),
    answered_at BIGINT,
    nagged_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX assessment_objection_due ON assessment_objection (due_at) WHERE state = 'open';
CREATE INDEX assessment_objection_region ON assessment_objection (region_code);
CREATE INDEX assessment_objection_person ON assessment_objection (volunteer_id);

CREATE TABLE assessment_exit (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    card_id BIGINT NOT NULL UNIQUE REFERENCES assessment_card (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn')),
    reason TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    rejoin_from TEXT,
    nagged_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX assessment_exit_region ON assessment_exit (region_code, state);
CREATE INDEX assessment_exit_person ON assessment_exit (volunteer_id);

CREATE TABLE honour (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    year TEXT NOT NULL,
    region_code {{code}} NOT NULL,
    source TEXT NOT NULL UNIQUE,
    given_by_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX honour_person ON honour (volunteer_id);
