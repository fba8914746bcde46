"""Real papers: readable, archival, the same twice, and never a way in."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from grants.papers import typesetting
from grants.papers.typesetting import TypesettingFailed, templates_folder, typeset

EXAMPLES = Path(__file__).parent / "examples"
AT = datetime(2026, 3, 27, 2, 12, tzinfo=UTC)
PAPERS = sorted(path.stem for path in EXAMPLES.glob("*.json"))


def example(name: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))


def text_of(pdf: bytes) -> str:
    """Without spaces and line ends, which a PDF does not keep."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_every_template_has_an_example() -> None:
    templates = {path.stem for path in templates_folder().glob("*.typ")}
    assert set(PAPERS) == templates - {"base"}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_archival_and_the_same_bytes_twice(name: str) -> None:
    pdf = typeset(name, example(name), created_at=AT)
    assert pdf == typeset(name, example(name), created_at=AT)
    metadata = PdfReader(io.BytesIO(pdf)).xmp_metadata
    assert metadata is not None
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert pdf != typeset(name, example(name), created_at=AT.replace(year=2027))


def test_the_agreement_says_the_amount_in_figures_and_capitals_and_who_does_what() -> None:
    text = text_of(typeset("agreement", example("agreement"), created_at=AT))
    for words in (
        "资助协议",
        "穗志资协-2026-0007",
        "¥48,600.50",
        "人民币肆万捌仟陆佰元零伍角",
        "木棉暖巷助老服务队",
        "荔湾区逢源街道社会组织服务中心",
        "设立专账",
        "不得强制或变相强制任何人提供志愿服务",
        "不得以志愿服务名义进行营利活动",
        "第十二条",
        "7QK2-M9XD-0VBT-4HZR",
        "第1页/共3页",
    ):
        assert words in text


def test_two_parties_and_other_clauses_make_an_agreement_too() -> None:
    data = example("agreement")
    data |= {
        "parties": data["parties"][:2],
        "signatures": data["signatures"][:2],
        "budget": [],
        "draft": True,
    }
    own = {**data, "clauses": [{"title": "唯一条款", "paragraphs": ["双方互信。"]}]}
    text = text_of(typeset("agreement", own, created_at=AT))
    assert "第一条唯一条款双方互信。" in text
    assert "第二条" not in text


def test_an_agreement_may_be_huge_and_its_words_may_be_anything() -> None:
    data = example("agreement")
    data["project"]["purpose"] = "一行\n又一行 " * 2000
    data["duties"] = [{"duty": "x" * 300, "owner": "乙" * 60, "due": ""}] * 150
    data["signatures"][0]["hash"] = "ab"
    assert len(PdfReader(io.BytesIO(typeset("agreement", data, created_at=AT))).pages) > 10


def test_the_receipt_is_one_page_with_time_and_hash() -> None:
    pdf = typeset("receipt", example("receipt"), created_at=AT)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    text = text_of(pdf)
    assert "2026年2月27日17:42:08.316" in text
    assert "人民币伍万贰仟元整" in text
    assert example("receipt")["content_hash"] in text


def test_a_long_deed_stays_on_its_one_page() -> None:
    data = example("certificate") | {"citation": "坚持志愿服务十三年，风雨无阻。" * 40}
    pdf = typeset("certificate", data, created_at=AT)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "陈慕兰" in text_of(pdf)


def test_words_that_look_like_typst_are_only_words() -> None:
    wicked = '#read("/etc/passwd") #panic() $x$ *b* _i_ @ref <label> \\ `raw` = h'
    data = example("certificate") | {"citation": wicked, "recipient": '#image("/etc/passwd")'}
    text = text_of(typeset("certificate", data, created_at=AT))
    assert "".join(wicked.split()) in text
    assert "root:" not in text


def test_a_character_no_font_can_draw_is_named_in_the_log_and_set_as_a_mark(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "_FULL_FONT", Path("/nowhere"))
    data = example("certificate") | {"recipient": "林𰻝🌱\u200d\x00\ud800"}
    with caplog.at_level(logging.WARNING):
        text = text_of(typeset("certificate", data, created_at=AT))
    assert "林〓〓" in text
    assert [record.message for record in caplog.records] == [
        "No glyph for 🌱 (U+1F331) on a paper made from certificate.",
        "No glyph for 𰻝 (U+30EDD) on a paper made from certificate.",
    ]


def test_common_papers_need_no_other_font(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for name in PAPERS:
            typeset(name, example(name), created_at=AT)
    assert caplog.records == []


@pytest.mark.skipif(not typesetting._FULL_FONT.is_file(), reason="the full Noto Sans CJK is not installed")
def test_a_rare_name_is_drawn_by_the_full_font_where_there_is_one(caplog: pytest.LogCaptureFixture) -> None:
    data = example("certificate") | {"recipient": "龘䶮"}
    with caplog.at_level(logging.WARNING):
        text = text_of(typeset("certificate", data, created_at=AT))
    assert "龘䶮" in text
    assert caplog.records == []


@pytest.mark.parametrize(
    "name", ["nothing", "../documents/receipt", "Receipt", "", "receipt.typ", "/etc/passwd"]
)
def test_only_committed_templates_are_set(name: str) -> None:
    with pytest.raises(TypesettingFailed, match="no template"):
        typeset(name, {}, created_at=AT)


def test_data_that_does_not_fit_the_template_is_our_fault_and_said_so() -> None:
    with pytest.raises(TypesettingFailed, match="receipt"):
        typeset("receipt", {"title": "x"}, created_at=AT)


@pytest.mark.parametrize(
    ("greedy", "reason"),
    [
        (
            "#for a in range(9000) { for b in range(9000) { let c = calc.pow(a, 2) } }",
            "longer than 1 seconds|exit -",
        ),
        ("#let grow = range(2000000000)", "memory allocation"),
    ],
)
def test_a_paper_that_takes_too_long_or_too_much_is_given_up(
    greedy: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "greedy.typ").write_text(greedy, "utf-8")
    monkeypatch.setattr(typesetting, "templates_folder", lambda: tmp_path)
    monkeypatch.setattr(typesetting, "TIME_LIMIT", 1)
    monkeypatch.setattr(typesetting, "MEMORY_LIMIT", 512 * 1024**2)
    with pytest.raises(TypesettingFailed, match=reason):
        typeset("greedy", {}, created_at=AT)
