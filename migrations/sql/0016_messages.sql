-- Held for the evening: when the digest that names it is due, and the digest that did. `slot`: the Shanghai day on
-- which it took one of its person's pushes of the day. `called_at`: a leader rang up whom no message had reached.
ALTER TABLE delivery ADD COLUMN held_until BIGINT;
ALTER TABLE delivery ADD COLUMN digest_id BIGINT REFERENCES delivery (id);
ALTER TABLE delivery ADD COLUMN slot TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN called_at BIGINT;
ALTER TABLE delivery ADD COLUMN called_by_id BIGINT REFERENCES volunteer (id);

-- How many pushes a person has had on a day that are no emergency: taken before the send, by one guarded statement.
CREATE TABLE push_day (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    day TEXT NOT NULL,
    pushed INTEGER NOT NULL,
    UNIQUE (volunteer_id, day)
);

-- What a person wants pushed: `off` holds the groups turned off, each between commas (",activity,team,").
CREATE TABLE message_choice (
    volunteer_id BIGINT NOT NULL PRIMARY KEY REFERENCES volunteer (id),
    off TEXT NOT NULL DEFAULT '',
    fewer INTEGER NOT NULL DEFAULT 0 CHECK (fewer IN (0, 1)),
    changed_at BIGINT NOT NULL
);

CREATE INDEX delivery_held ON delivery (held_until, volunteer_id) WHERE held_until IS NOT NULL;
CREATE INDEX delivery_digest ON delivery (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX delivery_person_inflight ON delivery (volunteer_id) WHERE state = 'inflight';
CREATE INDEX push_day_day ON push_day (day);
