-- What everybody may see: figures that the worker put down, stories with the consent of each person shown.
-- Money is recorded only: whole fen, corrected by reversal, never edited.

CREATE TABLE public_figure (
    region_code {{code}} PRIMARY KEY,
    volunteers INTEGER NOT NULL,
    teams INTEGER NOT NULL,
    minutes BIGINT NOT NULL,
    served BIGINT NOT NULL,
    year VARCHAR(4) NOT NULL,
    year_minutes BIGINT NOT NULL,
    year_served BIGINT NOT NULL,
    counted_at BIGINT NOT NULL
);

CREATE TABLE story (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    team_id BIGINT REFERENCES team (id),
    domain TEXT NOT NULL DEFAULT '',
    sub_domain TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'asking', 'review', 'published', 'withdrawn')),
    version INTEGER NOT NULL DEFAULT 1,
    author_id BIGINT REFERENCES volunteer (id),
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    published_at BIGINT,
    withdrawn_at BIGINT,
    withdrawn_why TEXT NOT NULL DEFAULT '',
    post_state TEXT NOT NULL DEFAULT '' CHECK (post_state IN ('', 'due', 'begun', 'done', 'failed', 'unknown')),
    post_id TEXT NOT NULL DEFAULT '',
    post_errcode INTEGER,
    post_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX story_there ON story (region_code, id);
CREATE INDEX story_out ON story (published_at) WHERE state = 'published';
CREATE INDEX story_to_post ON story (id) WHERE post_state IN ('due', 'begun');

CREATE TABLE story_person (
    id {{pk}},
    story_id BIGINT NOT NULL REFERENCES story (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    shows TEXT NOT NULL CHECK (shows IN ('name', 'photo', 'both')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'given', 'refused', 'withdrawn')),
    version INTEGER NOT NULL DEFAULT 0,
    asked_at BIGINT,
    answered_at BIGINT,
    UNIQUE (story_id, volunteer_id)
);
CREATE INDEX story_person_of ON story_person (volunteer_id);

CREATE TABLE story_photo (
    id {{pk}},
    story_id BIGINT NOT NULL REFERENCES story (id),
    file_id BIGINT NOT NULL REFERENCES stored_file (id),
    caption TEXT NOT NULL DEFAULT ''
);
CREATE INDEX story_photo_of ON story_photo (story_id);

CREATE TABLE funding_source (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seeded BOOLEAN NOT NULL DEFAULT FALSE,
    sort_order INTEGER NOT NULL DEFAULT 100,
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE money_grant (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES project (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    source TEXT NOT NULL REFERENCES funding_source (code),
    asked BIGINT NOT NULL CHECK (asked > 0),
    purpose TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('applied', 'reviewed', 'granted', 'refused', 'withdrawn', 'closed')),
    applied_by_id BIGINT REFERENCES volunteer (id),
    applied_at BIGINT NOT NULL,
    reviewed_by_id BIGINT REFERENCES volunteer (id),
    reviewed_at BIGINT,
    opinion TEXT NOT NULL DEFAULT '',
    granted BIGINT CHECK (granted > 0),
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    closing TEXT NOT NULL DEFAULT '',
    closed_at BIGINT
);
CREATE INDEX money_grant_there ON money_grant (region_code, id);
CREATE INDEX money_grant_of ON money_grant (project_id);
CREATE INDEX money_grant_team ON money_grant (team_id);

CREATE TABLE money_line (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES project (id),
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    source TEXT NOT NULL REFERENCES funding_source (code),
    purpose TEXT NOT NULL DEFAULT '',
    fen BIGINT NOT NULL CHECK (fen <> 0),
    local_day VARCHAR(10) NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    grant_id BIGINT REFERENCES money_grant (id),
    partner_id BIGINT REFERENCES partner (id),
    reverses_id BIGINT UNIQUE REFERENCES money_line (id),
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    CHECK ((fen < 0) = (reverses_id IS NOT NULL))
);
CREATE INDEX money_line_there ON money_line (region_code, id);
CREATE INDEX money_line_of ON money_line (project_id);
CREATE INDEX money_line_team ON money_line (team_id);
CREATE INDEX money_line_grant ON money_line (grant_id) WHERE grant_id IS NOT NULL;

ALTER TABLE partner ADD COLUMN nature TEXT NOT NULL DEFAULT '';
ALTER TABLE partner ADD COLUMN agreement TEXT NOT NULL DEFAULT '';
ALTER TABLE partner ADD COLUMN due_on VARCHAR(10);

CREATE TABLE partner_gift (
    id {{pk}},
    partner_id BIGINT NOT NULL REFERENCES partner (id),
    project_id BIGINT REFERENCES project (id),
    what TEXT NOT NULL,
    worth BIGINT CHECK (worth >= 0),
    local_day VARCHAR(10) NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);
CREATE INDEX partner_gift_of ON partner_gift (partner_id);
