"""The judge of refused forms, tried on pages that tell badly; and the words of the form library in the words of the house."""

from __future__ import annotations

import pytest
from flask import Flask
from wtforms import FieldList, FormField, StringField
from wtforms import Form as Part
from wtforms.validators import InputRequired

from grants.core import i18n
from grants.core.form_words import Sayings
from grants.core.forms import Form
from tests.guards.told import badly_told, misspoken

SUMMARY = '<div data-errors><ul><li><a href="#day">日期：请填写这一项。</a></li></ul></div>'
FIELD = '<p class="wrong" id="day-error">请填写这一项。</p><input id="day" aria-invalid="true" aria-describedby="day-error">'


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (SUMMARY + FIELD, ""),
        (FIELD, "without a summary"),
        (SUMMARY + f"<details open>{FIELD}</details>", ""),
        (SUMMARY + f"<details>{FIELD}</details>", "in a fold that is shut"),
        (SUMMARY, "which is not there"),
        (SUMMARY + '<input id="day">', "nothing is said beside"),
        (SUMMARY + FIELD.replace(' aria-describedby="day-error"', ""), "no field is described"),
        (SUMMARY + FIELD.replace(' aria-invalid="true"', ""), "does not say that it is invalid"),
        (SUMMARY + FIELD.replace("请填写这一项。", "This field is required."), "not in Chinese"),
        ("<p>Nothing.</p>", "without a summary"),
    ],
)
def test_a_page_that_tells_badly_is_found_out(page: str, said: str) -> None:
    found = list(badly_told(page, "zh-Hans"))
    assert bool(found) == bool(said)
    assert said in " ".join(found)


def test_a_name_in_quotation_marks_may_be_of_another_language() -> None:
    assert not list(misspoken("The group “知行社” is not there.", "en"))
    assert list(misspoken("Please fill this in. 请填写。", "en"))
    assert list(misspoken("字段 Not a valid choice for you", "zh-Hans"))


def test_the_library_speaks_the_words_of_the_house_and_numbers_stay_open(app: Flask) -> None:
    with app.test_request_context(), i18n.speaking("zh-Hans"):
        said = Sayings()
        assert said.gettext("This field is required.") == "请填写这一项。"
        longest = said.ngettext("Field cannot be longer than %(max)d character.", "", 9)
        assert longest % {"max": 9} == "太长了，最多 9 个字。"
        assert said.gettext("Invalid URL.") == "无效的 URL。"  # no words of ours: the library's own


class _Duty(Part):
    duty = StringField("Duty", [InputRequired()])


class _Whole(Form):
    duties = FieldList(FormField(_Duty), min_entries=2)


def test_a_summary_leads_to_what_is_wrong_within_a_list(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"duties-0-duty": "x", "duties-1-duty": ""}):
        form = _Whole(meta={"csrf": False})
        assert not form.validate()
        assert [field.id for field in form.broken()] == ["duties-1-duty"]
