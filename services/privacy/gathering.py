"""Everything we hold about one person, out of every table that is said to hold his rows (PIPL §45).

Other people stay out of it: numbers that lead to them are left away, and of who looked at his data the place and the
reason are told. His own numbers are in full or masked, as asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from peewee import BlobField

from clock import SHANGHAI
from models import (
    Activity,
    AuditEntry,
    Benefit,
    Centre,
    Evaluation,
    History,
    HonourKind,
    Reward,
    Story,
    Team,
    TrainingCourse,
    Volunteer,
)
from models.base import BaseModel, UTCMillis
from services import regions
from services.access import people_list
from services.accounts.documents import mask_id, mask_phone
from services.parts import Parts
from services.privacy.table import Table, models, rows_of, tables
from wording import entry

#: What a number in a row is called for him who reads it.
NAMED: dict[str, tuple[type[BaseModel], str]] = {
    "team_id": (Team, "name"), "from_team_id": (Team, "name"), "to_team_id": (Team, "name"),
    "activity_id": (Activity, "title"), "course_id": (TrainingCourse, "name"), "centre_id": (Centre, "name"),
    "benefit_id": (Benefit, "name"), "reward_id": (Reward, "title"), "kind_id": (HonourKind, "name"),
    "story_id": (Story, "title"),
}  # fmt: skip
#: Columns that mean something to the house alone.
INNER = {
    "id", "dedupe_key", "path", "risk_version", "looked", "looked_at", "nagged_at", "csrf", "nonce", "lease_owner",
    "lease_until", "skip", "slot", "tries", "priority", "digits", "serial",
}  # fmt: skip
#: What is decided about him and not told yet is told him first as such things are told: not by a copy.
UNTOLD = {
    "assessment_card": {
        "grade", "reason", "total", "suggested", "review_score", "peer_score", "peer_votes", "clear", "decided_at",
        "objective_score", "objective", "weights",
    },
}  # fmt: skip
#: Matters that begin for him when he is told of them.
FROM_TOLD = {"case_person": "told_at"}
INNER_ENDS = ("_hash", "_key", "_id", "_index", "_sealed")
#: Names asked for in one statement.
AT_ONCE = 500


def shown_columns(table: Table) -> list[str]:
    """The columns of a person's rows that go into his copy; `team_id` stands there as the team's name."""
    model = models()[table.name]
    columns = [field.column_name for field in model._meta.sorted_fields if not isinstance(field, BlobField)]
    return [
        name for name in columns
        if name in NAMED
        or (name not in INNER and name not in table.links and not name.endswith(INNER_ENDS))
    ]  # fmt: skip


def gather(*, parts: Parts, volunteer_id: int, whole: bool, at: datetime) -> dict[str, Any]:
    """All of it as plain JSON: {about, identity, matters: [{name, title, rows}], changes, looks}."""
    person = Volunteer.get_by_id(volunteer_id)
    copied = [table for table in tables().values() if table.copied and table.name != "volunteer"]
    matters = [_matter(table, volunteer_id) for table in copied]
    matters.append(_said_of(volunteer_id))
    return {
        "about": {
            "brand": parts.brand, "public_no": person.public_no, "made_at": _moment(at), "numbers_in_full": whole,
        },
        "identity": _identity(parts, person, whole),
        "matters": [each for each in matters if each["rows"]],
        "changes": _changes(volunteer_id),
        "looks": _looks(volunteer_id),
    }  # fmt: skip


def _identity(parts: Parts, person: Volunteer, whole: bool) -> dict[str, Any]:
    document, phone = (people_list.opened(parts, person, what) for what in ("document", "phone"))
    plain = ("document_type", "phone_proof", "birth_date", "identity", "national_no", "national_state", "state")
    return {
        "name": person.name, "public_no": person.public_no,
        "document": document if whole else mask_id(document), "phone": phone if whole else mask_phone(phone),
        **{name: getattr(person, name) or "" for name in plain},
        "region_code": person.region_code, "place": regions.path_name(person.region_code),
        "created_at": _moment(person.created_at),
    }  # fmt: skip


def _matter(table: Table, volunteer_id: int) -> dict[str, Any]:
    model = models()[table.name]
    columns = shown_columns(table)
    query: Any = model.select().where(rows_of(table.name, [volunteer_id]))
    if table.name in FROM_TOLD:
        query = query.where(getattr(model, FROM_TOLD[table.name]).is_null(False))
    found = list(query.order_by(*model._meta.get_primary_keys()).dicts())
    named = [column for column in columns if column in NAMED]
    names = {column: _names(column, (row[_field(model, column)] for row in found)) for column in named}
    rows = [
        {
            column.removesuffix("_id") if column in NAMED else column:
                names[column].get(value, "") if column in NAMED else _plain(model, column, value)
            for column in columns
            if (value := row[_field(model, column)]) not in (None, "") and not _untold(table.name, column, row)
        }
        for row in found
    ]  # fmt: skip
    return {"name": table.name, "title": table.title, "rows": rows}


def _untold(name: str, column: str, row: Mapping[str, Any]) -> bool:
    return column in UNTOLD.get(name, ()) and row["told_at"] is None


def _said_of(volunteer_id: int) -> dict[str, Any]:
    """What others said of his service; who it was, he is not told."""
    columns = (Activity.title, Evaluation.score, Evaluation.words, Evaluation.at)
    found: Any = Evaluation.select(*columns).join(Activity).where(Evaluation.subject == volunteer_id)
    rows = [
        {"activity": title, "score": score, "words": words, "at": _moment(at)}
        for title, score, words, at in found.order_by(Evaluation.id).tuples()
    ]
    return {"name": "said_of_me", "title": entry("personal_data.paper.said_of_me"), "rows": rows}


def _changes(volunteer_id: int) -> list[dict[str, Any]]:
    found = History.select().where(History.subject == f"volunteer:{volunteer_id}").order_by(History.id)
    return [
        {"at": _moment(row.at), "verb": row.verb, "changes": row.changes, "reason": row.reason} for row in found
    ]


def _looks(volunteer_id: int) -> list[dict[str, Any]]:
    """Who opened or took away what of his: the place of whoever it was, what it was, the reason he gave."""
    found = list(AuditEntry.select().where(AuditEntry.subject == f"volunteer:{volunteer_id}").order_by(AuditEntry.id))
    places = regions.path_names(sorted({row.region_code for row in found if row.region_code}))
    return [
        {
            "at": _moment(row.at), "verb": row.verb, "what": row.detail.get("what", ""),
            "reason": row.detail.get("reason", ""), "place": places.get(row.region_code, ""),
            "by_himself": row.actor_id == volunteer_id,
        }
        for row in found
    ]  # fmt: skip


def _names(column: str, numbers: Iterable[Any]) -> dict[Any, str]:
    model, name = NAMED[column]
    wanted = sorted({number for number in numbers if number is not None})
    key: Any = model._meta.primary_key
    found: dict[Any, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        query: Any = model.select(key, getattr(model, name)).where(key.in_(wanted[start : start + AT_ONCE]))
        found.update(query.tuples())
    return found


def _field(model: type[BaseModel], column: str) -> str:
    return str(model._meta.columns[column].name)


def _plain(model: type[BaseModel], column: str, value: Any) -> Any:
    return _moment(value) if isinstance(model._meta.columns[column], UTCMillis) else value


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(sep=" ", timespec="seconds")


def rows_in(copy: Mapping[str, Any]) -> int:
    """How many rows a copy holds."""
    return sum(len(each["rows"]) for each in copy["matters"]) + len(copy["changes"]) + len(copy["looks"])
