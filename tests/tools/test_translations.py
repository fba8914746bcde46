from __future__ import annotations

import gettext
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polib
import pytest

from grants.core.catalogues import compile_catalogues
from tools.translations import House, check, write

SOURCE = """
from grants.core.i18n import gettext as _, lazy_gettext as _l, ngettext, pgettext

greeting = _("Good evening")
late = _l("Sent by %(name)s", name="x")
count = ngettext("One group", "%(num)s groups", 3)
month = pgettext("month", "May")
"""
TEMPLATE = """{% extends "base.html" %}
<h1>{{ _("Calls") }}</h1>
<p>{% trans trimmed %}
  Closes
  soon
{% endtrans %}</p>
<p>{% trans num=rows|length %}{{ num }} row{% pluralize %}{{ num }} rows{% endtrans %}</p>
"""
WORDS = {
    "Good evening": "晚上好",
    "Sent by %(name)s": "由%(name)s发送",
    "One group": "%(num)s 个小组",
    "May": "五月",
    "Calls": "资助计划",
    "Closes soon": "即将截止",
    "%(num)s row": "%(num)s 行",
    "Sign out": "退出",
}


@pytest.fixture
def house(tmp_path: Path) -> House:
    for name, text in {
        "grants/calls/rules.py": SOURCE,
        "grants/core/web.py": 'from x import _\n_("Good evening")\n',
        "templates/calls/show.html": TEMPLATE,
        "templates/base.html": '{{ _("Sign out") }}',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return House(tmp_path)


def translate(house: House, package: str, words: dict[str, str]) -> None:
    path = house.catalogue("zh_Hans", package)
    catalogue = polib.pofile(str(path), wrapwidth=0)
    for entry in catalogue:
        if entry.msgid in words:
            if entry.msgid_plural:
                entry.msgstr_plural = {0: words[entry.msgid]}
            else:
                entry.msgstr = words[entry.msgid]
    catalogue.save(str(path))


@pytest.fixture
def translated(house: House) -> House:
    write(house)
    for package in ("calls", "core", "face"):
        translate(house, package, WORDS)
    write(house)
    assert check(house) == []
    return house


def msgids(house: House, package: str) -> list[str]:
    return [entry.msgid for entry in polib.pofile(str(house.catalogue("zh_Hans", package)))]


def test_every_sentence_goes_to_the_catalogue_of_its_package(house: House) -> None:
    write(house)
    assert {package: msgids(house, package) for package in house.packages("zh_Hans")} == {
        "calls": [
            "%(num)s row",
            "Calls",
            "Closes soon",
            "Good evening",
            "May",
            "One group",
            "Sent by %(name)s",
        ],
        "core": ["Good evening"],
        "face": ["Sign out"],
    }


def test_new_sentences_wait_for_a_translation(house: House) -> None:
    write(house)
    assert check(house) == sorted(
        f"{package}: {msgid!r}: no translation"
        for package in house.packages("zh_Hans")
        for msgid in msgids(house, package)
    )


def test_a_second_run_changes_nothing(translated: House) -> None:
    assert write(translated) == []


def test_a_sentence_that_moves_to_another_package_keeps_its_translation(translated: House) -> None:
    (translated.root / "grants/calls/rules.py").write_text("")
    moved = translated.root / "grants/awards/rules.py"
    moved.parent.mkdir()
    moved.write_text(SOURCE)
    write(translated)
    assert check(translated) == []
    assert "May" not in msgids(translated, "calls")
    assert "May" in msgids(translated, "awards")


def test_a_catalogue_without_sentences_goes(translated: House) -> None:
    (translated.root / "templates/base.html").write_text("")
    write(translated)
    assert translated.packages("zh_Hans") == ["calls", "core"]
    assert translated.packages("zh_Hant") == ["calls", "core"]


def test_traditional_is_made_from_simplified_with_our_exceptions(translated: House) -> None:
    (translated.catalogues / "exceptions.tsv").write_text("# why\n计划\t計画\n", encoding="utf-8")
    assert [line.split(":")[0] for line in check(translated)] == ["grants/translations/zh_Hant/calls.po"]
    write(translated)
    hant = {e.msgid: e.msgstr for e in polib.pofile(str(translated.catalogue("zh_Hant", "calls")))}
    assert hant["Calls"] == "資助計画"
    assert hant["Sent by %(name)s"] == "由%(name)s發送"


@pytest.mark.parametrize(
    ("msgid", "wrong", "complaint"),
    [
        ("Sent by %(name)s", "由%(nmae)s发送", "placeholders differ: %(name)s %(nmae)s"),
        ("Sent by %(name)s", "已发送", "placeholders differ: %(name)s"),
        ("One group", "一个小组", "placeholders differ: %(num)s"),
        (
            "Good evening",
            "Good evening",
            "the translation has no Chinese character (if meant: same_in_chinese.txt)",
        ),
        ("Calls", "资助(计划)", "half-width punctuation beside Chinese: 助("),
        ("Calls", "资助,计划", "half-width punctuation beside Chinese: 助,"),
        ("Calls", "资助计划!", "half-width punctuation beside Chinese: 划!"),
        ("Calls", "资助计划.", "half-width punctuation beside Chinese: 划."),
    ],
)
def test_check_names_each_fault(translated: House, msgid: str, wrong: str, complaint: str) -> None:
    translate(translated, "calls", {msgid: wrong})
    if msgid == "Good evening":
        translate(translated, "core", {msgid: wrong})
    write(translated)
    assert f"calls: {msgid!r}: {complaint}" in check(translated)


def test_check_allows_what_is_the_same_in_chinese_on_purpose(translated: House) -> None:
    translate(translated, "face", {"Sign out": "Sign out"})
    (translated.catalogues / "same_in_chinese.txt").write_text("Sign out\n")
    write(translated)
    assert check(translated) == []


def test_check_finds_one_sentence_translated_two_ways(translated: House) -> None:
    translate(translated, "core", {"Good evening": "晚安"})
    write(translated)
    assert check(translated) == [
        "'Good evening': translated in more than one way: '晚上好' in calls, '晚安' in core"
    ]


def test_check_finds_what_is_marked_fuzzy(translated: House) -> None:
    path = translated.catalogue("zh_Hans", "face")
    path.write_text(path.read_text().replace('msgid "Sign', '#, fuzzy\nmsgid "Sign'))
    write(translated)
    assert check(translated) == ["face: 'Sign out': marked fuzzy"]


def test_check_finds_catalogues_out_of_step_with_the_sources(translated: House) -> None:
    (translated.root / "templates/base.html").write_text('{{ _("Sign in") }}')
    assert [line.split(":")[0] for line in check(translated)] == [
        "grants/translations/zh_Hans/face.po",
        "grants/translations/zh_Hant/face.po",
    ]


def spoken(house: House, locale: str) -> gettext.GNUTranslations:
    with (house.catalogues / "compiled" / locale / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_the_compiled_catalogue_speaks(translated: House) -> None:
    chinese = spoken(translated, "zh_Hans_CN")
    assert chinese.gettext("Sign out") == "退出"
    assert chinese.ngettext("One group", "%(num)s groups", 1) == "%(num)s 个小组"
    assert chinese.pgettext("month", "May") == "五月"
    assert spoken(translated, "zh_Hant_HK").gettext("Calls") == "資助計劃"


def test_compiling_happens_only_when_a_catalogue_is_newer(translated: House) -> None:
    assert compile_catalogues(translated.catalogues) == []
    path = translated.catalogue("zh_Hans", "face")
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    assert [file.parts[-3] for file in compile_catalogues(translated.catalogues)] == ["zh_Hans_CN"]
    assert compile_catalogues(translated.catalogues) == []


def test_several_workers_may_compile_at_once(translated: House) -> None:
    for file in translated.catalogues.glob("compiled/**/*.mo"):
        file.unlink()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: compile_catalogues(translated.catalogues), range(8)))
    assert spoken(translated, "zh_Hans_CN").gettext("Sign out") == "退出"
    assert sorted(file.name for file in translated.catalogues.glob("compiled/*/*/*")) == ["messages.mo"] * 2


def test_our_own_catalogues_are_complete() -> None:
    assert check(House(Path(__file__).resolve().parents[2])) == []


def test_signing_is_never_written_as_drawing_lots() -> None:
    kept = Path(__file__).parents[2] / "grants" / "translations" / "zh_Hant"
    wrong = re.compile("(?<![抽標])籤")
    assert [path.name for path in sorted(kept.glob("*.po")) if wrong.search(path.read_text("utf-8"))] == []
