"""Writes a mail in its reader's language, with the foundation's name on it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grants.accounts.queries import user_by_id
from grants.core import addresses, i18n, mail
from grants.core.jinja import rendered
from grants.messaging.fields import Tell, ToAddress, Values
from grants.messaging.queries import tells_by_key, unwanted_by_mail
from grants.reference.queries import foundation_name


class Composed(Struct, frozen=True):
    """A mail ready to leave, and whose it is."""

    mail: mail.Mail
    user_id: int | None


def compose(order: Values) -> Composed | None:
    """The mail of an order, or None when there is nobody to write to: no address, closed, not wanted."""
    tell = tells_by_key()[str(order["tell"])]
    reader = _reader(tell, order["to"])
    if reader is None:
        return None
    user_id = order["to"].get("user_id")
    with i18n.speaking(reader.language):
        return Composed(_written(tell, order, reader), user_id)


def _reader(tell: Tell, to: Values) -> ToAddress | None:
    if "email" in to:
        return ToAddress(**to)
    user = user_by_id(int(to["user_id"]))
    if user.email is None or user.disabled_at is not None:
        return None
    if tell.label is not None and tell.key in unwanted_by_mail(user.id):
        return None
    return ToAddress(user.email, user.name, user.language)


def _written(tell: Tell, order: Values, reader: ToAddress) -> mail.Mail:
    fact = order["fact"]
    subject = i18n.filled(tell.sentence, fact)
    values: dict[str, Any] = {
        **fact,
        "subject": subject,
        "reader_name": reader.name,
        "foundation": foundation_name(),
        "link": addresses.full(i18n.filled_address(tell.address, fact)) if tell.address else "",
        "can_be_switched_off": tell.label is not None,
        **tell.more(fact),
    }
    return mail.Mail(
        to=reader.email,
        to_name=reader.name,
        subject=subject,
        text=rendered(f"emails/{tell.mail}.txt", **values),
        html=rendered(f"emails/{tell.mail}.html", **values),
        message_id=mail.message_id(str(order["key"])),
        language=reader.language,
        sender_name=foundation_name(),
    )
