"""What a team is called: the official division name, the brand, for some the profession (S63–S67, A1).

The division's name is taken from the tree, never typed (S66). A team already registered elsewhere keeps its name with
its number there (S67); its standard name stands beside it, so that it is found and counted.
"""

from __future__ import annotations

import re
import unicodedata

from models import Region
from services.errors import Refusal, RefusalCode
from wording import say

#: Levels (1 province … 3 county) at which a profession stands inside the name (S64).
COUNTY_LEVEL = 3
LONGEST = 60
#: Message templates hold no more.
SHORT = 10
_NUMBER = re.compile(r"[0-9A-Za-z-]{4,40}", re.ASCII)
_BAD = re.compile(r"[<>=\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_OPENING, _CLOSING = "\u201c", "\u201d"
_QUOTES = re.compile(r"[\"\u201c\u201d\u2018\u2019\u300c\u300d\u300e\u300f'\uff02\uff07]")


def standard_name(*, region: Region, kind: str, speciality: str, brand: str, site_name: str = "") -> str:
    """The name the policy gives a team of this division.

    `kind` is professional or grassroots, `speciality` the name of its speciality (only a profession shows in the
    name: inside it down to the county, as an attribute below it), `site_name` a place within the village (S27). A
    joint team carries its lead village's name (S28).
    """
    place = f"{region.place_name}{site_name}"
    if kind != "professional":
        return say("organisation.names.general", place=place, brand=brand)
    form = "professional" if region.level <= COUNTY_LEVEL else "attribute"
    return say(f"organisation.names.{form}", place=place, brand=brand, speciality=speciality)


def short_name(*, region: Region, kind: str, speciality: str, site_name: str = "") -> str:
    """A name of at most ten characters for message templates: 东湖社区服务队, 霍邱县应急救援队."""
    place = site_name or region.place_name
    if kind == "professional":
        made = say("organisation.names.short_professional", place=place, speciality=speciality)
    else:
        made = say("organisation.names.short", place=place)
    end = say("organisation.names.short_end")
    return made if len(made) <= SHORT else place[: SHORT - len(end)] + end


def centre_name(region: Region) -> str:
    """霍邱县退役军人服务中心; a station in townships and villages (S16)."""
    form = "centre" if region.level <= COUNTY_LEVEL else "station"
    return say(f"organisation.names.{form}", place=region.place_name)


def plain(name: str) -> str:
    """A name as it is compared: no blanks, one kind of quotation marks and brackets."""
    bare = "".join(unicodedata.normalize("NFKC", name[:200]).split()).replace("(", "（").replace(")", "）")
    opened = False

    def quote(_: re.Match[str]) -> str:
        nonlocal opened
        opened = not opened
        return _OPENING if opened else _CLOSING

    return _QUOTES.sub(quote, bare)


def check_name(*, name: str, standard: str, keeps_name: bool, national_no: str) -> str:
    """The name as it is kept; "" is the standard name.

    Refusals: FIELD_WRONG (`name`: signs that no name has, or its length; `national_no`: no such number),
    TEAM_NAME_NUMBER (a name of its own without the number under which it is registered), TEAM_NAME_WRONG (another
    name than the standard one, fact `standard`).
    """
    wanted = plain(name)
    if national_no and not _NUMBER.fullmatch(national_no):
        raise Refusal(RefusalCode.FIELD_WRONG, field="national_no")
    if not wanted or wanted == plain(standard):
        return standard
    if _BAD.search(name) or not 4 <= len(wanted) <= LONGEST:
        raise Refusal(RefusalCode.FIELD_WRONG, field="name")
    if not keeps_name:
        raise Refusal(RefusalCode.TEAM_NAME_WRONG, standard=standard)
    if not national_no:
        raise Refusal(RefusalCode.TEAM_NAME_NUMBER)
    return wanted
