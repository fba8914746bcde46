"""Which rows of a long list a page shows, and which other pages it offers."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

SIZES = (25, 50, 100)
_NEIGHBOURS = 2
_LONGEST_NUMBER = 9


class PageLink(Struct, frozen=True):
    """One entry of the pager; a gap has neither address nor number."""

    label: str
    href: str = ""
    current: bool = False


class Window(Struct, frozen=True):
    """One page of `size` rows out of `total`; numbers begin at 1, and an empty list has one empty page."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """Counted from 1; 0 when there is nothing."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)


def window(total: int, *, number: str, size: str) -> Window:
    """The page a person asked for, or the nearest there is: what is not a number is the first page."""
    asked_size = int(size) if size in map(str, SIZES) else SIZES[0]
    short = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    whole = Window(1, asked_size, total)
    return Window(min(max(int(number), 1), whole.pages) if short else 1, asked_size, total)


def links(shown: Window, href: Callable[[int], str]) -> tuple[PageLink, ...]:
    """First, last and the neighbours; what lies between is a gap."""
    near = range(shown.number - _NEIGHBOURS, shown.number + _NEIGHBOURS + 1)
    numbers = sorted({1, shown.pages, *(n for n in near if 1 <= n <= shown.pages)})
    offered: list[PageLink] = []
    before = 0
    for number in numbers:
        if number > before + 1:
            offered.append(PageLink("…"))
        offered.append(PageLink(str(number), href(number), current=number == shown.number))
        before = number
    return tuple(offered)
