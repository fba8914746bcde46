"""The two-minute check: a form of questions in the address, so that the answer can be shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from grants.calls.fields import CheckKind
from grants.calls.rules.eligibility import GroupFacts, Rule
from grants.organisations.fields import LEGAL_STATUSES, LegalStatus

LONGEST_NUMBER = 9
_YES_NO = {"yes": True, "no": False}


class Check(Struct, frozen=True):
    """What was asked and what was answered."""

    given: Mapping[str, str]
    asks: frozenset[CheckKind]
    rules: Sequence[Rule]

    @property
    def is_answered(self) -> bool:
        return bool(self.given)

    @property
    def statuses(self) -> Sequence[tuple[str, object]]:
        return [(status.value, word) for status, word in LEGAL_STATUSES.items()]

    def facts(self, on: date) -> GroupFacts:
        """Answers that make no sense are no answers."""
        status = self.given.get("status", "")
        members = self.given.get("members", "")
        return GroupFacts(
            on=on,
            legal_status=status if status in set(LegalStatus) else None,
            has_host=_YES_NO.get(self.given.get("host", "")),
            founded_on=_day(self.given.get("founded", "")),
            members=int(members)
            if members.isascii() and members.isdigit() and len(members) <= LONGEST_NUMBER
            else None,
            declared={
                rule.key: _YES_NO[self.given[f"rule-{rule.key}"]]
                for rule in self.rules
                if self.given.get(f"rule-{rule.key}") in _YES_NO
            },
        )


def read(args: Mapping[str, str], asks: set[CheckKind], rules: Sequence[Rule]) -> Check:
    known = {"status", "host", "founded", "members", *(f"rule-{rule.key}" for rule in rules)}
    given = {name: value[:40] for name, value in args.items() if name in known and value}
    return Check(given, frozenset(asks), rules)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
