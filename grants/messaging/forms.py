"""Wishes about mail."""

from __future__ import annotations

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from grants.core.forms import Form
from grants.core.i18n import lazy_gettext as _l


class Wishes(Form):
    kinds = SelectMultipleField(
        _l("Send me a mail, too, when"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
