"""What WeChat's error codes mean and what to do about them: one table, errcode → (name, kind, sentence).

The list is `wechat-platform.md` §3.2; what each kind asks of the caller stands at `Kind`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a failed call asks of its caller."""

    #: The same call will fail for ever: our bug, a dead code, a wrong template. Do not repeat it.
    PERMANENT = "permanent"
    #: Nothing happened; the same call may work after a pause.
    RETRY = "retry"
    #: The access token was refused twice. The gateway has already refreshed it once; pause the queue.
    TOKEN = "token"
    #: Secret, IP list, permission or ban: stop sending on this account and call the operator.
    CONFIGURATION = "configuration"
    #: This user cannot be reached this way (unfollowed, no credit, window closed): take another channel.
    USER_STATE = "user_state"
    #: The day's or month's quota is used up: wait until it resets.
    QUOTA = "quota"
    #: Sent, but no answer that can be understood came back: it may or may not have happened.
    UNKNOWN = "unknown"
    #: The platform has already accepted this very message: count it as sent.
    DONE = "done"


class Meaning(NamedTuple):
    """One row of the table: a short name, the kind, one English sentence for the operator."""

    name: str
    kind: Kind
    sentence: str


_P, _R, _T, _C = Kind.PERMANENT, Kind.RETRY, Kind.TOKEN, Kind.CONFIGURATION
_U, _Q, _D = Kind.USER_STATE, Kind.QUOTA, Kind.DONE

ERRCODES: dict[int, Meaning] = {
    -1: Meaning("busy", _R, "The platform is busy."),
    40001: Meaning("token_refused", _T, "The secret is wrong, or the access token is not the latest."),
    40002: Meaning("bad_grant_type", _P, "The grant type is wrong."),
    40003: Meaning("bad_openid", _U, "The openid is wrong or belongs to another account."),
    40004: Meaning("bad_media_type", _P, "The media type is not valid."),
    40005: Meaning("bad_file_type", _P, "The file is of a kind that is not taken."),
    40007: Meaning("bad_media_id", _P, "The media id is not valid."),
    40008: Meaning("bad_message_type", _P, "The message type is not valid."),
    40009: Meaning("picture_too_large", _P, "The picture is too large."),
    40013: Meaning("bad_appid", _C, "The appid is wrong, or the code is of another appid."),
    40014: Meaning("token_malformed", _T, "The access token is malformed."),
    40029: Meaning("bad_code", _P, "The code is wrong or expired; the client needs a new one."),
    40032: Meaning("bad_openid_count", _P, "The list of openids has a wrong size."),
    40033: Meaning("escaped_body", _P, "The body holds \\u escapes where raw UTF-8 is required."),
    40036: Meaning("bad_template_id_size", _P, "The template id has a wrong size."),
    40037: Meaning("bad_template_id", _P, "The template id is wrong."),
    40039: Meaning("bad_url_size", _P, "The URL is too long."),
    40052: Meaning("bad_qr_action", _P, "The QR action name is wrong."),
    40053: Meaning("bad_qr_info", _P, "The QR action info is wrong."),
    40066: Meaning("bad_url", _P, "The URL is not valid."),
    40097: Meaning("bad_arguments", _P, "An argument is wrong."),
    40125: Meaning("bad_secret", _C, "The AppSecret is wrong."),
    40129: Meaning("bad_scene", _P, "The scene is not valid."),
    40159: Meaning("bad_path_length", _P, "The path is too long."),
    40163: Meaning("code_used", _P, "The code was already used; the client needs a new one."),
    40164: Meaning("ip_not_listed", _C, "This server's IP is not in the account's list."),
    40165: Meaning("bad_page_path", _P, "The page path is not valid."),
    40169: Meaning("bad_scene_length", _P, "The scene is empty or too long."),
    40212: Meaning("bad_query", _P, "The query is not valid."),
    40225: Meaning("bad_title", _P, "The title is not valid."),
    40226: Meaning("user_high_risk", _U, "The platform blocks this user as high risk."),
    40243: Meaning("secret_frozen", _C, "The AppSecret is frozen."),
    40246: Meaning("bad_keyword_list", _P, "The template's keyword list is wrong."),
    40247: Meaning("category_template_needed", _P, "A template of the category library must be used."),
    40249: Meaning("marketing_refused", _P, "The text was refused as marketing."),
    41001: Meaning("token_missing", _P, "The access token is missing."),
    41002: Meaning("appid_missing", _C, "The appid is missing."),
    41004: Meaning("secret_missing", _C, "The secret is missing."),
    41030: Meaning("bad_page", _P, "The page is not in the released mini-program."),
    42001: Meaning("token_expired", _T, "The access token has expired."),
    43002: Meaning("post_needed", _P, "The call must be a POST."),
    43004: Meaning("not_following", _U, "The receiver does not follow the account."),
    43019: Meaning("user_blacklisted", _U, "The receiver is on the account's black list."),
    43101: Meaning("no_credit", _U, "The user has no subscription left or refuses."),
    43104: Meaning("openid_of_other_app", _U, "The openid is not of this appid."),
    43107: Meaning("capability_banned", _C, "Subscription messages or this template are banned."),
    43108: Meaning("concurrent_send", _R, "Two messages to one user at the same time."),
    43116: Meaning("template_restricted", _C, "The template is restricted."),
    44002: Meaning("empty_body", _P, "The body is empty."),
    44990: Meaning("per_second_limit", _R, "Too many calls this second."),
    44991: Meaning("per_minute_limit", _R, "Too many calls this minute."),
    44993: Meaning("per_day_limit", _Q, "Too many calls today."),
    45002: Meaning("content_too_long", _P, "The content is too long."),
    45003: Meaning("title_too_long", _P, "The title is too long."),
    45004: Meaning("digest_too_long", _P, "The digest is too long."),
    45008: Meaning("too_many_articles", _P, "More than one article."),
    45009: Meaning("quota_used_up", _Q, "The day's quota of this API is used up."),
    45011: Meaning("too_frequent", _R, "Too many calls this minute; wait a minute."),
    45015: Meaning("window_closed", _U, "The customer-service window of this user is closed."),
    45026: Meaning("too_many_templates", _P, "The number of templates is exceeded."),
    45028: Meaning("no_mass_send_left", _Q, "No mass send is left in this period."),
    45029: Meaning("code_limit_reached", _P, "All 100,000 limited codes are used."),
    45047: Meaning("window_count_exceeded", _U, "Too many customer-service messages to this user."),
    45056: Meaning("tags_used_up", _P, "The account has 100 tags already."),
    45059: Meaning("too_many_tags", _P, "More than 20 tags on this user."),
    45065: Meaning("already_sent", _D, "A message with this client message id was already accepted."),
    45066: Meaning("repeated_too_soon", _R, "The same client message id within a minute."),
    45067: Meaning("client_id_too_long", _P, "The client message id is too long."),
    45080: Meaning("typing_without_message", _P, "Typing needs a message in the last 30 seconds."),
    45081: Meaning("already_typing", _P, "Typing is already shown."),
    45109: Meaning("api_withdrawn", _P, "The uniform message API was withdrawn."),
    45110: Meaning("author_too_long", _P, "The author is too long."),
    45157: Meaning("tag_there_already", _P, "There is a tag of this name."),
    45158: Meaning("tag_name_too_long", _P, "A tag's name has at most 30 characters."),
    45159: Meaning("bad_tag", _P, "The tag is wrong."),
    45166: Meaning("content_refused", _P, "The content is not allowed."),
    45168: Meaning("sensitive_word", _P, "The text holds a sensitive word."),
    45169: Meaning("tagging_too_often", _R, "The same openid was tagged too often."),
    45171: Meaning("partly_failed", _R, "Some openids failed; repeat only those."),
    46003: Meaning("no_menu", _P, "There is no menu."),
    47001: Meaning("bad_body", _P, "The body cannot be parsed."),
    47003: Meaning("bad_template_value", _P, "A template value breaks its rule; the message names the key."),
    48001: Meaning("api_not_authorised", _C, "The account has no right to this API."),
    48002: Meaning("messages_blocked", _U, "The user blocks messages."),
    48004: Meaning("api_banned", _C, "The account is banned from this API."),
    48006: Meaning("clear_quota_used_up", _Q, "No quota reset is left this month."),
    49003: Meaning("openid_not_of_appid", _U, "The openid does not belong to the appid."),
    50002: Meaning("user_restricted", _U, "The user or the account is restricted."),
    50004: Meaning("token_api_forbidden", _C, "The token API is forbidden to this account."),
    50007: Meaning("account_frozen", _C, "The account is frozen."),
    61010: Meaning("user_not_recent", _U, "The user has not opened the mini-program for two hours."),
    61501: Meaning("bad_date_range", _P, "The date range is wrong."),
    65301: Meaning("no_such_menu", _P, "There is no conditional menu of this id."),
    65303: Meaning("no_default_menu", _P, "A conditional menu needs a default menu."),
    65320: Meaning("private_menu_rule", _P, "The menu rule uses a private field."),
    70000: Meaning("minor_protected", _U, "Refused to protect a minor."),
    76021: Meaning("unknown_api_path", _P, "The API path is not known."),
    76022: Meaning("foreign_api_path", _P, "The API path is not this account's."),
    85079: Meaning("not_released", _C, "The mini-program has no released version."),
    85096: Meaning("reserved_field", _P, "The field scancode_time is reserved."),
    87007: Meaning("session_key_expired", _U, "The session key is missing or expired; log in again."),
    87008: Meaning("bad_signature_method", _U, "The signature method is wrong; log in again."),
    87009: Meaning("bad_user_signature", _U, "The user's signature is wrong; log in again."),
    87014: Meaning("content_refused", _P, "The content breaks the platform's rules."),
    87020: Meaning("repeated_check", _P, "This media was already sent for a check."),
    89503: Meaning("awaits_administrator", _C, "The call waits for the account's administrator."),
    89504: Meaning("mass_send_awaits", _C, "The mass send waits for the administrator."),
    89505: Meaning("mass_send_confirming", _C, "The mass send needs the administrator's confirmation."),
    89506: Meaning("ip_refused_day", _C, "This IP was refused for 24 hours."),
    89507: Meaning("ip_refused_hour", _C, "This IP was refused for one hour."),
    200100: Meaning("template_management", _P, "The subscription template cannot be managed so."),
    1400001: Meaning("phone_quota_used_up", _Q, "The paid phone look-ups are used up."),
    268487001: Meaning("platform_busy", _R, "The platform is busy with tags or users."),
    268487002: Meaning("platform_busy", _R, "The platform is busy with tags or users."),
}
ERRCODES |= {
    code: Meaning("link_limit", _P, "A link's limit, permission or ban.") for code in range(85400, 85409)
}
ERRCODES |= {
    code: Meaning("template_management", _P, "The subscription template cannot be managed so.")
    for code in range(200011, 200023)
}

#: The codes that say the access token was refused: refresh it and repeat the call once.
TOKEN_CODES = frozenset(code for code, meaning in ERRCODES.items() if meaning.kind is Kind.TOKEN)


def classify(errcode: int) -> Kind:
    """The kind of a platform errcode; a code nobody wrote down is RETRY (the caller bounds its tries)."""
    meaning = ERRCODES.get(errcode)
    return meaning.kind if meaning else Kind.RETRY


def explain(errcode: int) -> str:
    """One English sentence for the operator's screen and the log."""
    meaning = ERRCODES.get(errcode)
    return meaning.sentence if meaning else "A code that is not in our table."
