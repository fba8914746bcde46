"""What happens in a conversation."""

from __future__ import annotations

from grants.core.events import Event
from grants.core.i18n import lazy_gettext as _l


class MessagePosted(Event, frozen=True, kw_only=True):
    """The words themselves stay in the thread. `reader_ids`: those who wrote or were called in before."""

    sentence = _l("%(author_name)s wrote about “%(title)s”")

    thread_id: int
    thread_public_id: str
    message_id: int
    title: str
    author_name: str
    reader_ids: tuple[int, ...]
