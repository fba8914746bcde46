"""What can be said to have happened to funds; movements of a case are told by the packages that cause them."""

from __future__ import annotations

from typing import Any

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


class FundOpened(Event, frozen=True, kw_only=True):
    sentence = _l("The fund was opened")
    visibility = Visibility.STAFF

    fund_id: int
    name: dict[str, Any]


class MoneyReceived(Event, frozen=True, kw_only=True):
    sentence = _l("¥%(amount)s received")
    visibility = Visibility.STAFF

    fund_id: int
    amount: Money


class YearBudgetSet(Event, frozen=True, kw_only=True):
    sentence = _l("Budget %(year)s set to ¥%(amount)s")
    visibility = Visibility.STAFF

    fund_id: int
    year: int
    amount: Money
