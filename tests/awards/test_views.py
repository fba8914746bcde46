"""Pages of awards over HTTP: what each person finds, and what happens to odd requests."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PIL import Image
from sqlalchemy import select

from grants.awards.actions import certificates
from grants.awards.fields import NominationState, Publicity
from grants.awards.models import AwardCategory, AwardCycle, Certificate
from grants.core import clock
from grants.core.checkcodes import grouped
from grants.core.db import db
from grants.core.policy import SYSTEM, VISITOR
from grants.organisations.models import Organisation, Volunteer
from grants.papers.checking import paper_of
from grants.reference import actions as reference
from grants.reference.fields import VolunteerWord
from tests.awards.scene import DEED, Year, day, noon
from tests.cast import Browser
from tests.guards.told import badly_told

SignIn = Callable[[str], Browser]


def at(public_id: str, verb: str = "") -> str:
    return f"/awards/nominations/{public_id}" + (f"/{verb}" if verb else "")


@pytest.fixture
def draft(year: Year) -> str:
    with year.inside():
        return year.nominate("volunteer", year.volunteers["陈慕兰"], send=False)


def state_of(year: Year, public_id: str) -> NominationState:
    with year.inside():
        return year.nomination(public_id).state


def test_the_page_of_a_team_tells_its_grade_and_findings(year: Year, sign_in: SignIn) -> None:
    with year.inside():
        public_id = year.nominate("team", year.groups[0], publicity=Publicity.FULL)
    page = sign_in("ada").page(at(public_id))
    assert "no grade yet" in page
    assert "Major findings open" in page


def test_a_year_begins_with_the_fifth_of_december_the_volunteer_and_the_organisation(
    year: Year, sign_in: SignIn
) -> None:
    """S004-28, with the foundation's own word for a volunteer."""
    with year.inside():
        reference.edit_foundation(
            {"volunteer_word": VolunteerWord.YIGONG}, version=None, by=SYSTEM, at=noon(-9)
        )
    gus = sign_in("gus")
    day_on_page = re.search(r'name="ceremony_on"[^>]*value="([^"]+)"', gus.page("/awards/cycles/new"))
    assert day_on_page
    assert day_on_page[1] == f"{clock.today().year}-12-05"
    form = {"title_zh": "评优", "period_from": day(-400), "period_to": day(-30), "nominate_from": day(-20),
            "nominate_to": day(-15), "score_from": day(-14), "score_to": day(-13), "notice_from": day(-12),
            "notice_days": 5, "ceremony_on": day_on_page[1]}  # fmt: skip
    begun = gus.send("/awards/cycles/new", form)
    assert begun.status_code == 303, begun.text
    new = f"{begun.headers['Location']}/categories/new"
    for name, key, recipient in (
        ("优秀义工", "volunteer", "person"),
        ("优秀义工组织", "organisation", "organisation"),
    ):
        page = gus.page(new)
        assert f'value="{name}"' in page
        assert f'<option selected value="{recipient}"' in page
        given = {"name_zh": name, "key": key, "recipient": recipient, "quota": 3, "prize": "0",
                 "period_years": 1, "weight_deed": "60", "weight_hours": "40", "full_hours": "50",
                 "reviews_per_entry": 2, "line1": "事迹", "weight1": "100"}  # fmt: skip
        assert gus.send(new, given).status_code == 303
    assert "Outstanding volunteer organisation" in gus.page(begun.headers["Location"])
    gus.set_cookie("language", "zh-Hans")
    assert "优秀义工组织" in gus.page(begun.headers["Location"])
    with year.inside():
        cycle = db.session.scalars(select(AwardCycle).order_by(AwardCycle.id.desc())).first()
        assert cycle
        assert (cycle.ceremony_on.month, cycle.ceremony_on.day) == (12, 5)


def test_a_leader_nominates_from_the_category_to_the_end(year: Year, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    with year.inside():
        category = year.category("volunteer").public_id
        who = db.session.scalars(
            select(Organisation.public_id).where(Organisation.id == year.groups[0])
        ).one()
        chosen = db.session.get_one(Volunteer, year.volunteers["陈慕兰"]).public_id
    page = ada.page(f"/awards/cycles/{year.cycle_id}")
    assert f"/awards/categories/{category}/nominate" in page
    answer = ada.send(f"/awards/categories/{category}/nominate", {"nominee": chosen, "group": who})
    assert answer.status_code == 303
    here = answer.headers["Location"]
    shown = ada.page(here)
    assert "Filled in by the system" in shown
    assert ">30<" in shown
    refused = ada.send(here, {"deed": "短", "version": "1", "publicity": "masked", "submit": "yes"})
    assert refused.status_code == 422
    assert "Tell a little more: 1 of at least 300 characters." in refused.text
    assert ">短</textarea>" in refused.text
    sent = ada.send(
        here, {"deed": DEED, "version": "1", "publicity": "masked", "consent": "y", "submit": "yes"}
    )
    assert sent.status_code == 303
    assert "Content hash" in ada.page(here)


def test_a_draft_saves_by_itself_and_meets_others_without_loss(
    year: Year, draft: str, sign_in: SignIn
) -> None:
    ada = sign_in("ada")
    json = {"headers": {"Accept": "application/json"}}
    values = {"deed": "第一段", "version": "2", "publicity": "full"}
    saved = ada.send(at(draft), values, **json)
    assert saved.status_code == 200, saved.text
    assert saved.json is not None
    assert saved.json["version"] == 3
    stale = ada.send(at(draft), values | {"deed": "别的"}, **json)
    assert stale.status_code == 409
    assert stale.json is not None
    assert (stale.json["version"], stale.json["values"]["deed"]) == (3, "第一段")
    assert ada.send(at(draft), values | {"deed": "别的"}).status_code == 409


def test_too_late_is_said_and_keeps_the_words(year: Year, draft: str, sign_in: SignIn) -> None:
    with year.inside():
        cycle = db.session.scalars(select(AwardCycle)).one()
        cycle.nominate_from, cycle.nominate_to = day(-5), day(-1)
    ada = sign_in("ada")
    late = {"deed": DEED + "新", "version": "2", "publicity": "full", "consent": "y", "submit": "yes"}
    answer = ada.send(at(draft), late)
    assert answer.status_code == 422
    assert "Nominations closed at the end of" in answer.text
    assert DEED + "新" in answer.text
    assert state_of(year, draft) is NominationState.DRAFT


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(-5, 5, ""), (1, 5, "Nominations open on"), (-5, -1, "Nominations closed at the end of")],
)
def test_nominating_is_offered_in_its_time_only(
    year: Year, sign_in: SignIn, first: int, last: int, said: str
) -> None:
    with year.inside():
        cycle = db.session.scalars(select(AwardCycle)).one()
        cycle.nominate_from, cycle.nominate_to = day(first), day(last)
        ways = [f"/awards/categories/{row.public_id}/nominate" for row in year.cycle.categories]
    ada = sign_in("ada")
    page = ada.page(f"/awards/cycles/{year.cycle_id}")
    assert (f'href="{ways[0]}"' in page) is (said == "")
    for shown in (page, ada.page(ways[0])):
        assert said in shown
        assert ("Begin the nomination" in shown) is (said == "" and shown is not page)


@pytest.mark.parametrize("name", ["cy", "bo", "dee", "di"])
def test_strangers_find_nothing(year: Year, draft: str, sign_in: SignIn, name: str) -> None:
    client = sign_in(name)
    absent = client.get(at("0000000000000000"))
    hidden = client.get(at(draft))
    assert (absent.status_code, hidden.status_code) == (404, 404)
    assert absent.text.replace("0000000000000000", "") == hidden.text.replace(draft, "")
    for verb in ("", "withdraw", "choose", "put-back", "award", "guardian"):
        assert client.send(at(draft, verb), {"reason": "x"}).status_code == 404


def test_a_form_sent_too_late_hears_that_first(year: Year, sign_in: SignIn) -> None:
    with year.inside():
        first = year.nominate("volunteer", year.volunteers["陈慕兰"])
    assert sign_in("gus").send(at(first, "choose"), {}).status_code == 409  # nominations still run
    with year.inside():
        year.to_jury()
    year.mark(first, 80)
    for name, verb in (("gus", "choose"), ("ada", "withdraw")):
        refused = sign_in(name).send(at(first, verb), {})
        assert (refused.status_code, list(badly_told(refused.text, "en"))) == (422, [])
    with year.inside():
        year.choose(first)
    assert sign_in("gus").send(at(first, "choose"), {}).status_code == 409
    with year.inside():
        year.publish()
    with year.inside():
        year.give()
    assert sign_in("ada").send(at(first, "withdraw"), {}).status_code == 409


def test_a_jury_reads_of_nominations_and_never_of_proposals(year: Year, sign_in: SignIn) -> None:
    gus, dee, seen = sign_in("gus"), sign_in("dee"), {}
    with year.inside():
        nominated = year.nominate("volunteer", year.volunteers["陈慕兰"])
        stage = year.nomination(nominated).category.stage.public_id
    seen["an empty round"] = gus.page(f"/reviews/stages/{stage}")
    with year.inside():
        year.to_jury()
    year.mark(nominated, 80)
    with year.inside():
        entry = year.entry(year.nomination(nominated).id).public_id
        mine = year.assignment(nominated).public_id
    seen |= {path: dee.page(f"/reviews{path}") for path in ("", f"/{mine}", f"/{mine}/tie")}
    paths = ("stages", f"stages/{stage}", f"stages/{stage}/ranking", f"entries/{entry}")
    seen |= {path: gus.page(f"/reviews/{path}") for path in paths}
    for path, page in seen.items():
        main = page.partition("<main")[2]
        assert not re.search("[Pp]ropos|fund it", main), path
    assert "Nomination" in seen[""]
    assert "Nominations" in seen[f"stages/{stage}"]
    table = gus.get(f"/reviews/stages/{stage}/ranking.csv").text
    assert "Nomination" in table
    assert "Proposal" not in table


def test_the_auditor_reads_and_changes_nothing(year: Year, draft: str, sign_in: SignIn) -> None:
    aud = sign_in("aud")
    assert "Choose as a winner" not in aud.page(at(draft))
    for verb in ("withdraw", "choose", "put-back", "award"):
        assert aud.send(at(draft, verb), {"reason": "x"}).status_code == 403
    assert aud.send(f"/awards/cycles/{year.cycle_id}/score").status_code == 403
    assert aud.get("/awards/cycles/new").status_code == 404


def test_a_year_in_preparation_is_not_there_for_groups(year: Year, sign_in: SignIn) -> None:
    with year.inside():
        hidden = year.plan()
    assert sign_in("ada").get(f"/awards/cycles/{hidden}").status_code == 404
    assert hidden in sign_in("gus").page("/awards")
    assert hidden not in sign_in("ada").page("/awards")


def test_visitors_are_asked_to_sign_in(year: Year, visitor: Callable[[], Browser]) -> None:
    for path in ("/awards", f"/awards/cycles/{year.cycle_id}"):
        assert visitor().get(path).status_code in {302, 303, 401}


def cycle_values(**more: str) -> dict[str, str]:
    dates = {"period_from": -370, "period_to": -6, "nominate_from": 1, "nominate_to": 5, "score_from": 6,
             "score_to": 10, "notice_from": 11, "ceremony_on": 40}  # fmt: skip
    plain = {name: day(offset).isoformat() for name, offset in dates.items()}
    return plain | {"title_zh": "明年", "amount": "10,000", "notice_days": "5", "fund": ""} | more


def test_the_desk_plans_a_year_with_a_category(year: Year, sign_in: SignIn) -> None:
    gus = sign_in("gus")
    wrong = gus.send("/awards/cycles/new", cycle_values(score_from=day(2).isoformat(), amount="一万"))
    assert wrong.status_code == 422
    assert "Write an amount in yuan" in wrong.text
    wrong = gus.send("/awards/cycles/new", cycle_values(score_from=day(2).isoformat()))
    assert "The jury begins once nominations have ended." in wrong.text
    here = gus.send("/awards/cycles/new", cycle_values()).headers["Location"]
    category = {
        "name_zh": "优秀志愿者", "key": "volunteer", "recipient": "person", "quota": "5", "prize": "3000",
        "period_years": "1", "check_hours": "20", "weight_deed": "60", "weight_hours": "30", "full_hours": "50",
        "reviews_per_entry": "2", "line1": "事迹", "weight1": "100",
    }  # fmt: skip
    refused = gus.send(f"{here}/categories/new", category)
    assert refused.status_code == 422
    assert "The weights sum to 90; they must sum to 100." in refused.text
    refused = gus.send(f"{here}/categories/new", category | {"weight_hours": "40"})
    assert "more than the ¥10,000.00 of this year" in refused.text
    made = gus.send(f"{here}/categories/new", category | {"weight_hours": "40", "prize": "2000"})
    assert made.status_code == 303, made.text
    page = gus.page(here)
    assert "At least 20 verified hours in the period" in page
    opened = gus.send(f"{here}/open")
    assert opened.status_code == 422
    assert "Say which fund the prizes are paid from." in opened.text
    with year.inside():
        number = db.session.scalars(select(AwardCategory.public_id).where(AwardCategory.quota == 5)).one()
    stale = category | {"weight_hours": "40", "prize": "1000", "version": "99"}
    assert gus.send(f"/awards/categories/{number}/edit", stale).status_code == 409
    assert "优秀志愿者" in gus.page(f"/awards/categories/{number}/edit")


@pytest.mark.parametrize(
    "odd",
    [
        {"quota": "x", "prize": "1e9", "weight_deed": "NaN", "check_hours": "∞", "recipient": "nobody"},
        {"quota": "9" * 40, "prize": "\x00", "weight_deed": "9" * 12, "weight1": "-1", "key": "É"},
        {"name_zh": "𠮷" * 2000, "key": "a" * 300, "period_years": "-4", "reviews_per_entry": "0"},
        {},
    ],
)
def test_odd_input_is_refused_politely(year: Year, sign_in: SignIn, odd: dict[str, str]) -> None:
    with year.inside():
        hidden = year.plan()
    gus = sign_in("gus")
    assert gus.send(f"/awards/cycles/{hidden}/categories/new", odd).status_code == 422
    assert gus.send("/awards/cycles/new", odd | {"period_from": "0000-13-99"}).status_code == 422
    assert gus.get("/honours?year=²&page=9999999999&category=%01&q=%F0%A0%AE%B7'").status_code == 200


def test_a_guardians_consent_is_opened_by_few_and_the_look_is_put_down(year: Year, sign_in: SignIn) -> None:
    with year.inside():
        public_id = year.nominate("volunteer", year.volunteers["小树苗"], send=False)
    ada = sign_in("ada")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    lie = ada.send(at(public_id, "guardian"), {"guardian_file": (io.BytesIO(b"MZ hello"), "x.pdf")})
    assert lie.status_code == 422
    picture.seek(0)
    assert ada.send(at(public_id, "guardian"), {"guardian_file": (picture, "consent.png")}).status_code == 303
    page = ada.page(at(public_id))
    link = page.split('href="/files/')[1].split('"')[0]
    assert ada.get(f"/files/{link}").status_code == 200
    assert sign_in("gus").get(f"/files/{link}").status_code == 200
    for name in ("aud", "bo", "olu", "cy"):
        assert sign_in(name).get(f"/files/{link}").status_code == 404
    with year.inside():
        row = year.nomination(public_id)
        version = row.version
    values = {"deed": DEED, "version": str(version), "publicity": "masked", "consent": "y", "submit": "yes"}
    assert ada.send(at(public_id), values).status_code == 303


def test_the_hall_teaches_while_it_is_empty_and_then_shows(
    year: Year, visitor: Callable[[], Browser], sign_in: SignIn
) -> None:
    assert "The first names will stand here" in visitor().page("/honours")
    with year.inside():
        first = year.nominate("volunteer", year.volunteers["陈慕兰"])
    with year.inside():
        year.to_jury()
    year.mark(first, 80)
    with year.inside():
        year.choose(first)
    with year.inside():
        year.publish()
    with year.inside():
        year.give()
        certificate = db.session.scalars(select(Certificate)).one()
        public_id, number, code = certificate.public_id, certificate.number, certificate.check_code
    anyone = visitor()
    page = anyone.page("/honours")
    assert "陈**" in page
    assert "陈慕兰" not in page + anyone.page(f"/honours/{public_id}") + anyone.page("/honours?q=陈*")
    assert number not in anyone.page("/honours?q=陈慕兰")
    assert anyone.get(f"/honours/{public_id[:-1]}0").status_code == 404
    assert anyone.send(f"/honours/{public_id}/withdraw", {"reason": "x"}).status_code in {302, 303, 401}
    assert sign_in("ada").send(f"/honours/{public_id}/withdraw", {"reason": "x"}).status_code == 404
    gus = sign_in("gus")
    assert gus.send(f"/honours/{public_id}/withdraw", {"reason": " "}).status_code == 422
    assert gus.send(f"/honours/{public_id}/withdraw", {"reason": "事迹不实"}).status_code == 303
    assert "事迹不实" in anyone.page(f"/honours/{public_id}")
    with year.inside():
        checked = paper_of(grouped(code).lower(), by=VISITOR)
        assert checked is not None
        assert (checked.number, checked.is_valid) == (number, False)
        assert "事迹不实" in str(checked.remark)
        assert checked.facts[0][1] == "陈**"
    assert gus.send(f"/honours/{public_id}/withdraw", {"reason": "again"}).status_code == 409


def test_lists_ask_no_more_the_longer_they_are(year: Year, sign_in: SignIn, statements: object) -> None:
    gus = sign_in("gus")
    with year.inside():
        category = year.category("volunteer").public_id

    def asked(path: str) -> int:
        with statements() as seen:  # type: ignore[operator]
            gus.page(path)
        return sum(1 for one in seen if one.startswith("SELECT"))

    with year.inside():
        year.nominate("volunteer", year.volunteers["陈慕兰"])
        past = certificates.PastCertificate("ZS1", {"zh-Hans": "旧"}, "volunteer", {"zh-Hans": "优"},
                                            {"zh-Hans": "某"}, True, True, day(-400))  # fmt: skip
        certificates.enter_past(past, by=year.actor("gus"), at=noon(0))
    paths = [f"/awards/categories/{category}", "/honours", f"/awards/cycles/{year.cycle_id}", "/awards"]
    few = [asked(path) for path in paths]
    with year.inside():
        for number in range(6):
            who = year.volunteer(f"志愿者{number}", year.groups[0], minutes=1300)
            year.nominate("volunteer", who)
            certificates.enter_past(replace(past, number=f"ZS{number + 2}"), by=year.actor("gus"), at=noon(0))
    assert [asked(path) for path in paths] == few
    assert max(few) <= 20
