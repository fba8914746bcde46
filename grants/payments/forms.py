"""Forms about paying."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from grants.core import clock
from grants.core.forms import Form, options
from grants.core.i18n import lazy_gettext as _l
from grants.documents.fields import ACCEPT
from grants.payments import fields
from grants.payments.fields import RECEIPT_TYPES, ReceiptType
from grants.payments.models import PaymentSettings

LONGEST_WAIT, LONGEST_TIME_TO_PAY = 60, 120
LONGEST_VERSION = 9


class Step(Form):
    """One step of one person; `version` is what they saw when they decided."""

    version = HiddenField(validators=[Length(max=LONGEST_VERSION)])

    def seen_version(self) -> int:
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() else 0


class Reason(Step):
    """A step that needs a word why."""

    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=fields.REASON)])


class Paid(Step):
    """That the money left, and what was given for it."""

    paid_on = DateField(_l("Paid on"), [InputRequired()], default=clock.today)
    receipt_type = RadioField(
        _l("What the payee gave for it"),
        [InputRequired()],
        choices=options(RECEIPT_TYPES),
        coerce=ReceiptType,
        default=ReceiptType.DONATION_RECEIPT,
    )
    receipt_number = StringField(_l("Number of the receipt"), [InputRequired(), Length(max=fields.RECEIPT)])


class Account(Form):
    """Where an organisation wants to be paid."""

    holder_name = StringField(
        _l("In whose name"),
        [InputRequired(), Length(max=fields.NAME)],
        description=_l("Exactly as registered: the organisation's own name, or its host's."),
    )
    bank = StringField(
        _l("Bank and branch"), [InputRequired(), Length(max=fields.NAME)], render_kw={"autocomplete": "off"}
    )
    number = StringField(
        _l("Account number"),
        [InputRequired(), Length(max=2 * fields.LONGEST_NUMBER)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    proof = FileField(
        _l("Proof"),
        description=_l("The bank's letter or the account licence, as a PDF or a photo."),
        render_kw={"accept": ACCEPT},
    )

    def named(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in ("holder_name", "bank", "number")}


class Settings(Step):
    """The waiting times of the foundation."""

    waiting_days = IntegerField(
        _l("Working days before a new account is used"),
        [InputRequired(), NumberRange(0, LONGEST_WAIT)],
        description=_l("Time for the group's leaders to object. Two people together may shorten it."),
    )
    paying_days = IntegerField(
        _l("Working days in which an open tranche should be paid"),
        [InputRequired(), NumberRange(1, LONGEST_TIME_TO_PAY)],
    )

    @classmethod
    def of(cls, row: PaymentSettings) -> Settings:
        return cls.from_request(
            waiting_days=row.waiting_days, paying_days=row.paying_days, version=str(row.version or 0)
        )
