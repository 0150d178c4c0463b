"""Is a message still true, when its turn comes?

A reminder holds while its activity stands as told and its person is signed up. What tells somebody that a matter waits
for him holds while it waits: a colleague may have decided it, or whoever asked may have taken it back.
"""

from __future__ import annotations

from frozen import dataclass
from models import (
    Application,
    Approval,
    AssessmentExit,
    AssessmentObjection,
    AssessmentPhase,
    BaseModel,
    Broadcast,
    Certificate,
    Complaint,
    Founding,
    GuardianConsent,
    HomeTransfer,
    HoursCase,
    Makeup,
    MakeupBatch,
    MassSend,
    MoneyGrant,
    Need,
    Objection,
    Qualification,
    ServiceRecord,
    Signup,
    Story,
    Ticket,
)

#: Messages that hold only while the sign-up and the activity are as they were.
ABOUT_COMING = ("reminder", "activity_changed", "call_sheet")
NEEDS_SIGNUP = {
    "reminder": ("confirmed",), "activity_changed": ("confirmed", "offered", "waitlisted", "pending"),
    "place_offered": ("offered",), "place_invited": ("offered",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Matter:
    """What a kind of message waits for: the second part of its key names the row, `states` those in which it waits."""

    table: type[BaseModel]
    column: str
    states: tuple[str, ...]


_WAITING = {
    "signup_waiting": _Matter(Signup, "id", ("pending",)),
    "approval_waiting": _Matter(Approval, "id", ("waiting",)),
    "application_waiting": _Matter(Application, "id", ("submitted",)),
    "application_offered": _Matter(Application, "id", ("offered",)),
    "founding_submitted": _Matter(Founding, "id", ("submitted",)),
    "need_received": _Matter(Need, "id", ("received",)),
    "guardian_waiting": _Matter(GuardianConsent, "id", ("stated",)),
    "qualification_waiting": _Matter(Qualification, "id", ("stated",)),
    "transfer_offered": _Matter(HomeTransfer, "code", ("requested",)),
    "transfer_waiting": _Matter(HomeTransfer, "code", ("requested",)),
    "broadcast_waiting": _Matter(Broadcast, "notice", ("waiting",)),
    "mass_waiting": _Matter(MassSend, "id", ("waiting",)),
    "confirm_nag": _Matter(ServiceRecord, "activity", ("pending",)),
    "own_hours_waiting": _Matter(ServiceRecord, "id", ("pending",)),
    "makeup_waiting": _Matter(Makeup, "id", ("requested",)),
    "makeup_batch_waiting": _Matter(MakeupBatch, "id", ("requested",)),
    "objection_waiting": _Matter(Objection, "id", ("open",)),
    "objection_county": _Matter(Objection, "id", ("raised",)),
    "objection_overdue": _Matter(Objection, "id", ("open", "raised")),
    "certificate_waiting": _Matter(Certificate, "id", ("requested",)),
    "certificate_late": _Matter(Certificate, "id", ("requested",)),
    "certificate_changed": _Matter(Certificate, "id", ("valid",)),
    "certificate_differs": _Matter(Certificate, "id", ("valid",)),
    "case_waiting": _Matter(HoursCase, "id", ("held", "hearing")),
    "assessment_self": _Matter(AssessmentPhase, "id", ("opening", "open")),
    "assessment_self_left": _Matter(AssessmentPhase, "id", ("open",)),
    "assessment_peer": _Matter(AssessmentPhase, "id", ("opening", "open")),
    "assessment_peer_left": _Matter(AssessmentPhase, "id", ("open",)),
    "assessment_review": _Matter(AssessmentPhase, "id", ("opening", "open")),
    "assessment_objection_waiting": _Matter(AssessmentObjection, "code", ("open",)),
    "assessment_objection_late": _Matter(AssessmentObjection, "code", ("open",)),
    "assessment_exit_waiting": _Matter(AssessmentExit, "code", ("proposed",)),
    "ticket_waiting": _Matter(Ticket, "code", ("open",)),
    "ticket_late": _Matter(Ticket, "code", ("open",)),
    "complaint_waiting": _Matter(Complaint, "code", ("received", "forwarded")),
    "complaint_late": _Matter(Complaint, "code", ("received", "forwarded")),
    "story_asked": _Matter(Story, "id", ("asking",)),
    "story_review": _Matter(Story, "id", ("review",)),
    "grant_applied": _Matter(MoneyGrant, "id", ("applied",)),
    "grant_reviewed": _Matter(MoneyGrant, "id", ("reviewed",)),
}  # fmt: skip


def still_true(
    *, kind: str, person: str, notice: str, activity: str | None, version: int | None, activity_version: int | None,
    signup: str | None, key: str,
) -> bool:  # fmt: skip
    """Whether a message may still go out: its person active, its notice not stopped, what it is about as told.

    `person`, `notice`, `activity`, `signup` are their states, None where the message has none; `key` its own.
    """
    if person != "active" or notice == "stopped":
        return False
    if kind in ABOUT_COMING and (activity != "published" or version != activity_version):
        return False
    if kind in NEEDS_SIGNUP and not (activity == "published" and signup in NEEDS_SIGNUP[kind]):
        return False
    return still_waits(kind=kind, key=key)


def still_waits(*, kind: str, key: str) -> bool:
    """Whether what a message asks for is still to be done; True for one that asks for nothing."""
    matter, parts = _WAITING.get(kind), key.split(":")
    if matter is None or len(parts) < 3:
        return True
    table, subject = matter.table, parts[1]
    return bool(
        table.select()
        .where(getattr(table, matter.column) == subject, table.state.in_(matter.states))  # type: ignore[attr-defined]
        .exists()
    )
