-- A need handed in without an account: the secret it is followed by, the version of what was agreed to. How often an
-- activity was opened, by day.

ALTER TABLE need ADD COLUMN token_hash TEXT;
ALTER TABLE need ADD COLUMN consent TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX need_token ON need (token_hash) WHERE token_hash IS NOT NULL;

CREATE TABLE activity_view (
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    local_day VARCHAR(10) NOT NULL,
    views INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (activity_id, local_day)
);
