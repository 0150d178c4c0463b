"""One application on one SQLite world with somebody in every role, put back as it was after each call that wrote.

    with standing(folder) as stage:
        stage.call("county_admin", "GET", "/console/people")      # werkzeug's answer
        stage.says("leader", "名单")                                # ("yes" / "no" / "absent", text)

The objects all hang on `stage.team` in one village: `leader` leads it, `officer` runs the township's station,
`county_admin` the county; the others with `sibling` or `other` in their name have the same right beside it.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PIL import Image

import clock
import migrations
from handlers.bot import dispatch
from models import (
    Application,
    BindInvite,
    Broadcast,
    Consent,
    DeathReport,
    Delivery,
    Founding,
    HomeTransfer,
    ImportBatch,
    LoginTicket,
    Makeup,
    MassSend,
    Notice,
    PersonMerge,
    Qualification,
    Recovery,
    Reward,
    RoleGrant,
    ServiceRecord,
    Speciality,
    WechatIdentity,
    store,
)
from models.dialect import open_database
from services.accounts import sessions
from services.actors import Actor
from services.codes import token_hash
from services.errors import RefusalCode
from services.lives import cards, files, proxies
from tests.bot import chat
from tests.rights import (
    assessed,
    called,
    certified,
    figured,
    gates,
    hours,
    leading,
    mall,
    own_data,
    planned,
    recognised,
    told,
    trained,
)
from tests.support import world
from tests.support.fakes import MP, OA, OA_ID, FakeGateway
from tests.support.world import CITY, COUNTY, OTHER_TOWN, PROVINCE, TOWN, VILLAGE, VILLAGE2
from wording import say

AT = datetime(2026, 6, 10, 1, 0, tzinfo=clock.UTC)
SIBLING_COUNTY = "341523"
#: In the table's order. `stranger` has WeChat and is not registered.
ROLES = (
    "anonymous", "stranger", "volunteer", "member", "leader", "leader_other", "deputy", "officer",
    "officer_sibling", "director", "centre_liaison", "county_admin", "county_admin_sibling", "city_admin",
    "province_admin", "partner",
    "partner_other", "viewer", "auditor",
)  # fmt: skip
#: The same right, beside the objects: nothing of theirs may be there for these.
BESIDE = ("leader_other", "officer_sibling", "county_admin_sibling")
GRANTS = {
    "officer": ("station_officer", TOWN, ""), "officer_sibling": ("station_officer", OTHER_TOWN, ""),
    "director": ("director", COUNTY, ""), "county_admin": ("region_admin", COUNTY, ""),
    "county_admin_sibling": ("region_admin", SIBLING_COUNTY, ""), "city_admin": ("region_admin", CITY, ""),
    "centre_liaison": ("liaison", COUNTY, ""), "province_admin": ("region_admin", PROVINCE, ""),
    "partner": ("partner", COUNTY, "governance"), "partner_other": ("partner", COUNTY, "law"),
    "viewer": ("viewer", COUNTY, ""), "auditor": ("auditor", COUNTY, ""),
}  # fmt: skip
DOORS = ("api", "h5", "console")
ABSENT = frozenset({RefusalCode.NOT_FOUND})
REFUSED = frozenset({RefusalCode.NOT_ALLOWED, RefusalCode.NOT_REGISTERED, RefusalCode.OWN_RECORD})


#: What the chat says to somebody who leads nothing.
NOT_A_LEADER = (
    "bot.roster.not_leader", "bot.notice.not_leader", "bot.confirming.not_leader",
    "bot.publishing.not_leader", "bot.stopped.not_leader",
)  # fmt: skip


@dataclass
class Stage:
    """The world, its objects, and everybody's sessions."""

    folder: Path
    app: Any
    gateway: FakeGateway
    at: datetime = AT
    tokens: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    openids: dict[str, str] = field(default_factory=dict)
    refusals: list[RefusalCode] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))
    _watch: Any = None
    _seen: int = 0

    def build(self) -> None:
        """Make the world and remember it."""
        store.write(self._make)
        for role, person in [("stranger", None), *self.people.items()]:
            for door in DOORS:
                kind = "mp" if door == "api" else "oa"
                found = WechatIdentity.get(
                    WechatIdentity.kind == kind,
                    (WechatIdentity.volunteer == person)
                    if person
                    else WechatIdentity.openid == f"stranger-{kind}",
                )
                opened = sessions.open_session(kind=door, identity_id=found.id, at=AT)
                self.tokens[(role, door)] = (opened.token, opened.csrf)
                if kind == "oa":
                    self.openids[role] = found.openid
        store.current().execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.release()
        shutil.copyfile(self.folder / "world.db", self.folder / "kept.db")
        self.restore()

    def _make(self) -> None:
        cast = world.small_world(AT)
        world.make_region(SIBLING_COUNTY, "舒城县")
        self.cast, self.team, self.other_team = cast, cast.team, cast.other_team
        RoleGrant.delete().where(RoleGrant.volunteer == cast.officer).execute()
        self.people = {"member": cast.xiaobo, "leader": cast.ali, "volunteer": cast.chali}
        for role in ROLES:
            if role not in ("anonymous", "stranger", *self.people):
                person = world.make_volunteer(
                    AT,
                    f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未'[len(self.people)]}同志",
                    region_code=VILLAGE2,
                )
                world.make_identity(AT, person, "oa")
                world.make_identity(AT, person, "mp")
                self.people[role] = person
        for kind in ("oa", "mp"):
            world.make_identity(AT, None, kind, openid=f"stranger-{kind}")
        for role, (right, region, speciality) in GRANTS.items():
            RoleGrant.create(
                volunteer=self.people[role], role=right, region_code=region, speciality=speciality, from_at=AT
            )
        world.grant(AT, self.people["leader_other"], "team_leader", team=cast.other_team)
        world.join(AT, cast.other_team, self.people["leader_other"])
        world.grant(AT, self.people["deputy"], "deputy", team=cast.team)
        world.join(AT, cast.team, self.people["deputy"])
        # Somebody of the team whom the calls are about, so that nobody's own matter comes in between.
        self.person = world.make_volunteer(AT, "周服务")
        world.make_identity(AT, self.person, "oa")
        world.join(AT, cast.team, self.person)
        Consent.create(volunteer=self.person, purpose="service", version="1", given=True, channel="h5", at=AT)
        hour = timedelta(hours=1)
        self.activity, self.shift = world.make_activity(AT, cast.team, starts_in=-hour, hours=3)
        world.sign_up(AT, self.shift, self.person)
        self.record = ServiceRecord.create(
            shift=self.shift, activity=self.activity, team=cast.team, volunteer=self.person, region_code=VILLAGE,
            local_day="2026-06-10", in_at=AT - hour / 2, in_mode="poster", needs_naming=True,
            rule_set=cast.hours_rule, created_at=AT, updated_at=AT,
        )  # fmt: skip
        past, shift = world.make_activity(AT, cast.team, starts_in=-30 * hour, state="ended", agreement=True)
        self.confirmed = ServiceRecord.create(
            shift=shift, activity=past, team=cast.team, volunteer=self.person, region_code=VILLAGE,
            local_day="2026-06-09", in_at=AT - 30 * hour, out_at=AT - 28 * hour, minutes=120, state="confirmed",
            rule_set=cast.hours_rule, created_at=AT, updated_at=AT,
        )  # fmt: skip
        hours.review(self, past, shift)
        self.invited = world.make_volunteer(AT, "吴受邀", state="invited")
        BindInvite.create(
            token="invite-token-0001", volunteer=self.invited, team_id=cast.team.id, created_by=cast.ali,
            created_at=AT, expires_at=AT + timedelta(days=7),
        )  # fmt: skip
        BindInvite.create(
            token="post-invite-0001", volunteer=self.invited, role="station_officer", region_code=VILLAGE,
            created_by=cast.ali, created_at=AT, expires_at=AT + timedelta(days=7),
        )  # fmt: skip
        self.notice = Notice.create(
            kind="broadcast", team=cast.team, sender=cast.ali, title="通知", text="明天集合", state="sent",
            created_at=AT,
        )  # fmt: skip
        Broadcast.create(
            notice=self.notice, state="sent", whole="team", team=cast.team, region_code=VILLAGE, name="东湖服务队的队员"
        )
        self.mass = MassSend.create(text="汛期提前", audience="all", sender=cast.ali, created_at=AT)
        self.message = Delivery.create(
            notice=self.notice, volunteer=self.person, kind="broadcast", dedupe_key="stage", state="inbox", priority=1,
            title="请马上集合", body="请马上集合", data={"form": "notice", "values": {}}, due_at=AT, created_at=AT,
        )  # fmt: skip
        self.batch = ImportBatch.create(
            code="batch001", kind="hours", region_code=VILLAGE, file_name="时长.xlsx", file_hash="x", state="checked",
            actor=self.people["officer"], created_at=AT,
        )  # fmt: skip
        self.application = Application.create(
            code="apply001", route="self", state="submitted", team=cast.team, volunteer=self.people["volunteer"],
            door="h5", created_at=AT,
        )  # fmt: skip
        young = world.make_team(AT, cast.centre, "月光小区队", state="founding")
        self.founding = Founding.create(
            team=young, applicant=self.person, state="submitted", reviewing_region=COUNTY, created_at=AT,
            submitted_at=AT,
        )  # fmt: skip
        self.transfer = HomeTransfer.create(
            code="moving01", volunteer=self.people["volunteer"], to_team=cast.team, from_region=VILLAGE,
            to_region=VILLAGE, state="requested", asked_by=self.people["volunteer"],
            agreed_at=AT, created_at=AT,
        )  # fmt: skip
        gone = world.make_volunteer(AT, "郑故人", state="deceased")
        self.death = DeathReport.create(
            volunteer=gone, region_code=VILLAGE, state="reported", relation="family", at=AT,
            reported_by=self.people["leader"], before={
                "state": "active", "members": [], "grants": [], "leads": [], "liaises": [], "signups": [],
                "deliveries": [], "applications": [], "transfers": [], "invites": [],
            },
        )  # fmt: skip
        self.recovery = Recovery.create(
            code="recover1", volunteer=cast.chali, identity=WechatIdentity.get(WechatIdentity.openid == "stranger-oa"),
            way="station", state="waiting", created_at=AT, due_at=AT + timedelta(days=3),
        )  # fmt: skip
        twin = world.make_volunteer(AT, "周服务", state="merged", merged_into=self.person)
        self.merge = PersonMerge.create(
            kept=self.person, dropped=twin, moved={}, reason="同一个人", at=AT - 60 * 24 * hour
        )  # fmt: skip
        self.qualification = Qualification.create(
            volunteer=cast.chali, kind="boat", name="船员证", created_at=AT
        )
        planned.make(self)
        called.make(self)
        trained.make(self)
        certified.make(self)
        own_data.make(self)
        mall.make(self)
        parts, photo = self.app.extensions["parts"], io.BytesIO()
        Image.new("RGB", (40, 40), "white").save(photo, "JPEG")
        officer = Actor("console", self.people["officer"].id)
        helped = {"parts": parts, "actor": officer, "public_no": self.person.public_no, "at": AT}
        self.proxy_act = proxies.act_for(act="promise", subject="pledge", form=photo.getvalue(), **helped)
        cards.issue(photo=photo.getvalue(), **helped)
        taken = files.taken(photo.getvalue())
        path = files.put_down(parts=parts, photo=taken)
        proof = files.keep(name="proof.jpg", path=path, size=1, owner_id=cast.chali.id, at=AT)
        other = files.keep(
            name="other.jpg", path=files.put_down(parts=parts, photo=taken), size=1, owner_id=cast.chali.id, at=AT
        )
        Makeup.update(proof=other).execute()
        Reward.update(photo=other).execute()
        Qualification.update(proof=proof).where(Qualification.id == self.qualification.id).execute()
        gates.set_up(self, path=path, at=AT)
        leading.set_up(self, photo=other, at=AT)
        told.set_up(self, path=path, at=AT)
        assessed.set_up(self, at=AT)
        figured.make(self, at=AT)
        recognised.make(self, at=AT)
        Speciality.create(code="x001", kind="grassroots", name="文艺")
        self.grant = RoleGrant.get(RoleGrant.volunteer == cast.ali)
        LoginTicket.create(
            token_hash=token_hash("ticket-of-a-desk"), kind="scan", created_at=AT, expires_at=AT + hour / 6
        )

    def restore(self) -> None:
        """Everything as it was."""
        store.release()
        if self._watch is not None:
            self._watch.close()
        path = self.folder / f"run{next(self._numbers)}.db"
        for old in self.folder.glob("run*"):
            old.unlink()
        shutil.copyfile(self.folder / "kept.db", path)
        store.bind(open_database(f"sqlite:///{path}", durable=False))
        store.current().connect(reuse_if_open=True)
        self._watch = sqlite3.connect(path)
        self._seen = self._version()

    def _version(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def wrote(self) -> bool:
        """Whether anything was written since the world was put back."""
        return self._version() != self._seen

    def clean(self) -> None:
        """Put the world back if the last call wrote anything."""
        if self.wrote():
            self.restore()

    @contextmanager
    def otherwise(self, *statements: str) -> Iterator[None]:
        """The world with these changes in it, until the block is over."""
        kept = (self.folder / "kept.db").read_bytes()
        with sqlite3.connect(self.folder / "kept.db") as changed:
            for statement in statements:
                changed.execute(statement)
        changed.close()
        self.restore()
        try:
            yield
        finally:
            (self.folder / "kept.db").write_bytes(kept)
            self.restore()

    def call(self, role: str, method: str, path: str, **body: Any) -> Any:
        """Call a path in a role, with its own key and token, over which `headers` go; `json` or `data` is the body."""
        client = self.app.test_client()
        door = "api" if path.startswith("/api/") else "console" if path.startswith("/console") else "h5"
        headers = {}
        if role != "anonymous":
            token, csrf = self.tokens[(role, door)]
            if door == "api":
                headers["Authorization"] = f"Bearer {token}"
            else:
                client.set_cookie(door, token)
                headers["X-CSRF-Token"] = csrf
        if door == "api" and method != "GET":
            headers["Idempotency-Key"] = f"k{next(self._numbers)}"
        return client.open(path, method=method, headers={**headers, **body.pop("headers", {})}, **body)

    def says(self, role: str, words: str) -> tuple[str, str]:
        """What the chat makes of these words: (yes, no or absent; the text)."""
        self.refusals.clear()
        text = chat.WeChat(self.app.test_client(), AT).phone(self.openids[role]).says(words)
        code = self.refusals[-1] if self.refusals else None
        told_off = any(text.startswith(say(key)) for key in NOT_A_LEADER)
        if code in REFUSED or told_off:
            return "no", text
        return "absent" if code in ABSENT else "yes", text


@contextmanager
def standing(folder: Path) -> Iterator[Stage]:
    """The stage, while the block runs; time stands still."""
    from app import create_app
    from settings import load

    store.bind(open_database(f"sqlite:///{folder / 'world.db'}", durable=False))
    migrations.apply(store.current())
    gateway = FakeGateway()
    settings = load(
        demo=True, files_dir=str(folder / "files"), clock_file="",
        wechat_mp_appid=MP, wechat_oa_appid=OA, wechat_oa_id=OA_ID, wechat_api_base="",
        wechat_token=chat.TOKEN, wechat_aes_key=chat.AES_KEY,
    )  # fmt: skip
    with patch.object(clock, "now", lambda: AT):
        stage = Stage(folder, create_app(settings, gateway, TESTING=True).open_all(), gateway)
        original = dispatch.refused

        def heard(context: Any, refusal: Any) -> str:
            stage.refusals.append(refusal.code)
            return original(context, refusal)

        with patch.object(dispatch, "refused", heard):
            stage.build()
            try:
                yield stage
            finally:
                stage._watch.close()
                store.release()


__all__ = ["AT", "BESIDE", "CITY", "ROLES", "Stage", "standing"]
