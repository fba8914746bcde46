"""The two jobs of telling: from a fact to messages, and from an order to a mail that has left."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grants.core import clock, mail
from grants.core.unit_of_work import unit_of_work
from grants.messaging.actions import record_sent, tell_all
from grants.messaging.composition import Composed, compose
from grants.messaging.queries import was_sent


class TellFact:
    """Tells everybody whom a fact concerns."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        tell_all(str(payload["event"]), payload["fact"])


class Left(Struct, frozen=True):
    """What became of a mail."""

    composed: Composed
    error: str = ""


class SendMail:
    """Hands one mail to the server, outside any transaction, and puts down that it left."""

    def prepare(self, payload: dict[str, Any]) -> Left | None:
        with unit_of_work(read_only=True):
            composed = None if was_sent(str(payload["key"])) else compose(payload)
        if composed is None:
            return None
        try:
            mail.send(composed.mail)
        except mail.Undeliverable as refused:
            return Left(composed, str(refused))
        return Left(composed)

    def keep(self, payload: dict[str, Any], result: Left | None) -> None:
        if result is not None:
            letter = result.composed.mail
            record_sent(
                order=payload,
                user_id=result.composed.user_id,
                to=letter.to,
                subject=letter.subject,
                message_id=letter.message_id,
                at=clock.real_now(),
                error=result.error,
            )


TELL = TellFact()
SEND_MAIL = SendMail()
