"""Everything that must be right before people come in, looked at one by one: `flask doctor`.

Nothing is changed anywhere, neither here nor on the platform; what is laid beside the photos for a look is taken away
again. Each finding is one sentence of `wording/doctor.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from clock import local_day
from frozen import dataclass
from models import AuditEntry, Volunteer
from services.accounts.vault import VaultError
from services.operation import (
    alarms,
    connections,
    doctor_platform,
    escrow,
    health,
    machine,
    opening,
    renewals,
)
from services.operation.findings import OK, UNSURE, WRONG, Callback, Finding
from services.parts import Parts
from services.times import is_announced
from wechat.inspection import Inspection
from wechat.site import Site, SiteFailure
from wording import entry

#: Days a certificate must still last; renewing it takes an afternoon.
CERTIFICATE_DAYS = 14



@dataclass(frozen=True, slots=True)
class House:
    """What the settings say beyond the parts: proxies in front, the file of the settings, the database and how many
    processes open it, both callbacks, the fields of the account's own templates, the folder of verification files, what
    is not filled in and keeps web and worker from starting."""

    proxies: int
    settings_file: Path
    database_url: str
    processes: int
    callbacks: tuple[Callback, ...]
    verify_folder: Path
    template_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def examine(
    *, parts: Parts, house: House, inspection: Inspection, at: datetime, site: Site | None = None
) -> Iterator[Finding]:
    """Every finding, in the order in which one mends them. Reads the database and asks site and platform."""
    if house.missing:
        yield Finding(WRONG, "accounts", {"names": entry("doctor.joint").join(house.missing)})
    yield _address(parts, house)
    yield from machine.private(house.settings_file)
    yield from _database(at)
    yield from connections.examine(house.processes)
    yield from _keys(parts)
    yield from _sheet(parts)
    yield from machine.disk(house.database_url, parts.storage)
    yield machine.keeps(parts.storage)
    yield from _backups(parts, at)
    if parts.https:
        yield from _site(site or Site(parts.public_url), house, at)
    else:
        yield Finding(UNSURE, "local")
    yield from doctor_platform.examine(parts=parts, house_fields=house.template_fields, inspection=inspection, at=at)
    yield from _renewals(parts, at)


def _address(parts: Parts, house: House) -> Finding:
    host = urlsplit(parts.public_url).hostname or ""
    if not parts.https or host.replace(".", "").isdigit():
        return Finding(WRONG, "address", {"url": parts.public_url})
    if not house.proxies:
        return Finding(WRONG, "address_proxies")
    return Finding(OK, "address", {"url": parts.public_url, "proxies": house.proxies})


def _database(at: datetime) -> Iterator[Finding]:
    checks = {check.name: check for check in health.health(at=at).checks}
    if not checks["database"].ok:
        yield Finding(WRONG, "database")
        return
    if not checks["migrations"].ok:
        yield Finding(WRONG, "database_behind", {"names": checks["migrations"].detail.removeprefix("missing: ")})
        return
    yield Finding(OK, "database")
    if AuditEntry.select().where(AuditEntry.subject == "province").exists():  # of `flask generate`
        yield Finding(WRONG, "made_up")
    if checks["worker"].detail == "has never run":
        yield Finding(UNSURE, "worker_never")
    elif not checks["worker"].ok:
        yield Finding(WRONG, "worker")
    elif not checks["outbox"].ok:
        yield Finding(WRONG, "outbox", {"count": health.oldest_due(at=at)[1]})
    else:
        yield Finding(OK, "worker")
    for name in ("books", "proof", "jobs", "tokens"):
        if name in checks and not checks[name].ok:
            yield Finding(WRONG, name, {"detail": checks[name].detail})


def _backups(parts: Parts, at: datetime) -> Iterator[Finding]:
    every = alarms.backup_every(parts)
    if every is None:
        yield Finding(UNSURE, "backup_none")
        return
    try:
        hours = health.backup_hours(at=at)
    except Exception:  # the database has been told of already
        return
    if hours is None:
        yield Finding(UNSURE, "backup_not_yet")
    else:
        within = every + health.BACKUP_LATE
        late = timedelta(hours=hours) > within
        facts = {"hours": int(hours), "within": int(within.total_seconds() // 3600)}
        yield Finding(WRONG if late else OK, "backup", facts)
        copied = health.last_runs().get(health.COPIED)
        if copied is None:
            yield Finding(UNSURE, "copy")
        else:
            old = at - copied[0]
            late, ago = old > health.COPIED_WITHIN, int(old.total_seconds() // 3600)
            yield Finding(WRONG if late else OK, "copy", {"hours": ago})


def _keys(parts: Parts) -> Iterator[Finding]:
    """Open the oldest and the newest texts, the first and the last sealed number, and find its person again."""
    try:
        if opening.shut(parts.vault):
            yield Finding(WRONG, "keys")
            return
        sealed = Volunteer.select().where(
            Volunteer.document_sealed.is_null(False), Volunteer.document_index.is_null(False)
        )
        people = [*sealed.order_by(Volunteer.id).limit(1), *sealed.order_by(Volunteer.id.desc()).limit(1)]
    except Exception:  # the database has been told of already
        return
    if not people:
        yield Finding(OK, "keys_unused")
        return
    for person in people:
        try:
            number = parts.vault.open(bytes(person.document_sealed), f"volunteer.document:{person.public_no}")
        except VaultError:
            yield Finding(WRONG, "keys")
            return
        if parts.vault.index("id_no", number) != person.document_index:
            yield Finding(WRONG, "keys_index")
            return
    yield Finding(OK, "keys")


def _sheet(parts: Parts) -> Iterator[Finding]:
    try:
        missing = escrow.is_missing(parts)
    except Exception:  # the database has been told of already
        return
    if parts.https:
        yield Finding(WRONG if missing else OK, "key_sheet", {"mark": parts.key_mark})


def _site(site: Site, house: House, at: datetime) -> Iterator[Finding]:
    """Name, certificate, pages, callbacks and verification files, from outside in; the first wall ends it."""
    try:
        left = (site.certificate_ends() - at).days
    except SiteFailure as failure:
        yield Finding(WRONG, failure.why, {"host": site.host})
        return
    yield Finding(WRONG if left < CERTIFICATE_DAYS else OK, "certificate", {"days": left})
    looks: list[Callable[[], Iterator[Finding]]] = [
        lambda: _pages(site), lambda: _callbacks(site, house, at), lambda: _files(site, house),
    ]  # fmt: skip
    for look in looks:
        try:
            yield from look()
        except SiteFailure as failure:
            yield Finding(WRONG, failure.why, {"host": site.host})
            return


def _pages(site: Site) -> Iterator[Finding]:
    answer = site.get("/livez")
    ours = answer.status == 200 and b"ok" in answer.body
    yield Finding(OK, "site") if ours else Finding(WRONG, "site", {"status": answer.status})


def _callbacks(site: Site, house: House, at: datetime) -> Iterator[Finding]:
    for each in house.callbacks:
        account = entry(f"doctor.account.{each.account}")
        if not each.token:
            yield Finding(UNSURE, "no_callback")
            continue
        right = site.verifies(each.path, token=each.token, aes_key=each.aes_key, appid=each.appid, at=at)
        yield Finding(OK if right else WRONG, "callback", {"account": account, "path": each.path})


def _files(site: Site, house: House) -> Iterator[Finding]:
    names = sorted(path.name for path in house.verify_folder.glob("*.txt"))
    if not names:
        yield Finding(UNSURE, "verify_none")
    for name in names:
        for path in (f"/{name}", f"/q/{name}"):
            answer = site.get(path)
            if answer.status != 200 or answer.body != (house.verify_folder / name).read_bytes():
                yield Finding(WRONG, "verify_file", {"name": path, "status": answer.status})
                break
        else:
            yield Finding(OK, "verify_file", {"name": name})


def _renewals(parts: Parts, at: datetime) -> Iterator[Finding]:
    for each in renewals.looked_at(ends=parts.renewals, at=at):
        yield Finding(WRONG if each.due else OK, "renewal", {"words": each.words})
    kinds = entry("renewals.kind")
    forgotten = [kinds[name]["name"] for name in kinds if name != "certificate" and name not in parts.renewals]
    if forgotten:
        yield Finding(UNSURE, "renewals", {"names": entry("doctor.joint").join(forgotten)})
    year = local_day(at).year
    # The next year's holidays are announced in the last weeks of this one.
    next_year = local_day(at).replace(month=1, day=1, year=year + 1)
    wanted = next_year if local_day(at).month == 12 else local_day(at)
    yield Finding(OK if is_announced(wanted) else WRONG, "calendar", {"year": wanted.year})
