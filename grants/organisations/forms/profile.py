"""Forms about organisations. Registration is one form in four short steps; nothing typed is lost between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from msgspec import Struct
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from grants.core import clock, i18n
from grants.core.forms import Form, options
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.text import clean, clean_line
from grants.organisations import fields, queries, rules
from grants.organisations.fields import Contact, LegalStatus, MemberRole
from grants.organisations.models import Organisation
from grants.organisations.rules import Host, Legal, Profile
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy
from grants.reference.snapshot import RegionRow

LONGEST_VERSION = 9
MOST_PEOPLE = 1_000_000
GROUP_STATUSES = [
    LegalStatus.UNREGISTERED, LegalStatus.FILED, LegalStatus.REGISTERED_SSA, LegalStatus.REGISTERED_SG,
]  # fmt: skip
LAST_STEP = 4
STEPS: Mapping[int, tuple[str, ...]] = {
    1: ("name_zh", "service_fields", "volunteers_registered"),
    2: ("region", "speciality"),
    3: ("legal_status",),
    4: ("credit_code", "host", "host_name", "host_credit_code", "contact_name", "contact_phone"),
}


class Boxes(SelectMultipleField):
    """Several choices as a list of boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlaceLevel(Struct, frozen=True):
    """One select of the way down to a place."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


class PlacePick(Struct, frozen=True):
    """Where one is on the way down, or what a search by name found."""

    levels: list[PlaceLevel]
    q: str
    found: list[tuple[str, str]]
    chosen: RegionRow | None


def place_pick(given: Mapping[str, str], *, current: int | None = None) -> PlacePick:
    """The picker as its selects and its search stand; `current` is the place on record."""
    if not any(name.startswith("place_") for name in given):
        trail = reference.region_trail(current)
        given = {f"place_{number}": row.code for number, row in enumerate(trail)}
    levels, chosen = _way_down(given)
    q = clean_line(given.get("place_q", ""))[:40]
    rows = reference.regions_found(q) if q else []
    named = next((row for row in rows if row.code == given.get("place_found")), None)
    found = [(row.code, reference.region_label(row.id)) for row in rows]
    return PlacePick(levels, q, found, named or chosen)


def _way_down(given: Mapping[str, str]) -> tuple[list[PlaceLevel], RegionRow | None]:
    """A city that is the only one is taken as read."""
    labels = [_("City"), _("District"), _("Subdistrict or town"), _("Community or village")]
    levels: list[PlaceLevel] = []
    above, chosen = None, None
    for number, label in enumerate(labels):
        rows = reference.regions_below(above)
        asked = rows[0].code if number == 0 and len(rows) == 1 else given.get(f"place_{number}", "")
        picked = next((row for row in rows if row.code == asked), None)
        if rows and not (number == 0 and len(rows) == 1):
            shown = [(row.code, i18n.words(row.name)) for row in rows]
            levels.append(PlaceLevel(f"place_{number}", label, shown, picked.code if picked else ""))
            chosen = picked or chosen
        if picked is None:
            break
        above = picked.id
    return levels, chosen


def version_in(form: Form) -> int:
    """What the editor saw; 0 for what we never sent."""
    text = str(form["version"].data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else 0


class _Profile(Form):
    """What registration and editing share."""

    name_zh = StringField(
        _l("Name of the group"),
        [DataRequired(), Length(max=fields.NAME)],
        render_kw={"autocomplete": "organization"},
    )
    service_fields = Boxes(_l("What do you do?"), validate_choice=False)
    volunteers_registered = IntegerField(
        _l("How many volunteers are you?"), [Optional(), NumberRange(0, MOST_PEOPLE)]
    )
    region = HiddenField(_l("Where are you at home?"))
    speciality = SelectField(_l("What are you best at?"), [Optional()], validate_choice=False)
    contact_name = StringField(
        _l("Whom may we call?"), [Optional(), Length(max=fields.PERSON)], render_kw={"autocomplete": "name"}
    )
    contact_phone = StringField(
        _l("Phone"), [Optional(), Length(max=30)], render_kw={"autocomplete": "tel", "inputmode": "tel"}
    )

    def offer(self, known: Organisation | None = None) -> None:
        """Fill the choices: what is offered now, and what this group has already."""
        kept = [row.field for row in known.service_fields] if known else []
        self.service_fields.choices = options(reference.term_choices(Taxonomy.FIELD, kept=kept))
        branches = reference.speciality_choices(kept=known.speciality_id if known else None)
        self.speciality.choices = options([("", _("Please choose")), *branches])
        self.pick = place_pick(request.values, current=known.region_id if known else None)

    def number_of(self, name: str) -> int | None:
        text = str(self[name].data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else None

    def _facts(self) -> dict[str, int]:
        given = self.volunteers_registered.data
        return {} if given is None else {"volunteers_registered": given}


class Register(_Profile):
    """A group in four steps."""

    legal_status = RadioField(
        _l("Is the group registered?"),
        choices=options((status, fields.LEGAL_STATUSES[status]) for status in GROUP_STATUSES),
        default=LegalStatus.UNREGISTERED.value,
    )
    credit_code = StringField(_l("Unified social credit code"), [Optional(), Length(max=64)])
    host = HiddenField(_l("Who takes the money for you?"))
    host_name = StringField(_l("Name of the host"), [Optional(), Length(max=fields.NAME)])
    host_credit_code = StringField(_l("Credit code of the host"), [Optional(), Length(max=64)])

    def profile(self) -> Profile:
        chosen = self.pick.chosen
        contact = Contact(
            name=clean_line(self.contact_name.data or ""), phone=clean_line(self.contact_phone.data or "")
        )
        return Profile(
            name={"zh-Hans": clean_line(self.name_zh.data or "")},
            region_id=chosen.id if chosen else None,
            speciality_id=self.number_of("speciality"),
            service_fields=tuple(self.service_fields.data or ()),
            facts=self._facts(),
            contact=contact or None,
        )

    def status(self) -> LegalStatus:
        known = {status.value for status in LegalStatus}
        return LegalStatus(self.legal_status.data if self.legal_status.data in known else "unregistered")

    def legal(self) -> Legal:
        status = self.status()
        if status in fields.LEGAL_PERSONS:
            return Legal(status, clean_line(self.credit_code.data or ""))
        return Legal(status, host=host_from(self))

    def step_now(self) -> int:
        """Which step to show, after looking at the one that was sent; errors keep one on it."""
        text = request.form.get("step", "")
        sent = int(text) if text in {"1", "2", "3", "4"} else 1
        if request.method != "POST" or request.form.get("go") == "again":
            return sent
        if request.form.get("go") == "back":
            return max(1, sent - 1)
        self._judge(sent)
        return sent if self.errors else min(LAST_STEP, sent + 1)

    def _judge(self, step: int) -> None:
        for name in STEPS[step]:
            self[name].validate(self)
        broken = rules.profile_faults(self.profile(), today=clock.today())
        shown = {field for field in STEPS[step] if not self[field].errors}
        self.absorb(fault for fault in broken if fault.field in shown and step < LAST_STEP)

    def first_step_with_errors(self) -> int:
        return next((n for n, names in STEPS.items() if any(self[name].errors for name in names)), LAST_STEP)

    @property
    def is_last(self) -> bool:
        return request.form.get("step") == str(LAST_STEP) and request.form.get("go") == "finish"


def host_from(form: Any) -> Host:
    """The host that was ticked in the list, else the one that was named."""
    ticked = queries.host_named(request.form.get("host_choice", ""))
    if ticked is not None:
        return Host(ticked)
    name, code = clean_line(form.host_name.data or ""), clean_line(form.host_credit_code.data or "")
    return Host(name=name, credit_code=code)


class EditProfile(_Profile):
    """The whole profile on one page."""

    version = HiddenField()
    name_en = StringField(_l("Name in English"), [Optional(), Length(max=fields.NAME)])
    intro_zh = TextAreaField(_l("About us, in Chinese"), [Optional(), Length(max=fields.INTRO)])
    intro_en = TextAreaField(_l("About us, in English"), [Optional(), Length(max=fields.INTRO)])
    group_kind = SelectField(_l("Kind of group"), [Optional()], validate_choice=False)
    origin = SelectField(_l("How the group came about"), [Optional()], validate_choice=False)
    founded_on = DateField(_l("Founded on"), [Optional()])
    contact_title = StringField(_l("Their office"), [Optional(), Length(max=fields.PERSON)])
    contact_email = EmailField(_l("E-mail address"), [Optional(), Length(max=254)])

    @classmethod
    def of(cls, group: Organisation) -> EditProfile:
        contact = group.contact or Contact()
        form = cls.from_request(
            version=group.version,
            name_zh=group.name.get("zh-Hans", ""),
            name_en=group.name.get("en", ""),
            intro_zh=group.intro.get("zh-Hans", ""),
            intro_en=group.intro.get("en", ""),
            service_fields=[row.field for row in group.service_fields],
            volunteers_registered=group.facts.get("volunteers_registered"),
            speciality=str(group.speciality_id or ""),
            group_kind=group.group_kind or "",
            origin=group.origin or "",
            founded_on=group.founded_on,
            contact_name=contact.name,
            contact_title=contact.title,
            contact_phone=contact.phone,
            contact_email=contact.email,
        )
        form.offer(group)
        return form

    def offer(self, known: Organisation | None = None) -> None:
        super().offer(known)
        kinds = reference.term_choices(
            Taxonomy.GROUP_KIND, kept=[(known.group_kind if known else None) or ""]
        )
        origins = reference.term_choices(Taxonomy.ORIGIN, kept=[(known.origin if known else None) or ""])
        self.group_kind.choices = options([("", _("not given")), *kinds])
        self.origin.choices = options([("", _("not given")), *origins])

    def profile(self) -> Profile:
        chosen = self.pick.chosen
        name = {"zh-Hans": self.name_zh.data, "en": self.name_en.data}
        intro = {"zh-Hans": self.intro_zh.data, "en": self.intro_en.data}
        return Profile(
            name={code: clean_line(text) for code, text in name.items() if text and clean_line(text)},
            region_id=chosen.id if chosen else None,
            speciality_id=self.number_of("speciality"),
            group_kind=self.group_kind.data or None,
            service_fields=tuple(self.service_fields.data or ()),
            origin=self.origin.data or None,
            founded_on=self.founded_on.data,
            intro={code: clean(text).strip() for code, text in intro.items() if text and text.strip()},
            facts=self._facts(),
            contact=self._contact(),
        )

    def _contact(self) -> Contact:
        parts = (self[f"contact_{part}"].data for part in ("name", "title", "phone", "email"))
        return Contact(*(clean_line(part or "") for part in parts))


class Status(Form):
    """How the law knows the group now."""

    legal_status = RadioField(
        _l("Is the group registered?"), choices=options(fields.LEGAL_STATUSES), validators=[InputRequired()]
    )
    credit_code = StringField(_l("Unified social credit code"), [Optional(), Length(max=64)])
    host = HiddenField(_l("Who takes the money for you?"))
    host_name = StringField(_l("Name of the host"), [Optional(), Length(max=fields.NAME)])
    host_credit_code = StringField(_l("Credit code of the host"), [Optional(), Length(max=64)])

    def legal(self) -> Legal:
        status = LegalStatus(self.legal_status.data)
        if status in fields.LEGAL_PERSONS:
            return Legal(status, clean_line(self.credit_code.data or ""))
        return Legal(status, host=host_from(self))


class Invite(Form):
    """Somebody to join the group."""

    email = StringField(
        _l("E-mail address"), [InputRequired(), Length(max=254)], render_kw={"inputmode": "email"}
    )
    role = RadioField(
        _l("They may"),
        choices=options(
            (
                role,
                _l("%(role)s: %(help)s", role=fields.MEMBER_ROLES[role], help=fields.MEMBER_ROLE_HELP[role]),
            )
            for role in (MemberRole.EDITOR, MemberRole.VIEWER, MemberRole.OWNER)
        ),
        default=MemberRole.EDITOR.value,
    )


class VolunteerEntry(Form):
    """A line of the ledger: as little as will do."""

    version = HiddenField()
    name = StringField(_l("Volunteer's name"), [DataRequired(), Length(max=fields.PERSON)])
    number = StringField(
        _l("Number in the national system"),
        [Optional(), Length(max=fields.NUMBER)],
        description=_l("If there is one. A person is entered once, whatever the group."),
    )
    phone = StringField(_l("Phone"), [Optional(), Length(max=30)], render_kw={"inputmode": "tel"})
    birth_year = IntegerField(_l("Year of birth"), [Optional(), NumberRange(1000, 9999)])
    skills = StringField(
        _l("Skills"), [Optional(), Length(max=200)], description=_l("With commas between them.")
    )
    joined_on = DateField(_l("With us since"), [InputRequired()])
    left_on = DateField(_l("Left on"), [Optional()])
