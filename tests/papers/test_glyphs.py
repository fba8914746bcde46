"""The committed fonts draw what an office in Guangzhou writes."""

from __future__ import annotations

import pytest

from grants.papers.glyphs import coverage, draws, invisible
from grants.papers.typesetting import _OWN_FONTS

FONTS = sorted(_OWN_FONTS.glob("*.otf"))


def test_two_weights_with_their_licence_fit_in_six_megabytes() -> None:
    assert [font.name for font in FONTS] == ["GreenshootsSans-Bold.otf", "GreenshootsSans-Regular.otf"]
    assert sum(font.stat().st_size for font in FONTS) < 6 * 1024**2
    assert "SIL OPEN FONT LICENSE Version 1.1" in (_OWN_FONTS / "OFL.txt").read_text("utf-8")


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.stem)
def test_all_of_gb2312_latin_and_the_signs_of_money_are_drawn(font: object) -> None:
    rows = (
        bytes((row, cell)).decode("gb2312", "ignore")
        for row in range(0xA1, 0xF8)
        for cell in range(0xA1, 0xFF)
    )
    wanted = (
        "".join(rows)
        + "".join(map(chr, range(0x20, 0x7F)))
        + "¥￥€零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整〓喆玥𬱖éüñ“”—…"
    )
    assert [character for character in wanted if not draws(coverage(font), character)] == []  # type: ignore[arg-type]


def test_what_is_not_there_is_told() -> None:
    ranges = coverage(FONTS[0])
    assert not draws(ranges, "🌱")
    assert not draws(ranges, "\U0010ffff")
    assert not draws((), "一")


def test_joiners_and_selectors_ask_for_nothing_to_be_drawn() -> None:
    assert all(map(invisible, "\u200d\ufe0f\U000e0100\x00\ud800\u00ad"))
    assert not any(map(invisible, "一a 　"))
