"""Pure rules of judging: what a mark may be, what a review needs, who may be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct, field

from grants.core.errors import Violation
from grants.core.i18n import datetime_text, deadline_text, words
from grants.core.i18n import gettext as _
from grants.reviews.fields import AssignmentState

SHORTEST_COMMENT = 10
LONGEST_COMMENT = 4000
MOST_KEPT = 20_000
_BEGUN = frozenset({AssignmentState.ACCEPTED})


class Line(Struct, frozen=True):
    """A criterion as the rules see it."""

    key: str
    name: Mapping[str, str]
    minimum: Decimal
    maximum: Decimal
    step: Decimal
    required: bool


class Candidate(Struct, frozen=True):
    """Somebody of the pool beside one entry: what speaks for asking them, and what against.

    `load` counts the other entries of the stage on their desk; `known` is where they
    stand with this entry already, `counts` whether a review of theirs would.
    """

    reviewer_id: int
    name: str
    is_external: bool
    is_conflicted: bool
    in_term: bool
    term_until: date | None = None
    affiliation: Mapping[str, str] = field(default_factory=dict)
    expertise: tuple[str, ...] = ()
    matching: tuple[str, ...] = ()
    load: int = 0
    known: AssignmentState | None = None
    is_struck: bool = False

    @property
    def has_begun(self) -> bool:
        """They took the work and it counts: they stay chosen."""
        return self.known in _BEGUN and not self.is_struck and not self.is_conflicted

    @property
    def stepped_back(self) -> bool:
        return self.known is AssignmentState.RECUSED or self.is_struck

    @property
    def may_be_asked(self) -> bool:
        return not (self.is_conflicted or self.stepped_back) and self.in_term


def bad_marks(lines: Sequence[Line], marks: Mapping[str, Decimal | None]) -> Iterator[Violation]:
    """A mark outside its scale or between its steps, and marks for criteria that do not exist."""
    known = {line.key: line for line in lines}
    for key, mark in marks.items():
        line = known.get(key)
        if line is None:
            yield Violation("unknown_criterion", _("The standard has no such criterion."))
        elif mark is not None and not _on_scale(line, mark):
            yield Violation("mark_off_scale", _scale_sentence(line), f"mark-{key}")


def _on_scale(line: Line, mark: Decimal) -> bool:
    return (
        mark.is_finite() and line.minimum <= mark <= line.maximum and (mark - line.minimum) % line.step == 0
    )


def _scale_sentence(line: Line) -> str:
    return _(
        "%(name)s: choose a mark from %(low)s to %(high)s.",
        name=words(line.name),
        low=line.minimum.normalize().to_eng_string(),
        high=line.maximum.normalize().to_eng_string(),
    )


def unfinished(
    lines: Sequence[Line], marks: Mapping[str, Decimal | None], not_applicable: frozenset[str], comment: str
) -> Iterator[Violation]:
    """What still has to be done before a review can be sent in."""
    for line in lines:
        if line.required and marks.get(line.key) is None and line.key not in not_applicable:
            yield Violation(
                "unmarked", _("%(name)s has no mark yet.", name=words(line.name)), f"mark-{line.key}"
            )
    if len(comment.strip()) < SHORTEST_COMMENT:
        yield Violation(
            "comment_missing",
            _("Write a sentence or two: the group will learn from your comment."),
            "comment",
        )
    yield from too_long(comment)


def too_long(comment: str) -> Iterator[Violation]:
    if len(comment) > LONGEST_COMMENT:
        yield Violation(
            "comment_too_long",
            _(
                "%(over)s characters too many; at most %(most)s.",
                over=len(comment) - LONGEST_COMMENT,
                most=LONGEST_COMMENT,
            ),
            "comment",
        )


def outside_window(
    opens_at: datetime | None, closes_at: datetime | None, at: datetime
) -> Iterator[Violation]:
    if opens_at is not None and at < opens_at:
        yield Violation("too_early", _("Reviewing begins on %(when)s.", when=datetime_text(opens_at)))
    if closes_at is not None and at > closes_at:
        yield Violation(
            "too_late",
            _("Reviewing ended on %(when)s. Ask the officer for more time.", when=deadline_text(closes_at)),
        )


def not_to_be_asked(candidate: Candidate) -> Iterator[Violation]:
    """Why this person must not be asked to judge this entry (hard rule 3)."""
    if candidate.is_conflicted:
        yield Violation(
            "conflicted", _("%(name)s has a tie to the people behind it.", name=candidate.name), "reviewers"
        )
    if candidate.stepped_back and not candidate.is_conflicted:
        yield Violation("stepped_back", _("%(name)s stepped back from it.", name=candidate.name), "reviewers")
    if not candidate.in_term:
        yield Violation("term_over", _("The term of %(name)s is over.", name=candidate.name), "reviewers")


def too_few(chosen: Sequence[Candidate], *, needed: int, external_needed: int) -> Iterator[Violation]:
    """What is missing before all reviewers of an entry can be asked."""
    outsiders = sum(candidate.is_external for candidate in chosen)
    if len(chosen) < needed:
        yield Violation(
            "too_few_reviewers",
            _("%(n)s of %(needed)s reviewers chosen.", n=len(chosen), needed=needed),
            "reviewers",
        )
    if outsiders < external_needed:
        yield Violation(
            "too_few_outsiders",
            _("%(n)s of %(needed)s reviewers from outside chosen.", n=outsiders, needed=external_needed),
            "reviewers",
        )


class CriterionDraft(Struct, frozen=True):
    """A criterion as staff write it. `anchors` are keyed by the mark as text: "1", "3", "5"."""

    key: str
    name: Mapping[str, str]
    weight: Decimal
    minimum: Decimal = Decimal(1)
    maximum: Decimal = Decimal(5)
    step: Decimal = Decimal(1)
    anchors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    required: bool = True


WHOLE = Decimal(100)


def standard_faults(drafts: Sequence[CriterionDraft]) -> Iterator[Violation]:
    """A standard is complete when its weights sum to 100 and each criterion says what its marks look like."""
    if not drafts:
        yield Violation("no_criteria", _("The standard needs at least one criterion."))
        return
    if len({draft.key for draft in drafts}) != len(drafts):
        yield Violation("criterion_twice", _("Two criteria have the same key."))
    for draft in drafts:
        yield from _criterion_faults(draft)
    total = sum((draft.weight for draft in drafts), Decimal())
    if total != WHOLE:
        text = _("The weights sum to %(total)s; they must sum to 100.", total=_bare(total))
        yield Violation("weights", text)


def _criterion_faults(draft: CriterionDraft) -> Iterator[Violation]:
    name = words(draft.name) or draft.key
    if not any(text.strip() for text in draft.name.values()):
        yield Violation("criterion_name", _("A criterion has no name."))
    if draft.weight <= 0:
        yield Violation("weight", _("%(name)s: the weight must be more than 0.", name=name))
    if draft.minimum >= draft.maximum or draft.step <= 0:
        yield Violation("scale", _("%(name)s: the scale must rise.", name=name))
    elif (draft.maximum - draft.minimum) % draft.step:
        yield Violation("scale", _("%(name)s: the steps do not reach the highest mark.", name=name))
    for mark in (draft.minimum, draft.maximum):
        if not words(draft.anchors.get(_bare(mark), {})).strip():
            yield Violation(
                "anchor", _("%(name)s: say what mark %(mark)s looks like.", name=name, mark=_bare(mark))
            )


def _bare(number: Decimal) -> str:
    return f"{number.normalize():f}"
