"""The funds of the demo and its two calls, made by finance and the officer at their own times.

What the data calls a type, a condition or a date becomes the drafts that the editor's pages send.
Afterwards C1 is open and C2 is scheduled: whoever plays the year lets the clock go on with
`calls.actions.publishing.keep_time` and moves the calls on with `advance`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from grants.calls.actions import drafting, publishing
from grants.calls.fields import CallKind, EditStep, Gate
from grants.calls.models import Call
from grants.calls.queries import loading
from grants.calls.rules import drafts, timetable
from grants.core import clock
from grants.core.money import Money
from grants.core.policy import Actor
from grants.funds import actions as funds
from grants.funds.fields import BudgetLine, SourceType
from grants.funds.models import Fund
from grants.reviews.rules import CriterionDraft

Data = Mapping[str, Any]
OFFICE_OPENS = time(9, 0)
_SOURCES = {"捐赠": SourceType.DONATION, "企业专项捐赠(虚构)": SourceType.EARMARKED}
_FULL_WIDTH = str.maketrans({",": "，", ":": "：", ";": "；", "(": "（", ")": "）"})
_GRADES_IN_ENGLISH = {"excellent": "Excellent", "good": "Good", "pass": "Pass", "fail": "Fail"}


def load_funds(data: Data, *, finance: Actor) -> dict[str, Fund]:
    """Each fund with what it held when the year began, and the budget of the year. By the data's ids."""
    year = data["annual_budget"]["year"]
    at = clock.at_local(date(year, 1, 1))
    found: dict[str, Fund] = {}
    for row in data["funds"]:
        source = _SOURCES[row["source_type"]]
        fund = found[row["id"]] = funds.open_fund(
            name=_words(row["name_zh"], row["name_en"]),
            source_type=source,
            earmarked=source is SourceType.EARMARKED,
            by=finance,
            at=at,
        )
        funds.open_balance(fund, amount=Money.yuan(row["opening_balance"]), by=finance, at=at)
    for row in data["annual_budget"]["lines"]:
        funds.set_year_budget(
            found[row["fund_id"]],
            year=year,
            line=_line(row["purpose_zh"]),
            amount=Money.yuan(row["amount"]),
            purpose={"zh-Hans": row["purpose_zh"]},
            by=finance,
            at=at,
        )
    return found


def _line(purpose: str) -> BudgetLine:
    if "表彰" in purpose:
        return BudgetLine.AWARDS
    return BudgetLine.SUPPORT if "评审" in purpose else BudgetLine.GRANTS


def load_calls(data: Data, *, found: Mapping[str, Fund], officer: Actor) -> dict[str, Call]:
    """Both calls, each from its template, corrected to what the data says, published when it was. By the data's ids."""
    return {row["id"]: load_call(row, found[row["fund_id"]], officer) for row in data["calls"]}


def load_call(row: Data, fund: Fund, officer: Actor) -> Call:
    published_at = clock.at_local(date.fromisoformat(row["timetable"]["published"]), OFFICE_OPENS)
    made = drafting.start_from_template(row["type"], by=officer, at=published_at)
    call = loading.by_public_id(made.public_id)
    for step, draft in _drafts(row, call, fund).items():
        drafting.edit(call, step, draft, by=officer, at=published_at)
    publishing.publish_call(call, by=officer, at=published_at, lead_is_confirmed=True)
    return call


def _drafts(row: Data, call: Call, fund: Fund) -> dict[EditStep, Any]:
    start, end = (date.fromisoformat(row["timetable"][name]) for name in ("start", "end"))
    return {
        EditStep.BASICS: drafts.Basics(
            _words(row["name_zh"], row["name_en"]), CallKind(row["type"]), call.lead, call.purpose
        ),
        EditStep.MONEY: drafts.Amounts(
            fund.id,
            datetime.fromisoformat(row["timetable"]["open"]).year,
            Money.yuan(row["budget_total"]),
            Money.yuan(row["min_grant"]),
            Money.yuan(row["max_grant"]),
            Decimal(row["min_cofunding_pct"]),
            row["duration_months_max"],
            start,
            end,
        ),
        EditStep.FIELDS: [
            drafts.FieldShare(share["field"], Decimal(share["target_share_pct"]))
            for share in row["priority_fields"]
        ],
        EditStep.RULES: _rules(row, call),
        EditStep.STANDARD: drafts.Standard(
            row["reviewers_per_proposal"],
            row["min_external_reviewers"],
            Decimal(row["pass_score"]),
            [_criterion(criterion) for criterion in row["criteria"]],
        ),
        EditStep.CAPS: [_cap(cap) for cap in row["caps"]],
        EditStep.TIMETABLE: _timetable(row["timetable"], call),
        EditStep.TRANCHES: [
            drafts.TrancheDraft(Decimal(part["pct"]), Gate(part["condition"])) for part in row["tranches"]
        ],
        EditStep.GRADES: drafts.Grades(
            row["timetable"]["publicity_working_days"], [_band(band) for band in row["grades"]]
        ),
    }


def _band(row: Data) -> drafts.BandDraft:
    name = _words(row["zh"], _GRADES_IN_ENGLISH[row["key"]])
    return drafts.BandDraft(row["key"], name, Decimal(row["min"]))


def _rules(row: Data, call: Call) -> Sequence[drafts.RuleDraft]:
    """The conditions of the data; what the machine checks and why is said by the template's of the same key."""
    known = {rule.key: rule for rule in call.rules}
    return [
        drafts.RuleDraft(
            rule["key"],
            known[rule["key"]].text if rule["key"] in known else _words(rule["zh"], rule["en"]),
            known[rule["key"]].reason if rule["key"] in known else {},
            known[rule["key"]].check if rule["key"] in known else {},
        )
        for rule in row["eligibility"]
    ]


def _criterion(row: Data) -> CriterionDraft:
    return CriterionDraft(
        row["key"],
        _words(row["name_zh"], row["name_en"]),
        Decimal(row["weight"]),
        Decimal(row["scale_min"]),
        Decimal(row["scale_max"]),
        anchors={
            mark: _words(text, _sentence(row["anchors_en"][mark])) for mark, text in row["anchors_zh"].items()
        },
    )


def _cap(row: Data) -> drafts.CapDraft:
    percent, price = row.get("max_pct_of_grant"), row.get("max_unit_price")
    return drafts.CapDraft(
        row["category"],
        None if percent is None else Decimal(percent),
        None if price is None else Money.yuan(price),
        row.get("required_if", ""),
    )


def _timetable(row: Data, call: Call) -> timetable.Timetable:
    """The dates of the data under the names and owners of the template's steps."""
    dates = {
        "eligibility": (None, row["eligibility_due"]),
        "recommendation": (None, row["recommendation_due"]),
        "review": (row["review_from"], row["review_to"]),
        "board": (None, row["board_meeting"]),
        "notice": (row["publicity_from"], row["publicity_to"]),
        "agreement": (None, row["agreement_due"]),
        "implementation": (row["start"], row["end"]),
    }
    steps = [
        timetable.StepDraft(
            step.key, step.title, _day(dates[step.key][0]), _day(dates[step.key][1]), step.owner
        )
        for step in loading.steps_of(call)
        if dates[step.key][1]
    ]
    opens, closes = (datetime.fromisoformat(row[name]) for name in ("open", "close"))
    return timetable.Timetable(opens, closes, steps)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _words(chinese: str, english: str) -> dict[str, str]:
    return {"zh-Hans": chinese.translate(_FULL_WIDTH), "en": english}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
