"""An amount of money, exact to the fen, in the one currency of the installation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Self

from msgspec import Struct

LIMIT_FEN = 10**15
FEN_PER_YUAN = 100
_DECIMALS = 2

_NOT_FEN = "Money is counted in whole fen; got {!r}."
_SIGNS = {"zh-Hans": "¥", "zh-Hant": "¥", "en": "¥"}
_AMOUNT = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<part>[0-9]+))?")
_LONGEST_TEXT = 64

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_WAN, _YI = 10**4, 10**8


class Fault(StrEnum):
    """Why a text is not an amount; forms put these into the reader's words."""

    EMPTY = "empty"
    MALFORMED = "malformed"
    TOO_PRECISE = "too_precise"
    TOO_LARGE = "too_large"


class NotMoney(ValueError):
    """The text cannot be read as an amount; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(f"Not an amount of money: {fault.value}.")


class Money(Struct, frozen=True, order=True):
    """`fen` whole fen (1/100 yuan), possibly negative. Nothing here ever passes through a float."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(_NOT_FEN.format(self.fen))

    @classmethod
    def yuan(cls, amount: str | int | Decimal) -> Self:
        """The amount in yuan, as written in code and data: `Money.yuan("12345.00")`.

        Raises NotMoney for more than two decimals, NaN, infinity or more than 10^15 fen.
        """
        if isinstance(amount, Decimal):
            return cls.parse(f"{amount:f}")
        if type(amount) not in (str, int):
            raise TypeError(_NOT_FEN.format(amount))
        return cls.parse(str(amount))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, in yuan: full-width digits, ¥, 元 and 1,234 groups of three are welcome.

        Raises NotMoney when empty, malformed, finer than a fen (even 1.000), or beyond 10^15 fen.
        """
        plain = unicodedata.normalize("NFKC", text[: _LONGEST_TEXT + 1]).replace("−", "-").strip()
        if not plain:
            raise NotMoney(Fault.EMPTY)
        bare = re.sub(r"^([-+]?)\s*¥\s*([-+]?)", r"\1\2", plain.removesuffix("元").rstrip())
        match = _AMOUNT.fullmatch(bare)
        if match is None:
            raise NotMoney(Fault.MALFORMED)
        part = match["part"] or ""
        if len(part) > _DECIMALS:
            raise NotMoney(Fault.TOO_PRECISE)
        fen = int(match["whole"].replace(",", "") + part.ljust(_DECIMALS, "0"))
        if fen > LIMIT_FEN or len(text) > _LONGEST_TEXT:
            raise NotMoney(Fault.TOO_LARGE)
        return cls(-fen if match["sign"] == "-" else fen)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __mul__(self, count: int) -> Money:
        """Exact, by a whole number only; a fraction needs `times`, which says how it rounds."""
        return Money(self.fen * count) if type(count) is int else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Money) -> Fraction:
        """The exact ratio of two amounts. Raises ZeroDivisionError."""
        return Fraction(self.fen, other.fen) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __abs__(self) -> Money:
        return Money(abs(self.fen))

    def __bool__(self) -> bool:
        return self.fen != 0

    def times(self, factor: Fraction | Decimal | int) -> Money:
        """The product rounded half-up to the fen (half away from zero, as 四舍五入 does)."""
        exact = Fraction(factor) * self.fen
        rounded = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
        return Money(-rounded if exact < 0 else rounded)

    def share(self, percent: Decimal | int) -> Money:
        """`percent` of this amount (40 means 40 %), rounded half-up to the fen."""
        return self.times(Fraction(percent) / 100)

    def split(self, weights: Sequence[int | Decimal | Fraction]) -> tuple[Money, ...]:
        """Parts in proportion to `weights`, in their order, that always sum to the whole.

        Largest remainder (Hamilton): each part is the exact quota cut to the fen, and the fen left
        over go to the largest remainders, the earlier part first on a tie. Raises ValueError unless
        the weights are non-negative and at least one is positive.
        """
        exact = [Fraction(weight) for weight in weights]
        whole = sum(exact, Fraction())
        if whole <= 0 or min(exact) < 0:
            raise ValueError("Weights must be non-negative, and one at least positive.")
        quotas = [abs(self.fen) * weight / whole for weight in exact]
        parts = [int(quota) for quota in quotas]
        by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - quotas[place])
        for place in by_remainder[: abs(self.fen) - sum(parts)]:
            parts[place] += 1
        sign = -1 if self.fen < 0 else 1
        return tuple(Money(sign * part) for part in parts)

    def __str__(self) -> str:
        """Plain yuan with two decimals: `12345.00`. `Money.parse` reads it back."""
        yuan, fen = divmod(abs(self.fen), FEN_PER_YUAN)
        return f"{'-' if self.fen < 0 else ''}{yuan}.{fen:02}"

    def formatted(self, language: str = "zh-Hans") -> str:
        """For people: `¥12,345.00`; the ISO code stands for the sign in a language we do not ship."""
        yuan, fen = divmod(abs(self.fen), FEN_PER_YUAN)
        return f"{'-' if self.fen < 0 else ''}{_SIGNS.get(language, 'CNY ')}{yuan:,}.{fen:02}"

    def capitals(self) -> str:
        """The amount in financial capitals (大写金额), without the prefix 人民币: `壹仟肆佰零玖元伍角`.

        After 支付结算办法 (银发〔1997〕393号) annex 1: 整 only after 元; zeros in a row give one 零;
        a zero 元 place before 角 gives 零 (壹仟陆佰捌拾元零叁角贰分), a zero 万 place before 仟 does not
        (壹拾万柒仟元); a zero 角 before 分 gives 零 unless nothing stands before it. Less than zero: 负.
        """
        yuan, fen = divmod(abs(self.fen), FEN_PER_YUAN)
        if self.fen == 0:
            return "零元整"
        sign = "负" if self.fen < 0 else ""
        if fen == 0:
            return f"{sign}{_whole(yuan)}元整"
        return sign + (f"{_whole(yuan)}元" if yuan else "") + _cents(yuan, fen)


def _cents(yuan: int, fen: int) -> str:
    jiao, rest = divmod(fen, 10)
    gap = yuan > 0 and (jiao == 0 or yuan % 10 == 0)
    return "".join(
        (
            "零" if gap else "",
            f"{_DIGITS[jiao]}角" if jiao else "",
            f"{_DIGITS[rest]}分" if rest else "",
        )
    )


def _whole(number: int) -> str:
    """A positive whole number in capitals, in groups of 亿 and 万 (万亿 above 10^12)."""
    for unit, name in ((_YI, "亿"), (_WAN, "万")):
        high, low = divmod(number, unit)
        if high:
            gap = "零" if 0 < low < unit // 10 else ""
            return f"{_whole(high)}{name}{gap}{_whole(low) if low else ''}"
    return _group(number)


def _group(number: int) -> str:
    """1 … 9999; inner zeros in a row give one 零."""
    text = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += _DIGITS[digit] + _PLACES[place]
        elif text and not text.endswith("零"):
            text += "零"
    return text.removesuffix("零")


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """The sum; nothing sums to zero."""
    return Money(sum(amount.fen for amount in amounts))
