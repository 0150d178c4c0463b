-- Seals of centres, certificates of service record, and the running numbers they are given.

CREATE TABLE centre_seal (
    id {{pk}},
    centre_id BIGINT NOT NULL REFERENCES centre (id),
    picture {{blob}} NOT NULL,
    head TEXT NOT NULL,
    handler TEXT NOT NULL,
    set_by_id BIGINT REFERENCES volunteer (id),
    from_at BIGINT NOT NULL,
    until BIGINT
);
CREATE UNIQUE INDEX centre_seal_now ON centre_seal (centre_id) WHERE until IS NULL;

CREATE TABLE certificate (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    number TEXT UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    centre_id BIGINT NOT NULL REFERENCES centre (id),
    region_code {{code}} NOT NULL,
    team_id BIGINT REFERENCES team (id),
    from_on VARCHAR(10),
    to_on VARCHAR(10) NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('requested', 'announced', 'valid', 'withdrawn', 'superseded', 'refused', 'cancelled')),
    content TEXT NOT NULL DEFAULT '{}',
    records TEXT NOT NULL DEFAULT '[]',
    document {{blob}},
    seal_id BIGINT REFERENCES centre_seal (id),
    minutes INTEGER,
    minutes_now INTEGER,
    compared_at BIGINT,
    supersedes_id BIGINT REFERENCES certificate (id),
    asked_by_id BIGINT REFERENCES volunteer (id),
    asked_at BIGINT NOT NULL,
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    notice_from VARCHAR(10),
    notice_until VARCHAR(10),
    issued_at BIGINT,
    ended_by_id BIGINT REFERENCES volunteer (id),
    ended_at BIGINT,
    reason TEXT NOT NULL DEFAULT '',
    looked INTEGER NOT NULL DEFAULT 0,
    looked_at BIGINT
);
CREATE INDEX certificate_person ON certificate (volunteer_id);
CREATE INDEX certificate_there ON certificate (region_code, state);
CREATE INDEX certificate_notice ON certificate (notice_until) WHERE state = 'announced';
CREATE INDEX certificate_team ON certificate (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX certificate_before ON certificate (supersedes_id) WHERE supersedes_id IS NOT NULL;

CREATE TABLE certificate_serial (
    region_code {{code}} NOT NULL,
    year VARCHAR(4) NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (region_code, year)
);
