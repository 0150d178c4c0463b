"""Notices and their deliveries, and what came in from the chat (通知, 群发, 收件箱)."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from models.activities import Activity, Shift
from models.base import BaseModel, JsonText, UTCMillis
from models.identity import WechatIdentity
from models.people import Volunteer
from models.teams import Team


class Notice(BaseModel):
    """One thing to be told to one or many people."""

    id = BigAutoField()
    kind = TextField()
    team = ForeignKeyField(Team, null=True)
    activity = ForeignKeyField(Activity, null=True)
    sender = ForeignKeyField(Volunteer, null=True)
    text = TextField(default="")
    state = TextField(default="sent")  # draft (waits for 确认) / sent / stopped
    recipients = IntegerField(default=0)
    created_at = UTCMillis()


class Broadcast(BaseModel):
    """What is peculiar to a notice that somebody wrote to many (群发): for whom, when, with whose consent.

    States draft, waiting (for somebody else's consent), due (the worker puts it into the outbox, at `send_at` or now),
    sent, refused, stopped. The notice itself is no draft any more from the sender's yes on.
    """

    notice = ForeignKeyField(Notice, primary_key=True, backref="+")
    state = TextField(default="draft")
    whole = TextField()  # team / area / activity / shift
    team = ForeignKeyField(Team, null=True)
    region_code = TextField(default="")  # whose matter it is: the audience's division
    activity = ForeignKeyField(Activity, null=True, backref="+")
    shift = ForeignKeyField(Shift, null=True, backref="+")
    who = TextField(default="members")  # members / leaders / officers / absent
    identity = TextField(default="")
    skill = TextField(default="")
    name = TextField()  # the audience in words
    urgent = BooleanField(default=False)
    why = TextField(default="")  # why it is urgent
    send_at = UTCMillis(null=True)
    reached = BigIntegerField(default=0)  # up to this person's id it stands in the outbox
    through = UTCMillis(null=True)  # when the last of those falls due: about then it will be through
    verdict = TextField(default="")  # of WeChat's content check: pass / review / risky
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    decided_why = TextField(default="")
    parent = ForeignKeyField(Notice, null=True, backref="passed_on")
    as_told = BooleanField(default=False)  # the parent's words and none besides


class MassSend(BaseModel):
    """A mass send of the service account: four a calendar month reach each follower (群发次数). A slot is taken for
    good when the send begins.

    States waiting (for somebody else's consent), due, begun, sent, unknown (WeChat never answered), failed, refused.
    """

    id = BigAutoField()
    text = TextField()
    audience = TextField()  # all / volunteer / leader
    state = TextField(default="waiting")
    month = TextField(null=True)  # 2026-06, once a slot is taken
    slot = SmallIntegerField(null=True)
    sender = ForeignKeyField(Volunteer, backref="+")
    decided_by = ForeignKeyField(Volunteer, null=True, backref="+")
    decided_at = UTCMillis(null=True)
    decided_why = TextField(default="")
    msg_id = TextField(default="")
    errcode = BigIntegerField(null=True)
    total = BigIntegerField(default=0)
    sent = BigIntegerField(default=0)
    failed = BigIntegerField(default=0)
    tried_at = UTCMillis(null=True)
    created_at = UTCMillis()

    class Meta:
        indexes = ((("month", "slot"), True),)


class Delivery(BaseModel):
    """A notice to one person: outbox row and inbox item in one.

    States queued, inflight, sent, unknown, inbox (no push possible), failed, withdrawn, expired.
    """

    id = BigAutoField()
    notice = ForeignKeyField(Notice, backref="deliveries")
    volunteer = ForeignKeyField(Volunteer, backref="deliveries")
    kind = TextField()
    dedupe_key = TextField(unique=True)
    state = TextField(default="queued")
    priority = SmallIntegerField(default=5)  # 1 urgent, 5 reminder, 7 news, 9 broadcast
    title = TextField()
    body = TextField()
    url = TextField(default="")
    data = JsonText()  # template values
    activity = ForeignKeyField(Activity, null=True)
    shift = ForeignKeyField(Shift, null=True)
    activity_version = IntegerField(null=True)
    due_at = UTCMillis()
    expires_at = UTCMillis(null=True)
    lease_until = UTCMillis(null=True)
    lease_owner = TextField(default="")
    tries = IntegerField(default=0)
    skip = TextField(default="")  # channels already given up for this row, e.g. "sub,tpl"
    channel = TextField(default="")
    sent_at = UTCMillis(null=True)
    read_at = UTCMillis(null=True)
    held_until = UTCMillis(null=True)  # waits for the evening digest due then
    digest = ForeignKeyField("self", null=True)  # the digest that named it
    slot = TextField(default="")  # the Shanghai day on which it took one of the day's pushes
    called_at = UTCMillis(null=True)  # somebody rang up whom it had not reached
    called_by = ForeignKeyField(Volunteer, null=True, backref="calls")
    created_at = UTCMillis()


class DeliveryTry(BaseModel):
    """One try on one channel and what WeChat said."""

    id = BigAutoField()
    delivery = ForeignKeyField(Delivery, backref="attempts")
    channel = TextField()
    outcome = TextField()
    errcode = IntegerField(null=True)
    msgid = TextField(null=True, index=True)
    at = UTCMillis()


class SubscriptionCredit(BaseModel):
    """How many one-time subscription messages a person still allows, per template (订阅次数)."""

    id = BigAutoField()
    identity = ForeignKeyField(WechatIdentity)
    template = TextField()
    remaining = IntegerField(default=0)

    class Meta:
        indexes = ((("identity", "template"), True),)


class PushDay(BaseModel):
    """How many pushes that were no emergency a person has had on a Shanghai day."""

    id = BigAutoField()
    volunteer = ForeignKeyField(Volunteer)
    day = TextField()
    pushed = IntegerField()

    class Meta:
        indexes = ((("volunteer", "day"), True),)


class MessageChoice(BaseModel):
    """What a person wants pushed: groups turned off (",activity,team,"), or everything in the evening alone."""

    volunteer = ForeignKeyField(Volunteer, primary_key=True)
    off = TextField(default="")
    fewer = IntegerField(default=0)
    changed_at = UTCMillis()


class InboundMessage(BaseModel):
    """A message from WeChat that we have seen, and the answer it got; a retry gets the same."""

    dedupe_key = TextField(primary_key=True)
    openid = TextField()
    reply = TextField()
    received_at = UTCMillis()


class ChatState(BaseModel):
    """What the chat with one person is about: the list he was shown, the broadcast he has to confirm."""

    identity = ForeignKeyField(WechatIdentity, primary_key=True)
    kind = TextField()
    payload = JsonText()
    expires_at = UTCMillis()
