"""The table of personal data knows every column of every model, and what it says of them can be done."""

from __future__ import annotations

import peewee
import pytest

from models import MODELS, Volunteer, WechatIdentity
from services.privacy.table import keepings, models, tables

PEOPLE = (Volunteer, WechatIdentity)


def unsaid(model: type[peewee.Model], said: tuple[str, ...]) -> set[str]:
    """Columns of a model that stand in none or in two of the lists."""
    columns = [field.column_name for field in model._meta.sorted_fields]
    return set(columns) ^ set(said) | {name for name in said if said.count(name) > 1}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.table_name)
def test_column_is_about_a_person_or_said_to_be_plain(model: type[peewee.Model]) -> None:
    table = tables()[model._meta.table_name]
    assert unsaid(model, table.personal + table.links + table.plain) == set()


def test_column_that_is_new_and_unsaid_is_found() -> None:
    table = tables()["volunteer"]
    said = table.personal + table.links + table.plain
    assert unsaid(Volunteer, tuple(name for name in said if name != "birth_date")) == {"birth_date"}
    assert unsaid(Volunteer, (*said, "birth_date")) == {"birth_date"}


def test_no_table_is_named_that_is_not_there() -> None:
    assert set(tables()) == set(models())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.table_name)
def test_number_that_leads_to_a_person_is_said_to_be_a_link(model: type[peewee.Model]) -> None:
    leading = {
        field.column_name for field in model._meta.sorted_fields
        if isinstance(field, peewee.ForeignKeyField) and field.rel_model in PEOPLE
    }  # fmt: skip
    assert leading - set(tables()[model._meta.table_name].links) == set()


@pytest.mark.parametrize("name", sorted(tables()))
def test_table_about_people_says_how_long_by_a_rule_there_is(name: str) -> None:
    table = tables()[name]
    about = table.personal + table.links
    assert {table.rule_of(column) for column in about} <= set(keepings())
    assert set(table.rules) <= set(table.personal)
    assert set(table.erased) <= set(about) | {c for c in table.plain if c.endswith(("_key", "_id"))}


@pytest.mark.parametrize("name", sorted(n for n, t in tables().items() if t.own))
def test_own_rows_are_found_by_a_column_that_leads_to_the_person(name: str) -> None:
    table = tables()[name]
    columns = {field.column_name for field in models()[name]._meta.sorted_fields}
    assert table.own in columns
    if table.via is not None:
        assert tables()[table.via[1]].own or table.via[1] == "wechat_identity"


def test_secret_column_is_personal_or_a_secret_of_the_house() -> None:
    blobs = {
        f"{name}.{field.column_name}" for name, model in models().items() for field in model._meta.sorted_fields
        if isinstance(field, peewee.BlobField) and field.column_name not in tables()[name].personal
    }  # fmt: skip
    assert blobs == {"wechat_token.sealed", "centre_seal.picture", "office_form.body"}


def test_nothing_tells_where_a_person_was() -> None:
    """Coordinates are those of places; none is ever asked of a phone, so none has to be forgotten after 31 days."""
    known = {
        name for name, model in models().items() for field in model._meta.sorted_fields
        if field.column_name in ("lat", "lon", "latitude", "longitude", "accuracy")
    }  # fmt: skip
    assert known == {"dispatch", "point"}
