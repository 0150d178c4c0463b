"""Many new people at once are what each would be by himself."""

from __future__ import annotations

from typing import Any

import pytest

from models import Balance, History, ImportBatch, ImportRow, Volunteer, store
from queries import bulk
from services.imports import batches, working
from tests.services.imports.test_batches import person, uploaded
from tests.support.fakes import FakeGateway, make_parts


@pytest.fixture
def parts() -> Any:
    return make_parts(FakeGateway())


def test_many_new_people_are_entered_as_each_by_himself_would_be(
    parts: Any, cast: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def entered(first: int) -> list[tuple[Any, ...]]:
        rows = [
            person(first), person(first + 1, phone=None, team=None, joined_on=None),
            person(first + 2, national_no=f"34000{first:07d}"),
        ]  # fmt: skip
        code = uploaded(parts, cast, at, *rows)
        batches.start(actor=cast.actor(cast.officer, "console"), code=code, at=at)
        working.work(parts=parts, at=at)
        found = []
        for row in ImportRow.select().join(ImportBatch).where(ImportBatch.code == code).order_by(ImportRow.row_no):
            one = Volunteer.get_by_id(int(row.subject.removeprefix("volunteer:")))
            members = [(each.team_id, each.home, each.from_at) for each in one.memberships]
            history = [(each.verb, each.actor_id, each.changes) for each in
                       History.select().where(History.subject == row.subject)]  # fmt: skip
            phone = one.phone_sealed and parts.vault.open(one.phone_sealed, f"volunteer.phone:{one.public_no}")[:7]
            found.append((
                one.name, one.state, one.phone_proof, phone, one.birth_date, one.region_code, one.entered_by_id,
                one.national_state, one.national_by, one.version, Balance.get_by_id(one.id).minutes, members, history,
                row.verdict, row.applied_at,
            ))  # fmt: skip
            assert parts.vault.open(one.document_sealed, f"volunteer.document:{one.public_no}")
        return found

    monkeypatch.setattr(bulk, "COPIED", 1)
    together = entered(301)
    monkeypatch.setattr(working, "TOGETHER", {})
    assert (len(together), together) == (3, entered(401))


def test_what_was_sealed_of_a_row_goes_when_it_is_applied(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at, person(501), person(502))
    batches.start(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    seen: list[bytes] = []

    def door(act: Any) -> Any:
        done = store.write(act)
        applied = ImportRow.select().where(ImportRow.applied_at.is_null(False))
        seen.append(b"".join(bytes(row.sealed) for row in applied))
        return done

    working.work(parts=parts, at=at, write=door)
    assert set(seen) == {b""}
    assert [row.verdict for row in ImportRow.select()] == ["new", "new"]
