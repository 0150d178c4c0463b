"""The application: `create_app()` chooses the real parts, the command line runs the house.

`flask --app app <command>`: migrate, regions load, regions merge, demo, worker, grant, practice, verify-books,
key-sheet, rotate-keys, doctor, backup, restore, copy-database, move-files, menu diff, menu push.
"""

from __future__ import annotations

import base64
import difflib
import logging
import sys
from collections import Counter
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup, ScriptInfo
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import clock
import commands
import commands_access
from commands import progress, require_keys, require_schema, stages
from handlers import register
from handlers.body import StrictRequest
from handlers.doors import House
from handlers.requests import number_of_request
from models import store
from models.dialect import OperationalError, open_database
from services.accounts.vault import Vault
from services.codes import key_mark
from services.conversation.wechat_tokens import DatabaseTokenStore
from services.operation.log_lines import Lines
from services.parts import Backups, Parts
from settings import Settings, SettingsError, load
from sms.gateway import HttpSms
from storage.disk import Disk
from storage.s3 import S3
from storage.shelf import Storage
from wechat.account import Account
from wechat.gateway import Gateway
from wechat.live import LiveGateway
from wechat.wire import AT_ONCE
from wording import entry, say

if TYPE_CHECKING:
    from services.conversation.menus import Difference

HERE = Path(__file__).parent
#: Where every process of ours says what happens: its standard error.
HANDLER = logging.StreamHandler()
logging.basicConfig(level=logging.INFO, handlers=[HANDLER])
#: The largest body anybody may send; the callback's own limit is 64 KB.
MAX_BODY = 1024 * 1024


def build_parts(settings: Settings, gateway: Gateway | None = None, *, at_once: int = AT_ONCE) -> Parts:
    """Choose the real parts from the settings; `at_once`: calls to WeChat that go on side by side."""
    ring = settings.backup_key_ring()
    vault = Vault(settings.data_key_ring(), base64.b64decode(settings.index_key.get_secret_value()))
    return Parts(
        brand=settings.brand,
        public_url=settings.public_url,
        https=settings.https,
        demo=settings.demo,
        mp_appid=settings.wechat_mp_appid,
        mp_linked=settings.wechat_mp_linked,
        oa_appid=settings.wechat_oa_appid,
        oa_id=settings.wechat_oa_id,
        vault=vault,
        gateway=gateway
        or LiveGateway(
            mini=Account(settings.wechat_mp_appid, settings.wechat_mp_secret.get_secret_value()),
            official=Account(settings.wechat_oa_appid, settings.wechat_oa_secret.get_secret_value()),
            store=DatabaseTokenStore(vault=vault, now=clock.now),
            now=clock.now,
            api_base=settings.wechat_api_base or None,
            at_once=at_once,
            fields={settings.templates()[name]: own for name, own in settings.template_fields().items()},
        ),
        storage=build_storage(settings),
        sign_key=base64.b64decode(settings.sign_key.get_secret_value()),
        operator_openid=settings.operator_openid,
        anchors_file=settings.anchors_file,
        key_mark=key_mark(settings.keys()),
        backups=Backups(settings.backup_dir, ring, settings.backup_keep, settings.backup_hours) if ring else None,
        templates=settings.templates(),
        renewals=settings.renewal_days(),
        broadcast_a_minute=settings.broadcast_a_minute,
        templates_a_day=settings.templates_a_day,
        sms=HttpSms(settings.sms_url, settings.sms_key.get_secret_value()) if settings.sms_url else None,
    )


def build_storage(settings: Settings) -> Storage:
    """Where uploads lie: the bucket, where one is set, else the folder."""
    if settings.s3_endpoint:
        return S3(
            settings.s3_endpoint, settings.s3_bucket, settings.s3_key, settings.s3_secret.get_secret_value(),
            region=settings.s3_region,
        )  # fmt: skip
    return Disk(settings.files_dir)


def create_app(settings: Settings | None = None, gateway: Gateway | None = None, **config: Any) -> House:
    """The WSGI application. Opens the database unless one is bound already (tests bind their own)."""
    try:
        # flask builds the application before it knows the command; the demo brings settings of its own
        settings = settings or load(demo="demo" in sys.argv[1:])
    except SettingsError as wrong:
        sys.exit(f"hongyao: {wrong}")
    if not _commanded():
        _require_accounts(settings)
    HANDLER.setFormatter(Lines(settings.log_format, number_of_request))
    if settings.template_fields():
        _require_catalogue(settings)
    clock.shift_by(settings.clock_file or None)
    if store.proxy.obj is None:
        store.bind(open_database(settings.database_url))
    app = House("hongyao", root_path=str(HERE))
    app.request_class = StrictRequest
    app.jinja_options = {"undefined": StrictUndefined}  # a hole in a page is our mistake, not an empty place
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    # no SECRET_KEY: nothing is signed in a cookie; sessions and one-time values are random, tables hold their hashes
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, SEND_FILE_MAX_AGE_DEFAULT=3600, **config)
    app.extensions["parts"] = build_parts(settings, gateway)
    app.extensions["settings"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    register(app)
    add_commands(app)
    commands_access.add(app)
    commands.add(app)
    if not _commanded():
        _refuse_wrong_database(app.extensions["parts"])
    return app


def _commanded() -> bool:
    """Whether this is `flask …`, whose commands know themselves what schema they need."""
    context = click.get_current_context(silent=True)
    return context is not None and context.find_object(ScriptInfo) is not None


def _refuse_wrong_database(parts: Parts) -> None:
    """End a web process whose database is behind this code, or sealed with other keys; one that is away may come back,
    and is not waited for."""
    database = store.current()
    try:
        with store.session():
            require_schema()
            require_keys(parts)
    except OperationalError as problem:
        logging.getLogger("hongyao").warning("the database was not looked at: %s", problem)
    database.close_idle()  # a server may still fork


def add_commands(app: House) -> None:
    """`flask --app app …`: each command is one call."""
    parts: Parts = app.extensions["parts"]
    settings: Settings = app.extensions["settings"]

    @app.cli.command("migrate")
    @click.option("--missing", is_flag=True, help="Only say what would be applied.")
    @click.option("--back-to", default="", metavar="NUMBER", help="Take back what came after this number (0048).")
    def migrate(missing: bool, back_to: str) -> None:
        """Bring the database to this code's schema, or back to an older one."""
        import migrations

        commands.require_letters()
        if missing:
            done = [f"missing {name}" for name in migrations.missing(store.current())]
        elif back_to:
            try:
                done = [f"took back {name}" for name in migrations.back(store.current(), back_to)]
            except ValueError as wrong:
                raise click.ClickException(str(wrong)) from None
        else:
            done = [f"applied {name}" for name in migrations.apply(store.current())]
        click.echo("\n".join(done) or "nothing to do")

    regions_group = AppGroup("regions", help="Administrative divisions.")
    app.cli.add_command(regions_group)

    @regions_group.command("load")
    @click.argument("path", type=click.Path(exists=True, dir_okay=False))
    def load_regions(path: str) -> None:
        """Load divisions from a CSV file (code,name,level); again brings names up to date and keeps their history."""
        from services import regions

        with progress("divisions") as step:
            try:
                count = regions.load(path=path, at=clock.now(), progress=step)
            except regions.RegionFileError as problem:
                raise click.ClickException(str(problem)) from None
        click.echo(f"{count} divisions")
        if gone := regions.left_out(path):
            shown = ", ".join(gone[:10]) + (" …" if len(gone) > 10 else "")
            click.echo(f"{len(gone)} of ours are not in this list: {shown}. Say with `regions merge` what they became.")

    @regions_group.command("merge")
    @click.argument("path", type=click.Path(exists=True, dir_okay=False))
    def merge_regions(path: str) -> None:
        """Close divisions that were merged or renumbered: a CSV of old_code,new_code,effective_on,reason."""
        from services import regions
        from services.organisation import successions

        with progress("divisions") as step:
            try:
                count = successions.merge(path=path, at=clock.now(), progress=step)
            except regions.RegionFileError as problem:
                raise click.ClickException(str(problem)) from None
        click.echo(f"{count} divisions closed")

    @app.cli.command("worker")
    def worker() -> None:
        """Push reminders and notices, close what was forgotten; one process, safe to start twice."""
        from schedulers import run_worker
        from schedulers.worker import THREADS

        _require_accounts(settings)
        require_schema()
        require_keys(parts)
        _require_catalogue(settings)
        # Nobody waits for the worker's threads, so all of them may send.
        other = None if isinstance(parts.gateway, LiveGateway) else parts.gateway
        run_worker(build_parts(settings, other, at_once=THREADS))

    @app.cli.command("verify-books")
    @click.option(
        "--anchors", "copy", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
        help="Anchors that were copied elsewhere, instead of ANCHORS_FILE.",
    )  # fmt: skip
    def verify_books(copy: str | None) -> None:
        """Prove totals, stars, certificates and every chain of seals; says what differs and exits with 1."""
        from services.bookkeeping import anchors, books

        file = copy or settings.anchors_file
        found = books.differences(whole=True, anchors_file=file, key=parts.seal_key)
        for each in found:
            click.echo(each)
        with suppress(anchors.AnchorsUnreadable):  # it was told
            for back in anchors.restores(file):
                said = f"restored {back.at:%Y-%m-%d} from {back.restored}"
                click.echo(f"{said}: anchors between {back.as_of} and then are left out")
        click.echo("the books agree" if not found else f"{len(found)} differences")
        sys.exit(1 if found else 0)

    @app.cli.command("doctor")
    def doctor() -> None:
        """Look at everything that must be right before people come in, a sentence each; exits with 1 if not."""
        sys.exit(_examine(app))

    menu_group = AppGroup("menu", help="The menus under the chat of the official account (deploy/menu.toml).")
    app.cli.add_command(menu_group)

    @menu_group.command("diff")
    def menu_diff() -> None:
        """Show how WeChat's menus differ from the file."""
        from services.conversation import menus

        _show_menus(menus.compare(parts))

    @menu_group.command("push")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    def menu_push(yes: bool) -> None:
        """Show how WeChat's menus differ from the file, ask, and put the file's in place."""
        from services.conversation import menus

        differences = menus.compare(parts)
        _show_menus(differences)
        if differences and (yes or click.confirm("Send these menus?")):
            menus.push(parts, differences)
            click.echo("The menus are in place; phones show them within five minutes.")

    @app.cli.command("practice")
    @click.option("--reset", is_flag=True, help="Close the practice area that is and make a fresh one.")
    def practice(reset: bool) -> None:
        """Make the practice area: a made-up county in which officers try everything; nothing leaves it."""
        from services.practice import area

        require_schema()
        try:
            made = area.make(vault=parts.vault, brand=parts.brand, at=clock.now(), afresh=reset)
        except area.PracticeUsedUp:
            raise click.ClickException("the practice area was made afresh too often") from None
        click.echo(f"practice county {made.county}" + (" made" if made.fresh else " is there already"))

    @app.cli.command("generate")
    @click.option("--volunteers", default=1_000_000, show_default=True)
    @click.option("--teams", default=20_000, show_default=True)
    @click.option("--records", default=10_000_000, show_default=True)
    @click.option("--seed", default=1, show_default=True)
    @click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The province's today; the same makes the same.")
    @click.option("--into", default="", metavar="URL", help="An empty database of its own (not this house's).")
    def generate(volunteers: int, teams: int, records: int, seed: int, day: datetime | None, into: str) -> None:
        """Make a province of made-up people to measure with, in a database of its own."""
        from demo.province import making

        size = making.Size(volunteers, teams, records)
        with stages() as step:
            try:
                url = making.target(into=into, database_url=settings.database_url, demo=settings.demo)
                done = making.generate(
                    url, size=size, seed=seed, day=day.date() if day else clock.today(), vault=parts.vault,
                    brand=parts.brand, progress=step,
                )  # fmt: skip
            except making.NotGenerated as problem:
                raise click.ClickException(str(problem)) from None
        click.echo("".join(f"{name:10}{took:8.1f} s\n" for name, took in done.seconds.items()), nl=False)
        click.echo(f"{done.regions} divisions, {teams} teams, {volunteers} people, {done.records} records are there.")
        click.echo(f"Its administrator: flask grant {done.administrator}, with DATABASE_URL set to it.")

    @app.cli.command("demo")
    @click.option("--reset", is_flag=True, help="Throw the demo's data away first.")
    def demo(reset: bool) -> None:
        """Make a small believable world and start application, worker and sandbox."""
        from demo.launch import launch

        launch(settings, reset=reset)


def _examine(app: House) -> int:
    """Print what the doctor finds; 1 if something is wrong."""
    from services.operation import doctor
    from services.operation.findings import ORDER, WRONG, Callback
    from wechat.inspection import Inspection

    parts, settings = app.extensions["parts"], app.extensions["settings"]
    accounts = [
        Account(settings.wechat_mp_appid, settings.wechat_mp_secret.get_secret_value()),
        Account(settings.wechat_oa_appid, settings.wechat_oa_secret.get_secret_value()),
    ]
    house = doctor.House(
        proxies=settings.trusted_proxies, settings_file=Path(".env"), database_url=settings.database_url,
        processes=settings.processes, callbacks=(
            Callback("oa", "/wechat/callback", settings.wechat_token.get_secret_value(),
                     settings.wechat_aes_key.get_secret_value(), settings.wechat_oa_appid),
            Callback("mp", "/wechat/mp-callback", settings.wechat_mp_token.get_secret_value(),
                     settings.wechat_mp_aes_key.get_secret_value(), settings.wechat_mp_appid),
        ),
        verify_folder=Path(app.static_folder or "") / "wechat-verify", template_fields=settings.template_fields(),
        missing=tuple(settings.missing()),
    )  # fmt: skip
    inspection = Inspection(
        mini=accounts[0], official=accounts[1], now=clock.now, api_base=settings.wechat_api_base or None
    )
    states = Counter[str]()
    for found in doctor.examine(parts=parts, house=house, inspection=inspection, at=clock.now()):
        click.echo(f"[{entry('doctor.title')[found.state]}] {found.sentence}")
        states[found.state] += 1
    click.echo(say(f"doctor.summary_{max(states, key=ORDER.index)}", **states))
    return 1 if states[WRONG] else 0


def _show_menus(differences: list[Difference]) -> None:
    """The lines that go and the lines that come, as a patch shows them."""
    for each in differences:
        click.echo(f"[{each.audience}]")
        for line in difflib.ndiff(each.before, each.after):
            if not line.startswith("?"):
                click.echo(line)
    if not differences:
        click.echo("The menus in WeChat are those of deploy/menu.toml.")


def _require_accounts(settings: Settings) -> None:
    """Refuse to let people in, or to write to them, before the accounts are filled in."""
    if missing := settings.missing():
        sys.exit(f"hongyao: {', '.join(missing)} must be filled in before people come in; see .env.example")


def _require_catalogue(settings: Settings) -> None:
    """Refuse to run with messages that WeChat would refuse; a web process without fields of its own looks later."""
    from services.messaging import catalogue

    try:
        catalogue.check(settings.template_fields())
    except catalogue.WrongCatalogue as wrong:
        sys.exit(f"hongyao: {wrong}")
