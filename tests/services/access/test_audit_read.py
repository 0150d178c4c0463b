"""Who reads the audit stands in it himself."""

from __future__ import annotations

from datetime import datetime

from models import AuditEntry
from services.access import oversight
from services.listing import Wanted
from tests.support.world import COUNTY, World


def test_reading_the_audit_stands_in_the_audit(cast: World, at: datetime) -> None:
    officer = cast.actor(cast.officer, "console")
    assert oversight.entries(actor=officer, wanted=Wanted("王", {"verb": "export"}), at=at).rows == []
    [line] = AuditEntry.select().where(AuditEntry.verb == "audit.read")
    assert (line.actor_id, line.region_code) == (cast.officer.id, COUNTY)
    assert line.detail == {"asked": {"verb": "export", "text": "王"}, "page": 1, "door": "console"}
    seen = oversight.entries(actor=officer, wanted=Wanted(), at=at).rows
    assert [(each.verb, each.subject) for each in seen] == [("audit.read", "/console/audit")]
