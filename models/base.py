"""What every table shares: the database proxy, the base model and our column types."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import peewee

from clock import from_millis, to_millis

proxy = peewee.DatabaseProxy()
#: `json.dumps` with these words would make an encoder for every value.
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class UTCMillis(peewee.BigIntegerField):
    """A moment: aware datetime in code, epoch milliseconds in the database. Refuses naive datetimes."""

    def db_value(self, value: datetime | int | None) -> int | None:
        if value is None or isinstance(value, int):
            return value
        return to_millis(value)

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else from_millis(value)


class JsonText(peewee.TextField):
    """A small JSON document kept as text: same on both databases."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else _encoded(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


class BaseModel(peewee.Model):
    """Base of every table. Tables hold columns, keys and constraints; verbs live in `services/`."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Keys of foreign keys (team_id), which peewee adds at run time and its stubs do not know."""

    class Meta:
        database = proxy
        legacy_table_names = False
