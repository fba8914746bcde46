"""One call from its template to the award: every step by its own person, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.journeys import steps_agreement as agreement
from tests.journeys import steps_awards as awards
from tests.journeys import steps_calls as calls
from tests.journeys import steps_decisions as decisions
from tests.journeys import steps_end as end
from tests.journeys import steps_groups as groups
from tests.journeys import steps_money as money
from tests.journeys import steps_project as project
from tests.journeys import steps_proposals as proposals
from tests.journeys import steps_public as public
from tests.journeys import steps_reviews as reviews
from tests.journeys import steps_screening as screening
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.house import House
from tests.journeys.person import Person
from tests.journeys.story import Story
from tests.journeys.walk import IN_THE_YEAR, Walk

pytestmark = pytest.mark.browser

# The whole year on a phone in Chinese, its first part at a desk in English; the proof (`GRANTS_PROVE=1`) walks the
# whole year in all four ways.
PROVING = bool(os.environ.get("GRANTS_PROVE"))
READERS = [(PHONE, "zh-Hans"), (DESK, "en")]
CROSSED = [(PHONE, "en"), (DESK, "zh-Hans")]
ALL = READERS + (CROSSED if PROVING else [])

STEPS = [
    calls.finance_sets_next_years_budget,
    calls.officer_makes_a_call,
    calls.weights_must_sum_to_a_hundred,
    calls.officer_previews_and_publishes,
    calls.everybody_reads_exactly_these_standards,
    calls.call_opens,
    groups.leader_opens_an_account,
    groups.leader_makes_the_group_known,
    groups.member_joins,
    groups.partner_forgets_the_password,
    groups.admin_invites_a_district,
    proposals.may_we_apply,
    proposals.leader_writes,
    proposals.words_are_saved_as_they_are_written,
    proposals.leader_hands_in,
    proposals.rival_hands_in,
    screening.nobody_comes_after_closing,
    screening.officer_returns_what_has_gaps,
    screening.officer_screens,
    screening.nothing_goes_on_without_the_district,
    screening.district_recommends,
    screening.officer_enters_what_came_on_paper,
    screening.both_go_to_the_reviewers,
    reviews.officer_chooses,
    reviews.reviewer_meets_the_wall,
    reviews.officer_asks_another,
    reviews.judged_by_keys,
    reviews.judged_by_form,
    reviews.equal_scores_share_a_rank,
    decisions.officer_decides_within_the_envelope,
    decisions.officer_puts_it_before_the_board,
    decisions.board_votes_with_quorum,
    decisions.officer_files_the_minutes,
    decisions.chair_approves,
    decisions.visitor_objects,
    decisions.only_its_own_item_waits,
    decisions.director_dismisses_it,
    agreement.officer_makes_the_agreement,
    agreement.officer_offers_it,
    agreement.foundation_signs_last,
    agreement.all_sides_sign,
    money.finance_names_a_new_account,
    money.second_person_confirms_it,
    money.first_tranche_is_paid,
    project.leader_records_an_activity,
    project.officer_verifies_the_hours,
    project.leader_and_officer_talk,
    project.leader_shows_a_milestone,
    project.officer_opens_a_finding,
    project.leader_reports,
    money.finding_holds_the_second,
    project.second_person_closes_the_finding,
    money.second_tranche_is_paid,
    end.last_milestone_is_reached,
    end.final_report_opens_the_close_out,
    money.third_tranche_is_paid,
    end.leader_accounts,
    end.officer_grades,
    end.the_rest_comes_back,
    end.officer_closes_and_archives,
    awards.desk_plans_a_year,
    awards.groups_nominate,
    awards.jury_marks,
    awards.desk_chooses_and_gives_notice,
    awards.winner_gets_a_certificate,
    public.everybody_sees_the_project,
    public.everybody_sees_the_call_and_its_notice,
    public.programs_read_the_same,
]
FIRST_PART = STEPS.index(proposals.leader_hands_in) + 1


@pytest.mark.parametrize(("size", "language"), ALL, ids=str)
def test_the_year_of_a_call(
    people: Callable[..., Person], house: House, size: tuple[int, int], language: str
) -> None:
    story = Story(house, people, size, language, Walk(house.app.url_map.bind("localhost")))
    whole = PROVING or (size, language) == READERS[0]
    for step in STEPS if whole else STEPS[:FIRST_PART]:
        step(story)
    assert not whole or IN_THE_YEAR - story.walk.pages == set(), "Nobody comes to these pages."
