"""What late scans ask and write beside the check-in path (services/participation/late, offline). Moments: epoch ms."""

from __future__ import annotations

from queries import one, rows
from queries.attendance import Standing

#: Check-outs of a person in an activity that came before any check-in they could belong to.
WAITING_OUTS = """
SELECT a.at, a.mode, a.received_at FROM attempt a JOIN shift s ON s.id = a.shift_id
WHERE a.volunteer_id = ? AND s.activity_id = ? AND a.direction = 'out' AND a.flag IN ('orphan', 'early') AND a.at >= ?
ORDER BY a.at, a.id
"""

#: Whom such check-outs wait for, in an activity.
WAITING_PEOPLE = """
SELECT DISTINCT a.volunteer_id FROM attempt a JOIN shift s ON s.id = a.shift_id
WHERE s.activity_id = ? AND a.flag IN ('orphan', 'early') AND a.volunteer_id IS NOT NULL
"""

AMEND = """
UPDATE service_record SET in_at = ?, in_mode = ?, out_at = ?, out_mode = ?, closed_by = ?, minutes = ?, why = ?,
       needs_review = ?, by_hand = by_hand OR ?, updated_at = ?
WHERE id = ? AND state = 'pending' AND COALESCE(in_at, 0) = ? AND COALESCE(out_at, 0) = ?
RETURNING id, EXISTS (
    SELECT 1 FROM service_record o
    WHERE o.volunteer_id = service_record.volunteer_id AND o.id <> service_record.id AND o.in_at < service_record.out_at
      AND o.out_at > service_record.in_at AND o.state IN ('pending', 'confirmed', 'disputed'))
"""

#: Uploads of one kit take turns, so that the same piece sent twice at once is judged once.
HOLD_KIT = "UPDATE offline_kit SET items = items + ?, uploaded_at = ? WHERE id = ? RETURNING id"


def waiting_outs(*, volunteer_id: int, activity_id: int, since: int) -> list[tuple[int, str, int]]:
    """(moment, mode, received) of check-outs that wait for a check-in at `since` or before, earliest first."""
    return [(row[0], row[1], row[2]) for row in rows(WAITING_OUTS, (volunteer_id, activity_id, since))]


def waiting_people(activity_id: int) -> set[int]:
    """The people of whom a check-out waits in this activity."""
    return {row[0] for row in rows(WAITING_PEOPLE, (activity_id,))}


def amend(*, before: Standing, after: Standing, minutes: int, why: str, by_hand: bool, now: int) -> bool | None:
    """Write new times of a pending record; whether another record of the person touches its time, None if it is no
    longer as it was in `before`."""
    values = (
        after.in_at, after.in_mode, after.out_at, after.out_mode, after.closed_by, minutes, why, after.needs_review,
        by_hand, now, before.record_id, before.in_at or 0, before.out_at or 0,
    )  # fmt: skip
    row = one(AMEND, values)
    return bool(row[1]) if row else None


def hold_kit(*, kit_id: int, more: int, now: int) -> None:
    """Let this upload of a kit go on alone, and count its items."""
    one(HOLD_KIT, (more, now, kit_id))
