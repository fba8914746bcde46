"""Writes grants/reference/data/workdays.csv from the chinesecalendar package (MIT)."""

from __future__ import annotations

import csv
from pathlib import Path

from chinese_calendar import constants

TARGET = Path(__file__).parent.parent / "grants" / "reference" / "data" / "workdays.csv"


def main() -> None:
    rows = [(day.isoformat(), "off", name) for day, name in constants.holidays.items()]
    rows += [(day.isoformat(), "work", name) for day, name in constants.workdays.items()]
    with TARGET.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("date", "kind", "name"))
        writer.writerows(sorted(rows))
    print(f"{len(rows)} days from {min(rows)[0]} to {max(rows)[0]}")


if __name__ == "__main__":
    main()
