-- Reference reports that freeze when they are submitted, commendations of teams level by level, the superior's own forms.

CREATE TABLE reference_report (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('centre', 'leader')),
    region_code {{code}} NOT NULL,
    person_id BIGINT REFERENCES volunteer (id),
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10) NOT NULL,
    terms TEXT NOT NULL,
    figures TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL CHECK (state IN ('making', 'draft', 'submitted', 'withdrawn')),
    note TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    made_by_id BIGINT REFERENCES volunteer (id),
    made_at BIGINT NOT NULL,
    submitted_by_id BIGINT REFERENCES volunteer (id),
    submitted_at BIGINT,
    withdrawn_why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX reference_report_there ON reference_report (region_code);
CREATE INDEX reference_report_person ON reference_report (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE reference_row (
    id {{pk}},
    report_id BIGINT NOT NULL REFERENCES reference_report (id),
    term SMALLINT NOT NULL,
    part TEXT NOT NULL,
    number INTEGER NOT NULL,
    cells TEXT NOT NULL,
    sums TEXT NOT NULL
);
CREATE INDEX reference_row_of ON reference_row (report_id, term, part, number);

CREATE TABLE nomination (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    team_id BIGINT NOT NULL REFERENCES team (id),
    region_code {{code}} NOT NULL,
    award_region {{code}} NOT NULL,
    at_region {{code}} NOT NULL,
    title TEXT NOT NULL,
    merits TEXT NOT NULL,
    figures TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('review', 'announced', 'awarded', 'refused', 'withdrawn')),
    notice_from VARCHAR(10),
    notice_until VARCHAR(10),
    nagged_at BIGINT,
    made_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    commendation_id BIGINT REFERENCES commendation (id)
);
CREATE INDEX nomination_team ON nomination (team_id);
CREATE INDEX nomination_there ON nomination (region_code);
CREATE INDEX nomination_award ON nomination (award_region, state);
CREATE UNIQUE INDEX nomination_open ON nomination (team_id, award_region) WHERE state IN ('review', 'announced');

CREATE TABLE nomination_step (
    id {{pk}},
    nomination_id BIGINT NOT NULL REFERENCES nomination (id),
    region_code {{code}} NOT NULL,
    verdict TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    decided_by_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);
CREATE INDEX nomination_step_of ON nomination_step (nomination_id);

CREATE TABLE office_form (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    name TEXT NOT NULL,
    file_name TEXT NOT NULL,
    body {{blob}} NOT NULL,
    made_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX office_form_there ON office_form (region_code);

CREATE TABLE office_form_cell (
    form_id BIGINT NOT NULL REFERENCES office_form (id),
    sheet TEXT NOT NULL,
    cell TEXT NOT NULL,
    figure TEXT NOT NULL,
    only_kind TEXT NOT NULL DEFAULT '',
    only_speciality TEXT NOT NULL DEFAULT '',
    only_domain TEXT NOT NULL DEFAULT '',
    place {{code}} NOT NULL DEFAULT '',
    PRIMARY KEY (form_id, sheet, cell)
);
