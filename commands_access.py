"""The commands that let somebody in or open what is sealed: a log-in link, the keys on paper, new keys. Each leaves its
line in the audit, as what the operator did.

`app.py` adds them to its own.
"""

from __future__ import annotations

import sys

import click
import peewee
from flask import Flask

import clock
from commands import require_schema, stages
from services.parts import Parts
from settings import Settings
from wording import say


def add(app: Flask) -> None:
    """Each command is one call."""
    parts: Parts = app.extensions["parts"]
    settings: Settings = app.extensions["settings"]

    @app.cli.command("grant")
    @click.argument("public_no")
    @click.option("--role", default="", help="Also give this role …")
    @click.option("--region", default="", help="… at this division code.")
    def grant(public_no: str, role: str, region: str) -> None:
        """Print a one-time log-in link for a person; the first log-in, or a lost phone."""
        from services.accounts import console_login, people

        volunteer_id = people.person_id(public_no)
        if volunteer_id is None:
            raise click.ClickException(f"nobody has the number {public_no}")
        if role or region:
            _give(volunteer_id, role, region)
        token = console_login.grant_link(volunteer_id=volunteer_id, at=clock.now())
        click.echo(f"{parts.public_url}/console/once/{token}")

    def reindex() -> int:
        """Make the blind indexes anew; 1 if one could not be."""
        from services import audit
        from services.actors import OPERATOR
        from services.operation import reindexing

        with stages() as step:
            outcome = reindexing.rebuild(parts, progress=step)
        failed = len(outcome.broken) + len(outcome.doubles)
        audit.note(
            actor=OPERATOR, verb="keys.reindexed", subject="house:keys", at=clock.now(),
            detail={"mark": parts.key_mark, "left": failed},
        )  # fmt: skip
        click.echo(f"{outcome.done} indexes made anew")
        for each in outcome.broken:
            click.echo(f"does not open: {each}", err=True)
        for each in outcome.doubles:
            click.echo(f"registered again meanwhile, to be merged: {each}", err=True)
        return 1 if failed else 0

    @app.cli.command("rotate-keys")
    @click.option("--check", is_flag=True, help="Only count what lies under older keys, and try them.")
    @click.option("--index", is_flag=True, help="After a new INDEX_KEY, with the site stopped: make every index anew.")
    def rotate_keys(check: bool, index: bool) -> None:
        """Seal everything anew with the first key of DATA_KEYS; stopped, it goes on. Exits with 1 if any is left."""
        from services import audit
        from services.actors import OPERATOR
        from services.operation import rekeying

        require_schema()
        if index:
            sys.exit(reindex())
        if check:
            outcome = rekeying.check(parts)
        else:
            with stages() as step:
                outcome = rekeying.rotate(parts, progress=step)
            audit.note(
                actor=OPERATOR, verb="keys.rotated", subject="house:keys", at=clock.now(),
                detail={"mark": parts.key_mark, "left": sum(outcome.left.values())},
            )  # fmt: skip
            click.echo(f"{outcome.done} texts sealed with the first key")
        for each in outcome.broken:
            click.echo(f"does not open: {each}", err=True)
        for name, count in outcome.left.items():
            click.echo(f"{name}: {count} under other keys")
        if outcome.broken:
            click.echo("DATA_KEYS lacks the key of what does not open, or holds another under its name")
        else:
            click.echo("the other keys must stay in DATA_KEYS" if outcome.left else "nothing is left under other keys")
        sys.exit(1 if outcome.left or outcome.broken else 0)

    @app.cli.command("key-sheet")
    @click.option("--kept-by", multiple=True, metavar="NAME", help="Who can get at the printed sheet; twice.")
    @click.option("--where", default="", help="Where it lies.")
    def key_sheet(kept_by: tuple[str, ...], where: str) -> None:
        """Print the keys for the safe; with --kept-by and --where, say that the sheet lies there."""
        from services.operation import escrow

        at = clock.now()
        if not kept_by and not where:
            try:
                escrow.note_printed(of_keys=parts.key_mark, at=at)
            except peewee.PeeweeException:  # the sheet is what brings a lost database back
                click.echo("the database does not answer: that the sheet was printed is not in the audit", err=True)
            click.echo(escrow.sheet(keys=settings.keys(), brand=parts.brand, url=parts.public_url, at=at))
            return
        try:
            escrow.confirm(of_keys=parts.key_mark, keepers=list(kept_by), where=where, at=at)
        except escrow.NotKept as no:
            raise click.ClickException(str(no)) from None
        click.echo(f"the sheet {parts.key_mark} is kept by {', '.join(kept_by)}")


def _give(volunteer_id: int, role: str, region: str) -> None:
    """Give a role at a division, or say in one line why not."""
    from services import permissions
    from services.actors import OPERATOR
    from services.errors import Refusal, RefusalCode

    if not (role and region):
        raise click.ClickException("--role and --region go together")
    roles = [each.value for each in permissions.AT_DIVISIONS]
    if role not in roles:
        raise click.ClickException(f"there is no role {role} at a division; there are {', '.join(roles)}")
    try:
        permissions.grant(
            actor=OPERATOR, volunteer_id=volunteer_id, role=permissions.Role(role), region_code=region,
            reason="flask grant", at=clock.now(),
        )  # fmt: skip
    except Refusal as no:
        said = f"there is no division {region}" if no.code is RefusalCode.REGION_UNKNOWN else ""
        raise click.ClickException(said or say(f"refusals.{no.code.value}", **no.facts)) from None
