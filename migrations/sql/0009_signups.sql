-- A clash let pass by a leader, with his reason; trainings by name, ticked by somebody who leads the person.

ALTER TABLE signup ADD COLUMN clash_reason TEXT NOT NULL DEFAULT '';

CREATE TABLE training_tick (
    id {{pk}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    name TEXT NOT NULL,
    actor_id BIGINT REFERENCES volunteer (id),
    at BIGINT NOT NULL,
    UNIQUE (volunteer_id, name)
);
