"""Whose tag in WeChat is not what he is (个性化菜单)."""

from __future__ import annotations

from datetime import datetime

from clock import to_millis
from frozen import dataclass
from queries import rows

#: One look through all followers; it reads only, so scans wait for nothing.
DUE = """
SELECT id, openid, tag, wanted FROM (
    SELECT i.id, i.openid, i.tag,
        CASE WHEN v.id IS NULL THEN ''
             WHEN EXISTS (SELECT 1 FROM role_grant r WHERE r.volunteer_id = v.id
                          AND r.role IN ('team_leader', 'deputy') AND r.from_at <= ?
                          AND (r.until IS NULL OR r.until > ?)) THEN 'leader'
             ELSE 'volunteer' END AS wanted
    FROM wechat_identity i LEFT JOIN volunteer v ON v.id = i.volunteer_id AND v.state = 'active'
    WHERE i.kind = 'oa' AND i.appid = ? AND i.following
) looked WHERE wanted <> tag ORDER BY id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Due:
    """One follower, the tag he has ("" for none) and the one he should have."""

    identity_id: int
    openid: str
    has: str
    wanted: str


def due(*, appid: str, at: datetime, limit: int) -> list[Due]:
    """Followers whose tag is to change, the oldest identities first."""
    now = to_millis(at)
    return [Due(*row) for row in rows(DUE, (now, now, appid, limit))]
