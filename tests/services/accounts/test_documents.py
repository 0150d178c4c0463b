"""ID numbers by GB 11643, phones and names: what is put right, what is refused, what others get to see."""

from __future__ import annotations

from datetime import date

import pytest

from services.accounts.documents import (
    check_id_number,
    check_name,
    check_phone,
    mask_id,
    mask_name,
    mask_phone,
)
from services.errors import Refusal, RefusalCode

TODAY = date(2026, 6, 10)


def with_check(first17: str) -> str:
    """The 18 characters for 17 digits, computed by ISO 7064 MOD 11-2 in its recursive form."""
    rest = 0
    for digit in first17:
        rest = (rest + int(digit)) * 2 % 11
    return first17 + "0123456789X"[(12 - rest) % 11]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),  # the sample of GB 11643
        ("440524188001010014", "440524188001010014"),  # its other one: a county that is no more
        ("11010519491231002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"),
        (" 110105 19491231 002X ", "11010519491231002X"),
        (with_check("81000019900101001"), with_check("81000019900101001")),  # residence permit, Hong Kong
    ],
)
def test_a_valid_number_is_put_in_its_plain_form(text: str, number: str) -> None:
    assert check_id_number(text, today=TODAY).number == number


@pytest.mark.parametrize(
    "text",
    [
        "", "110105491231002", "110105194912310021", "1101051949123100", "11010519491231002XX", "X1010519491231002X",
        "01010519491231002X", "٣٤١٥٢٢١٩٦٠٠٥٠١٠٠٣X", "11010519491231\x00002X", "1" * 100_000,
        with_check("34152219600230001"), with_check("34152219601301001"), with_check("34152200000101001"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as no:
        check_id_number(text, today=TODAY)
    assert no.value.code is RefusalCode.DOCUMENT_INVALID


def test_a_birth_date_in_the_future_is_refused() -> None:
    number = with_check("34152220260611001")
    assert check_id_number(number, today=date(2026, 6, 11)).birth_date == date(2026, 6, 11)
    with pytest.raises(Refusal):
        check_id_number(number, today=TODAY)


def test_a_number_tells_birth_date_sex_and_age() -> None:
    number = check_id_number(with_check("34152220120610001"))
    assert (number.birth_date, number.sex) == (
        date(2012, 6, 10),
        "f" if int(number.number[16]) % 2 == 0 else "m",
    )
    assert (number.age(date(2026, 6, 9)), number.age(TODAY)) == (13, 14)
    assert check_id_number(with_check("34152219600501002")).sex == "f"
    assert check_id_number(with_check("34152219600501003")).sex == "m"


@pytest.mark.parametrize(
    "text", ["13800138000", "１３８００１３８０００", "138 0013 8000", "138-0013-8000", "+8613800138000"]
)
def test_a_mobile_number_becomes_eleven_digits(text: str) -> None:
    assert check_phone(text) == "13800138000"


@pytest.mark.parametrize(
    "text", ["", "12800138000", "1380013800", "138001380000", "0564-6000000", "+12025550123", "abc"]
)
def test_another_number_is_no_mobile(text: str) -> None:
    with pytest.raises(Refusal) as no:
        check_phone(text)
    assert no.value.code is RefusalCode.PHONE_INVALID


def test_wechat_may_vouch_for_a_number_abroad() -> None:
    assert check_phone("+12025550123", abroad=True) == "+12025550123"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" 王小博 ", "王小博"),
        ("阿不都·热西提", "阿不都·热西提"),
        ("John  Smith", "John Smith"),
        ("䶮飞", "䶮飞"),
    ],
)
def test_a_name_is_tidied(text: str, name: str) -> None:
    assert check_name(text) == name


@pytest.mark.parametrize(
    "text", ["", "王", " ", "王1", "<b>王</b>", "=1+1", "王\u202e博", "王" * 31, "··", "·王博", "王\x00博"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as no:
        check_name(text)
    assert no.value.code is RefusalCode.NAME_INVALID


def test_others_see_only_the_ends() -> None:
    assert mask_id("11010519491231002X") == "110105********002X"
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("+12025550123") == "+120****0123"
    assert [mask_name(n) for n in ("王国", "王建国", "欧阳娜娜")] == ["王*", "王*国", "欧**娜"]
    assert (mask_id(""), mask_phone("")) == ("", "")
