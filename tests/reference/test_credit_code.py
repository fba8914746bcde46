"""Credit codes are checked by their check digit and stored in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.reference.credit_code import Fault, NotACreditCode, credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check_character(body: str) -> str:
    """GB 32100-2015, written out once more: weights 3^i mod 31."""
    weighed = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + ALPHABET[-weighed % 31]


@pytest.mark.parametrize("code", ["91350100M000100Y43", "52440103DEM000014G", "53440100DEM009000M"])
def test_knows_true_codes(code: str) -> None:
    assert credit_code(code) == code
    assert with_check_character(code[:17]) == code


@pytest.mark.parametrize(
    "typed",
    [
        " 91350100m000100y43 ",
        "91350100-M000100Y-43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "9135 0100 M000 100Y 43",
    ],
)
def test_reads_what_people_type(typed: str) -> None:
    assert credit_code(typed) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.LENGTH),
        ("91350100M000100Y4", Fault.LENGTH),
        ("91350100M000100Y43" * 1000, Fault.LENGTH),
        ("91350100M000100Y4Z", Fault.CHARACTERS),
        ("91350100M000100Y4I", Fault.CHARACTERS),
        ("九1350100M000100Y43", Fault.CHARACTERS),
        ("91350100M000100\x0043", Fault.CHARACTERS),
        ("91350100M000100Y34", Fault.CHECK_DIGIT),
    ],
)
def test_says_what_is_wrong(typed: str, fault: Fault) -> None:
    with pytest.raises(NotACreditCode) as refusal:
        credit_code(typed)
    assert refusal.value.fault == fault


@given(
    st.from_regex(r"5[123]440103[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True),
    st.integers(8, 17),
    st.integers(1, 30),
)
def test_one_wrong_character_is_always_noticed(body: str, place: int, shift: int) -> None:
    code = with_check_character(body)
    assert credit_code(code) == code
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    with pytest.raises(NotACreditCode):
        credit_code(code[:place] + wrong + code[place + 1 :])


@given(st.text())
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    try:
        code = credit_code(text)
    except NotACreditCode:
        return
    assert credit_code(code) == code
