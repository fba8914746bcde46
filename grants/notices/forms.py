"""Forms about notices: an objection by anybody, a decision and a correction by staff."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from grants.core.forms import Form, options
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.notices import fields
from grants.notices.models import Notice

UPHOLD, DISMISS = "uphold", "dismiss"


class ObjectionForm(Form):
    """`website` is for machines: people do not see it, and what fills it in is thrown away."""

    item_key = SelectField(_l("Which item is it about?"))
    content = TextAreaField(
        _l("What do you object to, and what shows it?"), [DataRequired(), Length(max=fields.CONTENT)]
    )
    by_name = StringField(
        _l("Your real name"),
        [DataRequired(), Length(max=fields.NAME)],
        description=_l("Read only by those who look into it; never shown."),
    )
    contact = StringField(
        _l("How we reach you"),
        [DataRequired(), Length(max=fields.CONTACT)],
        description=_l("Phone or e-mail, for the answer."),
    )
    website = StringField(_l("Leave this empty"), render_kw={"tabindex": "-1", "autocomplete": "off"})

    @classmethod
    def about(cls, notice: Notice) -> ObjectionForm:
        form = cls.from_request()
        items = [(item["key"], f"{item['number']} {item['title']}") for item in notice.items]
        form.item_key.choices = options([("", _("Choose …")), *items])
        return form

    @property
    def by_a_machine(self) -> bool:
        return bool(self.website.data)


class DecisionForm(Form):
    decision = RadioField(
        _l("The objection is"),
        [DataRequired()],
        choices=options(
            {
                DISMISS: _l("dismissed: the item goes on"),
                UPHOLD: _l("upheld: what was decided on the item is withdrawn, and the list says so"),
            }
        ),
    )
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(), Length(max=fields.REASON)],
        description=_l(
            "Everybody reads it beside the list, and the group is sent it: do not name who objected."
        ),
    )


class CorrectionForm(Form):
    text_zh = TextAreaField(_l("What is corrected, in Chinese"), [Length(max=fields.CORRECTION)])
    text_en = TextAreaField(_l("What is corrected, in English"), [Length(max=fields.CORRECTION)])

    @property
    def said(self) -> dict[str, str]:
        return {"zh-Hans": self.text_zh.data or "", "en": self.text_en.data or ""}
