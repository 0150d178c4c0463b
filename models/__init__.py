"""The tables. `MODELS` lists them in an order in which they can be created."""

from __future__ import annotations

from models.activities import Activity, Position, RuleSet, Shift
from models.attendance import Attempt, ScanTicket, ServiceRecord
from models.base import BaseModel
from models.books import Balance, MinuteEntry, PeriodMinutes, PointEntry, Seal
from models.identity import Digits, LoginTicket, OAuthState, RateBucket, Session, WechatIdentity
from models.messages import ChatState, Delivery, DeliveryTry, InboundMessage, Notice, SubscriptionCredit
from models.ops import ApiPause, AuditEntry, IdempotencyKey, JobRun, Lease, StoredFile, WechatToken
from models.people import BindInvite, Consent, History, RoleGrant, Volunteer
from models.regions import Centre, Region, RegionSuccession
from models.signups import Signup
from models.teams import Team, TeamMember, TeamRegion

MODELS: tuple[type[BaseModel], ...] = (
    Region, RegionSuccession, Centre,
    Volunteer, Consent, RoleGrant, BindInvite, History,
    WechatIdentity, Session, LoginTicket, OAuthState, Digits, RateBucket,
    Team, TeamRegion, TeamMember,
    RuleSet, Activity, Position, Shift, Signup,
    ScanTicket, Attempt, ServiceRecord,
    MinuteEntry, PointEntry, Balance, PeriodMinutes, Seal,
    Notice, Delivery, DeliveryTry, SubscriptionCredit, InboundMessage, ChatState,
    IdempotencyKey, Lease, JobRun, WechatToken, ApiPause, AuditEntry, StoredFile,
)  # fmt: skip

__all__ = [
    "MODELS", "Activity", "ApiPause", "Attempt", "AuditEntry", "Balance", "BaseModel", "BindInvite", "Centre",
    "ChatState", "Consent", "Delivery", "DeliveryTry", "Digits", "History", "IdempotencyKey", "InboundMessage",
    "JobRun", "Lease", "LoginTicket", "MinuteEntry", "Notice", "OAuthState", "PeriodMinutes", "PointEntry",
    "Position", "RateBucket", "Region", "RegionSuccession", "RoleGrant", "RuleSet", "ScanTicket", "Seal",
    "ServiceRecord", "Session", "Shift", "Signup", "StoredFile", "SubscriptionCredit", "Team", "TeamMember",
    "TeamRegion", "Volunteer", "WechatIdentity", "WechatToken",
]  # fmt: skip
