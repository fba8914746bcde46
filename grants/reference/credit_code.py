"""Unified social credit codes (统一社会信用代码, GB 32100-2015): 18 characters that check themselves."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

_BETWEEN = re.compile(r"[\s\-]+")


class Fault(StrEnum):
    """What is wrong with a code; forms put these into the reader's words."""

    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"


class NotACreditCode(ValueError):
    """The text is no credit code; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(f"Not a unified social credit code: {fault.value}.")


def credit_code(text: str) -> str:
    """The code as stored: 18 upper-case characters, whatever case, width or spaces it was typed in.

    The check character is verified; whether the code belongs to anybody is not known.
    Raises NotACreditCode.
    """
    bare = _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:64])).upper()
    try:
        return str(uscc.validate(bare))
    except InvalidLength as error:
        raise NotACreditCode(Fault.LENGTH) from error
    except InvalidChecksum as error:
        raise NotACreditCode(Fault.CHECK_DIGIT) from error
    except (ValidationError, ValueError) as error:
        raise NotACreditCode(Fault.CHARACTERS) from error
