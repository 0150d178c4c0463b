"""What proves that nothing was changed behind the guards: seals on the audit, anchors outside the database, stars and
certificates held against the acts that made them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from peewee import fn

from models import (
    AuditEntry,
    Balance,
    BaseModel,
    Certificate,
    Consent,
    History,
    MinuteEntry,
    PeriodMinutes,
    PointEntry,
    Seal,
    ServiceRecord,
    StarAward,
    store,
)
from schedulers.jobs import verify_books
from services import audit
from services.actors import OPERATOR
from services.bookkeeping import anchors, books, sealing
from services.operation import health
from services.stars import awarding, proposing, reviewing
from tests.services.certificates.world import issued, seal, serve
from tests.services.stars.world import alive
from tests.support.fakes import make_parts
from tests.support.world import World

DAY = timedelta(days=1)


def behind(table: type[BaseModel], act: Callable[[], object]) -> None:
    """Do something to an append-only table after taking its guards away, as the database's owner can."""
    database, name = store.current(), table._meta.table_name

    def unguarded() -> None:
        both = ("no_update", "no_delete") if database.dialect == "sqlite" else (f"append_only ON {name}",)
        for guard in both:
            database.execute_sql(f"DROP TRIGGER {name}_{guard}", ())
        act()

    store.write(unguarded)


def found() -> list[str]:
    return [each.what for each in books.verify()]


def changed_reason() -> None:
    last = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    AuditEntry.update(detail={**last.detail, "reason": "查户口"}).where(AuditEntry.id == last.id).execute()


def changed_history() -> None:
    History.update(reason="别人").execute()


def changed_consent() -> None:
    Consent.update(given=False).execute()


@pytest.mark.parametrize(
    ("table", "act"),
    [(AuditEntry, changed_reason), (History, changed_history), (Consent, changed_consent)],
)
def test_line_that_was_changed_is_found_by_its_seal(
    cast: World, at: datetime, table: type[BaseModel], act: Callable[[], None]
) -> None:
    who = f"volunteer:{cast.xiaobo.id}"
    audit.note(actor=OPERATOR, verb="person.reveal", subject=who, detail={"reason": "送慰问品"}, at=at)
    audit.changed(actor=OPERATOR, verb="name", subject=who, changes={"name": ["王小波", "王小博"]}, at=at)
    store.write(
        lambda: Consent.create(volunteer=cast.xiaobo, purpose="photo", version="1", given=True, channel="api", at=at)
    )
    sealing.seal_due(at=at + DAY)
    assert found() == []
    behind(table, act)
    assert found() == [f"seal of {table._meta.table_name}"]


def night(file: Path, at: datetime) -> int:
    """The worker's proof of a night; how many lines the file has afterwards."""
    verify_books(make_parts(anchors_file=str(file)), at, store.write)
    return len(file.read_text(encoding="utf-8").splitlines()) if file.exists() else 0


def test_every_night_writes_down_how_far_the_chains_are(cast: World, at: datetime, tmp_path: Path) -> None:
    file = tmp_path / "anchors" / "lines.jsonl"
    serve(cast, at)
    assert night(file, at) == 0  # nothing is old enough for a seal
    first = night(file, at + DAY)
    assert first == Seal.select(Seal.book).distinct().count() > 0
    assert night(file, at + DAY) == first  # nothing new
    serve(cast, at + DAY)
    assert night(file, at + 2 * DAY) > first
    assert anchors.lost(file=str(file)) == []


def test_rows_taken_out_together_with_their_seals_are_found_by_the_anchor(
    cast: World, at: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    for day in range(2):
        audit.note(
            actor=OPERATOR, verb="export", subject="list:/console/people", detail={"rows": 9}, at=at + day * DAY
        )
        night(file, at + (day + 1) * DAY)
    first, last = (int(row.last_id) for row in Seal.select().where(Seal.book == "audit_entry").order_by(Seal.id))
    behind(AuditEntry, lambda: AuditEntry.delete().where(AuditEntry.id > first).execute())
    behind(Seal, lambda: Seal.delete().where(Seal.book == "audit_entry", Seal.last_id == last).execute())
    assert books.verify() == []  # nothing in the database tells
    [one] = books.verify(anchors_file=str(file))
    assert one.said == f"anchor of audit_entry: it was sealed up to row {last}, now up to {first}, and not by that seal"
    lines = night(file, at + 3 * DAY)
    assert lines == len(file.read_text(encoding="utf-8").splitlines())  # what differs is not written down as right
    assert "books" in {check.name for check in health.health(at=at).checks if not check.ok}


@pytest.mark.case(27)
def test_last_ten_entries_taken_out_with_seals_totals_and_records_are_found_by_the_anchor(
    cast: World, at: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    serve(cast, at)
    night(file, at + DAY)
    tables: tuple[type[BaseModel], ...] = (MinuteEntry, PointEntry, ServiceRecord, Seal)
    before = {table: table.select(fn.MAX(table.id)).scalar() for table in tables}
    totals = {table: list(table.select().dicts()) for table in (Balance, PeriodMinutes)}
    for day in range(10):
        serve(cast, at + DAY, days_ago=20 - day)
    night(file, at + 2 * DAY)
    assert MinuteEntry.select().where(MinuteEntry.id > before[MinuteEntry]).count() == 10
    for table in (MinuteEntry, PointEntry, Seal):
        behind(table, lambda table=table: table.delete().where(table.id > before[table]).execute())  # type: ignore[misc]
    store.write(lambda: brought_in_line(before[ServiceRecord], totals))
    assert books.verify(whole=True) == []  # nothing in the database tells
    said = {each.what: each for each in books.verify(anchors_file=str(file))}
    assert said.keys() == {"anchor of minute_entry", "anchor of point_entry"}
    gone = said["anchor of minute_entry"]
    assert gone.kept - gone.proved == 10
    night(file, at + 3 * DAY)
    assert "books" in {check.name for check in health.health(at=at).checks if not check.ok}


def brought_in_line(last: int, totals: dict[type[BaseModel], list[dict[str, Any]]]) -> None:
    """What a careful thief does beside: the records go, and every total is what it was."""
    ServiceRecord.delete().where(ServiceRecord.id > last).execute()
    for table, rows in totals.items():
        table.delete().execute()
        table.insert_many(rows).execute()


def test_file_of_anchors_that_is_gone_is_a_difference_where_it_had_been_written(
    cast: World, at: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    serve(cast, at)
    sealing.seal_due(at=at + DAY)
    assert books.differences(anchors_file=str(file)) == []  # a new machine
    assert night(file, at + DAY) > 0
    file.unlink()
    assert books.differences(anchors_file=str(file)) == [f"{file} is gone; this machine wrote into it on 2026-06-11"]
    assert night(file, at + 2 * DAY) == 0  # and it is not begun anew as if nothing had been
    assert "books" in {check.name for check in health.health(at=at + 2 * DAY).checks if not check.ok}


def test_copied_anchors_are_held_against_the_books_by_the_command(
    app: Any, cast: World, at: datetime, tmp_path: Path
) -> None:
    copied = tmp_path / "copied.jsonl"
    serve(cast, at)
    verify_books(replace(app.extensions["parts"], anchors_file=str(copied)), at + DAY, store.write)
    run = lambda: app.test_cli_runner().invoke(args=["verify-books", "--anchors", str(copied)])  # noqa: E731
    assert run().output == "the books agree\n"
    said = json.loads(copied.read_text(encoding="utf-8").splitlines()[0])
    copied.write_text(json.dumps({**said, "last_id": 999}) + "\n", encoding="utf-8")
    found = run()
    assert (found.exit_code, found.output.splitlines()[-1]) == (1, "1 differences")
    assert found.output.startswith(f"anchor of {said['book']}: it was sealed up to row 999")


def test_damaged_file_of_anchors_is_named_with_its_line(cast: World, at: datetime, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    serve(cast, at)
    lines = night(file, at + DAY)
    with file.open("a", encoding="utf-8") as more:
        more.write('{"book": "minu')
    with pytest.raises(anchors.AnchorsUnreadable, match=f"line {lines + 1} of "):
        books.verify(anchors_file=str(file))
    assert night(file, at + 2 * DAY) == lines + 1
    assert "books" in {check.name for check in health.health(at=at).checks if not check.ok}


def eleven_seals(at: datetime) -> list[Seal]:
    """Of the audit: one a night."""
    for night in range(11):
        audit.note(actor=OPERATOR, verb="export", subject="list:/console/people", detail={}, at=at + night * DAY)
        sealing.seal_due(at=at + (night + 1) * DAY)
    return list(Seal.select().where(Seal.book == "audit_entry").order_by(Seal.id))


def test_old_seals_are_proved_in_turn_and_one_that_does_not_hold_every_night(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seals = eleven_seals(at)  # three of them older than the newest eight
    later = at + 20 * DAY
    monkeypatch.setattr(sealing, "NIGHTS", 3)
    assert [books.prove_turn(at=later + night * DAY) for night in range(3)] == [[], [], []]
    kept = AuditEntry.get_by_id(seals[1].last_id).detail
    behind(AuditEntry, lambda: AuditEntry.update(detail={"rows": 1}).where(AuditEntry.id == seals[1].last_id).execute())
    assert books.verify() == []  # the newest hold
    turns = [[each.kept for each in books.prove_turn(at=later + night * DAY)] for night in range(4, 9)]
    assert turns == [[], *[[seals[1].first_id]] * 4]
    AuditEntry.update(detail=kept).where(AuditEntry.id == seals[1].last_id).execute()
    assert books.prove_turn(at=later + 9 * DAY) == []


def test_whole_chain_has_had_its_turn_within_a_month(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PROVED", 1)
    store.write(
        lambda: [
            Seal.create(book="audit_entry", first_id=n, last_id=n, digest="", sealed_at=at) for n in range(1, 102)
        ]
    )
    monkeypatch.setattr(sealing, "_unproved", lambda seal, *_: proved.append(int(seal.last_id)))
    proved: list[int] = []
    for night in range(30):
        sealing.prove_turn(at=at + night * DAY)
    assert set(proved) == set(range(1, 101))
    assert max(proved.count(each) for each in proved) == 2  # begun anew


def test_night_that_finds_an_old_seal_broken_is_an_alarm(cast: World, at: datetime, tmp_path: Path) -> None:
    seals = eleven_seals(at)
    behind(AuditEntry, lambda: AuditEntry.update(detail={"rows": 1}).where(AuditEntry.id == seals[0].last_id).execute())
    night(tmp_path / "anchors.jsonl", at + 20 * DAY)
    assert "books" in {check.name for check in health.health(at=at + 20 * DAY).checks if not check.ok}


def test_star_that_nobody_awarded_is_found(cast: World, at: datetime) -> None:
    serve(cast, at, minutes=6000)
    proposing.work(at=at)
    row = alive(cast.xiaobo)[1]
    reviewing.agree(actor=cast.actor(cast.officer, "console"), code=row.code, at=at)
    awarding.award_due(at=at + 8 * DAY)
    assert found() == []
    for change, said in (
        ({"star": 3, "step_hours": 90}, "star 3 is 3, entries prove 0"),
        ({"star": 1, "step_hours": 300}, "star 1 is 1, entries prove 100"),
    ):
        store.write(lambda change=change: StarAward.update(**change).where(StarAward.id == row.id).execute())
        assert [each.said for each in books.verify()] == [f"volunteer {cast.xiaobo.id}: {said}"]


def test_certificate_that_was_written_anew_is_found(cast: World, at: datetime) -> None:
    serve(cast, at, minutes=125)
    seal(cast, at)
    code = issued(cast, at)
    assert found() == []
    kept = Certificate.get(Certificate.code == code)
    for change, said in (
        ({"minutes": 1250}, f"certificate {code} is 1250, entries prove 125"),
        ({"minutes": 1250, "content": {**kept.content, "minutes": 1250}, "records": [[kept.records[0][0], 1250]]},
         f"the words of certificate {code} are not those that were issued"),
        ({"content": {**kept.content, "name": "赵某某"}},
         f"the words of certificate {code} are not those that were issued"),
    ):  # fmt: skip
        store.write(lambda change=change: Certificate.update(**change).execute())
        assert [each.said.partition(": ")[2] for each in books.verify()] == [said]
        store.write(lambda: Certificate.update(
            minutes=kept.minutes, content=kept.content, records=kept.records
        ).execute())  # fmt: skip
    assert found() == []


def test_books_agree_where_nothing_was_touched(cast: World, at: datetime) -> None:
    serve(cast, at)
    sealing.seal_due(at=at + DAY)
    assert (books.verify(whole=True), MinuteEntry.select().count()) == ([], 1)
    assert {str(row.book) for row in Seal.select()} >= {"minute_entry", "point_entry"}


def test_proof_in_ranges_of_one_finds_what_the_proof_of_all_at_once_finds(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (cast.ali, cast.officer):
        serve(cast, at, person=person)
    store.write(lambda: Balance.update(minutes=Balance.minutes + 1, points=Balance.points + 1).execute())
    store.write(lambda: PeriodMinutes.update(minutes=7).execute())
    store.write(lambda: ServiceRecord.update(minutes=9).execute())
    whole = sorted(each.said for each in books.verify())
    for name in ("SOME_PEOPLE", "SOME_RECORDS"):
        monkeypatch.setattr(f"queries.books.{name}", 1)
    assert sorted(each.said for each in books.verify()) == whole
    assert {each.volunteer_id for each in books.verify()} >= {cast.ali.id, cast.officer.id}
