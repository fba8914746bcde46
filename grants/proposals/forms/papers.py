"""What was handed in, as pages and papers show it: the text, its way, the receipt, the difference of versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from grants.core import addresses, clock
from grants.core.checkcodes import canonical_json, grouped
from grants.core.i18n import Sentence, date_text, datetime_text, language, speaking, words
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.proposals import queries, rules
from grants.proposals.fields import OPINIONS, RISKS, STATES, ProposalState
from grants.proposals.lifecycle import PROPOSAL
from grants.proposals.models import Proposal, ProposalReturn, ProposalVersion, ScreeningResult
from grants.proposals.panels import MoneyPanel, money_panel
from grants.questionnaires import queries as form_queries
from grants.questionnaires.reading import Change, SectionShown, as_handed_in, changes, sections_shown
from grants.questionnaires.rules import thawed
from grants.reference import queries as reference

S = ProposalState
_KILOBYTE = 1024


class HandedIn(Struct, frozen=True):
    """One version of a proposal, to be read."""

    proposal: Proposal
    version: ProposalVersion
    versions: list[ProposalVersion]
    sections: tuple[SectionShown, ...]
    money: MoneyPanel | None
    sent_back: ProposalReturn | None
    screening: dict[str, ScreeningResult]
    track: list[dict[str, str]]

    @property
    def code(self) -> str:
        return grouped(self.version.check_code)

    @property
    def check_href(self) -> str:
        return f"/check/{self.version.check_code}"

    @property
    def state(self) -> tuple[Sentence, str]:
        return STATES[self.proposal.state]

    @property
    def opinion(self) -> Sentence:
        owed = self.proposal.recommendation
        return OPINIONS[owed.opinion] if owed and owed.opinion else ""

    def may(self, verb: str) -> bool:
        """Whether this step leads on from here."""
        return PROPOSAL.can_fire(verb, self.proposal)

    @property
    def may_be_withdrawn(self) -> bool:
        return self.may("withdraw")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The figures one looks for first."""
        proposal, money = self.proposal, self.money
        rows = [
            (_("Asked of the foundation"), proposal.requested.formatted(language())),
            (_("Total cost"), proposal.total_cost.formatted(language())),
            (_("Period"), f"{date_text(proposal.starts_on)} – {date_text(proposal.ends_on)}"),
            (_("Risk"), str(RISKS[proposal.risk])),
            (_("Handed in"), datetime_text(proposal.submitted_at)),
        ]
        if money and money.per_person is not None:
            rows.append((_("Cost for each person helped"), money.per_person.formatted(language())))
        if money and money.per_hour is not None:
            rows.append((_("Cost for each hour of service"), money.per_hour.formatted(language())))
        return rows


class Difference(Struct, frozen=True):
    """Two versions, answer by answer."""

    proposal: Proposal
    older: ProposalVersion
    newer: ProposalVersion
    versions: list[ProposalVersion]
    changes: list[Change]


def handed_in(proposal: Proposal, number: int | None = None) -> HandedIn:
    """The newest version, or the one of that number. Raises NotFound."""
    versions = queries.versions(proposal)
    version = queries.version(proposal, number) if number else queries.newest_version(proposal)
    definition = form_queries.what_is_asked(proposal.sheet.asks)
    form = version.snapshot["form"]
    paper = rules.paper(definition, thawed(form).answers, proposal.call, queries.field_risks())
    return HandedIn(
        proposal=proposal,
        version=version,
        versions=versions,
        sections=as_handed_in(definition, form),
        money=money_panel(paper),
        sent_back=queries.open_return(proposal),
        screening=queries.screening(proposal),
        track=track(proposal),
    )


def difference(proposal: Proposal, older: int, newer: int) -> Difference:
    definition = form_queries.what_is_asked(proposal.sheet.asks)
    one, other = queries.version(proposal, older), queries.version(proposal, newer)
    shown = [as_handed_in(definition, version.snapshot["form"]) for version in (one, other)]
    return Difference(proposal, one, other, queries.versions(proposal), changes(*shown))


def exact_text(version: ProposalVersion) -> str:
    """The very text whose SHA-256 is the content hash."""
    return canonical_json(version.snapshot)


def track(proposal: Proposal) -> list[dict[str, str]]:
    """The way of a proposal, with the place where it stands."""
    names = [_("Draft"), _("Handed in"), _("Eligibility"), _("Review"), _("Decision")]
    place = _PLACES[proposal.state]
    return [
        {"label": name, "state": "past" if number < place else "now" if number == place else ""}
        for number, name in enumerate(names)
    ]


_PLACES = {
    S.DRAFT: 0,
    S.SUBMITTED: 1,
    S.RETURNED: 1,
    S.INELIGIBLE: 2,
    S.ELIGIBLE: 2,
    S.IN_REVIEW: 3,
    S.FUNDED: 4,
    S.RESERVED: 4,
    S.DECLINED: 4,
    S.WITHDRAWN: 0,
}


def check_address(code: str) -> str:
    """Where anybody may check a paper of this code."""
    return addresses.check_page(code)


def printed(proposal: Proposal, number: int | None) -> dict[str, Any]:
    """What the paper shows: a version as it was handed in, or the draft as it stands."""
    if proposal.submitted_at is None:
        paper = queries.paper_of(proposal)
        sections = sections_shown(paper.definition, paper.filled)
        return {"page": None, "sections": sections, "check_address": "", **_cover(proposal)}
    page = handed_in(proposal, number)
    return {
        "page": page,
        "sections": page.sections,
        "check_address": check_address(page.version.check_code),
        **_cover(proposal),
    }


def _cover(proposal: Proposal) -> dict[str, Any]:
    """The head and the first lines of a printed proposal."""
    host = proposal.organisation.host
    rows = [
        (_("Call"), words(proposal.call.title)),
        (_("Group"), words(proposal.organisation.name)),
        (_("Host"), words(host.name) if host else "–"),
        (_("Asked of the foundation"), proposal.requested.formatted(language())),
        (_("Total cost"), proposal.total_cost.formatted(language())),
    ]
    return {"cover": rows, "foundation": reference.foundation_name()}


def receipt_data(page: HandedIn) -> dict[str, object]:
    """The receipt as templates/documents/receipt.typ reads it; in Chinese, as it is filed."""
    with speaking("zh-Hans"):
        return _receipt(page, page.proposal)


def _receipt(page: HandedIn, proposal: Proposal) -> dict[str, object]:
    version, ours = page.version, reference.foundation()
    requested = Money.yuan(version.snapshot["requested"])
    end = rules.deadline(proposal)
    return {
        "title": _("Receipt for a proposal"),
        "number": proposal.number,
        "foundation": _letterhead(ours),
        "content_hash": version.content_hash,
        "check": {"code": version.check_code, "url": check_address(version.check_code)},
        "proposal": {
            "title": version.snapshot["title"],
            "call": words(proposal.call.title),
            "applicant": words(version.snapshot["organisation"]),
            "host": words(proposal.organisation.host.name) if proposal.organisation.host else None,
            "submitted_by": version.snapshot["signed_by"],
            "requested": requested.formatted(),
            "requested_capitals": requested.capitals(),
            "total_budget": Money.yuan(version.snapshot["total_cost"]).formatted(),
            "version": _("Version %(number)s", number=version.number),
        },
        "received": {
            "at": f"{clock.local(version.submitted_at):%Y-%m-%d %H:%M:%S}",
            "zone": str(clock.zone()),
            "closes_at": datetime_text(end),
            "channel": _("Online"),
        },
        "attachments": _attachments(page.sections),
        "next_steps": [],
        "contact": " · ".join(filter(None, (words(ours.name), ours.phone, ours.email))),
    }


def _letterhead(ours: Any) -> dict[str, str]:
    english = ours.name.get("en", "")
    return {
        "name": words(ours.name),
        "name_en": english,
        "address": words(ours.address),
        "phone": ours.phone,
        "email": ours.email,
    }


def _attachments(sections: Sequence[SectionShown]) -> list[dict[str, str]]:
    files = [file for section in sections for answer in section.answers for file in answer.files]
    return [
        {"name": file["name"], "size": f"{max(1, file['size'] // _KILOBYTE):,} KB", "hash": file["sha256"]}
        for file in files
    ]
