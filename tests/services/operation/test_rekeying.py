"""New keys: everything under the old one is sealed anew, killed in the middle or beside people at work."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models import (
    Certificate,
    Complaint,
    Correction,
    DataCopy,
    DeathReport,
    GuardianConsent,
    ImportBatch,
    ImportFile,
    ImportRow,
    Need,
    StoredFile,
    Volunteer,
    WechatToken,
    store,
)
from queries.opening import SOME
from services.accounts import enrolment
from services.accounts.vault import Vault, VaultError
from services.operation import doctor, opening, rekeying
from services.privacy.table import models
from storage.disk import Disk
from tests.services.accounts.test_documents import with_check
from tests.services.certificates.world import seal, serve
from tests.support.fakes import make_parts
from tests.support.world import World

K0, K1, INDEX = b"0" * 32, b"1" * 32, b"i" * 32
NUMBER = with_check("34152219600501003")


def ring(*names: str) -> Vault:
    keys = {"k0": K0, "k1": K1}
    return Vault({name: keys[name] for name in names}, INDEX)


@pytest.fixture
def old(tmp_path: Path) -> Any:
    return make_parts(vault=ring("k0"), storage=Disk(str(tmp_path)))


@pytest.fixture
def both(tmp_path: Path) -> Any:
    return make_parts(vault=ring("k1", "k0"), storage=Disk(str(tmp_path)))


def person(parts: Any, row: Volunteer, number: str) -> None:
    sealed, key = parts.vault.seal(number, f"volunteer.document:{row.public_no}")
    Volunteer.update(
        document_sealed=sealed, document_key=key, document_index=parts.vault.index("id_no", number)
    ).where(Volunteer.id == row.id).execute()
    enrolment.set_phone(parts=parts, person=row, phone="13800138000", proof="officer")


def everything(cast: World, parts: Any, at: datetime) -> None:
    """A text in every sealed column, and a picture."""
    vault, me = parts.vault, cast.xiaobo
    serve(cast, at)

    def put() -> None:
        person(parts, me, NUMBER)
        sealed = lambda place: vault.seal("13900139000", place)[0]  # noqa: E731
        GuardianConsent.create(
            volunteer=me, guardian_name="王父", relation="父", phone_key="k0",
            phone_sealed=sealed(f"guardian_consent.phone:{me.public_no}"), state="verified", created_at=at,
        )  # fmt: skip
        DeathReport.create(
            volunteer=me, kin_phone_sealed=sealed(f"death_report.kin_phone:{me.public_no}"), kin_phone_key="k0",
            state="undone", at=at,
        )  # fmt: skip
        Need.create(
            code="need0001", kind="public", region_code=me.region_code, station_region=me.region_code, title="t",
            domain="D3", sub_domain="ecology", content="c", contact_sealed=sealed("need.contact:need0001"),
            contact_key="k0", state="received", answer_due_at=at, created_at=at, updated_at=at,
        )  # fmt: skip
        Complaint.create(
            code="comp0001", token_hash="h", kind="fee", region_code=me.region_code, text="t",
            contact_sealed=sealed("complaint:comp0001"), contact_key="k0", state="received", due_at=at, created_at=at,
        )  # fmt: skip
        Certificate.create(
            code="cert0001", volunteer=me, centre=cast.centre, region_code=me.region_code, from_on="2026-01-01",
            to_on="2026-06-01", state="requested", document=sealed("certificate:cert0001"), asked_at=at, minutes=1,
        )  # fmt: skip
        batch = ImportBatch.create(
            code="imp00001", kind="people", region_code="341522", file_name="f", file_hash="h", state="checked",
            created_at=at,
        )  # fmt: skip
        ImportFile.create(batch=batch, sealed=sealed(f"import.{batch.id}:file"))
        for number in (2, 3, 4):
            cells = sealed(f"import.{batch.id}:{number}")
            ImportRow.create(batch=batch, row_no=number, sealed=cells, shown={}, verdict="new")
        DataCopy.create(
            code="copy0001", volunteer=me, state="ready", whole=True, sealed=sealed("data_copy:copy0001"),
            sealed_key="k0", asked_at=at, until=at,
        )  # fmt: skip
        Correction.create(
            code="right001", volunteer=me, what="name", sealed=sealed("correction:right001"), sealed_key="k0",
            state="asked", door="h5", asked_at=at,
        )  # fmt: skip
        WechatToken.create(appid="wx1", sealed=sealed("wechat_token.sealed:wx1"), key_id="k0", expires_at=at)
        path = "aa/aabb.sealed"
        parts.storage.put(path, vault.seal("cGljdHVyZQ==", f"file:{path}")[0])
        StoredFile.create(name="a.jpg", content_type="image/jpeg", size=1, path=path, owner=me, created_at=at)

    store.write(put)
    seal(cast, at, parts)


def texts(parts: Any) -> dict[str, list[str]]:
    """Every sealed text, opened."""
    found = {
        each.name: [parts.vault.open(bytes(getattr(row, each.column)), each.place(row))
                    for row in each.model.select() if getattr(row, each.column) is not None]
        for each in rekeying.SEALED
    }  # fmt: skip
    return found | {"file": [parts.vault.open(body, f"file:{path}") for path, body in rekeying._files(parts)]}


def test_everything_is_sealed_anew_and_the_old_key_may_go(cast: World, old: Any, both: Any, at: datetime) -> None:
    everything(cast, old, at)
    before = texts(old)
    assert all(before.values())
    index = Volunteer.get_by_id(cast.xiaobo.id).document_index
    outcome = rekeying.rotate(both)
    assert (outcome.done, outcome.left, outcome.broken) == (sum(map(len, before.values())), {}, [])
    new = make_parts(vault=ring("k1"), storage=both.storage)
    assert texts(new) == before
    row = Volunteer.get_by_id(cast.xiaobo.id)
    assert (row.document_key, row.phone_key, row.document_index) == ("k1", "k1", index)
    assert enrolment.owner_of(new, NUMBER) == row
    assert Complaint.get().contact_key == Need.get().contact_key == "k1"
    with pytest.raises(VaultError):
        texts(make_parts(vault=ring("k0"), storage=both.storage))


def test_every_sealed_column_is_named(cast: World) -> None:
    import peewee

    blobs = {
        f"{name}.{field.column_name}" for name, model in models().items() for field in model._meta.sorted_fields
        if isinstance(field, peewee.BlobField)
    }  # fmt: skip
    assert {each.name for each in rekeying.SEALED} == blobs - {"office_form.body"}


def test_killed_in_the_middle_it_goes_on(
    cast: World, old: Any, both: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(cast, old, at)
    before = texts(old)
    monkeypatch.setattr(rekeying, "AT_ONCE", 1)
    put, calls = rekeying._put, []

    def killed(each: Any, fresh: Any) -> int:
        calls.append(each.name)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return put(each, fresh)

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, "_put", killed)
        with pytest.raises(KeyboardInterrupt):
            rekeying.rotate(both)
    assert texts(both) == before  # half under the one key, half under the other: all of it opens
    assert 0 < sum(rekeying.left(both).values()) < sum(map(len, before.values()))
    steps: list[tuple[str, int, int]] = []
    outcome = rekeying.rotate(both, progress=lambda *step: steps.append(step))
    assert (outcome.left, outcome.done) == ({}, sum(map(len, before.values())) - 2)
    assert ("import_row.sealed", 3, 3) in steps
    assert rekeying.rotate(both).done == 0


def test_what_changed_meanwhile_stays(
    cast: World, old: Any, both: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(lambda: person(old, cast.xiaobo, NUMBER))
    anew = rekeying._anew

    def meanwhile(parts: Any, each: Any, rows: Any) -> Any:
        found = anew(parts, each, rows)
        if each.column == "phone_sealed":
            store.write(
                lambda: enrolment.set_phone(parts=both, person=cast.xiaobo, phone="13900139000", proof="wechat")
            )
        return found

    monkeypatch.setattr(rekeying, "_anew", meanwhile)
    assert rekeying.rotate(both).left == {}
    row = Volunteer.get_by_id(cast.xiaobo.id)
    assert both.vault.open(row.phone_sealed, f"volunteer.phone:{row.public_no}") == "13900139000"


def test_text_that_does_not_open_is_named_and_keeps_the_old_key(cast: World, old: Any, both: Any, at: datetime) -> None:
    store.write(lambda: person(old, cast.xiaobo, NUMBER))
    row = Volunteer.get_by_id(cast.xiaobo.id)
    moved, _ = old.vault.seal(NUMBER, "volunteer.document:elsewhere")
    store.write(lambda: Volunteer.update(document_sealed=moved).where(Volunteer.id == row.id).execute())
    outcome = rekeying.rotate(both)
    assert (outcome.done, outcome.left) == (1, {"volunteer.document_sealed": 1})
    assert outcome.broken == [f"volunteer.document_sealed volunteer.document:{row.public_no}"]


def test_wrong_key_under_the_known_name_is_found_in_every_column(cast: World, old: Any, at: datetime) -> None:
    everything(cast, old, at)
    wrong = make_parts(vault=Vault({"k0": K1}, INDEX), storage=old.storage)
    assert (rekeying.left(wrong), rekeying.check(old).broken) == ({}, [])  # by their names all is well
    found = {each.split(" ")[0].split(":")[0] for each in rekeying.check(wrong).broken}
    assert found == {each.name for each in rekeying.SEALED} | {"file"}
    assert rekeying.rotate(wrong).broken == rekeying.check(wrong).broken


def test_key_that_left_too_early_is_found(cast: World, old: Any, both: Any, at: datetime) -> None:
    store.write(lambda: person(old, cast.xiaobo, NUMBER))
    store.write(lambda: person(both, cast.ali, with_check("34152219600501011")))
    outcome = rekeying.check(make_parts(vault=ring("k1"), storage=old.storage))
    number = cast.xiaobo.public_no
    assert outcome.left == {"volunteer.document_sealed": 1, "volunteer.phone_sealed": 1}
    assert outcome.broken == [f"volunteer.document_sealed volunteer.document:{number}",
                              f"volunteer.phone_sealed volunteer.phone:{number}"]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "key"),
    [({"k0": K0}, ""), ({"k1": K1, "k0": K0}, ""), ({"k0": K1}, "k0"), ({"k1": K1}, "k0")],
    ids=["the key", "a new one before it", "another under its name", "it is gone"],
)
def test_start_asks_whether_the_keys_open_the_database(
    cast: World, old: Any, keys: dict[str, bytes], key: str, count_statements: Any
) -> None:
    with count_statements() as seen:
        assert opening.shut(Vault(keys, INDEX)) == ""  # nothing is sealed yet
    assert len(seen) == 2
    store.write(lambda: person(old, cast.xiaobo, NUMBER))
    assert opening.shut(Vault(keys, INDEX)) == key


def test_key_that_left_before_its_texts_were_sealed_anew_is_missed_at_the_start(
    cast: World, old: Any, both: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(lambda: person(old, cast.ali, with_check("34152219600501011")))
    store.write(lambda: person(both, cast.officer, NUMBER))
    monkeypatch.setattr("queries.opening.OLDEST", SOME.format(order="ASC").replace("LIMIT 3", "LIMIT 1"))
    monkeypatch.setattr("queries.opening.NEWEST", SOME.format(order="DESC").replace("LIMIT 3", "LIMIT 1"))
    assert opening.shut(ring("k1")) == "k0"
    assert opening.shut(ring("k1", "k0")) == ""


def test_one_damaged_text_stops_no_start(cast: World, old: Any) -> None:
    store.write(lambda: person(old, cast.xiaobo, NUMBER))
    damaged, _ = old.vault.seal(NUMBER, "volunteer.document:elsewhere")
    store.write(lambda: Volunteer.update(document_sealed=damaged).where(Volunteer.id == cast.xiaobo.id).execute())
    assert opening.shut(old.vault) == ""


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_wrong_keys_stop_web_and_worker_with_one_sentence(
    cast: World, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import app as entrance
    import schedulers

    store.write(lambda: person(make_parts(vault=Vault({"demo": K0}, INDEX)), cast.xiaobo, NUMBER))
    sentence = "hongyao: DATA_KEYS does not open this database: what was sealed with demo stays shut"
    monkeypatch.setattr(schedulers, "run_worker", lambda parts: pytest.fail("the worker runs"))
    worker = app.test_cli_runner().invoke(args=["worker"])
    assert str(worker.exception).startswith(sentence)
    monkeypatch.setattr(type(store.current()), "close_idle", lambda self: None)
    with pytest.raises(SystemExit) as ended:
        entrance.create_app(app.extensions["settings"])
    assert str(ended.value).startswith(sentence)
    assert [each.name for each in doctor._keys(app.extensions["parts"])] == ["keys"]
    checked = app.test_cli_runner().invoke(args=["rotate-keys", "--check"])
    last = "DATA_KEYS lacks the key of what does not open, or holds another under its name"
    assert (checked.exit_code, checked.output.splitlines()[-1]) == (1, last)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_command_says_what_is_left(cast: World, app: Any, at: datetime) -> None:
    ours = app.extensions["parts"]
    store.write(lambda: person(make_parts(vault=ring("k0")), cast.xiaobo, NUMBER))
    run = app.test_cli_runner().invoke
    checked = run(args=["rotate-keys", "--check"])
    assert (checked.exit_code, "volunteer.document_sealed: 1 under other keys" in checked.output) == (1, True)
    store.write(lambda: person(ours, cast.xiaobo, NUMBER))
    done = run(args=["rotate-keys"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "nothing is left under other keys")
