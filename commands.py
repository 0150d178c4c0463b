"""The commands that carry what the house holds to another place: backups, database, pictures.

`app.py` adds them to its own, the last; the bars of all commands are here, too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask

import clock
from models import store
from models.dialect import OperationalError, PostgresDatabase
from services.parts import Parts
from settings import Settings
from storage.disk import Disk
from storage.shelf import StorageFailure

if TYPE_CHECKING:
    from services.operation.backups import Inside


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal while a command works; nothing where there is none."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage of a long work, one below the other."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    begun: dict[str, TaskID] = {}
    with Progress(console=Console(stderr=True)) as bar:

        def step(what: str, done: int, total: int) -> None:
            if what not in begun:
                begun[what] = bar.add_task(what, total=total)
            bar.update(begun[what], completed=done, total=total)

        yield step


def _told(inside: Inside) -> str:
    """A backup's contents in one line."""
    said = f"{inside.rows} rows of {len(inside.tables)} tables, {inside.photos} pictures"
    if inside.lost:
        said += f", {inside.lost} pictures that rows speak of were nowhere"
    if inside.mismatches:
        said += f", {inside.mismatches} totals that the books did not prove then"
    return said


def require_schema() -> None:
    """Refuse to run on a database that cannot keep Chinese, or is behind this code."""
    import migrations

    require_letters()
    behind = migrations.missing(store.current())
    if behind:
        named = ", ".join(behind) if len(behind) <= 3 else f"{len(behind)} changes, {behind[0]} to {behind[-1]}"
        sys.exit(f"hongyao: the database lacks {named}; run flask --app app migrate")


def require_letters() -> None:
    """Refuse a PostgreSQL that was made without UTF-8, as a bare machine without a locale makes it: it takes every
    name and gives back bytes, and no text is ever equal to itself."""
    database = store.current()
    if isinstance(database, PostgresDatabase):
        letters = database.connection().info.parameter_status("server_encoding")
        if letters != "UTF8":
            sys.exit(f"hongyao: the database keeps its texts as {letters}; make it anew with ENCODING 'UTF8'")


def require_keys(parts: Parts) -> None:
    """Refuse to run on keys that do not open what lies in the database."""
    from services.operation import opening

    if key := opening.shut(parts.vault):
        sys.exit(
            f"hongyao: DATA_KEYS does not open this database: what was sealed with {key} stays shut; put the key of "
            "that time back under its name"
        )


def _spoken(command: click.Command) -> None:
    """Let a command say in one line that its database does not answer."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _spoken(each)
    elif command.callback is not None:
        command.callback = _saying(command.callback)


def _saying(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def said(*args: Any, **named: Any) -> Any:
        try:
            return act(*args, **named)
        except OperationalError as problem:
            try:
                store.current().connect(reuse_if_open=True)
            except OperationalError as away:
                why = str(away).strip().splitlines()[0]
                sys.exit(f"hongyao: the database does not answer: {why}")
            raise problem

    return said


def _note(verb: str, detail: dict[str, str]) -> None:
    """Write down what the operator did with a backup."""
    from services import audit
    from services.actors import OPERATOR

    audit.note(actor=OPERATOR, verb=verb, subject="house:backup", detail=detail, at=clock.now())


def add(app: Flask) -> None:
    """Each command is one call."""
    parts: Parts = app.extensions["parts"]
    settings: Settings = app.extensions["settings"]

    @app.cli.command("backup")
    @click.option("--to", "folder", default="", metavar="FOLDER", help="Instead of BACKUP_DIR; all there are kept …")
    @click.option("--keep", default=10**6, help="… or the newest so many.")
    @click.option("--no-pictures", is_flag=True, help="The database alone: it does not count as the night's.")
    @click.option("--copied", is_flag=True, help="Only say that all were copied to another machine (copy-away.sh).")
    def backup(folder: str, keep: int, no_pictures: bool, copied: bool) -> None:
        """Make a backup of database and pictures while everybody works, sealed with BACKUP_KEY, and read it back."""
        from services.operation import backups, health

        if copied:
            at = clock.now()
            health.note_run(name=health.COPIED, started_at=at, ended_at=at, outcome="ok")
            return
        if parts.backups is None or not (folder or parts.backups.folder):
            raise click.ClickException("set BACKUP_KEY, and BACKUP_DIR or --to FOLDER")
        where = replace(parts.backups, folder=folder, keep=keep, hours=24) if folder else parts.backups
        try:
            made = backups.make(parts=parts, backups=where, at=clock.now(), pictures=not no_pictures)
        except backups.NotBackedUp as problem:
            raise click.ClickException(str(problem)) from None
        _note("backup.made", {"file": Path(made.path).name})
        click.echo(f"{made.path}: {_told(made.inside)}, {made.bytes} bytes, read back")
        sys.exit(1 if made.inside.mismatches or made.inside.lost else 0)

    @app.cli.command("restore")
    @click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--check", is_flag=True, help="Only read it to its end; nothing is changed anywhere.")
    def restore(path: Path, check: bool) -> None:
        """Restore a backup into the empty database of DATABASE_URL and the storage for pictures; prove the books."""
        from services.operation import backups, restoring
        from services.operation.archive import NotReadable

        if parts.backups is None:
            raise click.ClickException("set the BACKUP_KEY that it was sealed with")
        try:
            if check:
                click.echo(f"{path}: {_told(backups.check(path=path, backups=parts.backups))}, whole")
                return
            done = restoring.restore(
                path=path, parts=parts, key=parts.backups, database_url=settings.database_url, at=clock.now()
            )
        except (restoring.NotRestored, NotReadable) as problem:
            raise click.ClickException(str(problem)) from None
        for book, row in done.beyond:
            click.echo(f"not in this backup: {book} was sealed up to row {row} afterwards")
        ended = done.ended
        click.echo(
            f"{ended.sessions} log-ins ended, {ended.unknown} messages may have been sent and are not sent again, "
            f"{ended.erased} people who had been erased were erased again"
        )
        for each in done.wrong:
            click.echo(each)
        click.echo(f"as of {done.made_at}: {_told(done.inside)}; {len(done.migrated)} migrations applied")
        click.echo("the books agree" if not done.wrong else f"{len(done.wrong)} differences")
        sys.exit(1 if done.wrong else 0)

    @app.cli.command("copy-database")
    @click.argument("url")
    def copy_database(url: str) -> None:
        """Copy this SQLite database into an empty PostgreSQL (postgresql://…), prove it, verify the books there."""
        from services.operation import copying

        with progress("tables") as step:
            try:
                done = copying.copy_to(url, at=clock.now(), key=parts.seal_key, progress=step)
            except copying.NotCopied as problem:
                raise click.ClickException(str(problem)) from None
        click.echo(f"{done.rows} rows of {done.tables} tables are there; the books agree. Now set DATABASE_URL.")

    @app.cli.command("move-files")
    @click.argument("folder", type=click.Path(exists=True, file_okay=False))
    def move_files(folder: str) -> None:
        """Copy the pictures of a FOLDER (the former FILES_DIR) into the storage that the settings name now."""
        from services.lives import files

        try:
            copied, lost = files.move_in(parts=parts, source=Disk(folder))
        except StorageFailure as problem:
            raise click.ClickException(f"{parts.storage.place}: {problem.why}; run it again") from None
        click.echo(f"{copied} pictures copied, {lost} that rows speak of are in neither place")
        sys.exit(1 if lost else 0)

    _spoken(app.cli)
