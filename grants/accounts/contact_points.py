"""Phone numbers and mail addresses in one stored form, and masked where they are shown."""

from __future__ import annotations

import re
import unicodedata

_LONGEST_PHONE = 40
_LONGEST_MAIL = 254
_SHOWN = 4
_NO_BREAK = "\u00a0"
_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")


def phone_number(text: str) -> str | None:
    """E.164 (`+8613800138000`); a number without country code is Chinese. None when it can be no number."""
    import phonenumbers

    plain = unicodedata.normalize("NFKC", text[: _LONGEST_PHONE + 1]).strip()
    if len(plain) > _LONGEST_PHONE:
        return None
    try:
        number = phonenumbers.parse(plain, "CN")
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mobile_number(text: str) -> str | None:
    """As `phone_number`, but only a Chinese mobile number, such as may stand in for a mail address."""
    number = phone_number(text)
    return number if number is not None and _MOBILE.fullmatch(number) else None


def phone_shown(number: str) -> str:
    """An E.164 number as it is read in China: `138 0013 8000`, `020 8312 3456`; foreign ones with +."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    home = parsed.country_code == phonenumbers.country_code_for_region("CN")
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if home else style.INTERNATIONAL)


def phone_to_read(text: str) -> str:
    """As `phone_shown` for a stored number, never broken over two lines; what is kept as written stays so."""
    return (phone_shown(text) if text.startswith("+") else text).replace(" ", _NO_BREAK)


def phone_masked(number: str) -> str:
    """`138****8000`: the four digits before the last four are hidden; of a short number more."""
    bare = number.removeprefix("+86")
    keep = _SHOWN if len(bare) > 2 * _SHOWN else len(bare) // _SHOWN
    return f"{bare[: max(0, len(bare) - keep - _SHOWN)]}{'*' * _SHOWN}{bare[len(bare) - keep :]}"


def mail_address(text: str) -> str | None:
    """The address as stored, for sending: the domain in lower case, width and composition normalised.

    Only the form is checked, never whether it can be delivered. None when it is no address.
    """
    from email_validator import EmailNotValidError, validate_email

    plain = unicodedata.normalize("NFKC", text[: _LONGEST_MAIL + 1]).strip()
    if len(plain) > _LONGEST_MAIL:
        return None
    try:
        return validate_email(plain, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def mail_key(address: str) -> str:
    """By which two spellings are one account: the stored address without regard to case."""
    return unicodedata.normalize("NFKC", address.casefold())


def mail_masked(address: str) -> str:
    """`c***@example.org`: one letter and the domain."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"
