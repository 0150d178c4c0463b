-- Benefits (礼遇, S102, S103): what a provider gives to whom, each counted use, to whom it was given for a time.

CREATE TABLE benefit (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    partner_id BIGINT REFERENCES partner (id),
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    min_star SMALLINT NOT NULL DEFAULT 0 CHECK (min_star BETWEEN 0 AND 5),
    honour TEXT NOT NULL DEFAULT '',
    min_years SMALLINT NOT NULL DEFAULT 0 CHECK (min_years >= 0),
    member BOOLEAN NOT NULL DEFAULT FALSE,
    team_id BIGINT REFERENCES team (id),
    min_age SMALLINT NOT NULL DEFAULT 0 CHECK (min_age >= 0),
    max_age SMALLINT NOT NULL DEFAULT 0 CHECK (max_age >= 0),
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10),
    uses SMALLINT NOT NULL DEFAULT 0 CHECK (uses >= 0),
    per TEXT NOT NULL DEFAULT 'whole' CHECK (per IN ('day', 'month', 'year', 'whole')),
    used INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'closed')),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX benefit_there ON benefit (region_code, state);

CREATE TABLE benefit_use (
    id {{pk}},
    benefit_id BIGINT NOT NULL REFERENCES benefit (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    period TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL
);
CREATE INDEX benefit_use_of ON benefit_use (benefit_id, volunteer_id, period);

CREATE TABLE benefit_grant (
    id {{pk}},
    benefit_id BIGINT NOT NULL REFERENCES benefit (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    given_on VARCHAR(10) NOT NULL,
    until_on VARCHAR(10),
    given_by_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);
CREATE INDEX benefit_grant_of ON benefit_grant (benefit_id, volunteer_id);
CREATE INDEX benefit_grant_person ON benefit_grant (volunteer_id);
