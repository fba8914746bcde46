"""Writes docs/hard-rules.md: each rule, where it lives, what shows it, how it is taken out to see that red.

python -m bench.proofs.page
"""

from __future__ import annotations

from collections.abc import Mapping

from bench.proofs.cut import Cut
from bench.proofs.hard_rules import every_cut, rules
from bench.servers import ROOT

PAGE = ROOT / "docs" / "hard-rules.md"
# Rule → the places that hold it, as file::name.
LIVES: Mapping[int, tuple[str, ...]] = {
    1: ("grants/reviews/rules.py::standard_faults", "grants/reviews/rules.py::bad_marks"),
    2: (
        "grants/core/arrival.py::ArrivalStamp",
        "grants/proposals/rules.py::within_window",
        "grants/proposals/actions/handing_in.py::submit",
    ),
    3: (
        "grants/organisations/walls.py::BEHIND",
        "grants/reviews/policies.py::tied",
        "grants/reviews/policies.py::beyond_the_wall",
        "grants/reviews/rules.py::not_to_be_asked",
    ),
    4: ("grants/notices/rules.py::may_proceed", "grants/agreements/rules.py::notice_faults"),
    5: (
        "grants/payments/rules.py::gate_is_met",
        "grants/payments/rules.py::gate_must_be_met",
        "grants/payments/rules.py::parts_make_the_whole",
        "grants/payments/rules.py::a_second_person_approves",
        "grants/payments/rules.py::somebody_else_pays",
        "grants/payments/models.py::Payment",
    ),
    6: ("grants/funds/rules.py::may_commit", "grants/funds/actions.py::commit_money"),
    7: ("grants/projects/rules.py::second_person_faults", "grants/projects/rules.py::minutes_counted"),
    8: (
        "grants/projects/queries/hours.py::verified_minutes",
        "grants/projects/queries/hours.py::hours_by_region",
        "grants/projects/queries/hours.py::hours_by_speciality",
    ),
    9: ("grants/reviews/scoring.py::ticket", "grants/reviews/scoring.py::ranking"),
    10: (
        "grants/awards/rules/cycles.py::prizes_too_high",
        "grants/awards/rules/cycles.py::beyond_the_fund",
        "grants/awards/rules/cycles.py::windows_meeting",
    ),
    11: (
        "grants/notices/models.py::FROZEN_SQLITE",
        "grants/notices/models.py::FROZEN_POSTGRESQL",
        "grants/calls/models.py::APPEND_ONLY_SQLITE",
        "grants/calls/models.py::APPEND_ONLY_POSTGRESQL",
        "grants/calls/actions/drafting.py::edit",
    ),
    12: (
        "grants/core/lifecycle.py::Lifecycle",
        "grants/core/unit_of_work.py::unit_of_work",
        "grants/core/audit.py::APPEND_ONLY_SQLITE",
        "grants/core/audit.py::APPEND_ONLY_POSTGRESQL",
    ),
    13: (
        "grants/core/unit_of_work.py::unit_of_work",
        "grants/questionnaires/actions.py::save_section",
        "grants/core/jobs.py::run_once",
    ),
    14: ("grants/core/web.py::opens", "grants/core/errors.py::NotFound"),
}
HEAD = """# Hard rules

Written by `python -m bench.proofs.page`; do not edit. The rules and their tests come from
[requirements.md](requirements.md), the cuts from `bench/proofs/cuts.py`. `make prove` makes each cut in a copy of the
house, runs the tests of its rule there, and fails when none of them goes red.

| | Rule | Where it lives | Shown by | Cuts that must be seen |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    lines = []
    for number, rule in rules().items():
        places = ", ".join(f"`{place}`" for place in LIVES[number])
        shown = ", ".join(f"`{test}`" for test in rule.tests)
        cuts = "; ".join(_told(cut) for cut in every_cut(number))
        lines.append(f"| {number} | {rule.sentence} | {places} | {shown} | {cuts} |")
    return HEAD + "\n".join(lines) + "\n"


def _told(cut: Cut) -> str:
    return cut.name if cut.engine == "sqlite" else f"{cut.name} (PostgreSQL)"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
