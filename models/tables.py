"""All tables together. `MODELS` lists them in an order in which they can be created."""

from __future__ import annotations

from models.activities import Activity, Position, RuleSet, Shift
from models.assessment import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AssessmentMark,
    AssessmentObjection,
    AssessmentPeer,
    AssessmentPhase,
    AssessmentPlan,
)
from models.attendance import (
    Attempt,
    CodeRevocation,
    NameVerdict,
    OfflineKit,
    ScanAnswer,
    ScanTicket,
    ServiceRecord,
)
from models.base import BaseModel
from models.benefits import Benefit, BenefitGrant, BenefitUse
from models.books import Balance, MinuteEntry, PeriodMinutes, PointDebt, PointEntry, ProofMark, Seal
from models.certificates import CentreSeal, Certificate, CertificateSerial
from models.commendations import Nomination, NominationObjection, NominationStep
from models.dispatch import (
    AidRequest,
    CoverCheck,
    Dispatch,
    DispatchFigure,
    DrillMessage,
    PersonCall,
    Point,
    TeamCall,
)
from models.evaluations import ActivityReport, Complaint, Evaluation, EvaluationLink
from models.figures import (
    Counted,
    HandFigure,
    MonthReport,
    RevivalPlan,
    ServiceMonth,
    TeamIdle,
    TeamMonth,
    TeamYear,
)
from models.gates import GuardianConsent, Insurance
from models.honours import Honour, HonourKind
from models.hours import (
    Bar,
    CasePerson,
    CaseRecord,
    HoursCase,
    Makeup,
    MakeupBatch,
    Objection,
    PresenceQuestion,
    Sample,
)
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
from models.mall import Redemption, Reward
from models.messages import (
    Broadcast,
    ChatState,
    Delivery,
    DeliveryTry,
    InboundMessage,
    MassSend,
    MessageChoice,
    Notice,
    PushDay,
    SubscriptionCredit,
)
from models.money import FundingSource, MoneyGrant, MoneyLine, PartnerGift
from models.ops import (
    AccountCode,
    ApiPause,
    AuditEntry,
    IdempotencyKey,
    JobRun,
    Lease,
    SendPace,
    StoredFile,
    WechatPicture,
    WechatToken,
)
from models.people import BindInvite, Consent, History, RoleGrant, Volunteer
from models.planning import (
    ActivityCampaign,
    ActivityChange,
    ActivityPartner,
    ActivityView,
    Approval,
    ApprovalDelegation,
    Campaign,
    ChangeAck,
    ModelMark,
    Need,
    Partner,
    Plan,
    PlanItem,
    Project,
    Series,
    ShiftChange,
    ShiftChangeAck,
)
from models.privacy import AccountClosing, Correction, DataCopy, PurgeMark
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
from models.reports import OfficeForm, OfficeFormCell, ReferenceReport, ReferenceRow
from models.signups import Signup, TrainingTick
from models.stars import StarAward, StarObjection
from models.stories import PublicFigure, Story, StoryPerson, StoryPhoto
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
from models.tickets import Ticket, TicketLine
from models.training import (
    DriveScan,
    RecruitmentDrive,
    TrainingBase,
    TrainingCertificate,
    TrainingCourse,
    TrainingOrder,
    TrainingProvider,
    TrainingResult,
    TrainingSession,
)

MODELS: tuple[type[BaseModel], ...] = (
    Region, RegionSuccession, RegionTally, Centre,
    Volunteer, Consent, RoleGrant, BindInvite, History,
    WechatIdentity, Session, LoginTicket, OAuthState, Digits, RateBucket,
    Speciality, Team, TeamRegion, TeamMember, Founding, RuleException, Department, TeamSupport, TeamGuidance,
    Commendation,
    RuleSet, Activity, Position, Shift, Signup,
    ScanTicket, Attempt, ServiceRecord,
    MinuteEntry, PointEntry, Balance, PeriodMinutes, PointDebt, Seal, ProofMark,
    Notice, Broadcast, MassSend, Delivery, DeliveryTry, SubscriptionCredit, PushDay, MessageChoice, InboundMessage,
    ChatState,
    IdempotencyKey, Lease, JobRun, WechatToken, WechatPicture, ApiPause, SendPace, AccountCode, AuditEntry, StoredFile,
    Application, Reference, Examination, Acceptance, Skill, VolunteerSkill, Qualification, Willingness,
    ImportBatch, ImportFile, ImportRow, TransferredHours, NationalFigure,
    PersonMerge, Recovery, HomeTransfer, DeathReport, ProxyAct, PersonCard, Handover,
    OfflineKit, ScanAnswer, CodeRevocation, NameVerdict,
    Need, Project, Plan, PlanItem, Partner, ActivityPartner, Campaign, ActivityCampaign, ModelMark,
    Series, Approval, ApprovalDelegation, ActivityChange, ChangeAck, ActivityView, ShiftChange,
    ShiftChangeAck,
    Insurance, GuardianConsent, TrainingTick,
    MakeupBatch, Makeup, Objection, PresenceQuestion, Sample, HoursCase, CasePerson, CaseRecord, Bar,
    ActivityReport, Evaluation, EvaluationLink, Complaint,
    Ticket, TicketLine,
    AssessmentPlan, AssessmentCycle, AssessmentPhase, AssessmentCard, AssessmentPeer, AssessmentMark,
    AssessmentObjection, AssessmentExit, HonourKind, Honour,
    TrainingProvider, TrainingCourse, TrainingBase, TrainingOrder, TrainingSession, TrainingResult, TrainingCertificate,
    RecruitmentDrive, DriveScan,
    ServiceMonth, TeamMonth, TeamYear, Counted, TeamIdle, RevivalPlan, HandFigure, MonthReport,
    ReferenceReport, ReferenceRow, Nomination, NominationStep, NominationObjection, OfficeForm,
    OfficeFormCell,
    PublicFigure, Story, StoryPerson, StoryPhoto, FundingSource, MoneyGrant, MoneyLine, PartnerGift,
    CentreSeal, Certificate, CertificateSerial,
    Reward, Redemption,
    StarAward, StarObjection, Benefit, BenefitUse, BenefitGrant, DataCopy, AccountClosing,
    Correction, PurgeMark,
    Point, Dispatch, TeamCall, PersonCall, DispatchFigure, AidRequest, DrillMessage, CoverCheck,
)  # fmt: skip

__all__ = [
    "Acceptance", "AccountClosing", "AccountCode", "Activity", "ActivityCampaign", "ActivityChange",
    "ActivityPartner", "ActivityReport", "ActivityView", "AidRequest", "ApiPause", "Application", "Approval",
    "ApprovalDelegation", "AssessmentCard",
    "AssessmentCycle", "AssessmentExit", "AssessmentMark", "AssessmentObjection", "AssessmentPeer", "AssessmentPhase",
    "AssessmentPlan", "Attempt", "AuditEntry", "Balance", "Bar", "BaseModel",
    "Benefit", "BenefitGrant", "BenefitUse", "BindInvite", "Broadcast", "Campaign",
    "CasePerson", "CaseRecord", "Centre", "CentreSeal", "Certificate",
    "CertificateSerial", "ChangeAck", "ChatState", "CodeRevocation", "Commendation", "Complaint",
    "Consent", "Correction", "Counted", "CoverCheck", "DataCopy", "DeathReport", "Delivery", "DeliveryTry",
    "Department", "Digits",
    "Dispatch", "DispatchFigure", "DrillMessage", "DriveScan", "Evaluation", "EvaluationLink", "Examination",
    "Founding",
    "FundingSource", "GuardianConsent", "HandFigure", "Handover", "History", "HomeTransfer", "Honour", "HonourKind",
    "HoursCase",
    "IdempotencyKey", "ImportBatch", "ImportFile", "ImportRow", "InboundMessage", "Insurance", "JobRun", "Lease",
    "LoginTicket", "MODELS", "Makeup", "MakeupBatch", "MassSend", "MessageChoice", "MinuteEntry", "ModelMark",
    "MoneyGrant", "MoneyLine", "MonthReport", "NameVerdict", "NationalFigure", "Need", "Nomination",
    "NominationObjection", "NominationStep", "Notice",
    "OAuthState", "Objection", "OfficeForm", "OfficeFormCell", "OfflineKit", "Partner", "PartnerGift",
    "PeriodMinutes", "PersonCall", "PersonCard", "PersonMerge", "Plan", "PlanItem", "Point", "PointDebt", "PointEntry",
    "Position",
    "PresenceQuestion", "Project", "ProofMark", "ProxyAct", "PublicFigure",
    "PurgeMark", "PushDay", "Qualification", "RateBucket", "Recovery",
    "RecruitmentDrive", "Redemption",
    "Reference", "ReferenceReport", "ReferenceRow", "Region", "RegionSuccession", "RegionTally",
    "RevivalPlan", "Reward",
    "RoleGrant", "RuleException", "RuleSet", "Sample", "ScanAnswer", "ScanTicket", "Seal", "SendPace", "Series",
    "ServiceMonth", "ServiceRecord", "Session", "Shift", "ShiftChange", "ShiftChangeAck", "Signup", "Skill",
    "Speciality", "StarAward", "StarObjection",
    "StoredFile", "Story", "StoryPerson", "StoryPhoto", "SubscriptionCredit", "Team", "TeamCall",
    "TeamGuidance", "TeamIdle", "TeamMember", "TeamMonth", "TeamRegion", "TeamSupport", "TeamYear", "Ticket",
    "TicketLine", "TrainingBase", "TrainingCertificate", "TrainingCourse", "TrainingOrder", "TrainingProvider",
    "TrainingResult", "TrainingSession", "TrainingTick", "TransferredHours", "Volunteer", "VolunteerSkill",
    "WechatIdentity", "WechatPicture", "WechatToken", "Willingness",
]  # fmt: skip
