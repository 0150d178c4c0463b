"""How the house says no: one exception, one closed list of codes.

The sentence for each code lives in `wording/refusals.toml`; each door renders it in its own way
(JSON with a status, a chat line, a page). Anything that is not a Refusal is our own fault.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class RefusalCode(StrEnum):
    """Every reason for which an act can be refused. Adding one means adding its sentence and a test."""

    # who you are
    LOGIN_REQUIRED = "login_required"
    LOGIN_CODE_INVALID = "login_code_invalid"
    LOGIN_BLOCKED = "login_blocked"
    WECHAT_UNAVAILABLE = "wechat_unavailable"
    NOT_REGISTERED = "not_registered"
    ALREADY_REGISTERED = "already_registered"
    ALREADY_BOUND = "already_bound"
    ACCOUNT_CLOSED = "account_closed"
    DIGITS_WRONG = "digits_wrong"
    DIGITS_EXPIRED = "digits_expired"
    TOO_MANY_TRIES = "too_many_tries"
    INVITE_INVALID = "invite_invalid"
    # registration
    NAME_INVALID = "name_invalid"
    DOCUMENT_INVALID = "document_invalid"
    DOCUMENT_TAKEN = "document_taken"
    PHONE_INVALID = "phone_invalid"
    REGION_UNKNOWN = "region_unknown"
    CONSENT_REQUIRED = "consent_required"
    UNDER_AGE = "under_age"
    # rights
    NOT_ALLOWED = "not_allowed"
    OWN_RECORD = "own_record"
    NOT_FOUND = "not_found"
    MODULE_OFF = "module_off"
    # teams
    ALREADY_MEMBER = "already_member"
    NOT_MEMBER = "not_member"
    TEAM_CLOSED = "team_closed"
    ALREADY_HOLDS = "already_holds"
    # recruitment
    PROMISE_REQUIRED = "promise_required"
    APPLICATION_OPEN = "application_open"
    APPLICATION_STATE = "application_state"
    VETTING_MISSING = "vetting_missing"
    FIGURE_WRONG = "figure_wrong"
    # activities
    ACTIVITY_INVALID = "activity_invalid"
    ACTIVITY_STATE = "activity_state"
    ACTIVITY_CANCELLED = "activity_cancelled"
    ACTIVITY_WAITING = "activity_waiting"
    ACTIVITY_HIDDEN = "activity_hidden"
    APPROVAL_NEEDED = "approval_needed"
    APPROVAL_STATE = "approval_state"
    APPROVAL_LATE = "approval_late"
    # needs, projects, plans
    NEED_STATE = "need_state"
    PATTERN_WRONG = "pattern_wrong"
    # sign-up
    SIGNUP_NOT_OPEN = "signup_not_open"
    SIGNUP_CLOSED = "signup_closed"
    SHIFT_FULL = "shift_full"
    TEAM_ONLY = "team_only"
    AREA_ONLY = "area_only"
    ADULTS_ONLY = "adults_only"
    RISK_NOT_ACCEPTED = "risk_not_accepted"
    NOT_SIGNED_UP = "not_signed_up"
    ALREADY_CHECKED_IN = "already_checked_in"
    INSURANCE_MISSING = "insurance_missing"
    # scanning
    CODE_UNKNOWN = "code_unknown"
    CODE_EXPIRED = "code_expired"
    CODE_FORGED = "code_forged"
    CODE_REVOKED = "code_revoked"
    TICKET_INVALID = "ticket_invalid"
    TICKET_EXPIRED = "ticket_expired"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    WALK_IN_NOT_ALLOWED = "walk_in_not_allowed"
    NO_CHECK_IN = "no_check_in"
    # a leader's phone without a network
    KIT_LINK_INVALID = "kit_link_invalid"
    KIT_OVER = "kit_over"
    # hours
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    STILL_RUNNING = "still_running"
    NAMING_REQUIRED = "naming_required"
    REVIEW_FIRST = "review_first"
    REASON_REQUIRED = "reason_required"
    EXTENSION_INVALID = "extension_invalid"
    RECORD_STATE = "record_state"
    MAKEUP_EARLY = "makeup_early"
    MAKEUP_LATE = "makeup_late"
    MAKEUP_TIMES = "makeup_times"
    MAKEUP_RECORDED = "makeup_recorded"
    MAKEUP_STATE = "makeup_state"
    OBJECTION_LATE = "objection_late"
    OBJECTION_STATE = "objection_state"
    CASE_STATE = "case_state"
    CASE_HEARING = "case_hearing"
    SAMPLE_STATE = "sample_state"
    BAR_UNTIL = "bar_until"
    EVALUATION_LATE = "evaluation_late"
    EVALUATION_SCORE = "evaluation_score"
    LINK_USED = "link_used"
    COMPLAINT_STATE = "complaint_state"
    # messages
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_REFUSED = "text_refused"
    NOBODY_TO_TELL = "nobody_to_tell"
    NOTICE_STATE = "notice_state"
    # the programme's numbers
    POLICY_UNKNOWN = "policy_unknown"
    POLICY_LOCKED = "policy_locked"
    POLICY_VALUE = "policy_value"
    # Excel files coming in
    SHEET_TOO_LARGE = "sheet_too_large"
    SHEET_OLD = "sheet_old"
    SHEET_NOT_XLSX = "sheet_not_xlsx"
    SHEET_MACROS = "sheet_macros"
    SHEET_BOMB = "sheet_bomb"
    SHEET_DAMAGED = "sheet_damaged"
    SHEET_EMPTY = "sheet_empty"
    SHEET_TOO_LONG = "sheet_too_long"
    SHEET_HEADING_MISSING = "sheet_heading_missing"
    SHEET_HEADING_TWICE = "sheet_heading_twice"
    SHEET_HEADING_UNKNOWN = "sheet_heading_unknown"
    CELL_FORMULA = "cell_formula"
    CELL_MERGED = "cell_merged"
    CELL_NUMBER = "cell_number"
    CELL_EMPTY = "cell_empty"
    CELL_TEXT = "cell_text"
    CELL_DAY = "cell_day"
    CELL_HOURS = "cell_hours"
    CELL_CHOICE = "cell_choice"
    ROW_TWICE = "row_twice"
    ROW_OUTSIDE = "row_outside"
    ROW_PERSON_UNKNOWN = "row_person_unknown"
    ROW_NAME_DIFFERS = "row_name_differs"
    ROW_PERSON_CLOSED = "row_person_closed"
    ROW_TEAM_UNKNOWN = "row_team_unknown"
    ROW_NO_TEAM = "row_no_team"
    ROW_NO_CENTRE = "row_no_centre"
    ROW_NEEDS_NUMBER = "row_needs_number"
    ROW_TEAM_NAMED = "row_team_named"
    ROW_HOURS_OVERLAP = "row_hours_overlap"
    ROW_NUMBER_TAKEN = "row_number_taken"
    ROW_RECORD_UNKNOWN = "row_record_unknown"
    BATCH_STATE = "batch_state"
    NATIONAL_NO_INVALID = "national_no_invalid"
    # teams, centres and their names
    FIELD_WRONG = "field_wrong"
    TEAM_NAME_WRONG = "team_name_wrong"
    TEAM_NAME_NUMBER = "team_name_number"
    TEAM_NAME_TAKEN = "team_name_taken"
    TEAM_STATE = "team_state"
    TEAM_NOT_FOUNDED = "team_not_founded"
    CENTRE_MISSING = "centre_missing"
    FOUNDING_STATE = "founding_state"
    SPECIALITY_TAKEN = "speciality_taken"
    SPECIALITY_SEEDED = "speciality_seeded"
    # looking after people
    NUMBER_MISSING = "number_missing"
    # photos, cards and acts for those without a phone
    PHOTO_MISSING = "photo_missing"
    PHOTO_TOO_LARGE = "photo_too_large"
    PHOTO_UNREADABLE = "photo_unreadable"
    PHOTO_TOO_MANY_PIXELS = "photo_too_many_pixels"
    PHOTO_CONSENT = "photo_consent"
    PHOTO_MANY = "photo_many"
    PROXY_GAINS = "proxy_gains"
    PROXY_DAY = "proxy_day"
    CARD_REVOKED = "card_revoked"
    # a new WeChat, the same person twice
    RECOVERY_NO_MATCH = "recovery_no_match"
    RECOVERY_STATE = "recovery_state"
    MERGE_SAME = "merge_same"
    MERGE_STATE = "merge_state"
    MERGE_ROLES = "merge_roles"
    MERGE_OPEN = "merge_open"
    MERGE_LATE = "merge_late"
    # a new home team, a death
    TRANSFER_SAME = "transfer_same"
    TRANSFER_OPEN = "transfer_open"
    TRANSFER_STATE = "transfer_state"
    DEATH_STATE = "death_state"
    # the practice area
    PRACTICE_NUMBER = "practice_number"
    # the wire
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    UNSUPPORTED_TYPE = "unsupported_type"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    IN_FLIGHT = "in_flight"
    KEY_MISMATCH = "key_mismatch"
    BUSY = "busy"


class Refusal(Exception):
    """ "No", with the code that says why and the facts its sentence needs."""

    def __init__(self, code: RefusalCode, **facts: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
