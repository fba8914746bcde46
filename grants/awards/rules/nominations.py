"""What a nomination must be before it can be sent in, and how a nominee is named in public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from grants.awards import fields
from grants.awards.fields import CycleState, Publicity
from grants.core import clock
from grants.core.errors import Violation
from grants.core.i18n import date_text
from grants.core.i18n import gettext as _
from grants.core.text import count_words


def outside_window(state: CycleState, begins: date, ends: date, at: datetime) -> Iterator[Violation]:
    """Nominations count by their arrival; the last day counts to its end."""
    if at < clock.at_local(begins) or state is CycleState.DRAFT:
        yield Violation("too_early", _("Nominations open on %(day)s.", day=date_text(begins)))
    elif at >= clock.end_of(ends) or state is not CycleState.NOMINATING:
        yield Violation("too_late", _("Nominations closed at the end of %(day)s.", day=date_text(ends)))


def deed_faults(deed: str) -> Iterator[Violation]:
    """300 to 2000 characters, counted as people count them (S001-34)."""
    length = count_words(deed)
    if length < fields.SHORTEST_DEED:
        yield Violation(
            "deed_short",
            _(
                "Tell a little more: %(n)s of at least %(least)s characters.",
                n=length,
                least=fields.SHORTEST_DEED,
            ),
            "deed",
        )
    if length > fields.LONGEST_DEED:
        yield Violation(
            "deed_long",
            _(
                "%(over)s characters too many; at most %(most)s.",
                over=length - fields.LONGEST_DEED,
                most=fields.LONGEST_DEED,
            ),
            "deed",
        )


def agreement_faults(*, consent: bool, young: bool, guardian_file: bool) -> Iterator[Violation]:
    if not consent:
        yield Violation(
            "consent", _("Without the nominee's consent nothing can be sent in (tick it)."), "consent"
        )
    if young and not guardian_file:
        yield Violation(
            "guardian",
            _("The nominee may be under 18: add the consent a guardian has signed."),
            "guardian_file",
        )


def masked(name: Mapping[str, str]) -> dict[str, str]:
    """The surname, then stars: 陈慕兰 is 陈**, Chen Mulan is C***."""
    return {code: _stars(text) for code, text in name.items() if text}


def _stars(text: str) -> str:
    shown = text.strip()
    return shown[:1] + "*" * min(3, max(1, len(shown) - 1))


def shown_name(name: Mapping[str, str], *, is_person: bool, publicity: Publicity) -> dict[str, str]:
    """How a nominee stands in notices, in the hall of honour and on check pages: as the consent says."""
    return masked(name) if is_person and publicity is Publicity.MASKED else dict(name)


def room_left(quota: int, chosen: int) -> Iterator[Violation]:
    if chosen >= quota:
        yield Violation("quota", _("All %(quota)s places of this category are taken.", quota=quota))


def reason_missing(reason: str, *, field: str = "reason") -> Iterator[Violation]:
    if not reason.strip():
        yield Violation("reason", _("Say why, in a sentence."), field)
    elif len(reason) > fields.REASON:
        yield Violation("reason", _("At most %(most)s characters.", most=fields.REASON), field)
