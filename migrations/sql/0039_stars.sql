-- Stars (星级, S100): a star somebody has reached by hours, its review, public notice, award, and what became of it.

CREATE TABLE star_award (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    star SMALLINT NOT NULL CHECK (star BETWEEN 1 AND 5),
    region_code {{code}} NOT NULL,
    at_region {{code}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('review', 'announced', 'awarded', 'refused', 'withdrawn', 'lapsed')),
    origin TEXT NOT NULL CHECK (origin IN ('rule', 'person')),
    minutes INTEGER NOT NULL,
    step_hours INTEGER NOT NULL CHECK (step_hours > 0),
    with_brought BOOLEAN NOT NULL,
    rule_set_id BIGINT REFERENCES rule_set (id),
    merits TEXT NOT NULL DEFAULT '',
    asked_by_id BIGINT REFERENCES volunteer (id),
    facts TEXT,
    decided_by_id BIGINT REFERENCES volunteer (id),
    decided_at BIGINT,
    why TEXT NOT NULL DEFAULT '',
    notice_from VARCHAR(10),
    notice_until VARCHAR(10),
    notice_days SMALLINT NOT NULL DEFAULT 0,
    awarded_on VARCHAR(10),
    ended_at BIGINT,
    ended_by_id BIGINT REFERENCES volunteer (id),
    ended_why TEXT NOT NULL DEFAULT '',
    look_since BIGINT,
    look_kept INTEGER,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX star_award_live ON star_award (volunteer_id, star) WHERE state IN ('review', 'announced', 'awarded');
CREATE INDEX star_award_person ON star_award (volunteer_id, star);
CREATE INDEX star_award_there ON star_award (at_region, state);
CREATE INDEX star_award_region ON star_award (region_code, state);
CREATE INDEX star_award_over ON star_award (notice_until) WHERE state = 'announced';
CREATE INDEX star_award_look ON star_award (at_region) WHERE look_since IS NOT NULL;

CREATE TABLE star_objection (
    id {{pk}},
    award_id BIGINT NOT NULL REFERENCES star_award (id),
    complaint_id BIGINT NOT NULL UNIQUE REFERENCES complaint (id)
);
CREATE INDEX star_objection_award ON star_objection (award_id);

-- Minutes from before, of the few who brought any along: a star may leave them out.
CREATE INDEX service_record_brought ON service_record (volunteer_id)
    WHERE source = 'transferred' AND state = 'confirmed';
