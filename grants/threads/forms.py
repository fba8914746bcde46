"""What one writes in a conversation."""

from __future__ import annotations

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from grants.core.forms import Form
from grants.core.i18n import lazy_gettext as _l
from grants.threads.models import LONGEST_MESSAGE, LONGEST_TITLE


class Reply(Form):
    body = TextAreaField(_l("Your message"), [DataRequired(), Length(max=LONGEST_MESSAGE)])
    next = HiddenField()


class Opening(Reply):
    title = StringField(_l("What it is about"), [DataRequired(), Length(max=LONGEST_TITLE)])
