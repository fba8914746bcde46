"""Pure rules of deciding: what one row may say, what the whole may cost, where the money ends, when a board has decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from grants.core import i18n
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.money import Money, total
from grants.decisions.fields import REASON_CHARACTERS, Outcome, Vote

NOTHING = Money(0)
OTHERS = "others"


class Wish(Struct, frozen=True):
    """What an officer puts down for one proposal; no outcome: not decided yet. `key` names its fields on the page."""

    proposal_id: int
    key: str
    outcome: Outcome | None
    amount: Money = NOTHING
    reason: str = ""
    version: int = 0


class Limits(Struct, frozen=True):
    """What the call gives: at least `floor`, at most `ceiling` to one proposal, `available` to all."""

    floor: Money
    ceiling: Money
    envelope: Money
    room: Money

    @property
    def available(self) -> Money:
        """Whatever ends first: the call's envelope, or what the fund and its year may still promise."""
        return min(self.envelope, self.room)


class Ranked(Struct, frozen=True):
    """A row as the rules see it, in the order of the ranking.

    `is_open`: it lies before the board next, the board has not decided on it. `place`: on the reserve
    list, as decided or, while it is taken up, as it was.
    """

    key: str
    title: str
    rank: int | None
    requested: Money
    outcome: Outcome | None
    amount: Money
    has_reason: bool
    provisional: bool
    is_open: bool = True
    place: int | None = None


def wish_faults(wish: Wish, *, requested: Money, limits: Limits) -> Iterator[Violation]:
    """What one row may not say."""
    if len(wish.reason) > REASON_CHARACTERS:
        message = _("At most %(most)s characters.", most=REASON_CHARACTERS)
        yield Violation("reason_too_long", message, f"reason-{wish.key}")
    if wish.outcome is not Outcome.FUND:
        return
    if wish.amount <= NOTHING:
        yield Violation("no_amount", _("Say how much is granted."), f"amount-{wish.key}")
        return
    for limit, code, message in (
        (requested, "beyond_request", _("No more than was asked for: %(most)s.", most=shown(requested))),
        (
            limits.ceiling,
            "beyond_ceiling",
            _("No more than the call gives: %(most)s.", most=shown(limits.ceiling)),
        ),
    ):
        if wish.amount > limit:
            yield Violation(code, message, f"amount-{wish.key}")
    if wish.amount < min(limits.floor, requested):
        message = _("No less than the call gives: %(least)s.", least=shown(limits.floor))
        yield Violation("below_floor", message, f"amount-{wish.key}")


def beyond_means(granted: Money, limits: Limits) -> Iterator[Violation]:
    """Hard rule 6, said before the ledger says it: the envelope, and the fund with its year."""
    if granted > limits.envelope:
        yield Violation(
            "beyond_envelope",
            _(
                "%(granted)s is granted; the envelope is %(most)s, so that %(over)s is too much.",
                granted=shown(granted),
                most=shown(limits.envelope),
                over=shown(granted - limits.envelope),
            ),
        )
    if granted > limits.room:
        yield Violation(
            "beyond_fund",
            _(
                "%(granted)s is granted; the fund and its year have %(most)s left, so that %(over)s is too much.",
                granted=shown(granted),
                most=shown(limits.room),
                over=shown(granted - limits.room),
            ),
        )


def unready(rows: Sequence[Ranked], limits: Limits) -> Iterator[Violation]:
    """What keeps a table from the board: open rows without an outcome or a reason, and too much money."""
    lying = [row for row in rows if row.is_open]
    undecided = sum(row.outcome is None for row in lying)
    owing = owing_reasons(lying) | skipping(rows)
    if not lying:
        yield Violation("nothing_to_decide", _("There is nothing to decide."))
    if undecided:
        message = i18n.ngettext(
            "One proposal is not decided yet.", "%(num)s proposals are not decided yet.", undecided
        )
        yield Violation("undecided", message)
    for row in lying:
        if row.key in owing:
            yield Violation(
                "reason_missing", _("“%(title)s”: say why.", title=row.title), f"reason-{row.key}"
            )
    yield from beyond_means(granted(rows), limits)


def owing_reasons(rows: Sequence[Ranked]) -> frozenset[str]:
    """Who must be told why: the declined, and whoever is passed over for a lower rank or an equal one."""
    last = max((row.rank for row in rows if row.outcome is Outcome.FUND and row.rank is not None), default=0)
    return frozenset(
        row.key
        for row in rows
        if not row.has_reason
        and (
            row.outcome is Outcome.DECLINE
            or (row.outcome is Outcome.RESERVE and row.rank is not None and row.rank <= last)
        )
    )


def skipping(rows: Iterable[Ranked]) -> frozenset[str]:
    """Who is taken up from the reserve list past somebody further up on it, with no reason given."""
    rows = list(rows)
    waiting = [row.place for row in rows if row.outcome is Outcome.RESERVE and not row.is_open and row.place]
    first = min(waiting, default=None)
    return frozenset(
        row.key
        for row in rows
        if row.is_open
        and row.outcome is Outcome.FUND
        and not row.has_reason
        and first is not None
        and row.place is not None
        and row.place > first
    )


def not_in_bulk(rows: Iterable[Ranked]) -> Iterator[Violation]:
    """A provisional score is looked at one by one."""
    titles = [row.title for row in rows if row.provisional]
    if titles:
        yield Violation(
            "provisional",
            _(
                "Too few reviews are in for: %(titles)s. Decide on these one by one.",
                titles=_(", ").join(titles),
            ),
        )


def granted(rows: Iterable[Ranked]) -> Money:
    return total(row.amount for row in rows if row.outcome is Outcome.FUND)


def cut(rows: Sequence[Ranked], available: Money) -> int:
    """How many rows stand above the line, where the money ends on the way down the ranking.

    A funded row counts what it gets, an undecided one what it asks for, all others nothing; the line
    is drawn under the last row that takes money and still fits.
    """
    spent, above = NOTHING, 0
    for place, row in enumerate(rows, start=1):
        spent += wanted(row)
        if spent > available:
            break
        if wanted(row):
            above = place
    return above


def wanted(row: Ranked) -> Money:
    if row.outcome is None:
        return row.requested
    return row.amount if row.outcome is Outcome.FUND else NOTHING


class Share(Struct, frozen=True):
    """One field's part of the money granted, against the target the call set."""

    field: str
    amount: Money
    percent: Fraction
    target: Fraction | None

    @property
    def is_under(self) -> bool:
        return self.target is not None and self.percent < self.target


def shares(amounts: Iterable[tuple[Sequence[str], Money]], targets: Mapping[str, Fraction]) -> list[Share]:
    """Money by priority field: a proposal counts once, in the first of its fields that the call favours."""
    sums: dict[str, Money] = dict.fromkeys([*targets, OTHERS], NOTHING)
    for fields, amount in amounts:
        home = next((field for field in fields if field in targets and field != OTHERS), OTHERS)
        sums[home] += amount
    whole = total(sums.values())
    return [
        Share(field, amount, 100 * (amount / whole) if whole else Fraction(0), targets.get(field))
        for field, amount in sums.items()
        if field in targets or amount
    ]


class Tally(Struct, frozen=True):
    """The votes on the table that lies before the board. Who votes is present."""

    votes: tuple[Vote, ...]
    seats: int
    quorum: int

    @property
    def present(self) -> int:
        return len(self.votes)

    @property
    def in_favour(self) -> int:
        return self.votes.count(Vote.FOR)

    @property
    def against(self) -> int:
        return self.votes.count(Vote.AGAINST)

    @property
    def abstained(self) -> int:
        return self.votes.count(Vote.ABSTAIN)

    @property
    def has_quorum(self) -> bool:
        return self.present >= self.quorum

    @property
    def is_carried(self) -> bool:
        """More than half of those present are in favour."""
        return 2 * self.in_favour > self.present


def not_carried(tally: Tally) -> Iterator[Violation]:
    if not tally.has_quorum:
        yield Violation(
            "no_quorum",
            _("%(n)s have voted; %(quorum)s must be present.", n=tally.present, quorum=tally.quorum),
        )
    if not tally.is_carried:
        yield Violation("no_majority", _("There is no majority of those present in favour."))


def for_row(
    votes: Mapping[int, Vote], *, seats: int, quorum: int, tied: Collection[int], seated: Collection[int]
) -> Tally:
    """The votes that count for one row: whoever is tied to its group has neither vote nor seat in it.

    More than half of the seats that are left must then be there, if that is less than the quorum.
    """
    left = max(1, seats - len(set(seated) & set(tied)))
    counted = tuple(vote for user_id, vote in votes.items() if user_id not in tied)
    return Tally(counted, left, min(quorum, left // 2 + 1))


def rows_not_carried(tallies: Mapping[str, Tally]) -> Iterator[Violation]:
    """Rows by their titles that have no quorum or majority without those who are tied to the group."""
    for title, tally in tallies.items():
        if not (tally.has_quorum and tally.is_carried):
            message = _(
                "“%(title)s”: of those without a tie to the group %(n)s of %(present)s are in favour; that is "
                "no majority, or too few of them voted.",
                title=title,
                n=tally.in_favour,
                present=tally.present,
            )
            yield Violation("not_carried", message)


def meeting_faults(*, seats: int, quorum: int) -> Iterator[Violation]:
    if not 1 <= quorum <= seats:
        yield Violation("quorum", _("The quorum is at least 1 and at most the whole board."), "quorum")
    elif 2 * quorum <= seats:
        yield Violation("quorum", _("A quorum is more than half of the board."), "quorum")


def shown(amount: Money) -> str:
    return amount.formatted(i18n.language())
