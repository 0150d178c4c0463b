-- Whom a name meant that a phone without a network had written down, or why it counts for nobody.
CREATE TABLE name_verdict (
    attempt_id BIGINT NOT NULL PRIMARY KEY REFERENCES attempt (id),
    volunteer_id BIGINT REFERENCES volunteer (id),
    reason TEXT NOT NULL DEFAULT '',
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL
);
