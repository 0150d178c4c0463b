"""What hangs on hours that are looked at again, on the stage of the rights: make-ups, objections, cases, complaints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import (
    Activity,
    Bar,
    CasePerson,
    CaseRecord,
    Complaint,
    EvaluationLink,
    HoursCase,
    Makeup,
    MakeupBatch,
    Objection,
    PresenceQuestion,
    Sample,
    ServiceRecord,
    Shift,
    Ticket,
    TicketLine,
)
from services.codes import token_hash
from tests.support import world
from tests.support.world import TOWN, VILLAGE


def review(stage: Any, past: Activity, shift: Shift) -> None:
    """What hangs on hours that were looked at again; all of the person whom the calls are about."""
    missed, gap = world.make_activity(stage.at, stage.team, starts_in=timedelta(hours=-50), state="ended")
    common = {
        "activity": missed, "shift": gap, "team": stage.team, "region_code": VILLAGE, "from_at": gap.starts_at,
        "to_at": gap.ends_at, "minutes": 120, "reason": "没带手机", "state": "requested", "created_at": stage.at,
    }  # fmt: skip
    stage.makeup = Makeup.create(code="makeup01", volunteer=stage.person, asked_by=stage.person, **common)
    stage.paper_list = MakeupBatch.create(
        code="paper001", activity=missed, region_code=VILLAGE, reason="停电", asked_by=stage.person,
        state="requested",
        created_at=stage.at,
    )  # fmt: skip
    stage.missed = gap
    doubted, span = world.make_activity(stage.at, stage.team, starts_in=timedelta(hours=-60), state="ended")
    held = ServiceRecord.create(
        shift=span, activity=doubted, team=stage.team, volunteer=stage.person, region_code=VILLAGE,
        local_day="2026-06-07", in_at=span.starts_at, out_at=span.ends_at, minutes=120, state="disputed",
        rule_set=stage.cast.hours_rule, created_at=stage.at, updated_at=stage.at,
    )  # fmt: skip
    stage.case = HoursCase.create(
        code="case0001", region_code=TOWN, team=stage.team, activity=doubted, suspicion="人在外地", source="sample",
        state="held", opened_at=stage.at,
    )  # fmt: skip
    CaseRecord.create(case=stage.case, record=held, state_before="pending")
    stage.sample = Sample.create(
        week="2026-W23", region_code=TOWN, activity=doubted, team=stage.team, signs=[{"sign": "random"}],

        created_at=stage.at,
    )  # fmt: skip
    _own(stage, past, shift, common)
    common = {"team": stage.team, "region_code": VILLAGE, "state": "open", "due_at": stage.at + timedelta(days=3)}
    times = {"created_at": stage.at, "updated_at": stage.at}
    stage.ticket = Ticket.create(code="ticket01", volunteer=stage.person, **common, **times)
    stage.my_ticket = Ticket.create(code="ticket02", volunteer=stage.people["member"], **common, **times)
    for each in (stage.ticket, stage.my_ticket):
        TicketLine.create(ticket=each, author=each.volunteer, answers=False, text="鞋丢了", at=stage.at)
    sealed, key = stage.app.extensions["parts"].vault.seal("13856400000", "complaint:complain01")
    stage.complaint = Complaint.create(
        code="complain01", token_hash=token_hash("complaint-token"), kind="fee", region_code=VILLAGE, text="收了钱",
        contact_sealed=sealed, contact_key=key, state="received", due_at=stage.at + timedelta(days=9),
        created_at=stage.at,
    )  # fmt: skip
    EvaluationLink.create(
        token_hash=token_hash("served-by-us"), activity=past, created_at=stage.at,
        expires_at=stage.at + timedelta(days=9)
    )
    stage.bar = Bar.create(
        volunteer=stage.person, case=stage.case, reason="不实", from_at=stage.at, until=stage.at + timedelta(days=9)
    )
    PresenceQuestion.create(record=stage.confirmed, volunteer=stage.person, asked_at=stage.at)
    stage.objection = Objection.create(
        code="object01", record=stage.confirmed, activity=past, volunteer=stage.person, team=stage.team,
        region_code=VILLAGE, text="不对", state="open", due_at=stage.at + timedelta(days=7),
        created_at=stage.at,
    )  # fmt: skip


def _own(stage: Any, past: Activity, shift: Shift, common: dict[str, Any]) -> None:
    """The same of a member's, for what everybody does about his own."""
    mine = stage.people["member"]
    stage.past = past
    stage.my_record = ServiceRecord.create(
        shift=shift, activity=past, team=stage.team, volunteer=mine, region_code=VILLAGE, local_day="2026-06-09",
        in_at=stage.at - timedelta(hours=30), out_at=stage.at - timedelta(hours=28), minutes=120, state="confirmed",
        rule_set=stage.cast.hours_rule, created_at=stage.at, updated_at=stage.at,
    )  # fmt: skip
    stage.my_makeup = Makeup.create(code="makeup02", volunteer=mine, asked_by=mine, **common)
    stage.my_objection = Objection.create(
        code="object02", record=stage.my_record, activity=past, volunteer=mine, team=stage.team, region_code=VILLAGE,
        text="不对", state="open", due_at=stage.at + timedelta(days=7),
        created_at=stage.at,
    )  # fmt: skip
    CasePerson.create(case=stage.case, volunteer=mine, told_at=stage.at)
    PresenceQuestion.create(record=stage.my_record, volunteer=mine, asked_at=stage.at)
