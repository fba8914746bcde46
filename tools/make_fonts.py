"""Writes the fonts of our papers to grants/papers/fonts: a subset of Noto Sans CJK SC (OFL-1.1).

Holds GB2312, Latin-1 with the signs of money and print, and what finance and names need beside them.
The source is Debian's fonts-noto-cjk; the result is the same bytes for the same source.
"""

from __future__ import annotations

import os
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).parent.parent / "grants" / "papers" / "fonts"
SIMPLIFIED = 2
"""The place of SC in the collections."""
FAMILY = "Greenshoots Sans"
"""A name of its own, so that papers look the same beside an installed Noto: the full font only helps out."""
FAMILY_NAMES = {1, 3, 4, 6, 16}
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), *range(0x2030, 0x203B)]
SIGNS = [ord(sign) for sign in "€¥￥×÷±≤≥≈≠√→←↑↓✓✗•◆◇○●□■△▲▽▼☆★①②③④⑤⑥⑦⑧⑨⑩№℃‰〇〔〕【】《》「」『』々—…"]
NAMES = [
    ord(sign)
    for sign in "𬱖𬭎𬬻𫖯𪩘喆堃玥琪璟瑀玘翀赟頔斌镕旻昇珺珅琮祎祺禛桢楠梓煊煜熠燚焱犇骉麟堉垚垟塬峣嵘崟彧弢彣晗晞暐曈"
]


def characters() -> list[int]:
    gb2312 = [
        ord(bytes((row, cell)).decode("gb2312"))
        for row in range(0xA1, 0xF8)
        for cell in range(0xA1, 0xFF)
        if _assigned(bytes((row, cell)))
    ]
    return sorted({*gb2312, *LATIN, *SIGNS, *NAMES})


def _assigned(pair: bytes) -> bool:
    try:
        pair.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def cut(weight: str) -> None:
    font: TTFont = TTCollection(SOURCE / f"NotoSansCJK-{weight}.ttc").fonts[SIMPLIFIED]
    options = subset.Options()
    options.layout_features = ["kern", "halt", "palt", "locl", "ccmp", "mark", "mkmk", "liga", "tnum", "pnum"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in FAMILY_NAMES:
            record.string = (
                record.toUnicode()
                .replace("Noto Sans CJK SC", FAMILY)
                .replace("NotoSansCJKsc", FAMILY.replace(" ", ""))
            )
    font["CFF "].cff.fontNames = [f"{FAMILY.replace(' ', '')}-{weight}"]
    path = TARGET / f"{FAMILY.replace(' ', '')}-{weight}.otf"
    font.save(path)
    print(f"{path.name}: {len(font.getBestCmap())} characters, {path.stat().st_size:,} bytes")


def main() -> None:
    os.environ["SOURCE_DATE_EPOCH"] = "1643673600"
    TARGET.mkdir(parents=True, exist_ok=True)
    for weight in ("Regular", "Bold"):
        cut(weight)


if __name__ == "__main__":
    main()
