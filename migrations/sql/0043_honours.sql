-- Honours of people and teams: what can be given, where it is given, and who objects while the public notice runs.

CREATE TABLE honour_kind (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    name TEXT NOT NULL,
    for_whom TEXT NOT NULL CHECK (for_whom IN ('person', 'team', 'both')),
    level SMALLINT NOT NULL CHECK (level BETWEEN 0 AND 5),
    every_years SMALLINT NOT NULL CHECK (every_years BETWEEN 0 AND 10),
    outside BOOLEAN NOT NULL,
    source TEXT NOT NULL DEFAULT '',
    self_proposed BOOLEAN NOT NULL,
    place SMALLINT NOT NULL DEFAULT 0,
    made_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE UNIQUE INDEX honour_kind_name ON honour_kind (region_code, name) WHERE closed_at IS NULL;

-- after
CREATE UNIQUE INDEX nomination_kind_team ON nomination (team_id, kind_id)
    WHERE kind_id IS NOT NULL AND volunteer_id IS NULL AND state IN ('review', 'announced');
CREATE UNIQUE INDEX nomination_kind_person ON nomination (volunteer_id, kind_id)
    WHERE volunteer_id IS NOT NULL AND state IN ('review', 'announced');
CREATE INDEX nomination_person ON nomination (volunteer_id) WHERE volunteer_id IS NOT NULL;
CREATE INDEX honour_wall ON honour (region_code, id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX honour_given ON honour (volunteer_id, kind_id, year) WHERE kind_id IS NOT NULL AND revoked_at IS NULL;
CREATE UNIQUE INDEX commendation_given ON commendation (team_id, kind_id, year)
    WHERE kind_id IS NOT NULL AND revoked_at IS NULL;

CREATE TABLE nomination_objection (
    id {{pk}},
    nomination_id BIGINT NOT NULL REFERENCES nomination (id),
    complaint_id BIGINT NOT NULL UNIQUE REFERENCES complaint (id)
);
CREATE INDEX nomination_objection_of ON nomination_objection (nomination_id);

-- Rankings of a year: the best of all, of each city, of each county; what is smaller is read whole.
CREATE INDEX period_minutes_top ON period_minutes (period, minutes, volunteer_id) WHERE LENGTH(period) = 4;
CREATE INDEX period_minutes_city ON period_minutes (period, SUBSTR(region_code, 1, 4), minutes, volunteer_id)
    WHERE LENGTH(period) = 4;
CREATE INDEX period_minutes_county ON period_minutes (period, SUBSTR(region_code, 1, 6), minutes, volunteer_id)
    WHERE LENGTH(period) = 4;
