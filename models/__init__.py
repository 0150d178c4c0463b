"""The tables. `MODELS` lists them in an order in which they can be created."""

from __future__ import annotations

from models.activities import Activity, Position, RuleSet, Shift
from models.attendance import Attempt, ScanTicket, ServiceRecord
from models.base import BaseModel
from models.books import Balance, MinuteEntry, PeriodMinutes, PointEntry, Seal
from models.identity import Digits, LoginTicket, OAuthState, RateBucket, Session, WechatIdentity
from models.imports import ImportBatch, ImportFile, ImportRow, NationalFigure, TransferredHours
from models.lives import (
    DeathReport,
    Handover,
    HomeTransfer,
    PersonCard,
    PersonMerge,
    ProxyAct,
    Recovery,
)
from models.messages import ChatState, Delivery, DeliveryTry, InboundMessage, Notice, SubscriptionCredit
from models.ops import ApiPause, AuditEntry, IdempotencyKey, JobRun, Lease, StoredFile, WechatToken
from models.people import BindInvite, Consent, History, RoleGrant, Volunteer
from models.recruitment import (
    Acceptance,
    Application,
    Examination,
    Qualification,
    Reference,
    Skill,
    VolunteerSkill,
    Willingness,
)
from models.regions import Centre, Region, RegionSuccession, RegionTally
from models.signups import Signup
from models.teams import (
    Commendation,
    Department,
    Founding,
    RuleException,
    Speciality,
    Team,
    TeamGuidance,
    TeamMember,
    TeamRegion,
    TeamSupport,
)

MODELS: tuple[type[BaseModel], ...] = (
    Region, RegionSuccession, RegionTally, Centre,
    Volunteer, Consent, RoleGrant, BindInvite, History,
    WechatIdentity, Session, LoginTicket, OAuthState, Digits, RateBucket,
    Speciality, Team, TeamRegion, TeamMember, Founding, RuleException, Department, TeamSupport, TeamGuidance,
    Commendation,
    RuleSet, Activity, Position, Shift, Signup,
    ScanTicket, Attempt, ServiceRecord,
    MinuteEntry, PointEntry, Balance, PeriodMinutes, Seal,
    Notice, Delivery, DeliveryTry, SubscriptionCredit, InboundMessage, ChatState,
    IdempotencyKey, Lease, JobRun, WechatToken, ApiPause, AuditEntry, StoredFile,
    Application, Reference, Examination, Acceptance, Skill, VolunteerSkill, Qualification, Willingness,
    ImportBatch, ImportFile, ImportRow, TransferredHours, NationalFigure,
    PersonMerge, Recovery, HomeTransfer, DeathReport, ProxyAct, PersonCard, Handover,
)  # fmt: skip

__all__ = [
    "MODELS", "Acceptance", "Activity", "ApiPause", "Application", "Attempt", "AuditEntry", "Balance",
    "BaseModel", "BindInvite", "Centre", "ChatState", "Commendation", "Consent", "DeathReport", "Delivery",
    "DeliveryTry", "Department", "Digits", "Examination", "Founding", "Handover", "History", "HomeTransfer",
    "IdempotencyKey", "ImportBatch", "ImportFile", "ImportRow", "InboundMessage", "JobRun", "Lease", "LoginTicket",
    "MinuteEntry", "NationalFigure", "Notice", "OAuthState", "PeriodMinutes", "PersonCard", "PersonMerge",
    "PointEntry", "Position", "ProxyAct", "Qualification", "RateBucket", "Recovery", "Reference", "Region",
    "RegionSuccession", "RegionTally", "RoleGrant", "RuleException", "RuleSet", "ScanTicket", "Seal", "ServiceRecord",
    "Session", "Shift", "Signup", "Skill", "Speciality", "StoredFile", "SubscriptionCredit", "Team",
    "TeamGuidance", "TeamMember", "TeamRegion", "TeamSupport", "TransferredHours", "Volunteer",
    "VolunteerSkill", "WechatIdentity", "WechatToken", "Willingness",
]  # fmt: skip
