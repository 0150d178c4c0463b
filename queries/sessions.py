"""Who is behind a token: one statement on every request."""

from __future__ import annotations

from models.dialect import Steady
from queries import Row, change, one

AUTHENTICATE = Steady("""
SELECT s.kind, s.identity_id, i.openid, v.id, v.name, v.public_no, v.region_code, v.state, s.csrf, s.seen_at,
    s.created_at
FROM session s
LEFT JOIN wechat_identity i ON i.id = s.identity_id
LEFT JOIN volunteer v ON v.id = COALESCE(s.volunteer_id, i.volunteer_id)
WHERE s.token_hash = ? AND s.kind = ? AND s.revoked_at IS NULL AND s.expires_at > ? AND s.seen_at > ?
""")

SEEN = Steady("UPDATE session SET seen_at = ? WHERE token_hash = ? AND seen_at < ?")


def authenticate(token_hash: str, kind: str, at: int, idle_since: int) -> Row | None:
    """(kind, identity id, openid, volunteer id, name, public number, region, state, csrf, seen_at, created_at) of a
    living session, or None. All moments are epoch milliseconds."""
    return one(AUTHENTICATE, (token_hash, kind, at, idle_since))


def seen(token_hash: str, at: int) -> None:
    """Note that the session was used at `at`, never moving backwards."""
    change(SEEN, (at, token_hash, at))
