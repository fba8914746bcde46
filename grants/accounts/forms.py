"""Forms about accounts. Whether an address is taken is never a form's business: nobody may learn it."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms import (
    Form as PlainForm,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from grants.accounts.actions.roles import Terms
from grants.accounts.contact_points import mail_address
from grants.accounts.fields import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    ROLE_WORDS,
    SCOPE_WORDS,
    RoleName,
    ScopeKind,
)
from grants.core.forms import Form, options
from grants.core.i18n import NAMES
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l


def an_address(form: PlainForm, field: Field) -> None:
    if mail_address(field.data or "") is None:
        raise ValidationError(_("This is not an e-mail address we can write to."))


def address_field(label: Any) -> EmailField:
    return EmailField(
        label,
        [InputRequired(), Length(max=LONGEST_ADDRESS), an_address],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )


def new_password_field() -> PasswordField:
    return PasswordField(
        _l("New password"),
        [InputRequired()],
        description=_l("At least 10 characters; a short sentence works well."),
        render_kw={"autocomplete": "new-password"},
    )


class SignIn(Form):
    email = StringField(
        _l("E-mail address"),
        [InputRequired()],
        render_kw={"autocomplete": "username", "inputmode": "email", "type": "email"},
    )
    password = PasswordField(
        _l("Password"), [InputRequired()], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()
    kept = HiddenField()


class Register(Form):
    name = StringField(
        _l("Your name"),
        [DataRequired(), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "name"},
    )
    email = address_field(_l("E-mail address"))
    consent = BooleanField(
        _l("I have read how this foundation handles my data and agree to it"), [InputRequired()]
    )
    next = HiddenField()


class Forgotten(Form):
    email = address_field(_l("E-mail address"))


class ChoosePassword(Form):
    password = new_password_field()


class ChangePassword(Form):
    current = PasswordField(
        _l("Present password"), [InputRequired()], render_kw={"autocomplete": "current-password"}
    )
    password = new_password_field()


class Account(Form):
    name = StringField(
        _l("Your name"), [DataRequired(), Length(max=LONGEST_NAME)], render_kw={"autocomplete": "name"}
    )
    language = SelectField(_l("Language of mails and pages"), choices=options(NAMES))


class RoleTerms(Form):
    """What a role is and where and when it counts."""

    role = SelectField(_l("Role"), choices=options(ROLE_WORDS))
    scope = SelectField(_l("It counts"), choices=options(SCOPE_WORDS))
    key = StringField(
        _l("Which one"),
        [Length(max=100)],
        description=_l("The region's code, or the number of the call or organisation."),
    )
    from_on = DateField(_l("First day"), [Optional()])
    until_on = DateField(_l("Last day"), [Optional()], description=_l("Empty: until it is ended."))

    def terms(self) -> Terms:
        first: date | None = self.from_on.data
        return Terms(
            role=RoleName(self.role.data),
            scope=ScopeKind(self.scope.data),
            key=(self.key.data or "").strip(),
            from_on=first,
            until_on=self.until_on.data,
        )


class Invite(RoleTerms):
    name = StringField(_l("Name"), [DataRequired(), Length(max=LONGEST_NAME)])
    email = address_field(_l("E-mail address"))
    language = SelectField(_l("Language of mails and pages"), choices=options(NAMES))
