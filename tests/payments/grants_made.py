"""A fund, a call and signed grants with their projects, laid straight into the tables: the floors below are not on trial here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from grants.accounts import queries as people
from grants.agreements.events import AgreementSigned
from grants.agreements.fields import GrantState
from grants.agreements.models import Grant
from grants.calls.fields import CallKind, Gate
from grants.calls.models import Call, TranchePlan
from grants.core import clock
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import SYSTEM, Actor
from grants.documents.models import Document
from grants.funds import actions as funds
from grants.funds.fields import BudgetLine, SourceType
from grants.funds.models import Fund
from grants.organisations.fields import Kind, LegalStatus, MemberRole
from grants.organisations.models import Membership, Organisation
from grants.payments.actions import accounts
from grants.payments.models import PayeeAccount, Tranche
from grants.payments.reactions import plan_and_open
from grants.projects.fields import ProjectState, ReportKind
from grants.projects.models import Project, Report
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from grants.questionnaires.fields import QuestionnaireKind
from grants.questionnaires.models import AnswerSheet, Questionnaire, QuestionnaireVersion
from grants.reference.models import Region, Speciality
from tests.cast import Cast
from tests.city import build_city

AT = datetime(2026, 5, 7, 2, 0, tzinfo=UTC)
USABLE = AT + timedelta(days=10)
YEAR = 2026
PLAN = ((1, 50, Gate.AGREEMENT_SIGNED), (2, 40, Gate.MIDTERM_PASSED), (3, 10, Gate.FINAL_ACCEPTED))
LIWAN = "440100/440103"


def yuan(amount: str | int) -> Money:
    return Money.yuan(amount)


WHOLE = yuan(40_000)


@dataclass
class House:
    """Who and what the tests of paying need; everything is made inside the caller's unit of work."""

    cast: Cast
    fund_id: int = 0
    call_id: int = 0
    made: int = 0
    members: dict[str, int] = field(default_factory=dict)

    def open(self, *, money: int = 1_000_000, budget: int = 900_000) -> None:
        """A fund with money and a budget, and a call of three tranches."""
        build_city()
        fund = funds.open_fund(
            name={"zh-Hans": "综合资助资金", "en": "General fund"},
            source_type=SourceType.DONATION,
            by=SYSTEM,
            at=AT,
        )
        funds.open_balance(fund, amount=yuan(money), by=SYSTEM, at=AT)
        funds.set_year_budget(fund, year=YEAR, line=BudgetLine.GRANTS, amount=yuan(budget), by=SYSTEM, at=AT)
        call = Call(
            title={"zh-Hans": "木棉计划", "en": "Kapok Programme"},
            kind=CallKind.ANNUAL,
            fund_id=fund.id,
            year=YEAR,
            envelope=yuan(450_000),
            floor=yuan(10_000),
            ceiling=yuan(50_000),
        )
        call.tranches = [TranchePlan(number=n, percent=Decimal(part), gate=gate) for n, part, gate in PLAN]
        db.session.add(call)
        form = Questionnaire(key="proposal", kind=QuestionnaireKind.PROPOSAL)
        db.session.add(form)
        db.session.flush()
        db.session.add(QuestionnaireVersion(questionnaire_id=form.id, number=1, definition={}))
        db.session.flush()
        self.fund_id, self.call_id = fund.id, call.id

    def group(self, name: str = "木棉暖巷", *, host: int | None = None, leader: str = "ada") -> int:
        """A group with its leader: a legal person, or one whose money goes to its host."""
        self.made += 1
        legal = host is None
        body = Organisation(
            kind=Kind.GROUP,
            name={"zh-Hans": name, "en": f"Kapok {self.made}"},
            name_folded=name,
            legal_status=LegalStatus.REGISTERED_SSA if legal else LegalStatus.UNREGISTERED,
            credit_code=f"52440103{self.made:010}" if legal else None,
            host_id=host,
            region_id=db.session.scalars(select(Region.id).where(Region.path == LIWAN)).one(),
            region_path=LIWAN,
            speciality_id=db.session.scalars(select(Speciality.id).order_by(Speciality.id)).first(),
            registered_at=AT,
        )
        db.session.add(body)
        db.session.flush()
        db.session.add(
            Membership(
                organisation_id=body.id,
                user_id=self.cast.id(leader),
                role=MemberRole.OWNER,
                from_on=date(2020, 1, 1),
            )
        )
        db.session.flush()
        return body.id

    def promise(self, group_id: int, amount: Money = WHOLE) -> Grant:
        """A promised grant with its money committed, and the project that will begin."""
        group = db.session.get_one(Organisation, group_id)
        self.made += 1
        version = db.session.scalars(select(QuestionnaireVersion)).one()
        sheet = AnswerSheet(version_id=version.id, holder_kind="proposal")
        db.session.add(sheet)
        db.session.flush()
        proposal = Proposal(
            call_id=self.call_id,
            organisation_id=group_id,
            region_path=LIWAN,
            sheet_id=sheet.id,
            title=f"暖巷敲门 {self.made}",
            started_at=AT,
            state=ProposalState.WITHDRAWN,
        )
        db.session.add(proposal)
        db.session.flush()
        grant = Grant(
            number=f"穗志资-2026-{self.made:04}",
            proposal_id=proposal.id,
            call_id=self.call_id,
            organisation_id=group_id,
            payee_id=group.payee_id,
            fund_id=self.fund_id,
            year=YEAR,
            amount=amount,
            promised_at=AT,
            state=GrantState.PROMISED,
        )
        db.session.add(grant)
        db.session.flush()
        fund = db.session.get_one(Fund, self.fund_id)
        funds.commit_money(fund, year=YEAR, amount=amount, case=grant.case, by=SYSTEM, at=AT)
        return grant

    def sign(self, grant: Grant, *, at: datetime = AT) -> Project:
        """As if the agreement were signed: the grant runs, the project is there, paying reacts."""
        grant.state = GrantState.ACTIVE
        project = Project(
            grant_id=grant.id,
            case=grant.case,
            organisation_id=grant.organisation_id,
            region_path=LIWAN,
            title=f"暖巷敲门 {grant.id}",
            starts_on=date(2026, 5, 11),
            ends_on=date(2027, 4, 30),
            state=ProjectState.ACTIVE,
        )
        db.session.add(project)
        db.session.flush()
        for kind, day in ((ReportKind.MIDTERM, date(2026, 11, 6)), (ReportKind.FINAL, date(2027, 5, 15))):
            db.session.add(Report(project_id=project.id, kind=kind, due_on=day))
        db.session.flush()
        plan_and_open(
            AgreementSigned(
                occurred_at=at,
                actor_id=None,
                case=grant.case,
                agreement_id=1,
                grant_id=grant.id,
                proposal_id=grant.proposal_id,
                organisation_id=grant.organisation_id,
                payee_id=grant.payee_id or 0,
                number="协议2026-001",
                amount=grant.amount.fen,
            )
        )
        return project

    def account(self, body_id: int, *, at: datetime = AT, number: str = "6222000012341234") -> PayeeAccount:
        """A confirmed account: named by Eve, confirmed by Eve2."""
        body = db.session.get_one(Organisation, body_id)
        account = PayeeAccount(
            organisation=body,
            holder_name=body.name["zh-Hans"],
            bank="示例银行",
            number=number,
            number_end=number[-4:],
            proposed_by_id=self.cast.id("eve"),
            proposed_at=at,
        )
        db.session.add(account)
        db.session.flush()
        accounts.confirm(account, by=self.actor("eve2"), at=at)
        return account

    def actor(self, name: str) -> Actor:
        return people.actor_of(self.cast.id(name))

    def tranche(self, grant_id: int, number: int = 1) -> Tranche:
        from grants.payments.queries import tranches

        return next(row for row in tranches.tranches_of(grant_id) if row.number == number)


def a_file(holder_id: int = 1) -> Document:
    return Document(
        holder_kind="payee_account",
        holder_id=holder_id,
        purpose="bank_proof",
        name="proof.pdf",
        content_type="application/pdf",
        size=10,
        sha256="0" * 64,
        storage_key=f"202611/{holder_id:032}",
        uploaded_at=clock.now(),
    )
