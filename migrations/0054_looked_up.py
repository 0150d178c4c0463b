"""Indexes for what pages asked for by reading a big table from end to end (tests/plans shows it): who judged a need,
who is asked whether he was there, whom somebody recommended, what is urgent and unread, what went amiss, which papers
wait, the notices of a team, the moves of a person."""

INDEXES = {
    "evaluation_need": "evaluation (need_id, kind) WHERE need_id IS NOT NULL",
    "presence_question_open": "presence_question (volunteer_id) WHERE answer IS NULL",
    "application_recommender": "application (recommender_id, id) WHERE recommender_id IS NOT NULL",
    "delivery_urgent": "delivery (created_at) WHERE priority = 1 AND read_at IS NULL",
    "delivery_amiss": "delivery (created_at, state) WHERE state IN ('unknown', 'failed', 'expired')",
    "home_transfer_person": "home_transfer (volunteer_id, state)",
    "notice_team": "notice (team_id)",
    "qualification_state": "qualification (state, created_at)",
}


def up(migrator, db):
    for name, on in INDEXES.items():
        db.execute_sql(f"CREATE INDEX {name} ON {on}")


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f"DROP INDEX {name}")
