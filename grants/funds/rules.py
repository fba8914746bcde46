"""What money may do: the figures of a fund from its sums, and every reason to refuse a movement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from grants.core import i18n
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.money import Money, total
from grants.funds.fields import MOVES, Account, EntryKind

NOTHING = Money(0)


class Side(Struct, frozen=True):
    """One side of a movement."""

    account: Account
    amount: Money


class Figures(Struct, frozen=True):
    """Where the money of a fund, a line or a case stands. `returned` is counted in full, `paid` too."""

    received: Money = NOTHING
    free: Money = NOTHING
    committed: Money = NOTHING
    payable: Money = NOTHING
    paid: Money = NOTHING
    returned: Money = NOTHING

    @classmethod
    def of(cls, sums: Mapping[Account, Money]) -> Figures:
        def at(account: Account) -> Money:
            return sums.get(account, NOTHING)

        return cls(
            received=-at(Account.SOURCE),
            free=at(Account.FREE),
            committed=at(Account.COMMITTED),
            payable=at(Account.PAYABLE),
            paid=at(Account.PAID),
            returned=-at(Account.RETURNED),
        )

    @property
    def promised(self) -> Money:
        """All that was ever promised and not released: this is what a budget line is used up by."""
        return self.committed + self.payable + self.paid

    @property
    def balances(self) -> bool:
        """Everything that came in is somewhere."""
        return self.received + self.returned == self.free + self.promised


def sides(kind: EntryKind, amount: Money) -> tuple[Side, Side]:
    """The two sides of a movement; they sum to zero by construction."""
    source, target = MOVES[kind]
    return Side(source, -amount), Side(target, amount)


def balanced(entries: Iterable[Side]) -> bool:
    return total(side.amount for side in entries) == NOTHING


def may_move(amount: Money) -> list[Violation]:
    if amount > NOTHING:
        return []
    return [Violation("amount", _("The amount must be more than nothing."), "amount")]


def may_commit(
    amount: Money, *, free: Money, budget: Money | None, promised: Money, year: int
) -> list[Violation]:
    """Every reason why `amount` cannot be promised: the fund's free money, the budget line of the year."""
    found = may_move(amount)
    if amount > free:
        found.append(
            Violation(
                "beyond_fund",
                _(
                    "The fund has %(free)s free; %(amount)s is %(over)s too much.",
                    free=shown(free),
                    amount=shown(amount),
                    over=shown(amount - free),
                ),
                "amount",
            )
        )
    if budget is None:
        text = _("There is no budget line for %(year)s in this fund.", year=str(year))
        found.append(Violation("no_budget", text, "amount"))
    elif promised + amount > budget:
        found.append(_beyond_budget(amount, budget, promised, year))
    return found


def _beyond_budget(amount: Money, budget: Money, promised: Money, year: int) -> Violation:
    text = _(
        "The budget for %(year)s is %(budget)s: %(promised)s is promised already, so that %(room)s is left; "
        "%(amount)s is %(over)s too much.",
        year=str(year),
        budget=shown(budget),
        promised=shown(promised),
        room=shown(budget - promised),
        amount=shown(amount),
        over=shown(promised + amount - budget),
    )
    return Violation("beyond_budget", text, "amount")


def may_take(kind: EntryKind, amount: Money, standing: Figures) -> list[Violation]:
    """Reasons why `amount` of one case cannot make this movement, from where its money stands."""
    there = {
        EntryKind.RELEASE: standing.committed,
        EntryKind.PAYABLE: standing.committed,
        EntryKind.NOT_PAYABLE: standing.payable,
        EntryKind.PAYMENT: standing.payable,
        EntryKind.RETURN: standing.paid - standing.returned,
    }[kind]
    found = may_move(amount)
    if amount > there:
        text = _(
            "Only %(there)s of this case can be moved so; %(amount)s is too much.",
            there=shown(there),
            amount=shown(amount),
        )
        found.append(Violation("beyond_case", text, "amount"))
    return found


def may_budget(amount: Money, promised: Money) -> list[Violation]:
    """A budget line cannot be less than what was promised on it."""
    if amount < NOTHING:
        return [Violation("amount", _("A budget cannot be less than nothing."), "amount")]
    if amount >= promised:
        return []
    text = _("%(promised)s is promised already; the budget cannot be less.", promised=shown(promised))
    return [Violation("below_promised", text, "amount")]


def shown(amount: Money) -> str:
    return amount.formatted(i18n.language())
