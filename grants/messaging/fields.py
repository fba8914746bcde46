"""How one fact is told: to whom, in which words, and whether by mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from grants.core.i18n import Sentence

Values = Mapping[str, Any]


class ToAddress(Struct, frozen=True):
    """Somebody who may have no account, reached by mail only."""

    email: str
    name: str = ""
    language: str = "zh-Hans"


Recipient = int | ToAddress
"""A user's id, or a bare address."""


def nothing_more(fact: Values) -> Values:
    return {}


class Tell(Struct, frozen=True):
    """One way in which a fact is told.

    `key` is unique in the house. `sentence` is the line in the inbox and the subject of the mail;
    it and `address` (the page to open) are filled with the values of the fact. `mail` names the
    template in `emails/`; empty sends none. `more` gives the mail values made at the last moment,
    such as a secret link. `label` lets the reader switch the mails off; without it they always come.
    """

    key: str
    who: Callable[[Values], Iterable[Recipient]]
    sentence: Sentence
    address: str = ""
    mail: str = "notice"
    in_app: bool = True
    label: Sentence | None = None
    more: Callable[[Values], Values] = nothing_more
