"""What time alone forgets: each rule to the millisecond, in parts, once; and what no time forgets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Attempt,
    AuditEntry,
    BindInvite,
    Complaint,
    DataCopy,
    DeathReport,
    Delivery,
    DeliveryTry,
    Dispatch,
    DrillMessage,
    DriveScan,
    GuardianConsent,
    History,
    ImportBatch,
    ImportFile,
    ImportRow,
    Notice,
    OfflineKit,
    PersonCall,
    PurgeMark,
    RecruitmentDrive,
    ScanAnswer,
    TeamCall,
    Ticket,
    TicketLine,
    store,
)
from schedulers.jobs import JOBS
from services import audit
from services.operation import housekeeping
from services.privacy import own_copy, purging
from services.privacy.table import keepings, tables
from tests.support.fakes import make_parts
from tests.support.world import World

MOMENT = timedelta(milliseconds=1)
DAY = timedelta(days=1)


def call(cast: World, at: datetime) -> TeamCall:
    made = Dispatch.create(
        code=f"call{Dispatch.select().count():04d}", region_code="341522", place_region="341522", title="抢险",
        domain="D3", sub_domain="flood",
        content="", place="大堤", people=3, risks="", safeguards="", starts_at=at, ends_at=at + DAY,
        state="over", reach="341522", created_at=at,
    )  # fmt: skip
    return TeamCall.create(
        dispatch=made, team=cast.team, wave=1, state="declined", note="李阿丽家里有事", asked_at=at, why={}
    )


def person_call(cast: World, at: datetime) -> PersonCall:
    mine = call(cast, at)
    return PersonCall.create(
        dispatch=mine.dispatch_id, team_call=mine, volunteer=cast.xiaobo, state="declined", reason="在住院",
        asked_at=at, how="app",
    )  # fmt: skip


def attempt(cast: World, at: datetime) -> Attempt:
    return Attempt.create(
        mode="list", door="offline", outcome="refused", detail='{"name": "老张"}', at=at, received_at=at
    )


def message(cast: World, at: datetime) -> Delivery:
    notice = Notice.create(kind="merged", created_at=at)
    made = Delivery.create(
        notice=notice, volunteer=cast.xiaobo, kind="merged", dedupe_key=f"m:{notice.id}", title="t", body="b", data={},
        due_at=at, created_at=at,
    )  # fmt: skip
    DeliveryTry.create(delivery=made, channel="tpl", outcome="sent", at=at)
    return made


def kit(cast: World, at: datetime) -> OfflineKit:
    made = OfflineKit.create(
        code=f"kit{OfflineKit.select().count():05d}", link_hash=f"l{OfflineKit.select().count()}",
        activity=cast.activity, leader=cast.ali, issued_at=at, link_until=at, until=at, device="小米 14",
    )  # fmt: skip
    ScanAnswer.create(kit=made, nonce="n", answer={"name": "老张"}, at=at)
    return made


def line(cast: World, at: datetime) -> TicketLine:
    ticket = Ticket.create(
        code=f"ask{Ticket.select().count():05d}", volunteer=cast.xiaobo, region_code="341522", state="closed",
        due_at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    return TicketLine.create(ticket=ticket, author=cast.xiaobo, answers=False, text="腿疼", at=at)


def imported(cast: World, at: datetime) -> ImportRow:
    batch = ImportBatch.create(
        code=f"imp{ImportBatch.select().count():05d}", kind="people", region_code="341522", file_name="名册.xlsx",
        file_hash="h", state="checked", created_at=at,
    )  # fmt: skip
    ImportFile.create(batch=batch, sealed=b"x")
    return ImportRow.create(batch=batch, row_no=2, sealed=b"x", shown={}, verdict="new")


def drive_scan(cast: World, at: datetime) -> DriveScan:
    number = DriveScan.select().count()
    drive = RecruitmentDrive.get_or_none() or RecruitmentDrive.create(
        code="drive001", region_code="341522", title="招募", place="广场", from_on="2026-06-01", to_on="2026-06-30",
        created_at=at,
    )  # fmt: skip
    return DriveScan.create(drive=drive, visitor=f"hash{number}", door="pages", at=at)


#: rule and table → (a row of that moment, what of it is left).
ROWS: dict[str, tuple[Callable[[World, datetime], Any], Callable[[], Any]]] = {
    "call.person_call": (person_call, lambda: [r.reason for r in PersonCall.select() if r.reason]),
    "call.team_call": (call, lambda: [r.note for r in TeamCall.select() if r.note]),
    "device.attempt": (attempt, lambda: [r.detail for r in Attempt.select() if r.detail]),
    "device.bind_invite": (
        lambda cast, at: BindInvite.create(
            token=f"t{BindInvite.select().count()}", volunteer=cast.xiaobo, opened_by="oa-1", used_at=at,
            created_at=at, expires_at=at),
        lambda: [r.opened_by for r in BindInvite.select() if r.opened_by],
    ),
    "device.drive_scan": (drive_scan, lambda: [r for r in DriveScan.select() if not r.visitor.startswith("gone:")]),
    "device.offline_kit": (kit, lambda: [r.device for r in OfflineKit.select() if r.device]),
    "answer.scan_answer": (kit, lambda: list(ScanAnswer.select())),
    "talk.ticket_line": (line, lambda: [r.text for r in TicketLine.select() if r.text]),
    "contact.complaint": (
        lambda cast, at: Complaint.create(
            code=f"c{Complaint.select().count():07d}", token_hash=f"h{Complaint.select().count()}", kind="fee",
            region_code="341522", text="收费", contact_sealed=b"x", contact_key="k1", state="answered", due_at=at,
            created_at=at),
        lambda: [r for r in Complaint.select() if r.contact_sealed or r.contact_key],
    ),
    "guard.guardian_consent": (
        lambda cast, at: GuardianConsent.create(
            volunteer=cast.xiaobo, guardian_name="王父", relation="父", phone_sealed=b"x", phone_key="k1",
            state="verified", created_at=at),
        lambda: [r for r in GuardianConsent.select() if r.guardian_name or r.phone_sealed or r.phone_key],
    ),
    "kin.death_report": (
        lambda cast, at: DeathReport.create(
            volunteer=cast.xiaobo, kin_name="王妻", kin_phone_sealed=b"x", kin_phone_key="k1", state="confirmed",
            at=at),
        lambda: [r for r in DeathReport.select() if r.kin_name or r.kin_phone_sealed or r.kin_phone_key],
    ),
    "drill.drill_message": (
        lambda cast, at: DrillMessage.create(
            dispatch=call(cast, at).dispatch_id, volunteer=cast.xiaobo, kind="x", title="t", body="b", at=at),
        lambda: list(DrillMessage.select()),
    ),
    "import.import_row": (imported, lambda: [*ImportRow.select(), *ImportFile.select()]),
    "message.delivery": (message, lambda: [*Delivery.select(), *DeliveryTry.select()]),
}  # fmt: skip


def age(name: str) -> timedelta:
    days = keepings()[name.split(".")[0]].days
    assert days is not None
    return timedelta(days=days)


def test_every_rule_has_its_row_here() -> None:
    assert {walk.name for walk in purging.walks()} == set(ROWS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_row_is_kept_its_time_and_forgotten_then(cast: World, at: datetime, name: str) -> None:
    make, left = ROWS[name]
    store.write(lambda: make(cast, at))
    before = left()
    assert before
    purging.purge(at=at + age(name))
    assert left() == before
    purging.purge(at=at + age(name) + MOMENT)
    assert left() == []


@pytest.mark.parametrize("name", sorted(ROWS))
def test_rule_works_in_parts_and_goes_on_where_it_was_stopped(
    cast: World, at: datetime, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, left = ROWS[name]
    store.write(lambda: [make(cast, at) for _ in range(5)] if name != "kin.death_report" else make(cast, at))
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    later, writes = at + age(name) + MOMENT, 0

    def stopped(act: Callable[[], Any]) -> Any:
        nonlocal writes
        writes += 1
        if writes == 2:
            raise RuntimeError("the lead is lost")
        return store.write(act)

    walk = next(each for each in purging.walks() if each.name == name)
    if name == "kin.death_report":
        writes = 1  # of one row there is one part, and it is not written
    with pytest.raises(RuntimeError):
        purging._walk(walk, later, stopped)
    assert left() != []
    purging.purge(at=later)
    assert left() == []
    assert purging.purge(at=later) == 0


def test_what_days_decide_has_a_job_that_does_it() -> None:
    covered = {column for walk in purging.walks() for column in walk.covers}
    wanted = {
        f"{name}.{column}" for name, table in tables().items() for column in table.personal
        if keepings()[table.rule_of(column)].job == "purge"
    }  # fmt: skip
    assert covered == wanted
    assert {rule.job for rule in keepings().values() if rule.job} <= {job.name for job in JOBS}


def test_audit_and_histories_are_there_after_180_days_and_later(cast: World, at: datetime) -> None:
    actor = cast.actor(cast.officer)
    audit.note(actor=actor, verb="person.reveal", subject=f"volunteer:{cast.xiaobo.id}", detail={}, at=at)
    audit.changed(actor=actor, verb="x", subject=f"volunteer:{cast.xiaobo.id}", changes={}, at=at)
    for days in (180, 181, 4000):
        purging.purge(at=at + timedelta(days=days))
        housekeeping.prune(at=at + timedelta(days=days))
    assert (AuditEntry.select().count(), History.select().count()) == (1, 1)


def test_what_a_phone_said_may_be_emptied_and_nothing_else_of_a_try(cast: World, at: datetime) -> None:
    tried = store.write(lambda: attempt(cast, at))
    for wrong in ({"outcome": "accepted"}, {"detail": "else"}, {"detail": "", "reason": "x"}, {"volunteer": cast.ali}):
        with pytest.raises(Exception, match="append-only"):
            store.write(lambda facts=wrong: Attempt.update(**facts).where(Attempt.id == tried.id).execute())  # type: ignore[misc]
    with pytest.raises(Exception, match="append-only"):
        store.write(lambda: Attempt.delete().where(Attempt.id == tried.id).execute())
    store.write(lambda: Attempt.update(detail="").where(Attempt.id == tried.id).execute())
    assert (Attempt.get_by_id(tried.id).detail, Attempt.get_by_id(tried.id).outcome) == ("", "refused")


def test_old_import_that_waits_can_be_applied_no_more(cast: World, at: datetime) -> None:
    store.write(lambda: imported(cast, at))
    purging.purge(at=at + 91 * DAY)
    assert (ImportBatch.get().state, ImportBatch.get().file_name) == ("dropped", "名册.xlsx")


def test_copy_goes_with_the_beat_that_finds_its_day_over(cast: World, at: datetime) -> None:
    parts = make_parts()
    own_copy.ask(parts=parts, actor=cast.actor(cast.xiaobo), at=at)
    own_copy.make_due(parts=parts, at=at)
    own_copy.make_due(parts=parts, at=at + DAY - MOMENT)
    assert DataCopy.select().count() == 1
    own_copy.make_due(parts=parts, at=at + DAY)
    assert (DataCopy.select().count(), PurgeMark.select().count()) == (0, 0)
