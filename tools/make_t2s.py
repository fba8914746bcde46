"""Writes grants/core/data/t2s.txt: OpenCC's traditional to simplified map, character by character."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from opencc import OpenCC

TARGET = Path(__file__).parent.parent / "grants" / "core" / "data" / "t2s.txt"
HEADER = "# traditional, simplified; from the OpenCC dictionaries (Apache-2.0), by tools/make_t2s.py"
HAN = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x32000))


def main() -> None:
    convert = OpenCC("t2s").convert
    characters = [chr(point) for block in HAN for point in block if unicodedata.category(chr(point)) == "Lo"]
    pairs = [(one, simple) for one in characters if (simple := convert(one)) != one and len(simple) == 1]
    TARGET.parent.mkdir(exist_ok=True)
    lines = [HEADER, *(one + simple for one, simple in pairs)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(pairs)} characters")


if __name__ == "__main__":
    main()
