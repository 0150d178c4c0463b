"""Case 11: a house is backed up under load, destroyed, restored elsewhere, and goes on; both databases."""

from __future__ import annotations

import base64
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest
import requests

import clock
import migrations
from models import ServiceRecord, StoredFile, store
from models.dialect import open_database
from services.accounts import sessions
from services.accounts.vault import Vault
from services.lives import files
from storage.disk import Disk
from tests.deploy.stage import Stage, certify, configure, free_ports
from tests.faults import machines, machines_world
from tests.faults.machines import Machines, until
from tests.services.bookkeeping.test_records import confirm, serve
from tests.services.lives.test_files import picture
from tests.support.fakes import make_parts
from tests.support.postgres import PostgresServer
from tests.support.world import World, small_world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploy")]

KEY = f"b1:{base64.b64encode(b'B' * 32).decode()}"
VAULT = Vault({"k1": b"k" * 32}, b"k" * 32)
PEOPLE, BEFORE, PHOTOS = 2000, 25, 3


class House(Machines):
    """One web process without a proxy, on whichever database."""

    def __init__(self, stage: Stage, url: str) -> None:
        super().__init__(stage, None, url, {})  # type: ignore[arg-type]

    def serve(self) -> None:
        self.stage.serve(self.stage.web)
        self.stage.wait(f"http://127.0.0.1:{self.stage.web}/readyz")


class Bare(Stage):
    """A stage that is spoken to without nginx."""

    @property
    def site(self) -> str:
        return f"http://localhost:{self.web}"


@contextmanager
def bound(url: str) -> Iterator[None]:
    store.bind(open_database(url))
    try:
        migrations.apply(store.current())
        yield
    finally:
        store.release()


def placed(folder: Path, url: str) -> House:
    """The settings of a house, which is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    tls, plain, web, sandbox = free_ports(4)
    stage = Bare(folder, tls, plain, web, sandbox)
    begin = datetime.combine(clock.today() + timedelta(days=1), time_of_day(8), clock.SHANGHAI)
    (folder / "clock").write_text(str(int((begin - clock.now()).total_seconds())))
    certify(folder / "tls")
    configure(
        stage, DATABASE_URL=url, CLOCK_FILE=str(folder / "clock"), BACKUP_KEY=KEY,
        BACKUP_DIR=str(folder / "backups"), TRUSTED_PROXIES="0",
    )  # fmt: skip
    return House(stage, url)


def settled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """People with sessions, an activity that has begun, hours in the books, photos."""
    made: list[World] = []
    monkeypatch.setattr(machines_world, "small_world", lambda at: made.append(small_world(at)) or made[0])
    at = house.now()
    parts = make_parts(storage=Disk(house.stage.folder / "files"), vault=VAULT)
    with bound(house.url):
        house.world = machines_world.seed(at, PEOPLE, pushes=0)
        serve(made[0], made[0].xiaobo, 100)
        confirm(made[0])
        for number in range(PHOTOS):
            path = files.put_down(parts=parts, photo=files.taken(picture(size=(40 + number, 40))))
            store.write(lambda path=path: files.keep(name="p", path=path, size=1, owner_id=made[0].xiaobo.id, at=at))


def checked_in(url: str) -> set[int]:
    """Who has a record of the activity that all check in to."""
    with bound(url):
        return {row.volunteer_id for row in ServiceRecord.select().where(ServiceRecord.state != "confirmed")}


def logged_in(url: str, who: int, at: datetime) -> str:
    """A new log-in: the former ones ended with the restoration."""
    with bound(url):
        return sessions.open_session(kind="api", volunteer_id=who, at=at).token


def opened(house: House) -> int:
    """Photos that rows speak of and that open."""
    parts = make_parts(storage=Disk(house.stage.folder / "files"), vault=VAULT)
    with bound(house.url):
        return sum(bool(files.opened(parts=parts, file_id=row.id)) for row in StoredFile.select())


@pytest.fixture(params=["sqlite", "postgres"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, House]]:
    """A house, and a place for it elsewhere: another folder, another database, on PostgreSQL another server."""
    if request.param == "sqlite":
        yield tuple(placed(tmp_path / name, f"sqlite:///{tmp_path}/{name}/h.db") for name in ("first", "second"))  # type: ignore[misc]
        return
    servers = [PostgresServer.start(durable=True) for _ in range(2)]
    try:
        first, second = (placed(tmp_path / server.home.name, server.create("h")) for server in servers)
        first.server = servers[0]
        yield first, second
    finally:
        for server in servers:
            server.stop()


def destroy(house: House) -> None:
    """Everything of it but the backup."""
    if house.url.startswith("sqlite"):
        for each in house.stage.folder.glob("h.db*"):
            each.unlink()
    else:
        house.server.stop()
    shutil.rmtree(house.stage.folder / "files")


def test_case_11_house_backed_up_under_load_is_restored_elsewhere(
    places: tuple[House, House], monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
) -> None:
    first, second = places
    settled(first, monkeypatch)
    try:
        first.serve()
        with machines.load(first) as found:
            until("check-ins", lambda: len(found.told) >= BEFORE)
            before, began = list(found.told), time.monotonic()
            said = first.stage.flask("backup")
            took, meanwhile = time.monotonic() - began, len(found.told) - len(before)
            assert said.returncode == 0, said.stdout + said.stderr
            machines.goes_on(found, "the backup")
        first.kill(f"web{first.stage.web}")
        every = set(found.told)
        (backup,) = (first.stage.folder / "backups").glob("*.backup")
        destroy(first)
        damaged = backup.with_name("damaged.backup")
        damaged.write_bytes(backup.read_bytes()[:-1])
        said = second.stage.flask("restore", "--check", str(damaged))
        assert (said.returncode, said.stderr) == (1, "Error: it is cut off: the end is missing\n")
        said = second.stage.flask("restore", str(backup))
        assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "the books agree"), said.stdout + said.stderr
        assert f"{PEOPLE} log-ins ended" in said.stdout, said.stdout
        there = checked_in(second.url)
        assert (set(before) - there, found.odd, opened(second)) == (set(), [], PHOTOS)
        assert meanwhile > 0  # people were checked in while it was made
        second.world = first.world
        second.serve()
        again = machines.Load()
        who = next(each[0] for each in first.world["people"] if each[0] not in there)
        token = logged_in(second.url, who, second.now())
        machines._check_in(second, again, requests.Session(), who, token)
        assert (again.told, who in checked_in(second.url)) == ([who], True)
    finally:
        for house in places:
            for name in list(house.stage.processes):
                house.stage.stop(name)
    kind = "SQLite" if first.url.startswith("sqlite") else "PostgreSQL"
    lost, later = len(set(before) - there), len(every - there)
    figure(f"{kind}: {took:.1f} s while {meanwhile} checked in; of {len(before)} told before {lost} lost, books agree")
    figure(f"{kind}: {later} told later are not in it")


def test_case_11_control_the_file_alone_is_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
) -> None:
    """What stands in the log beside the file is not in a copy of the file."""
    house = placed(tmp_path / "first", f"sqlite:///{tmp_path}/first/h.db")
    settled(house, monkeypatch)
    try:
        house.serve()
        with machines.load(house) as found:
            until("check-ins", lambda: len(found.told) >= BEFORE)
            before = set(found.told)
            shutil.copy(tmp_path / "first" / "h.db", tmp_path / "copy.db")
        house.kill(f"web{house.stage.web}")
    finally:
        for name in list(house.stage.processes):
            house.stage.stop(name)
    lost = before - checked_in(f"sqlite:///{tmp_path}/copy.db")
    figure(f"a copy of the file alone lacks {len(lost)} of {len(before)}")
    assert lost
