"""What time alone forgets, by the table of personal data: after so many days a column is emptied, a row goes.

Each rule goes through its table by number, in parts, and remembers how far it came: a worker that stops goes on there,
run twice it does nothing twice, and a table of millions is never searched. Rows are numbered in the order of their
moments but for minutes, so that the first one that is too young ends the walk. The audit, the histories and the books
have no rule here: they stay (no less than 180 days are asked for). Tickets, digits and sessions are `housekeeping`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from peewee import BigAutoField, Value

from frozen import dataclass
from models import (
    Attempt,
    BindInvite,
    Complaint,
    DeathReport,
    Delivery,
    DeliveryTry,
    DrillMessage,
    DriveScan,
    GuardianConsent,
    ImportBatch,
    ImportFile,
    ImportRow,
    OfflineKit,
    PersonCall,
    PurgeMark,
    ScanAnswer,
    TeamCall,
    TicketLine,
    store,
)
from models.base import BaseModel
from models.store import Write
from services.privacy.erasing import nothing
from services.privacy.table import field_of, keepings, tables

#: Rows in one write, and writes of one rule in one run.
AT_ONCE, MOST = 500, 400


@dataclass(frozen=True, slots=True)
class Walk:
    """One rule over one table: rows of `model` whose `since` is older than the rule's days; `act` forgets those of
    these numbers. `covers`: the columns it answers for, as table.column."""

    name: str
    model: type[BaseModel]
    since: Any
    rule: str
    act: Callable[[list[int]], int]
    covers: frozenset[str]

    @property
    def age(self) -> timedelta:
        """How old a row has to be."""
        days = keepings()[self.rule].days
        assert days is not None
        return timedelta(days=days)


def _columns(table: str, rule: str) -> list[str]:
    said = tables()[table]
    return [column for column in said.personal if said.rule_of(column) == rule]


def _empties(model: type[BaseModel], since: Any, rule: str, **special: Any) -> Walk:
    """The rule's columns of a table are emptied."""
    table = str(model._meta.table_name)
    columns = _columns(table, rule)
    values: dict[str, Any] = {
        field_of(table, column): special.get(column, nothing(model._meta.columns[column])) for column in columns
    }
    key: Any = model._meta.primary_key

    def act(numbers: list[int]) -> int:
        return int(model.update(values).where(key.in_(numbers)).execute())

    return Walk(f"{rule}.{table}", model, since, rule, act, frozenset(f"{table}.{column}" for column in columns))


def _whole(table: str, rule: str) -> frozenset[str]:
    return frozenset(f"{table}.{column}" for column in _columns(table, rule))


def _messages(numbers: list[int]) -> int:
    """Messages with their tries; an evening's digest lets go of those it named."""
    Delivery.update(digest=None).where(Delivery.digest.in_(numbers)).execute()
    DeliveryTry.delete().where(DeliveryTry.delivery.in_(numbers)).execute()
    return int(Delivery.delete().where(Delivery.id.in_(numbers)).execute())


def _imports(numbers: list[int]) -> int:
    """The rows of old files; one that nobody ever applied is dropped with them."""
    ImportFile.delete().where(ImportFile.batch.in_(numbers)).execute()
    gone = ImportRow.delete().where(ImportRow.batch.in_(numbers)).execute()
    waits = ImportBatch.state.in_(("reading", "checked"))
    ImportBatch.update(state="dropped").where(ImportBatch.id.in_(numbers), waits).execute()
    return int(gone)


def _answers(numbers: list[int]) -> int:
    return int(ScanAnswer.delete().where(ScanAnswer.kit.in_(numbers)).execute())


def _drills(numbers: list[int]) -> int:
    return int(DrillMessage.delete().where(DrillMessage.id.in_(numbers)).execute())


def walks() -> tuple[Walk, ...]:
    """Every rule that time alone decides, in the order in which they run."""
    kin = _empties(DeathReport, DeathReport.at, "kin")
    kin_key = Walk(
        kin.name, DeathReport, DeathReport.at, "kin", partial(_with_key, kin, DeathReport, "kin_phone_key"), kin.covers
    )
    contact = _empties(Complaint, Complaint.created_at, "contact")
    guard = _empties(GuardianConsent, GuardianConsent.created_at, "guard")
    gone = Value("gone:").concat(DriveScan.id.cast("TEXT"))  # one code, one visitor: no two are the same
    return (
        _empties(PersonCall, PersonCall.asked_at, "call"),
        _empties(TeamCall, TeamCall.asked_at, "call"),
        _empties(Attempt, Attempt.received_at, "device"),
        _empties(BindInvite, BindInvite.created_at, "device"),
        _empties(DriveScan, DriveScan.at, "device", visitor=gone),
        _empties(OfflineKit, OfflineKit.issued_at, "device"),
        _empties(TicketLine, TicketLine.at, "talk"),
        Walk(contact.name, Complaint, Complaint.created_at, "contact",
             partial(_with_key, contact, Complaint, "contact_key"), contact.covers),
        Walk(guard.name, GuardianConsent, GuardianConsent.created_at, "guard",
             partial(_with_key, guard, GuardianConsent, "phone_key"), guard.covers),
        kin_key,
        Walk("answer.scan_answer", OfflineKit, OfflineKit.issued_at, "answer", _answers,
             _whole("scan_answer", "answer")),
        Walk("drill.drill_message", DrillMessage, DrillMessage.at, "drill", _drills, _whole("drill_message", "drill")),
        Walk("import.import_row", ImportBatch, ImportBatch.created_at, "import", _imports,
             _whole("import_row", "import") | _whole("import_file", "import")),
        Walk("message.delivery", Delivery, Delivery.created_at, "message", _messages,
             _whole("delivery", "message") | _whole("delivery_try", "message")),
    )  # fmt: skip


def _with_key(walk: Walk, model: Any, key: str, numbers: list[int]) -> int:
    """A sealed column is emptied together with the name of its key."""
    model.update({getattr(model, key): ""}).where(model.id.in_(numbers)).execute()
    return walk.act(numbers)


def purge(*, at: datetime, write: Write = store.write) -> int:
    """Forget what is old enough; how many rows were touched."""
    return sum(_walk(each, at, write) for each in walks())


def _walk(walk: Walk, at: datetime, write: Write) -> int:
    touched = 0
    for _ in range(MOST):
        found = _next(walk, at)
        if found:
            touched += write(partial(_part, walk, found, at))
        if len(found) < AT_ONCE:
            break
    return touched


def _next(walk: Walk, at: datetime) -> list[int]:
    """The next rows that are old enough, looked for outside the write."""
    mark = PurgeMark.get_or_none(PurgeMark.name == walk.name)
    key: Any = walk.model._meta.primary_key
    if not isinstance(key, BigAutoField):
        return _unnumbered(walk, at)
    query: Any = walk.model.select(key, walk.since).where(key > (mark.reached if mark else 0)).order_by(key)
    found = []
    for number, since in query.limit(AT_ONCE).tuples():
        if since >= at - walk.age:
            break
        found.append(number)
    return found


def _unnumbered(walk: Walk, at: datetime) -> list[Any]:
    """Of a small table without numbers: those that still hold something."""
    key: Any = walk.model._meta.primary_key
    columns = [getattr(walk.model, field_of(str(walk.model._meta.table_name), c.split(".")[1])) for c in walk.covers]
    query: Any = walk.model.select(key).where(walk.since < at - walk.age, columns[0].is_null(False))
    return [row[0] for row in query.limit(AT_ONCE).tuples()]


def _part(walk: Walk, numbers: list[Any], at: datetime) -> int:
    """Forget these, and remember how far it came: one write."""
    gone = walk.act(numbers)
    if isinstance(numbers[-1], int):
        moved = PurgeMark.update(reached=numbers[-1], gone=PurgeMark.gone + gone, at=at)
        if not moved.where(PurgeMark.name == walk.name).execute():
            PurgeMark.create(name=walk.name, reached=numbers[-1], gone=gone, at=at)
    return gone
