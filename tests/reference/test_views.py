"""Settings through HTTP: who sees them, who changes them, what every edge answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from grants.core.i18n import speaking
from grants.reference import queries
from grants.reference.fields import Taxonomy
from tests.cast import Browser
from tests.city import build_city

PAGES = [
    "/settings", "/settings/foundation", "/settings/numbers", "/settings/calendar", "/settings/regions",
    "/settings/regions/440106", "/settings/regions/440106/edit", "/settings/regions/440106/add",
    "/settings/regions/add", "/settings/specialities", "/settings/terms/field", "/settings/terms/field/elderly",
]  # fmt: skip
SignIn = Callable[[str], Browser]
Inside = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def city(inside: Inside) -> None:
    with inside():
        build_city()


@pytest.mark.parametrize("path", PAGES)
def test_staff_and_auditor_read_every_page_and_others_find_nothing(path: str, sign_in: SignIn) -> None:
    for name in ("fay", "olu", "aud"):
        sign_in(name).page(path)
    stranger = sign_in("cy")
    hidden, absent = stranger.get(path), stranger.get("/settings/nothing-of-the-kind")
    assert (hidden.status_code, absent.status_code) == (404, 404)


@pytest.mark.parametrize(
    "path",
    ["/settings/terms/nothing", "/settings/terms/field/nothing", "/settings/regions/990000",
     "/settings/regions/%00", "/settings/terms/field/" + "x" * 5000],
)  # fmt: skip
def test_what_there_is_not_answers_404(path: str, sign_in: SignIn) -> None:
    sign_in("fay").page(path, status=404)


def test_an_officer_reads_but_does_not_change(sign_in: SignIn, inside: Inside) -> None:
    officer = sign_in("olu")
    assert "Add the word" not in officer.page("/settings/terms/field")
    answer = officer.send("/settings/terms/field", {"name_zh": "养宠"})
    assert answer.status_code == 403
    assert "the director or an administrator" in answer.text
    with inside(read_only=True):
        assert [row.key for row in queries.terms(Taxonomy.FIELD)] == ["elderly", "environment"]


def test_a_word_is_added_renamed_retired_and_offered_again(sign_in: SignIn, inside: Inside) -> None:
    fay = sign_in("fay")
    assert (
        fay.send("/settings/terms/place", {"name_zh": "<b>广场</b>", "name_en": "Square"}).status_code == 303
    )
    with inside(read_only=True):
        (row,) = queries.terms(Taxonomy.PLACE)
    page = fay.page("/settings/terms/place")
    assert "&lt;b&gt;广场" in page
    assert "<b>广场" not in page
    address = f"/settings/terms/place/{row.key}"
    assert fay.send(address, {"name_zh": "文化广场", "name_en": "Square"}).status_code == 303
    assert fay.send(f"{address}/retire").status_code == 303
    assert fay.send(f"{address}/retire").status_code == 303
    with inside(read_only=True):
        assert queries.term_choices(Taxonomy.PLACE) == []
        with speaking("zh-Hans"):
            assert queries.term_label(Taxonomy.PLACE, row.key) == "文化广场"
    fay.send(f"{address}/restore")
    with inside(read_only=True):
        assert [key for key, _ in queries.term_choices(Taxonomy.PLACE)] == [row.key]


@pytest.mark.parametrize(
    ("chinese", "english"),
    [("", ""), ("   ", " "), ("助老", "Typed"), ("长" * 121, "Typed"), ("新", "ELDER CARE")],
)
def test_a_word_that_cannot_be_says_why_and_keeps_what_was_typed(
    chinese: str, english: str, sign_in: SignIn
) -> None:
    answer = sign_in("fay").send("/settings/terms/field", {"name_zh": chinese, "name_en": english})
    assert answer.status_code == 422
    assert english.strip() in answer.text
    assert 'role="alert"' in answer.text


def test_the_profile_is_saved_and_a_stale_save_is_told_so(sign_in: SignIn, inside: Inside) -> None:
    fay = sign_in("fay")
    profile = {
        "version": "0", "name_zh": "穗城基金会", "kind": "charity", "volunteer_word": "义工",
        "number_prefix": "穗志资", "credit_code": "53440100dem009000m", "bank_account": "6222 0000 1234",
    }  # fmt: skip
    # The city was built before, so that the row is there and its version has moved on from nothing.
    assert fay.send("/settings/foundation", profile).status_code == 409
    with inside(read_only=True):
        version = queries.foundation().version
    assert fay.send("/settings/foundation", profile | {"version": str(version)}).status_code == 303
    assert fay.send("/settings/foundation", profile | {"version": "x" * 30}).status_code == 409
    with inside(read_only=True):
        kept = queries.foundation()
        assert (kept.name, kept.credit_code) == ({"zh-Hans": "穗城基金会"}, "53440100DEM009000M")
        account = kept.bank_account
    page = fay.page("/settings/foundation")
    assert "6222" not in page
    with inside(read_only=True):
        saved = profile | {"version": str(queries.foundation().version), "bank_account": ""}
    assert fay.send("/settings/foundation", saved).status_code == 303
    with inside(read_only=True):
        assert queries.foundation().bank_account == account == "6222 0000 1234"


def test_the_whole_interface_says_what_the_foundation_calls_a_volunteer(
    sign_in: SignIn, inside: Inside
) -> None:
    from grants.core.policy import SYSTEM
    from grants.reference import actions, fields
    from tests.reference.test_actions import AT

    fay = sign_in("fay")
    with inside():
        values = {"volunteer_word": fields.VolunteerWord.YIGONG}
        actions.edit_foundation(values, version=None, by=SYSTEM, at=AT)
    for code, expected in (("zh-Hans", "我们对义工的称呼"), ("zh-Hant", "我們對義工的稱呼")):
        fay.set_cookie("language", code)
        assert expected in fay.page("/settings/foundation")


@pytest.mark.parametrize("code", ["530100DEM009000M", "53440100DEM009000N", "53440100IOS009000M"])
def test_a_wrong_credit_code_is_explained_on_its_field(code: str, sign_in: SignIn, inside: Inside) -> None:
    with inside(read_only=True):
        version = str(queries.foundation().version)
    answer = sign_in("fay").send(
        "/settings/foundation",
        {"version": version, "name_zh": "基金会", "kind": "charity", "volunteer_word": "志愿者",
         "number_prefix": "穗", "credit_code": code},
    )  # fmt: skip
    assert answer.status_code == 422
    assert 'href="#credit_code"' in answer.text


def test_a_place_is_added_found_renamed_and_ended(sign_in: SignIn, inside: Inside) -> None:
    fay = sign_in("fay")
    place = {"code": "440106009", "name_zh": "林和街道", "name_en": "Linhe Subdistrict"}
    assert fay.send("/settings/regions/440106/add", place).status_code == 303
    assert fay.send("/settings/regions/440106/add", place).status_code == 422
    assert "Linhe" in fay.page("/settings/regions?q=林和")
    assert (
        fay.send("/settings/regions/440106009/edit", {"name_zh": "林和", "valid_to_year": "2020"}).status_code
        == 303
    )
    with inside(read_only=True):
        assert queries.regions_found("林和") == []
    assert fay.send("/settings/regions/440106009/add", place | {"code": "440106009901"}).status_code == 303
    fay.page("/settings/regions/440106009901/add", status=404)


def test_formats_of_numbers_are_checked(sign_in: SignIn, inside: Inside) -> None:
    fay = sign_in("fay")
    with inside(read_only=True):
        sent = {f"format_{kind}": form for kind, form in queries.number_formats().items()}
    answer = fay.send("/settings/numbers", sent | {"format_grant": "{n.__class__}{year}"})
    assert answer.status_code == 422
    assert fay.send("/settings/numbers", sent | {"format_grant": "G{year}-{n:05}"}).status_code == 303
    assert "G20" in fay.page("/settings/numbers")


def test_a_day_off_of_our_own_counts(sign_in: SignIn, inside: Inside) -> None:
    fay = sign_in("fay")
    day = {"day": "2026-11-23", "is_working": "off", "source": "local"}
    assert fay.send("/settings/calendar", day).status_code == 303
    assert fay.send("/settings/calendar", day | {"day": "yesterday"}).status_code == 422
    with inside(read_only=True):
        assert [row.day.isoformat() for row in queries.calendar_days()] == ["2026-11-23"]


def test_pages_of_settings_cost_few_queries(
    sign_in: SignIn, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    fay = sign_in("fay")
    fay.page("/settings/terms/field")
    with statements() as seen:
        fay.page("/settings/terms/field")
    assert len([said for said in seen if said.startswith("SELECT")]) <= 5
