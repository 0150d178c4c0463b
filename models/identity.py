"""Who is at the other end: WeChat identities, sessions, one-time codes (登录, 绑定)."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from models.base import BaseModel, UTCMillis
from models.people import Volunteer


class WechatIdentity(BaseModel):
    """One openid of one account. Follow state and customer-service window live here (design §6.1)."""

    id = BigAutoField()
    kind = TextField()  # mp / oa
    appid = TextField()
    openid = TextField()
    unionid = TextField(null=True, index=True)
    volunteer = ForeignKeyField(Volunteer, null=True, backref="identities")
    following = BooleanField(default=False)
    follow_event_at = UTCMillis(null=True)  # CreateTime of the newest (un)subscribe applied: events overtake
    union_checked = BooleanField(default=False)
    window_until = UTCMillis(null=True)  # until when customer-service messages may go out
    window_left = IntegerField(default=0)
    bound_at = UTCMillis(null=True)
    former = ForeignKeyField(Volunteer, null=True, backref="former_identities")  # whose it was before it unfollowed
    former_until = UTCMillis(null=True)
    tag = TextField(default="")  # WeChat's tag that we gave last: volunteer / leader
    created_at = UTCMillis()

    class Meta:
        indexes = ((("appid", "openid"), True),)


class Session(BaseModel):
    """A log-in; only the hash of its token is kept. Kinds api, h5, console, offline (design §6.4)."""

    token_hash = TextField(primary_key=True)
    kind = TextField()
    identity = ForeignKeyField(WechatIdentity, null=True)
    volunteer = ForeignKeyField(Volunteer, null=True)  # set only where a grant link replaced WeChat
    csrf = TextField(default="")
    device = TextField(default="")
    created_at = UTCMillis()
    seen_at = UTCMillis()
    expires_at = UTCMillis()
    revoked_at = UTCMillis(null=True)


class LoginTicket(BaseModel):
    """A console log-in that waits for a phone to say yes, or a one-time link from `flask grant`."""

    token_hash = TextField(primary_key=True)
    kind = TextField()  # scan / grant
    state = TextField(default="waiting")  # waiting / approved / refused / used
    volunteer = ForeignKeyField(Volunteer, null=True)
    identity = ForeignKeyField(WechatIdentity, null=True)
    secret_hash = TextField(default="")  # the browser that asked; only it may collect
    device = TextField(default="")
    network = TextField(default="")  # 4. or 6. and a hash of its network together with the token; no address
    created_at = UTCMillis()
    expires_at = UTCMillis()


class OAuthState(BaseModel):
    """One web log-in under way: single use, bound to the browser that began it."""

    state = TextField(primary_key=True)
    browser_hash = TextField()
    next_path = TextField()
    created_at = UTCMillis()
    expires_at = UTCMillis()

    class Meta:
        table_name = "oauth_state"


class Digits(BaseModel):
    """Six digits shown on one screen and typed in the chat; ten minutes, single use (design §6.1, §6.2)."""

    id = BigAutoField()
    digits = TextField()
    purpose = TextField()  # join / scan / console
    subject = TextField()  # identity id, ticket id or login ticket hash
    created_at = UTCMillis()
    expires_at = UTCMillis()
    used_at = UTCMillis(null=True)


class RateBucket(BaseModel):
    """Tries within a window, shared by all processes."""

    key = TextField(primary_key=True)
    window_at = UTCMillis()
    tries = BigIntegerField()
