"""Registering organisations and changing what is known of them. One registration serves everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from grants.accounts.models import User
from grants.core import audit, clock, search, text
from grants.core.db import db
from grants.core.encryption import blind
from grants.core.errors import RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.i18n import in_chinese
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.organisations import queries, rules
from grants.organisations.events import GroupRegistered, LiaisonNamed, ProfileEdited, StatusChanged
from grants.organisations.fields import LEGAL_PERSONS, Contact, Kind, LegalStatus, MemberRole
from grants.organisations.models import Membership, Organisation, OrganisationField, StatusChange
from grants.organisations.rules import Host, Legal, Profile
from grants.organisations.ties import mail_domain
from grants.reference import queries as reference
from grants.reference.credit_code import credit_code
from grants.reference.fields import Taxonomy


def register_group(profile: Profile, legal: Legal, *, by: Actor, at: datetime) -> Organisation:
    """A group comes into being; who registers it leads it.

    A host that we do not know is put down with its credit code; one whose code we know is that one.
    """
    authorise(by, "organisation.register")
    broken = [
        *rules.profile_faults(profile, today=clock.day_of(at)),
        *rules.legal_faults(legal, kind=Kind.GROUP),
        *_unknown(profile, known=None),
        *_legal_facts(legal, known=None),
    ]
    if broken:
        raise RulesBroken(broken)
    group = _add(Kind.GROUP, legal, name=profile.name, by=by, at=at)
    _write(group, profile)
    db.session.add(group)
    db.session.flush()
    _file_words(group)
    audit.record("register", group, by=by, at=at, before={}, after={"name": dict(profile.name)})
    if by.user_id is not None:
        owner = Membership(
            organisation_id=group.id, user_id=by.user_id, role=MemberRole.OWNER, from_on=clock.day_of(at)
        )
        db.session.add(owner)
        audit.record("join", owner, by=by, at=at, before={}, after={"role": MemberRole.OWNER})
    _report_registration(group, by=by, at=at)
    return group


def register_body(
    kind: Kind,
    name: Mapping[str, str],
    legal: Legal,
    *,
    region_id: int | None = None,
    service_fields: Sequence[str] = (),
    intro: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> Organisation:
    """Staff put down a host or a partner."""
    authorise(by, "organisation.enter")
    broken = [
        *rules.name_faults(name),
        *rules.legal_faults(legal, kind=kind),
        *_legal_facts(legal, known=None),
    ]
    if broken:
        raise RulesBroken(broken)
    body = _add(kind, legal, name=name, by=by, at=at)
    body.intro = dict(intro or {})
    _hang(body, region_id)
    body.service_fields = [OrganisationField(field=field) for field in service_fields]
    db.session.add(body)
    db.session.flush()
    audit.record("register", body, by=by, at=at, before={}, after={"name": dict(name)})
    return body


def _add(kind: Kind, legal: Legal, *, name: Mapping[str, str], by: Actor, at: datetime) -> Organisation:
    return Organisation(
        kind=kind,
        name=dict(name),
        name_folded=_folded(name),
        legal_status=legal.status,
        credit_code=credit_code(legal.credit_code) if legal.credit_code else None,
        host_id=None if legal.is_legal_person else _host_id(legal.host, by=by, at=at),
        registered_at=at,
    )


def _folded(name: Mapping[str, str]) -> str:
    return text.folded(" ".join(name.values()))[:300]


def _host_id(host: Host, *, by: Actor, at: datetime) -> int | None:
    if host.id is not None or not host:
        return host.id
    code = credit_code(host.credit_code)
    known = queries.by_credit_code(code)
    if known is None:
        known = _add(
            Kind.HOST, Legal(LegalStatus.REGISTERED_SSA, code), name={"zh-Hans": host.name}, by=by, at=at
        )
        db.session.add(known)
        db.session.flush()
        audit.record("register", known, by=by, at=at, before={}, after={"name": known.name})
    return known.id


def _file_words(group: Organisation) -> None:
    """What a search for the group finds it by: names, introduction, credit code; never its people."""
    body = " ".join([*group.name.values(), *(group.intro or {}).values(), group.credit_code or ""])
    search.put("organisation", group.id, title=" ".join(group.name.values()), body=body, case=group.case)


def _report_registration(group: Organisation, *, by: Actor, at: datetime) -> None:
    name = in_chinese(group.name)
    publish(
        GroupRegistered(
            occurred_at=at, actor_id=by.user_id, case=group.case, organisation_id=group.id, name=name
        )
    )


def edit_profile(
    organisation: Organisation, profile: Profile, *, version: int, by: Actor, at: datetime
) -> None:
    """Change what the group says of itself. `version` is what the editor saw."""
    authorise(by, "organisation.edit", organisation)
    if version != organisation.version:
        raise StaleVersion(_l("Somebody else changed this profile in the meantime. Look at it again."))
    broken = [
        *rules.profile_faults(profile, today=clock.day_of(at)),
        *_unknown(profile, known=organisation),
    ]
    if broken:
        raise RulesBroken(broken)
    organisation.name, organisation.name_folded = dict(profile.name), _folded(profile.name)
    before = sorted(row.field for row in organisation.service_fields)
    _write(organisation, profile)
    after = sorted(row.field for row in organisation.service_fields)
    changed, _ = audit.changes(organisation)
    _file_words(organisation)
    audit.record("edit", organisation, by=by, at=at)
    if before != after:
        audit.record(
            "edit_fields", organisation, by=by, at=at, before={"fields": before}, after={"fields": after}
        )
    publish(
        ProfileEdited(
            occurred_at=at,
            actor_id=by.user_id,
            case=organisation.case,
            organisation_id=organisation.id,
            columns=tuple(sorted({*changed, *(["fields"] if before != after else [])})),
        )
    )


def _write(group: Organisation, profile: Profile) -> None:
    group.speciality_id = profile.speciality_id
    group.group_kind, group.origin = profile.group_kind, profile.origin
    group.founded_on = profile.founded_on
    group.intro, group.facts = dict(profile.intro), dict(group.facts or {}) | dict(profile.facts)
    _hang(group, profile.region_id)
    wanted = list(dict.fromkeys(profile.service_fields))
    if [row.field for row in group.service_fields] != wanted:
        kept = {row.field: row for row in group.service_fields}
        group.service_fields = [kept.get(key) or OrganisationField(field=key) for key in wanted]
    _write_contact(group, profile.contact)


def _hang(body: Organisation, region_id: int | None) -> None:
    place = reference.region_row(region_id) if region_id is not None else None
    body.region_id, body.region_path = (place.id, place.path) if place else (None, "")


def _write_contact(group: Organisation, contact: Contact | None) -> None:
    """The contact is kept encrypted; beside it only what ties of reviewers are compared by."""
    if contact is None:
        return
    phone = rules.stored_phone(contact.phone) if contact.phone else ""
    group.contact = Contact(contact.name, contact.title, phone or "", contact.email)
    group.contact_phone_key = blind(phone) if phone else None
    group.contact_mail_domain = mail_domain(contact.email)


def _unknown(profile: Profile, *, known: Organisation | None) -> Iterable[Violation]:
    """Places, specialities and words that are not there, or no longer offered and not this group's already."""
    place = reference.region_row(profile.region_id) if profile.region_id is not None else None
    kept_place = known is not None and known.region_id == profile.region_id
    if profile.region_id is not None and (
        place is None or not (kept_place or place.in_force(clock.today().year))
    ):
        yield Violation("unknown", _l("This place is no longer offered."), "region")
    branch = reference.speciality_row(profile.speciality_id) if profile.speciality_id is not None else None
    kept_branch = known is not None and known.speciality_id == profile.speciality_id
    if profile.speciality_id is not None and (branch is None or not (kept_branch or branch.is_live)):
        yield Violation("unknown", _l("This speciality is no longer offered."), "speciality")
    kept = {row.field for row in known.service_fields} if known else set()
    for key in profile.service_fields:
        yield from _word_unknown(Taxonomy.FIELD, key, kept, "service_fields")
    yield from _word_unknown(Taxonomy.ORIGIN, profile.origin, {known.origin if known else None}, "origin")
    kinds = {known.group_kind if known else None}
    yield from _word_unknown(Taxonomy.GROUP_KIND, profile.group_kind, kinds, "group_kind")


def _word_unknown(
    taxonomy: Taxonomy, key: str | None, kept: Iterable[str | None], field: str
) -> Iterable[Violation]:
    if not key or key in kept:
        return
    row = reference.term_row(taxonomy, key)
    if row is None or not row.is_live:
        yield Violation("unknown", _l("This choice is no longer offered."), field)


def _legal_facts(legal: Legal, *, known: Organisation | None) -> Iterable[Violation]:
    """What only the database knows: a code that is taken, a host that cannot be one."""
    own = known.id if known else None
    if legal.is_legal_person and legal.credit_code and not list(rules.legal_faults(legal, kind=Kind.GROUP)):
        taken = queries.by_credit_code(credit_code(legal.credit_code))
        if taken is not None and taken.id != own:
            yield Violation(
                "taken", _l("An organisation with this credit code is registered already. Ask to be invited."),
                "credit_code",
            )  # fmt: skip
    if not legal.is_legal_person and legal.host.id is not None:
        host = db.session.get(Organisation, legal.host.id)
        if host is None or host.legal_status not in LEGAL_PERSONS or host.id == own:
            yield Violation("host", _l("A host is a registered organisation other than your own."), "host")


def change_legal_status(organisation: Organisation, legal: Legal, *, by: Actor, at: datetime) -> None:
    """The group was registered, filed or struck off, or has another host."""
    authorise(by, "organisation.status", organisation)
    broken = [
        *rules.legal_faults(legal, kind=organisation.kind),
        *_legal_facts(legal, known=organisation),
    ]
    if broken:
        raise RulesBroken(broken)
    before = (organisation.legal_status.value, organisation.host_id)
    host_id = None if legal.is_legal_person else _host_id(legal.host, by=by, at=at)
    organisation.legal_status = legal.status
    organisation.credit_code = (
        credit_code(legal.credit_code) if legal.is_legal_person and legal.credit_code else None
    )
    organisation.host_id = host_id
    audit.record("change_status", organisation, by=by, at=at)
    note_change(organisation, "legal_status", before[0], legal.status.value, by=by, at=at)
    note_change(organisation, "host", str(before[1] or ""), str(host_id or ""), by=by, at=at)


def note_change(
    organisation: Organisation, what: str, before: str, after: str, *, by: Actor, at: datetime
) -> None:
    """One line of the status history, when something changed at all."""
    if before == after:
        return
    step = StatusChange(
        organisation_id=organisation.id,
        what=what,
        before=before,
        after=after,
        on=clock.day_of(at),
        by_id=by.user_id,
    )
    db.session.add(step)
    publish(
        StatusChanged(
            occurred_at=at,
            actor_id=by.user_id,
            case=organisation.case,
            organisation_id=organisation.id,
            what=what,
        )
    )


def assess(
    organisation: Organisation,
    *,
    star_level: int | None,
    assessment_grade: str | None,
    assessment_until: date | None,
    by: Actor,
    at: datetime,
) -> None:
    """Stars and the assessment grade, as outside bodies gave them, with the day until which they count."""
    authorise(by, "organisation.assess", organisation)
    broken = list(rules.assessment_faults(star_level, assessment_grade, assessment_until))
    if broken:
        raise RulesBroken(broken)
    before = organisation.assessment_grade or ""
    organisation.star_level = star_level
    organisation.assessment_grade, organisation.assessment_until = assessment_grade, assessment_until
    audit.record("assess", organisation, by=by, at=at)
    note_change(organisation, "assessment_grade", before, assessment_grade or "", by=by, at=at)


def name_liaison(organisation: Organisation, user: User, *, by: Actor, at: datetime) -> None:
    """Who of the staff looks after the group (S000-22)."""
    authorise(by, "organisation.liaison", organisation)
    if user.id not in queries.officers():
        raise RulesBroken([Violation("not_staff", _l("Choose one of the foundation's officers."), "liaison")])
    organisation.liaison_id = user.id
    audit.record("name_liaison", organisation, by=by, at=at)
    publish(
        LiaisonNamed(
            occurred_at=at,
            actor_id=by.user_id,
            case=organisation.case,
            organisation_id=organisation.id,
            user_id=user.id,
            name=user.name,
        )
    )


def tick_checklist(organisation: Organisation, ticked: Sequence[str], *, by: Actor, at: datetime) -> None:
    """What the group has of its checklist (六个有, 五有); items that are no longer offered keep their tick."""
    authorise(by, "organisation.edit", organisation)
    offered = {row.key for row in queries.checklist_items(organisation) if row.is_live}
    broken = list(rules.checklist_faults(ticked, offered))
    if broken:
        raise RulesBroken(broken)
    kept = {key: tick for key, tick in organisation.checklist.items() if key not in offered}
    news = {key: organisation.checklist.get(key) or {"at": clock.day_of(at).isoformat()} for key in ticked}
    organisation.checklist = kept | news
    audit.record("tick", organisation, by=by, at=at)
