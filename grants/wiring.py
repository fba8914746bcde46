"""The whole building on one page: its doors, its keys, and what sets off what.

One line per thing, in the order of the floors. Dotted paths are imported when first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from flask import Blueprint
from sqlalchemy import Select

from grants.accounts import policies as accounts_policies
from grants.accounts import queries as accounts_queries
from grants.accounts.events import RoleEnded, RoleGranted
from grants.accounts.views import account, door, language, people
from grants.agreements import duties as agreement_duties
from grants.agreements import policies as agreements_policies
from grants.agreements import reactions as agreements_reactions
from grants.agreements import views as agreements
from grants.agreements.events import AgreementSigned, GrantTerminated
from grants.awards import policies as awards_policies
from grants.awards import reactions as awards_reactions
from grants.awards.views import desk as awards_desk
from grants.awards.views import honours as awards_honours
from grants.awards.views import nominating as awards_nominating
from grants.calls import policies as calls_policies
from grants.calls.events import CallMovedOn
from grants.calls.views import desk as calls_desk
from grants.calls.views import editor as calls_editor
from grants.calls.views import feeds as calls_feeds
from grants.calls.views import public as calls_public
from grants.closeouts import policies as closeouts_policies
from grants.closeouts import reactions as closeouts_reactions
from grants.closeouts import views as closeouts
from grants.core.events import Event, Reaction
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Permissions
from grants.decisions import policies as decisions_policies
from grants.decisions import reactions as decisions_reactions
from grants.decisions.events import DecisionWithdrawn
from grants.decisions.fields import Duty
from grants.decisions.views import board as decision_board
from grants.decisions.views import table as decision_table
from grants.documents import views as documents
from grants.funds import policies as funds_policies
from grants.funds import views as funds
from grants.messaging import policies as messaging_policies
from grants.messaging import views as messaging
from grants.messaging.announcements import accounts as accounts_tells
from grants.messaging.announcements import agreements as agreements_tells
from grants.messaging.announcements import awards as awards_tells
from grants.messaging.announcements import closeouts as closeouts_tells
from grants.messaging.announcements import decisions as decisions_tells
from grants.messaging.announcements import organisations as organisations_tells
from grants.messaging.announcements import payments as payments_tells
from grants.messaging.announcements import projects as projects_tells
from grants.messaging.announcements import proposals as proposals_tells
from grants.messaging.announcements import reviews as reviews_tells
from grants.messaging.announcements import threads as threads_tells
from grants.messaging.fields import Tell
from grants.notices import policies as notices_policies
from grants.notices import views as notices
from grants.notices.events import NoticeClosed, ObjectionDecided
from grants.notices.fields import DECIDE as OBJECTION
from grants.operation import views as operation
from grants.organisations import policies as organisations_policies
from grants.organisations import queries as organisations_queries
from grants.organisations import walls as organisations_walls
from grants.organisations.events import (
    ConflictNoted,
    GroupRegistered,
    MemberJoined,
    ProfileEdited,
    StatusChanged,
)
from grants.organisations.views import groups, ledger
from grants.organisations.views import people as organisation_members
from grants.organisations.views import record as organisation_record
from grants.papers import views as papers_views
from grants.payments import policies as payments_policies
from grants.payments import reactions as payments_reactions
from grants.payments.events import TrancheCancelled, TrancheOpened
from grants.payments.views import accounts as payees
from grants.payments.views import desk as payments
from grants.projects import duties as project_duties
from grants.projects import policies as projects_policies
from grants.projects import reactions as projects_reactions
from grants.projects.events import (
    FindingClosed,
    FindingOpened,
    FindingReopened,
    ProjectFinished,
    ProjectResumed,
    ProjectSuspended,
    ProjectTerminated,
    ReportAccepted,
)
from grants.projects.views import activities as project_activities
from grants.projects.views import findings as project_findings
from grants.projects.views import milestones as project_milestones
from grants.projects.views import pages as project_pages
from grants.projects.views import reports as project_reports
from grants.proposals import policies as proposals_policies
from grants.proposals import reactions as proposals_reactions
from grants.proposals.events import ProposalAdmitted
from grants.proposals.views import admission as proposal_admission
from grants.proposals.views import desk as proposal_desk
from grants.proposals.views import drafts as proposal_drafts
from grants.proposals.views import papers as proposal_papers
from grants.publishing import views as publishing
from grants.reference import policies as reference_policies
from grants.reference import queries as reference_queries
from grants.reference import views as reference_views
from grants.reviews import policies as reviews_policies
from grants.reviews import reactions as reviews_reactions
from grants.reviews.views import bench as reviews_bench
from grants.reviews.views import stages as reviews_stages
from grants.threads import policies as threads_policies
from grants.threads import views as threads
from grants.workspace import policies as workspace_policies
from grants.workspace.queries import cases
from grants.workspace.views import pages as workspace

BLUEPRINTS: Sequence[Blueprint] = (
    operation.blueprint,
    reference_views.blueprint,
    door.blueprint,
    language.blueprint,
    account.blueprint,
    people.blueprint,
    groups.blueprint,
    organisation_members.blueprint,
    ledger.blueprint,
    organisation_record.blueprint,
    documents.blueprint,
    payments.blueprint,
    payees.blueprint,
    closeouts.blueprint,
    threads.blueprint,
    papers_views.blueprint,
    proposal_drafts.blueprint,
    proposal_papers.blueprint,
    proposal_desk.blueprint,
    proposal_admission.blueprint,
    messaging.blueprint,
    workspace.blueprint,
    publishing.blueprint,
    reviews_bench.blueprint,
    reviews_stages.blueprint,
    decision_table.blueprint,
    decision_board.blueprint,
    funds.blueprint,
    notices.blueprint,
    calls_public.blueprint,
    calls_feeds.blueprint,
    calls_desk.blueprint,
    calls_editor.blueprint,
    agreements.blueprint,
    awards_desk.blueprint,
    awards_nominating.blueprint,
    awards_honours.blueprint,
    project_pages.blueprint,
    project_milestones.blueprint,
    project_activities.blueprint,
    project_reports.blueprint,
    project_findings.blueprint,
)

# Kept one to a line, trailing comma included, so that two changes meet without a quarrel.
PERMISSIONS: Sequence[Permissions] = (
    reference_policies.PERMISSIONS,
    accounts_policies.PERMISSIONS,
    threads_policies.PERMISSIONS,
    messaging_policies.PERMISSIONS,
    organisations_policies.PERMISSIONS,
    funds_policies.PERMISSIONS,
    notices_policies.PERMISSIONS,
    reviews_policies.PERMISSIONS,
    calls_policies.PERMISSIONS,
    workspace_policies.PERMISSIONS,
    proposals_policies.PERMISSIONS,
    decisions_policies.PERMISSIONS,
    agreements_policies.PERMISSIONS,
    payments_policies.PERMISSIONS,
    awards_policies.PERMISSIONS,
    projects_policies.PERMISSIONS,
    closeouts_policies.PERMISSIONS,
)

# What somebody holds now: each gives a select of (role, scope, key) for a user's id.
ROLES: Sequence[Callable[[int], Select[str, str, str]]] = (
    # one to a line
    accounts_queries.granted_roles,
    organisations_queries.membership_roles,
    organisations_walls.conflict_roles,
    organisations_walls.host_conflict_roles,
    organisations_walls.conflict_case_roles,
    organisations_walls.host_conflict_case_roles,
)

LET_GO = (proposals_reactions.let_go, projects_reactions.let_go)
REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {
    # one to a line
    RoleGranted: (reviews_reactions.take_into_the_pool, reviews_reactions.look_at_whoever_comes_in),
    RoleEnded: (reviews_reactions.end_the_term,),
    ConflictNoted: (reviews_reactions.put_up_the_wall, *LET_GO),
    MemberJoined: (reviews_reactions.look_for_ties,),
    GroupRegistered: (reviews_reactions.look_for_ties,),
    StatusChanged: (reviews_reactions.look_again_at_the_group, *LET_GO),
    ProfileEdited: (reviews_reactions.look_again_at_the_group,),
    ProposalAdmitted: (decisions_reactions.begin_the_review,),
    CallMovedOn: (decisions_reactions.owe_the_table,),
    DecisionWithdrawn: (agreements_reactions.end_what_was_promised,),
    NoticeClosed: (decisions_reactions.go_on_after_the_notice,),
    AgreementSigned: (projects_reactions.plan_project, payments_reactions.plan_and_open),
    GrantTerminated: (payments_reactions.release_what_is_left,),
    ReportAccepted: (payments_reactions.open_or_hold,),
    FindingOpened: (payments_reactions.hold_for_finding,),
    FindingReopened: (payments_reactions.hold_for_finding,),
    FindingClosed: (payments_reactions.release_for_finding,),
    ProjectSuspended: (payments_reactions.hold_for_suspension,),
    ProjectResumed: (payments_reactions.release_for_resumption,),
    ProjectTerminated: (payments_reactions.cancel_for_termination, closeouts_reactions.open_at_the_end),
    ProjectFinished: (closeouts_reactions.open_at_the_end,),
    TrancheOpened: (closeouts_reactions.settle_anew,),
    TrancheCancelled: (closeouts_reactions.settle_anew,),
    ObjectionDecided: (
        decisions_reactions.withdraw_what_was_objected_to,
        awards_reactions.drop_the_objected,
    ),
}

# Kind of job -> dotted path of its handler module (see core.jobs).
JOBS: Mapping[str, str] = {
    "tidy_jobs": "grants.core.jobs:TIDY",
    "reset_link": "grants.accounts.reactions:RESET_LINK",
    "tidy_accounts": "grants.accounts.reactions:TIDY",
    "sweep_files": "grants.documents.actions:SWEEP",
    "tell": "grants.messaging.reactions:TELL",
    "send_mail": "grants.messaging.reactions:SEND_MAIL",
    "close_notices": "grants.notices.actions:CLOSE",
    "keep_calls_in_time": "grants.calls.actions.publishing:KEEP_TIME",
    "signed_agreement": "grants.agreements.actions.signing:SIGNED_PAPER",
    "print_certificate": "grants.awards.actions.certificates:CERTIFICATE_PAPER",
    "start_projects": "grants.projects.reactions:START",
    "closeout_archive": "grants.closeouts.actions.archive:ARCHIVE",
    "open_closeouts": "grants.closeouts.reactions:LOOK_AHEAD",
}

# Name -> (how often, kind of job).
PERIODIC: Mapping[str, tuple[timedelta, str]] = {
    "tidy_jobs": (timedelta(days=1), "tidy_jobs"),
    "tidy_accounts": (timedelta(days=1), "tidy_accounts"),
    "sweep_files": (timedelta(days=1), "sweep_files"),
    "close_notices": (timedelta(minutes=5), "close_notices"),
    "keep_calls_in_time": (timedelta(minutes=1), "keep_calls_in_time"),
    "start_projects": (timedelta(hours=1), "start_projects"),
    "open_closeouts": (timedelta(days=1), "open_closeouts"),
}

# Kind of holder of a file -> (dotted path of its loader, permission to open the file).
FILES: Mapping[str, tuple[str, str]] = {
    # one to a line
    "proposal": ("grants.proposals.queries:file_door", "proposal.file"),
    "board_meeting": ("grants.decisions.queries.meetings:file_door", "board.minutes_file"),
    "agreement": ("grants.agreements.queries:by_id", "agreement.view"),
    "nomination": ("grants.awards.queries.nominations:by_id", "nomination.consent_file"),
    "certificate": ("grants.awards.queries.honours:by_id", "certificate.paper"),
    "payee_account": ("grants.payments.queries.accounts:by_id", "payee.number"),
    "closeout": ("grants.closeouts.queries:by_id", "closeout.archive"),
    "milestone": ("grants.projects.queries.projects:milestone_by_id", "project.view"),
    "activity": ("grants.projects.queries.projects:activity_by_id", "project.view"),
    "finding": ("grants.projects.queries.projects:finding_by_id", "project.view"),
}

# Kind of paper -> dotted path of what answers for it on /check (papers.checking.Checker).
CHECKS: Mapping[str, str] = {
    # one to a line
    "receipt": "grants.proposals.queries:checked_receipt",
    "certificate": "grants.awards.queries.honours:checked_certificate",
    "agreement": "grants.agreements.queries:checked_agreement",
    "notice": "grants.notices.queries:checked_notice",
}

# Kind of page -> dotted paths of functions (thing) -> Panel or None that upper packages show on it (core.panels).
PANELS: Mapping[str, Sequence[str]] = {
    # one to a line
    "organisation": ("grants.workspace.panels:of_organisation",),
    "project": (
        "grants.payments.panels:of_project",
        "grants.closeouts.panels:of_project",
        "grants.threads.panels:conversations",
    ),
    "proposal": (
        "grants.decisions.panels:of_proposal",
        "grants.closeouts.panels:of_proposal",
        "grants.threads.panels:conversations",
    ),
}

# Kind of duty -> (its words, the page where it is met), both filled with the duty's values.
OBLIGATIONS: Mapping[str, tuple[Sentence, str]] = {
    # one to a line
    "review": (_l("Review “%(title)s”"), "/reviews/%(assignment)s"),
    Duty.PROPOSE: (_l("Decide on the proposals of %(title)s"), "/calls/%(call)s/decisions"),
    Duty.VOTE: (_l("Vote on the decisions for %(title)s"), "/calls/%(call)s/board"),
    Duty.APPROVE: (_l("Approve the decisions for %(title)s as chair"), "/calls/%(call)s/board"),
    Duty.RELEASE: (_l("Tell the groups of %(title)s what was decided"), "/calls/%(call)s/decisions"),
    "proposal.submit": (_l("Finish and hand in your proposal"), "/proposals/%(proposal)s"),
    "proposal.mend": (_l("Change and hand in “%(title)s” again"), "/proposals/%(proposal)s"),
    "proposal.screen": (_l("Check %(number)s “%(title)s”"), "/proposals/%(proposal)s/screening"),
    "proposal.recommend": (_l("Give your opinion on “%(title)s”"), "/proposals/%(proposal)s/recommendation"),
    OBJECTION: (_l("Decide objection %(number)s about “%(title)s”"), "/notices/%(notice)s/objections"),
    "award_to_jury": (_l("Hand the nominations for “%(title)s” to the jury"), "/awards/cycles/%(cycle)s"),
    "award_notice": (_l("Choose the winners of “%(title)s” and give notice"), "/awards/cycles/%(cycle)s"),
    "award_give": (_l("Give the awards of “%(title)s”"), "/awards/cycles/%(cycle)s"),
    "payment_apply": (
        _l("Apply for tranche %(number)s of grant %(grant)s, ¥%(amount)s"),
        "/payments/%(tranche)s",
    ),
    "payment_approve": (
        _l("Approve tranche %(number)s of grant %(grant)s, ¥%(amount)s"),
        "/payments/%(tranche)s",
    ),
    "payment_pay": (_l("Pay tranche %(number)s of grant %(grant)s, ¥%(amount)s"), "/payments/%(tranche)s"),
    "payment_acknowledge": (
        _l("Confirm that ¥%(amount)s arrived (tranche %(number)s)"),
        "/payments/%(tranche)s",
    ),
    "account_name": (_l("Name the account for grant %(number)s"), "/groups/%(organisation)s/account"),
    "account_confirm": (_l("Confirm the account of %(name)s"), "/groups/%(organisation)s/account"),
    "account_agree_early": (
        _l("Decide whether the account of %(name)s is used at once"),
        "/groups/%(organisation)s/account",
    ),
    **agreement_duties.WORDS,
    **project_duties.WORDS,
    "closeout_account": (_l("Hand in the final account of “%(title)s”"), "/closeouts/%(closeout)s"),
    "closeout_evaluate": (_l("Evaluate “%(title)s”"), "/closeouts/%(closeout)s"),
    "closeout_return": (_l("Pay back ¥%(amount)s of “%(title)s”"), "/closeouts/%(closeout)s"),
    "closeout_close": (_l("Close “%(title)s”"), "/closeouts/%(closeout)s"),
}

# Kind of thing one talks about -> dotted path of its loader (by id), permission to see it, and dotted path
# of a function (row) -> ids of the people who look after it.
THREADS: Mapping[str, tuple[str, str, str]] = {
    # one to a line
    "proposal": (
        "grants.proposals.queries:by_id",
        "proposal.talk",
        "grants.proposals.queries:who_looks_after",
    ),
    "project": (
        "grants.projects.queries.projects:by_id",
        "project.talk",
        "grants.projects.queries.projects:who_looks_after",
    ),
}

# Who is told what: tables of event name -> Tell (messaging.fields).
TELLS: Sequence[Mapping[str, Sequence[Tell]]] = (
    # one to a line
    accounts_tells.TELLS,
    organisations_tells.TELLS,
    threads_tells.TELLS,
    proposals_tells.TELLS,
    reviews_tells.TELLS,
    decisions_tells.TELLS,
    agreements_tells.TELLS,
    projects_tells.TELLS,
    payments_tells.TELLS,
    awards_tells.TELLS,
    closeouts_tells.TELLS,
)

# Dotted paths of click commands and groups.
COMMANDS: Sequence[str] = (
    # one to a line
    "grants.demo.cli:demo",
    "grants.accounts.cli:user",
    "grants.questionnaires.cli:begin",
)

# Tables whose rows are held while something is decided by them, in the order in which they are (ADR 19).
HOLDING: Sequence[str] = (
    *("demo_clock", "foundation_profile", "role_grant", "notice", "award_cycle", "call", "proposal"),
    *("decision", "grant", "organisation", "entry", "user", "review_stage", "section_answers", "fund"),
)

# What the cases of a list are called, and where each opens.
CASE_NAMES: Callable[[Iterable[str]], Mapping[str, cases.CaseName]] = cases.names

# The foundation's own words in place of the catalogue's.
VOCABULARY: Callable[[], Mapping[str, str]] = reference_queries.vocabulary
