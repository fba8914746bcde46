"""What is told about conversations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values


def _the_others(fact: Values) -> Iterable[Recipient]:
    return [int(user_id) for user_id in fact["reader_ids"]]


TELLS: Mapping[str, Sequence[Tell]] = {
    "MessagePosted": (
        Tell(
            "message_posted",
            _the_others,
            _l("%(author_name)s wrote about “%(title)s”"),
            "/threads/%(thread_public_id)s",
            label=_l("Somebody wrote in a conversation of mine"),
        ),
    ),
}
