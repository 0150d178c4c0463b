-- Points that last until a day, debts that are marked, and the mall: rewards, redemptions.

CREATE TABLE point_debt (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    region_code {{code}} NOT NULL,
    points INTEGER NOT NULL CHECK (points > 0),
    reason TEXT NOT NULL DEFAULT '',
    since BIGINT NOT NULL,
    cleared_at BIGINT
);
CREATE UNIQUE INDEX point_debt_open ON point_debt (volunteer_id) WHERE cleared_at IS NULL;
CREATE INDEX point_debt_there ON point_debt (region_code, id);

CREATE TABLE reward (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    region_code {{code}} NOT NULL,
    place_region {{code}} NOT NULL,
    partner_id BIGINT REFERENCES partner (id),
    title TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    price INTEGER NOT NULL CHECK (price > 0),
    supply INTEGER NOT NULL CHECK (supply >= 0),
    stock INTEGER NOT NULL CHECK (stock >= 0),
    stars INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN 0 AND 5),
    honour BOOLEAN NOT NULL DEFAULT FALSE,
    per_person INTEGER NOT NULL DEFAULT 0 CHECK (per_person >= 0),
    from_on VARCHAR(10) NOT NULL,
    to_on VARCHAR(10),
    place TEXT NOT NULL,
    photo_id BIGINT REFERENCES stored_file (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    created_by_id BIGINT REFERENCES volunteer (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX reward_there ON reward (region_code, id);
CREATE INDEX reward_partner ON reward (partner_id) WHERE partner_id IS NOT NULL;

CREATE TABLE redemption (
    id {{pk}},
    code TEXT NOT NULL UNIQUE,
    digits VARCHAR(8) NOT NULL UNIQUE,
    reward_id BIGINT NOT NULL REFERENCES reward (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    region_code {{code}} NOT NULL,
    title TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price > 0),
    place TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'handed', 'cancelled', 'returned', 'refunded')),
    door TEXT NOT NULL,
    paper BOOLEAN NOT NULL DEFAULT FALSE,
    made_by_id BIGINT REFERENCES volunteer (id),
    idem_key TEXT NOT NULL UNIQUE,
    due_on VARCHAR(10) NOT NULL,
    created_at BIGINT NOT NULL,
    handed_by_id BIGINT REFERENCES volunteer (id),
    handed_at BIGINT,
    ended_by_id BIGINT REFERENCES volunteer (id),
    ended_at BIGINT,
    ended_why TEXT NOT NULL DEFAULT '',
    back_in_stock BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX redemption_there ON redemption (region_code, id);
CREATE INDEX redemption_of ON redemption (volunteer_id, id);
CREATE INDEX redemption_reward ON redemption (reward_id, volunteer_id);
CREATE INDEX redemption_waiting ON redemption (due_on) WHERE state = 'waiting';

ALTER TABLE point_entry ADD COLUMN expires_on VARCHAR(10);
ALTER TABLE point_entry ADD COLUMN redemption_id BIGINT REFERENCES redemption (id);
CREATE INDEX point_entry_redemption ON point_entry (redemption_id) WHERE redemption_id IS NOT NULL;
