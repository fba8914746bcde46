"""The form that moves the demo's clock."""

from __future__ import annotations

from wtforms import DateTimeLocalField
from wtforms.validators import InputRequired

from grants.core.forms import Form
from grants.core.i18n import lazy_gettext as _l


class ClockForm(Form):
    to = DateTimeLocalField(_l("Move the clock to"), [InputRequired()], format="%Y-%m-%dT%H:%M")
